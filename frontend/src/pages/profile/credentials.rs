//! Password, authenticator, recovery codes and linked identities.

use super::super::common::held;
use super::{Frames, card};
use crate::api::{self, Loader};
use crate::forms::enrolment::{enrolment, recovery_codes};
use crate::forms::federation::{Purpose, providers};
use crate::forms::new_password::{new_password, same};
use crate::ui::{Column, Field, Form, Look, button, confirm, dialog, field, form, instant, note, stack, table, text};
use api_types::identity_provider::LinkedIdentity;
use api_types::profile::{PasswordInput, ProfileView, RecoveryCodes};
use leptos::prelude::*;
use serde_json::json;

/// The form of the password (I-22).
pub fn password(frames: Frames, profile: &ProfileView) -> AnyView {
    if profile.federated_only || !profile.has_password {
        let sentence = "You sign in through an identity provider; there is no password here.";
        return card("Password", text(sentence));
    }
    let frame = frames.password;
    let (present, password, again) = (held(""), held(""), held(""));
    let mut fields = vec![field(
        frame,
        Field::new("Present password", "/present_password")
            .of("password")
            .required()
            .complete("current-password"),
        present,
    )];
    fields.extend(new_password(frame, "/new_password", password, again));
    let grid = view! { <div class="fields">{fields}</div> }.into_any();
    let lead = view! { <p class="muted">"Your other sessions end."</p> }.into_any();
    let submit = move || {
        if !same(frame, password, again) {
            return;
        }
        let body = PasswordInput {
            present_password: present.get_untracked(),
            new_password: password.get_untracked(),
        };
        frame.run(
            async move { api::post_done("/profile/password", &body).await },
            move |()| {
                for text in [present, password, again] {
                    text.try_set(String::new());
                }
                frames
                    .said
                    .try_set("The new password is set. Your other sessions are ended.".to_owned());
            },
        );
    };
    card(
        "Password",
        stack(vec![lead, form(frame, "Change password", vec![grid], vec![], submit)]),
    )
}

/// The authenticator and its recovery codes (I-32 to I-34).
pub fn authenticator(frames: Frames, profile: &ProfileView, loader: Loader<ProfileView>) -> AnyView {
    let open = RwSignal::new(false);
    let (label, sentence) = if profile.mfa_enrolled {
        (
            "Register another authenticator",
            "A registered authenticator is asked for a code at sign-in. Another one replaces it.",
        )
    } else {
        (
            "Register an authenticator",
            "An app on your phone then shows the code that is asked for after the password.",
        )
    };
    let ended = Callback::new(move |_| {
        open.set(false);
        frames
            .said
            .set("The authenticator is registered. Your other sessions are ended.".to_owned());
        loader.reload();
    });
    let steps = dialog(open, label, move || enrolment("/profile/authenticator", false, ended));
    let codes = profile
        .mfa_enrolled
        .then(|| regenerate(profile.recovery_codes_left, loader));
    let content = view! {
        <p class="muted">{sentence}</p>
        <div class="actions">{button(label, Look::Plain, move || open.set(true))}</div>
        {steps}
        {codes}
    };
    card("Authenticator", content.into_any())
}

fn regenerate(left: u32, loader: Loader<ProfileView>) -> AnyView {
    let open = RwSignal::new(false);
    let form = Form::new("recovery");
    let fresh = RwSignal::new(Vec::<String>::new());
    let make = move || {
        form.run(
            async { api::post::<_, RecoveryCodes>("/profile/recovery-codes", &json!({})).await },
            move |codes| {
                open.try_set(false);
                fresh.try_set(codes.recovery_codes);
            },
        );
    };
    let shown = RwSignal::new(false);
    Effect::new(move |_| shown.set(!fresh.with(Vec::is_empty)));
    let few = (left < 3).then(|| {
        note(
            "warn",
            "Few recovery codes are left. Make new ones before you need them.",
        )
    });
    let ask = move || text("The codes you have stop working; ten new ones are shown once.");
    let kept = move || {
        shown.set(false);
        fresh.set(Vec::new());
        loader.reload();
    };
    view! {
        {few}
        <p class="muted">{format!("Recovery codes that still work: {left}.")}</p>
        <div class="actions">{button("Make new recovery codes", Look::Plain, move || open.set(true))}</div>
        {confirm(open, "Make new recovery codes", "Make new codes", Look::Primary, form, ask, make)}
        {dialog(shown, "Your new recovery codes", move || {
            view! {
                <div class="stack">
                    {fresh.with_untracked(|codes| recovery_codes(codes))}
                    <div class="actions end">{button("I have kept them", Look::Primary, kept)}</div>
                </div>
            }
            .into_any()
        })}
    }
    .into_any()
}

/// The linked identities (I-43, I-46).
pub fn identities(frames: Frames, profile: &ProfileView, loader: Loader<ProfileView>) -> AnyView {
    let list = if profile.identities.is_empty() {
        view! { <p class="muted">"No identity is linked."</p> }.into_any()
    } else {
        let columns = [
            Column::new("Identity provider"),
            Column::new("Linked"),
            Column::new("Last sign-in"),
            Column::new(""),
        ];
        let rows = profile.identities.iter().map(|one| identity(one, frames, loader));
        table("linked identities", &columns, rows.collect())
    };
    card("Identities", stack(vec![list, providers(Purpose::Link)]))
}

fn identity(one: &LinkedIdentity, frames: Frames, loader: Loader<ProfileView>) -> Vec<AnyView> {
    let open = RwSignal::new(false);
    let form = Form::new("unlink");
    let path = format!("/profile/identities/{}", one.id);
    let title = format!("Unlink {}", one.provider_name);
    let unlink = move || {
        let path = path.clone();
        form.run(async move { api::delete(&path, None).await }, move |()| {
            open.try_set(false);
            frames.said.try_set("The identity is unlinked.".to_owned());
            loader.reload();
        });
    };
    let ask = || text("You no longer sign in with this identity. The account itself stays.");
    vec![
        text(&one.provider_name),
        instant(Some(&one.linked_at)),
        instant(one.last_used_at.as_deref()),
        view! {
            {button("Unlink", Look::Quiet, move || open.set(true))}
            {confirm(open, title, "Unlink", Look::Danger, form, ask, unlink)}
        }
        .into_any(),
    ]
}
