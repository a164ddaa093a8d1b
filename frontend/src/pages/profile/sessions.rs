//! The own sessions: where one is signed in, and ending it (I-60).

use super::card;
use crate::api::{self, Loader, load};
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Column, Form, Look, badge, button, confirm, failure, instant, nav, show_more, stack, table, text, text_or_dash,
};
use api_types::profile::{OwnSession, OwnSessions};
use leptos::prelude::*;

/// Reads them.
pub fn read() -> Loader<OwnSessions> {
    load::<OwnSessions>(|| "/profile/sessions".to_owned())
}

/// The card.
pub fn sessions(loader: Loader<OwnSessions>) -> AnyView {
    let form = Form::new("session");
    show_more(loader, move |sessions| {
        let columns = [
            Column::new("Browser"),
            Column::new("Source address"),
            Column::new("Signed in"),
            Column::new("Last used"),
            Column::new("Ends"),
            Column::new(""),
        ];
        let rows = sessions.items.iter().map(|session| row(session, form, loader));
        let refusal = move || {
            form.error
                .with(|error| error.as_ref().map(|error| failure(error, None)))
        };
        card(
            "Sessions",
            stack(vec![
                refusal.into_any(),
                table("own sessions", &columns, rows.collect()),
                everywhere(),
            ]),
        )
    })
}

fn row(session: &OwnSession, form: Form, loader: Loader<OwnSessions>) -> Vec<AnyView> {
    let agent = session.user_agent.clone().unwrap_or_default();
    let name = view! { <span title=agent.clone()>{browser(&agent)}</span> }.into_any();
    let path = format!("/profile/sessions/{}", session.id);
    let end = move || {
        let path = path.clone();
        form.run(async move { api::delete(&path, None).await }, move |()| {
            state::announce("The session is ended");
            loader.reload();
        });
    };
    let last = if session.current {
        badge("this_session")
    } else {
        button("Sign out", Look::Quiet, end)
    };
    vec![
        name,
        text_or_dash(session.source_address.as_deref()),
        instant(Some(&session.created_at)),
        instant(Some(&session.last_used_at)),
        instant(Some(&session.expires_at)),
        last,
    ]
}

fn everywhere() -> AnyView {
    let open = RwSignal::new(false);
    let form = Form::new("everywhere");
    let leave = move || {
        form.run(async { api::delete("/sessions", None).await }, |()| {
            state::signed_out();
            nav::go(&Place::SignIn.path());
        });
    };
    let ask = || text("Every session of yours ends, this one included. You then sign in again.");
    view! {
        <div class="actions">{button("Sign out everywhere", Look::Danger, move || open.set(true))}</div>
        {confirm(open, "Sign out everywhere", "Sign out everywhere", Look::Danger, form, ask, leave)}
    }
    .into_any()
}

/// Browser and system as people call them.
fn browser(agent: &str) -> String {
    let find = |pairs: &[(&str, &'static str)]| {
        pairs
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // Every browser also names the ones it descends from, so the order matters.
    let name = find(&[
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ if agent.is_empty() => "Unknown".to_owned(),
        _ => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_name() {
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(
            browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(browser("curl/8.9"), "curl/8.9");
        assert_eq!(browser(""), "Unknown");
    }
}
