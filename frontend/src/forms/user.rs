//! Create a user; an invitation is sent by mail.

use crate::api;
use crate::forms::entity::group;
use crate::pages::common::{given, held, optional};
use crate::ui::field::Options;
use crate::ui::{Field, Form, Input, field, form, remote_options};
use crate::{format, state};
use api_types::user::{UserInput, UserView};
use leptos::prelude::*;
use uuid::Uuid;

/// The roles, highest first.
pub const ROLES: [&str; 8] = [
    "platform_administrator",
    "distributor_administrator",
    "partner_administrator",
    "tenant_administrator",
    "platform_reader",
    "distributor_reader",
    "partner_reader",
    "tenant_reader",
];

/// The list of entities a role can be held on; empty for platform roles.
fn anchors(role: &str) -> &'static str {
    match role.split('_').next() {
        Some("distributor") => "distributors",
        Some("partner") => "partners",
        Some("tenant") => "tenants",
        _ => "",
    }
}

/// Roles whose entities the signed-in role can list.
fn role_options(own: &str) -> Options {
    let level = |role: &str| match role.split('_').next() {
        Some("platform") => 0,
        Some("distributor") => 1,
        Some("partner") => 2,
        _ => 3,
    };
    let mine = level(own);
    let mut pairs = vec![(String::new(), "Select …".to_owned())];
    pairs.extend(
        ROLES
            .iter()
            .filter(|role| level(role) >= mine)
            .map(|role| ((*role).to_owned(), format::title(role))),
    );
    Signal::stored(pairs)
}

/// The form.
pub fn user_form(done: Callback<UserView>) -> AnyView {
    let frame = Form::new("user");
    let state = expect_context::<state::State>();
    let own = state
        .session
        .with_untracked(|session| session.as_ref().map(|view| view.user.role.clone()).unwrap_or_default());
    let (first, last, address, phone) = (held(""), held(""), held(""), held(""));
    let (role, anchor) = (held(""), held(""));
    let people = vec![
        field(frame, Field::new("First Name", "/first_name").required(), first),
        field(frame, Field::new("Last Name", "/last_name").required(), last),
        field(
            frame,
            Field::new("Email Address", "/email_address").of("email").required(),
            address,
        ),
        field(frame, Field::new("Phone Number", "/phone_number").of("tel"), phone),
    ];
    let kind = Memo::new(move |_| role.with(|role| anchors(role)));
    let scope = move || {
        let plural = kind.get();
        if plural.is_empty() {
            return ().into_any();
        }
        anchor.set(String::new());
        let pairs = remote_options(move || format!("/{plural}?limit=200"), "Select …");
        let label = format::words(plural.trim_end_matches('s'));
        field(
            frame,
            Field::new(&label, "/anchor_id").required().input(Input::Select(pairs)),
            anchor,
        )
    };
    let access = vec![
        field(
            frame,
            Field::new("User Role", "/role")
                .required()
                .input(Input::Select(role_options(&own))),
            role,
        ),
        scope.into_any(),
    ];
    let groups = vec![group("Person", people), group("Role and scope", access)];
    form(frame, "Save", groups, vec![], move || {
        let body = UserInput {
            first_name: given(first),
            last_name: given(last),
            email_address: given(address),
            phone_number: optional(phone),
            role: given(role),
            anchor_id: Uuid::parse_str(&given(anchor))
                .ok()
                .filter(|_| !kind.get_untracked().is_empty()),
            mfa_required: None,
            federated_only: false,
        };
        frame.run(async move { api::post("/users", &body).await }, move |user| {
            done.run(user);
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_below_the_platform_are_held_on_an_entity() {
        for role in ROLES {
            assert_eq!(anchors(role).is_empty(), role.starts_with("platform"), "{role}");
        }
    }
}
