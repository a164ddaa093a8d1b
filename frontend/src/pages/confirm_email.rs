//! Confirms a changed address by the link sent to it (I-8).

use super::reset_password::dead_link;
use crate::api;
use crate::paths::Place;
use crate::ui::{Form, Look, button_link, form, head, nav, note, text};
use api_types::session::LinkToken;
use leptos::prelude::*;

/// The page. It waits for a click, so that a mail scanner that opens the link confirms nothing.
pub fn page() -> AnyView {
    let frame = Form::new("confirm");
    let token = nav::query().with_untracked(|query| query.get("token").to_owned());
    let token = StoredValue::new(token);
    let done = RwSignal::new(false);
    let submit = move || {
        let body = LinkToken {
            token: token.get_value(),
        };
        frame.run(
            async move { api::post_done("/email-confirmation", &body).await },
            move |()| {
                done.try_set(true);
            },
        );
    };
    let dead = Memo::new(move |_| frame.error.with(|error| error.as_ref().is_some_and(dead_link)));
    let content = move || {
        if done.get() {
            return view! {
                <div role="status">{note("good", "The new address counts from now on. Sign in with it.")}</div>
                <div class="actions">{button_link("Sign in", Look::Primary, Place::SignIn.path())}</div>
            }
            .into_any();
        }
        if dead.get() {
            return note(
                "warn",
                "This link has expired or was used already. The old address still counts; change it again to get a new link.",
            );
        }
        form(frame, "Confirm", vec![], vec![], submit)
    };
    view! {
        <div class="entrance">
            {head("Confirm your address", text("From then on you sign in with the new address."), vec![])}
            {content}
        </div>
    }
    .into_any()
}
