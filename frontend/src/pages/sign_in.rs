//! Sign in: the password, then what is left of it; or an identity provider.

use super::common::{given, held};
use crate::api;
use crate::forms::federation::{Purpose, outcome, providers};
use crate::forms::second_factor::{Entered, enter, second_factor};
use crate::paths::{Place, safe_return};
use crate::ui::{Field, Form, field, form, head, nav, note};
use api_types::session::{SecondFactor, SignIn};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let query = nav::query().get_untracked();
    // The way back from an identity provider may leave a step, or end with a refusal.
    let step = RwSignal::new(left_by_provider(query.get("second_factor")));
    let came_back = outcome(query.get("federation"));
    let next = query.get("next").to_owned();
    let next = StoredValue::new(safe_return(&next).to_owned());
    let content = move || {
        step.with(|left| match left {
            Some(left) => second_factor(left, step, next.get_value()),
            None => password(step, next, came_back),
        })
    };
    view! { <div class="entrance">{content}</div> }.into_any()
}

fn left_by_provider(step: &str) -> Option<SecondFactor> {
    matches!(step, "code" | "enrolment").then(|| SecondFactor {
        step: step.to_owned(),
        mailed_code_needed: false,
        expires_at: String::new(),
    })
}

fn password(
    step: RwSignal<Option<SecondFactor>>,
    next: StoredValue<String>,
    came_back: Option<(&'static str, &'static str)>,
) -> AnyView {
    let frame = Form::new("sign-in");
    let (address, password) = (held(""), held(""));
    let submit = move || {
        let body = SignIn {
            email_address: given(address),
            password: password.get_untracked(),
        };
        frame.run(
            async move { api::post::<_, Entered>("/session", &body).await },
            move |answer| enter(answer, step, &next.get_value()),
        );
    };
    let fields = vec![
        field(
            frame,
            Field::new("Email Address", "/email_address")
                .of("email")
                .required()
                .complete("username"),
            address,
        ),
        field(
            frame,
            Field::new("Password", "/password")
                .of("password")
                .required()
                .complete("current-password"),
            password,
        ),
    ];
    let forgotten = view! { <a href=Place::ResetPassword.path()>"Reset password"</a> }.into_any();
    view! {
        {head("Sign in", ().into_any(), vec![])}
        {came_back.map(|(class, sentence)| note(class, sentence))}
        {form(frame, "Sign in", fields, vec![forgotten], submit)}
        {providers(Purpose::SignIn(next.get_value()))}
    }
    .into_any()
}
