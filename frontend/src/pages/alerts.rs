//! Alerts: what needs attention in the own scope, acknowledged and closed there (U-80 to U-82).

use crate::api;
use crate::format;
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Column, Filter, FilterInput, Form, List, Look, badge, button_when, failure, head, instant, link, list, stack, text,
};
use api_types::alert::AlertView;
use leptos::prelude::*;
use uuid::Uuid;

const STATES: &[(&str, &str)] = &[("open", "Open"), ("acknowledged", "Acknowledged"), ("closed", "Closed")];
const SEVERITIES: &[(&str, &str)] = &[
    ("critical", "Critical"),
    ("warning", "Warning"),
    ("information", "Information"),
];

/// The page.
pub fn page() -> AnyView {
    let frame = Form::new("alerts");
    let changed = RwSignal::new(0_u32);
    let choice = |name, label, of| Filter {
        name,
        label,
        input: FilterInput::Choice(of),
    };
    let spec = List {
        address: "/alerts".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Alert"),
            Column::new("Severity"),
            Column::new("State"),
            Column::new("Belongs to"),
            Column::new("Opened").sort("opened_at"),
            Column::new("Closed"),
            Column::new("Actions"),
        ],
        filters: vec![
            choice("state", "State", STATES),
            choice("severity", "Severity", SEVERITIES),
        ],
        noun: ("alert", "alerts"),
        empty: "Nothing needs attention. Alerts come when a job fails, usage is missing or a key is about to end.",
        next_step: None,
    };
    let (loader, view) = list::<AlertView>(spec, move |alert| row(alert, frame, changed));
    Effect::new(move |before: Option<u32>| {
        let now = changed.get();
        if before.is_some_and(|before| before != now) {
            loader.reload();
            state::alerts_changed();
        }
        now
    });
    stack(vec![
        head(
            "Alerts",
            text(
                "They close by themselves when their cause is gone. One that is closed by hand opens again while it is there.",
            ),
            vec![],
        ),
        (move || {
            frame
                .error
                .with(|error| error.as_ref().map(|error| failure(error, None)))
        })
        .into_any(),
        view,
    ])
}

fn row(alert: &AlertView, frame: Form, changed: RwSignal<u32>) -> Vec<AnyView> {
    let act = |verb: &'static str, operation: &'static str, said: &'static str, path: String| {
        state::can(operation).then(|| {
            button_when(
                verb,
                Look::Quiet,
                move || frame.busy.get(),
                move || {
                    let path = path.clone();
                    frame.run(async move { api::post_empty(&path).await }, move |()| {
                        state::announce(said);
                        changed.try_update(|count| *count = count.wrapping_add(1));
                    });
                },
            )
        })
    };
    let path = |act: &str| format!("/alerts/{}/{act}", alert.id);
    let acknowledge = (alert.state == "open").then(|| {
        act(
            "Acknowledge",
            "alert.acknowledge",
            "The alert is acknowledged",
            path("acknowledge"),
        )
    });
    let close = (alert.state != "closed").then(|| act("Close", "alert.close", "The alert is closed", path("close")));
    let owner = alert.owner.as_ref().map_or("Platform", |owner| owner.name.as_str());
    vec![
        message(alert),
        badge(&alert.severity),
        text(&format::words(&alert.state)),
        text(owner),
        instant(Some(&alert.opened_at)),
        instant(alert.closed_at.as_deref()),
        view! { <span class="actions one-line">{acknowledge} {close}</span> }.into_any(),
    ]
}

/// What needs attention, with the way to it where it has a page.
fn message(alert: &AlertView) -> AnyView {
    let kind = format::words(&alert.kind);
    let name = match place(&alert.subject) {
        Some(place) if state::can(place.operation()) => link(&kind, place.path()),
        _ => view! { <b>{kind}</b> }.into_any(),
    };
    view! { <div class="alert-message">{name}<p>{alert.message.clone()}</p></div> }.into_any()
}

/// The page of the subject of an alert, such as `job:` and its id.
fn place(subject: &str) -> Option<Place> {
    let (kind, rest) = subject.split_once(':')?;
    let id = rest.split(':').next().and_then(|id| Uuid::parse_str(id).ok());
    match kind {
        "api_key" => Some(Place::ServiceAccounts),
        "job" => id.map(Place::Job),
        "region" => id.map(Place::Region),
        "subscription" => id.map(Place::Subscription),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_of_an_alert_leads_to_its_page() {
        let id = Uuid::from_u128(0x0192_f0a0_0000_7000_8000_0000_0000_0001);
        assert_eq!(place(&format!("job:{id}")), Some(Place::Job(id)));
        assert_eq!(place(&format!("region:{id}:2026-10-01")), Some(Place::Region(id)));
        assert_eq!(place("api_key:6f1d2c3b4a59687a"), Some(Place::ServiceAccounts));
        assert_eq!(place("master_key"), None);
        assert_eq!(place("job:none"), None);
    }
}
