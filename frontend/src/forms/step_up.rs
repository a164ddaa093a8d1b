//! The question for a fresh proof of identity before a dangerous act; the act then goes on by itself (S-28).

use crate::api;
use crate::forms::federation::{Purpose, providers};
use crate::pages::common::held;
use crate::proof;
use crate::state::{self, State};
use crate::ui::{Field, Form, Look, button, dialog, field, form, nav, note};
use api_types::session::{SessionView, StepUp};
use leptos::prelude::*;

/// The dialog; it is part of the frame and opens when a request waits for a proof.
pub fn step_up(state: State) -> AnyView {
    let open = state.proving;
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if !now && before == Some(true) {
            // Escape and the cross end the question without a proof.
            proof::answer(false);
        }
        now
    });
    dialog(open, "Confirm that it is you", move || content(state))
}

fn content(state: State) -> AnyView {
    let way = state.session.with_untracked(|session| {
        session
            .as_ref()
            .map(|view| view.step_up_with.clone())
            .unwrap_or_default()
    });
    if way == "identity_provider" {
        return elsewhere();
    }
    let frame = Form::new("step-up");
    let proof = held("");
    let by_code = way == "code";
    let spec = if by_code {
        Field::new("Code", "/code")
            .required()
            .complete("one-time-code")
            .help("The six digits of your authenticator, or a recovery code.")
    } else {
        Field::new("Password", "/password")
            .of("password")
            .required()
            .complete("current-password")
    };
    let cancel = button("Cancel", Look::Plain, || proof::answer(false));
    let lead = note(
        "info",
        "What you are about to do needs a fresh proof. It then counts for some minutes.",
    );
    let fields = vec![lead, field(frame, spec, proof)];
    form(frame, "Confirm", fields, vec![cancel], move || {
        let given = Some(proof.get_untracked().trim().to_owned());
        let body = if by_code {
            StepUp {
                code: given,
                password: None,
            }
        } else {
            StepUp {
                code: None,
                password: Some(proof.get_untracked()),
            }
        };
        frame.run(
            async move { api::post::<_, SessionView>("/session/step-up", &body).await },
            |view| {
                state::signed_in(view);
                proof::answer(true);
            },
        );
    })
}

/// Someone who signs in at an identity provider proves it there, which leaves this page.
fn elsewhere() -> AnyView {
    let here = nav::path().get_untracked();
    view! {
        <div class="stack">
            <p>"Confirm at your identity provider. You come back to this page; then repeat what you were about to do."</p>
            {providers(Purpose::StepUp(here))}
            <div class="actions end">{button("Cancel", Look::Plain, || proof::answer(false))}</div>
        </div>
    }
    .into_any()
}
