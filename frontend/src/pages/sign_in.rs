//! Sign in.

use super::common::{given, held};
use crate::api;
use crate::paths::safe_return;
use crate::state::State;
use crate::ui::{Field, field, form, nav};
use crate::ui::{Form, head};
use api_types::session::{SessionView, SignIn};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let state = expect_context::<State>();
    let frame = Form::new("sign-in");
    let (address, password) = (held(""), held(""));
    let query = nav::query();
    let submit = move || {
        let body = SignIn {
            email_address: given(address),
            password: password.get_untracked(),
        };
        frame.run(
            async move { api::post::<_, SessionView>("/session", &body).await },
            move |view| {
                state.session.set(Some(view));
                state.asked.set(true);
                let next = query
                    .try_with_untracked(|query| query.get("next").to_owned())
                    .unwrap_or_default();
                nav::replace(safe_return(&next));
            },
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
    view! {
        <div class="entrance">
            {head("Sign in", ().into_any(), vec![])}
            {form(frame, "Sign in", fields, vec![], submit)}
        </div>
    }
    .into_any()
}
