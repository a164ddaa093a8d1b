//! Reset password (I-23): without a link it asks for one, with a link it sets the password.

use super::common::held;
use crate::api;
use crate::forms::mail_request::mail_request;
use crate::forms::new_password::{new_password, same};
use crate::paths::Place;
use crate::ui::{Form, Look, button_link, form, head, nav, note, text};
use api_types::session::PasswordReset;
use leptos::prelude::*;

/// The page; the token is in the link of the mail.
pub fn page() -> AnyView {
    let token = nav::query().with_untracked(|query| query.get("token").to_owned());
    let content = if token.is_empty() { ask() } else { set(token) };
    view! { <div class="entrance">{content}</div> }.into_any()
}

fn ask() -> AnyView {
    view! {
        {head("Reset password", text("A link to set a new password is sent to your address. It is valid for one hour."), vec![])}
        {mail_request(
            "/password-reset",
            "Send the link",
            "If an account with this address can be reset, the link is on its way. Look into your mailbox.",
        )}
        <p><a href=Place::SignIn.path()>"Back to sign in"</a></p>
    }
    .into_any()
}

fn set(token: String) -> AnyView {
    let frame = Form::new("reset");
    let (password, again) = (held(""), held(""));
    let done = RwSignal::new(false);
    let token = StoredValue::new(token);
    let submit = move || {
        if !same(frame, password, again) {
            return;
        }
        let body = PasswordReset {
            token: token.get_value(),
            password: password.get_untracked(),
        };
        frame.run(
            async move { api::set_done("/password-reset", &body).await },
            move |()| {
                done.try_set(true);
            },
        );
    };
    let dead = Memo::new(move |_| frame.error.with(|error| error.as_ref().is_some_and(dead_link)));
    let content = move || {
        if done.get() {
            return view! {
                <div role="status">{note("good", "The new password is set, and every session of yours is ended.")}</div>
                <div class="actions">{button_link("Sign in", Look::Primary, Place::SignIn.path())}</div>
            }
            .into_any();
        }
        if dead.get() {
            return view! { {note("warn", "This link has expired or was used already.")} {ask()} }.into_any();
        }
        form(
            frame,
            "Save",
            new_password(frame, "/password", password, again),
            vec![],
            submit,
        )
    };
    view! {
        {head("Set a new password", text("It ends every session of yours."), vec![])}
        {content}
    }
    .into_any()
}

/// Whether the server refused the link itself.
pub fn dead_link(error: &api::ApiError) -> bool {
    error.fields().iter().any(|field| field.pointer == "/token")
}
