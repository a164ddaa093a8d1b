//! Profile: the own names, address, password, second factor, identities and sessions (I-7).

mod credentials;
mod person;
mod sessions;

use super::common::held;
use crate::api::{Loader, load};
use crate::format;
use crate::forms::federation::outcome;
use crate::ui::{Form, badge, fact, facts, head, nav, note, show, stack, text};
use api_types::profile::{OwnSessions, ProfileView};
use leptos::prelude::*;

/// The forms of the page, what was said and the sessions; they outlive its redrawing after a change.
#[derive(Clone, Copy)]
struct Frames {
    person: Form,
    address: Form,
    password: Form,
    said: RwSignal<String>,
    sessions: Loader<OwnSessions>,
}

/// The page.
pub fn page() -> AnyView {
    let loader = load::<ProfileView>(|| "/profile".to_owned());
    let frames = Frames {
        person: Form::new("person"),
        address: Form::new("address"),
        password: Form::new("password"),
        said: held(""),
        sessions: sessions::read(),
    };
    let came_back = nav::query().with_untracked(|query| outcome(query.get("federation")));
    let came_back = came_back.map(|(class, sentence)| note(class, sentence));
    let said = move || {
        let sentence = frames.said.get();
        (!sentence.is_empty()).then(|| note("good", sentence))
    };
    stack(vec![
        head(
            "Profile",
            text("Your own account: what you are called and how you sign in."),
            vec![],
        ),
        view! { <div role="status" class="stack">{came_back}{said}</div> }.into_any(),
        show(loader, move |profile| content(frames, profile, loader)),
        sessions::sessions(frames.sessions),
    ])
}

fn content(frames: Frames, profile: &ProfileView, loader: Loader<ProfileView>) -> AnyView {
    let scope = profile
        .anchor
        .as_ref()
        .map_or("Platform", |anchor| anchor.name.as_str());
    let second = if profile.mfa_enrolled { "enabled" } else { "off" };
    let items = vec![
        fact("Email Address", text(&profile.email_address)),
        fact("User Role", text(&format::title(&profile.role))),
        fact("Scope", text(scope)),
        fact("Second factor", badge(second)),
    ];
    stack(vec![
        facts(items),
        person::names(frames, profile, loader),
        person::address(frames.address, profile, loader),
        credentials::password(frames, profile),
        credentials::authenticator(frames, profile, loader),
        credentials::identities(frames, profile, loader),
    ])
}

/// A titled card.
fn card(title: &str, content: AnyView) -> AnyView {
    view! { <section class="card"><h2>{title.to_owned()}</h2>{content}</section> }.into_any()
}
