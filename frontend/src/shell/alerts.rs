//! The way to the alerts, with how many are open.

use crate::api;
use crate::format;
use crate::paths::Place;
use crate::state::State;
use crate::ui::nav;
use api_types::Page;
use api_types::alert::AlertView;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The link; it counts again on every page and after a change of an alert.
pub fn alerts(state: State) -> Option<AnyView> {
    if !state.can(Place::Alerts.operation()) {
        return None;
    }
    let path = nav::path();
    let open = RwSignal::new(0_u64);
    Effect::new(move |_| {
        path.track();
        state.alerts.track();
        spawn_local(async move {
            // Without an answer the count stays as it was; the banner of a lost connection says why.
            if let Ok(page) = api::get::<Page<AlertView>>("/alerts?state=open&limit=1").await {
                open.try_set(page.total.unwrap_or_default());
            }
        });
    });
    let count = move || {
        let count = open.get();
        (count > 0).then(|| view! { <span class="count">{format::count(count)}</span> })
    };
    let label = move || match open.get() {
        0 => "Alerts".to_owned(),
        count => format!("Alerts, {} open", format::count(count)),
    };
    Some(
        view! { <a class="alerts" href=Place::Alerts.path() aria-label=label>{count} <span>"Alerts"</span></a> }
            .into_any(),
    )
}
