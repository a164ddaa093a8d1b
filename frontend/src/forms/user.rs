//! Create a user; an invitation is sent by mail.

use crate::api;
use crate::forms::entity::group;
use crate::forms::scope::{Draft, scope_fields};
use crate::pages::common::{given, held, optional};
use crate::ui::{Field, Form, Input, field, form};
use api_types::user::{UserInput, UserView};
use leptos::prelude::*;

/// The texts that name a person.
#[derive(Clone, Copy)]
pub struct Person {
    /// First name.
    pub first: RwSignal<String>,
    /// Last name.
    pub last: RwSignal<String>,
    /// Address.
    pub address: RwSignal<String>,
    /// Phone.
    pub phone: RwSignal<String>,
}

impl Person {
    /// Starts with what is stored.
    pub fn new(user: Option<&UserView>) -> Self {
        let text = |pick: fn(&UserView) -> &str| held(user.map(pick).unwrap_or_default());
        Self {
            first: text(|user| &user.first_name),
            last: text(|user| &user.last_name),
            address: text(|user| &user.email_address),
            phone: text(|user| user.phone_number.as_deref().unwrap_or_default()),
        }
    }

    /// The fields in the order of the how-to.
    pub fn fields(self, frame: Form, address_help: &str) -> Vec<AnyView> {
        let address = Field::new("Email Address", "/email_address")
            .of("email")
            .required()
            .help(address_help);
        vec![
            field(frame, Field::new("First Name", "/first_name").required(), self.first),
            field(frame, Field::new("Last Name", "/last_name").required(), self.last),
            field(frame, address, self.address),
            field(frame, Field::new("Phone Number", "/phone_number").of("tel"), self.phone),
        ]
    }
}

/// A switch of the account.
pub fn switch(frame: Form, label: &str, pointer: &str, help: &str, value: RwSignal<String>) -> AnyView {
    field(frame, Field::new(label, pointer).help(help).input(Input::Switch), value)
}

/// Whether a switch is on.
pub fn on(value: RwSignal<String>) -> bool {
    value.with_untracked(|value| value == "true")
}

/// The form.
pub fn user_form(done: Callback<UserView>) -> AnyView {
    let frame = Form::new("user");
    let person = Person::new(None);
    let scope = Draft::new("", None);
    let (mfa, federated) = (held("false"), held("false"));
    // A platform administrator starts with a second factor (S-25).
    Effect::new(move |before: Option<String>| {
        let role = scope.role.get();
        if before.is_some_and(|before| before != role) {
            mfa.set((role == "platform_administrator").to_string());
        }
        role
    });
    let switches = vec![
        switch(
            frame,
            "MFA Required",
            "/mfa_required",
            "Registers an authenticator at the first sign-in.",
            mfa,
        ),
        switch(
            frame,
            "Federated Only",
            "/federated_only",
            "Signs in through an identity provider; no password is set here.",
            federated,
        ),
    ];
    let groups = vec![
        group("Person", person.fields(frame, "An invitation is sent to it.")),
        group("Role and scope", scope_fields(frame, scope, "User Role")),
        group("Security", switches),
    ];
    form(frame, "Save", groups, vec![], move || {
        let body = UserInput {
            first_name: given(person.first),
            last_name: given(person.last),
            email_address: given(person.address),
            phone_number: optional(person.phone),
            role: given(scope.role),
            anchor_id: scope.anchor(),
            mfa_required: Some(on(mfa)),
            federated_only: on(federated),
        };
        frame.run(async move { api::post("/users", &body).await }, move |user| {
            done.run(user);
        });
    })
}
