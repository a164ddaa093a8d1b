//! One user.

use super::users::state_of;
use crate::api::load;
use crate::format;
use crate::paths::Place;
use crate::ui::{back, badge, fact, facts, head, instant, show, stack, text, text_or_dash};
use api_types::user::UserView;
use leptos::prelude::*;
use uuid::Uuid;

/// The page.
pub fn page(id: Uuid) -> AnyView {
    let loader = load::<UserView>(move || format!("/users/{id}"));
    stack(vec![back("Users", Place::Users.path()), show(loader, content)])
}

fn content(user: &UserView) -> AnyView {
    let yes = |value: bool| text(if value { "Yes" } else { "No" });
    let items = vec![
        fact("State", badge(state_of(user))),
        fact("Email Address", text(&user.email_address)),
        fact("Phone Number", text_or_dash(user.phone_number.as_deref())),
        fact("User Role", text(&format::title(&user.role))),
        fact(
            "Scope",
            text(user.anchor.as_ref().map_or("Platform", |anchor| anchor.name.as_str())),
        ),
        fact("MFA Required", yes(user.mfa_required)),
        fact("Federated Only", yes(user.federated_only)),
        fact("Disabled", yes(user.disabled)),
        fact("Locked Out", yes(user.locked_out)),
        fact("Added", instant(Some(&user.created_at))),
    ];
    stack(vec![
        head(
            format!("{} {}", user.first_name, user.last_name),
            text(&user.email_address),
            vec![],
        ),
        facts(items),
    ])
}
