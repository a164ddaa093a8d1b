//! Modify a user: one form and one Save; each kind of change is a request of its own, because each has rules of its own.

use crate::api::{self, ApiError};
use crate::format;
use crate::forms::entity::group;
use crate::forms::scope::{Draft, scope_fields};
use crate::forms::user::{Person, on, switch};
use crate::pages::common::{given, held, optional};
use crate::ui::{Form, form, note};
use api_types::user::{EmailAddressInput, RoleInput, SwitchInput, UserUpdate, UserView};
use leptos::prelude::*;
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Copy)]
struct Edit {
    person: Person,
    scope: Draft,
    mfa: RwSignal<String>,
    federated: RwSignal<String>,
    disabled: RwSignal<String>,
    locked: RwSignal<String>,
}

/// What the form says when Save is chosen.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
struct Wanted {
    update: UserUpdate,
    email_address: String,
    role: String,
    anchor_id: Option<Uuid>,
    mfa_required: bool,
    federated_only: bool,
    disabled: bool,
    locked_out: bool,
}

impl Edit {
    fn new(user: &UserView) -> Self {
        Self {
            person: Person::new(Some(user)),
            scope: Draft::new(&user.role, user.anchor.as_ref()),
            mfa: held(user.mfa_required.to_string()),
            federated: held(user.federated_only.to_string()),
            disabled: held(user.disabled.to_string()),
            locked: held(user.locked_out.to_string()),
        }
    }

    fn wanted(self, stored: &UserView) -> Wanted {
        Wanted {
            update: UserUpdate {
                first_name: given(self.person.first),
                last_name: given(self.person.last),
                phone_number: optional(self.person.phone),
                locale: stored.locale.clone(),
                time_zone: stored.time_zone.clone(),
            },
            email_address: given(self.person.address),
            role: given(self.scope.role),
            anchor_id: self.scope.anchor(),
            mfa_required: on(self.mfa),
            federated_only: on(self.federated),
            disabled: on(self.disabled),
            locked_out: on(self.locked),
        }
    }
}

/// The form; `done` gets the stored user.
pub fn user_edit(frame: Form, user: &UserView, done: Callback<UserView>) -> AnyView {
    let edit = Edit::new(user);
    let stored = StoredValue::new(user.clone());
    let groups = vec![
        group("Person", edit.person.fields(frame, &about_address(user))),
        group("Role and scope", scope_fields(frame, edit.scope, "User Role")),
        losses(edit, stored),
        group("Security", switches(frame, edit, user)),
    ];
    form(frame, "Save", groups, vec![], move || {
        let wanted = edit.wanted(&stored.get_value());
        frame.run(save(stored, wanted), move |user| done.run(user));
    })
}

fn about_address(user: &UserView) -> String {
    match &user.pending_email_address {
        Some(pending) => format!("{pending} waits for its confirmation; until then the present address counts."),
        None => "A new address counts once its owner opens the link sent to it.".to_owned(),
    }
}

/// Says before Save what a change of role or scope takes away (PM-26).
fn losses(edit: Edit, stored: StoredValue<UserView>) -> AnyView {
    (move || {
        edit.scope.role.track();
        let user = stored.get_value();
        let same = edit.scope.role.with(|role| *role == user.role);
        (!same).then(|| {
            let place = user
                .anchor
                .as_ref()
                .map_or("the platform", |anchor| anchor.name.as_str());
            note(
                "warn",
                format!(
                    "The user is no longer {} of {place} once this is saved, and is signed out everywhere.",
                    format::title(&user.role)
                ),
            )
        })
    })
    .into_any()
}

fn switches(frame: Form, edit: Edit, user: &UserView) -> Vec<AnyView> {
    let locked = match &user.locked_until {
        Some(until) => format!("Clears by itself at {}.", format::instant(until)),
        None if user.locked_out => "Locked by an administrator until it is unset.".to_owned(),
        None => "Nobody signs in with this account until it is unset.".to_owned(),
    };
    vec![
        switch(
            frame,
            "MFA Required",
            "/mfa_required",
            "Turning it on discards the present authenticator and recovery codes; the user registers again at the next sign-in.",
            edit.mfa,
        ),
        switch(
            frame,
            "Federated Only",
            "/federated_only",
            "Turning it on erases the password; turning it off sends a link to set one.",
            edit.federated,
        ),
        switch(
            frame,
            "Disabled",
            "/disabled",
            "Signs the user out at once. Role and credentials stay.",
            edit.disabled,
        ),
        switch(frame, "Locked Out", "/locked_out", &locked, edit.locked),
    ]
}

/// Makes what is stored what is wanted. What was done before a refusal stays done and is not sent again.
async fn save(stored: StoredValue<UserView>, wanted: Wanted) -> Result<UserView, ApiError> {
    let mut now = stored.get_value();
    let of = |rest: &str| format!("/users/{}{rest}", stored.get_value().id);
    let (update, anchor) = (&wanted.update, now.anchor.as_ref().map(|anchor| anchor.id));
    if update.first_name != now.first_name
        || update.last_name != now.last_name
        || update.phone_number != now.phone_number
    {
        now = keep(stored, api::put(&of(""), &now.etag, update).await?);
    }
    if wanted.role != now.role || wanted.anchor_id != anchor {
        let body = RoleInput {
            role: wanted.role.clone(),
            anchor_id: wanted.anchor_id,
        };
        now = keep(stored, api::set(&of("/role"), &body).await?);
    }
    let pending = now.pending_email_address.as_deref();
    if wanted.email_address != now.email_address && Some(wanted.email_address.as_str()) != pending {
        let body = EmailAddressInput {
            email_address: wanted.email_address.clone(),
        };
        now = keep(stored, api::post(&of("/email-address"), &body).await?);
    }
    save_switches(stored, now, &wanted).await
}

async fn save_switches(
    stored: StoredValue<UserView>,
    mut now: UserView,
    wanted: &Wanted,
) -> Result<UserView, ApiError> {
    let of = |rest: &str| format!("/users/{}{rest}", stored.get_value().id);
    let to = |on: bool| SwitchInput { on };
    if wanted.mfa_required != now.mfa_required {
        now = keep(stored, api::set(&of("/mfa-required"), &to(wanted.mfa_required)).await?);
    }
    if wanted.federated_only != now.federated_only {
        now = keep(
            stored,
            api::set(&of("/federated-only"), &to(wanted.federated_only)).await?,
        );
    }
    if wanted.disabled != now.disabled {
        now = keep(stored, api::set(&of("/disabled"), &to(wanted.disabled)).await?);
    }
    if wanted.locked_out != now.locked_out {
        let act = if wanted.locked_out { "/lock" } else { "/unlock" };
        now = keep(stored, api::post(&of(act), &json!({})).await?);
    }
    Ok(now)
}

fn keep(stored: StoredValue<UserView>, user: UserView) -> UserView {
    stored.try_update_value(|stored| *stored = user.clone());
    user
}
