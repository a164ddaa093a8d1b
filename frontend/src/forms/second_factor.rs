//! What is left after the right password: a code, or registering an authenticator (I-31).

use crate::api;
use crate::forms::enrolment::enrolment;
use crate::pages::common::{given, held};
use crate::paths::safe_return;
use crate::state;
use crate::ui::{Field, Form, Look, button, field, form, nav, note};
use api_types::profile::EnrolmentView;
use api_types::session::{CodeInput, SecondFactor, SessionView};
use leptos::prelude::*;
use serde::Deserialize;

/// Answer to a password: the session, or the step that is left.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Entered {
    /// Signed in.
    In(Box<SessionView>),
    /// A step is left.
    Step(SecondFactor),
}

/// Signs in, or shows the step that is left.
pub fn enter(answer: Entered, step: RwSignal<Option<SecondFactor>>, next: &str) {
    match answer {
        Entered::In(view) => go_in(*view, next),
        Entered::Step(left) => {
            step.try_set(Some(left));
        }
    }
}

fn go_in(view: SessionView, next: &str) {
    state::signed_in(view);
    nav::replace(safe_return(next));
}

/// The step; `step` becomes empty when the half-way state ended and the password is asked for again.
pub fn second_factor(left: &SecondFactor, step: RwSignal<Option<SecondFactor>>, next: String) -> AnyView {
    if left.step == "enrolment" {
        let done = Callback::new(move |view: EnrolmentView| match view.session {
            Some(session) => go_in(session, &next),
            None => {
                step.set(None);
            }
        });
        return view! {
            <div class="stack">
                <h1 tabindex="-1">"Register an authenticator"</h1>
                <p class="muted">"Your account needs a second factor. Register it once; from then on a code is asked for."</p>
                {enrolment("/session/enrolment", left.mailed_code_needed, done)}
                {start_over(step)}
            </div>
        }
        .into_any();
    }
    by_code(step, next)
}

fn by_code(step: RwSignal<Option<SecondFactor>>, next: String) -> AnyView {
    let frame = Form::new("code");
    let code = held("");
    let submit = move || {
        let (body, next) = (CodeInput { code: given(code) }, next.clone());
        frame.run(
            async move { api::post::<_, SessionView>("/session/code", &body).await },
            move |view| go_in(view, &next),
        );
    };
    let ended = move || {
        let over = frame
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status() == 401));
        over.then(|| {
            note(
                "warn",
                "This sign-in took too long or too many tries. Start again with the password.",
            )
        })
    };
    let spec = Field::new("Code", "/code")
        .required()
        .complete("one-time-code")
        .help("The six digits of your authenticator, or one of your recovery codes.");
    view! {
        <div class="stack">
            <h1 tabindex="-1">"Enter the code"</h1>
            {ended}
            {form(frame, "Sign in", vec![field(frame, spec, code)], vec![start_over(step)], submit)}
        </div>
    }
    .into_any()
}

fn start_over(step: RwSignal<Option<SecondFactor>>) -> AnyView {
    button("Start again", Look::Quiet, move || step.set(None))
}
