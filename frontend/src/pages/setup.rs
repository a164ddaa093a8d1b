//! The first administrator (I-68).

use super::common::{given, held};
use crate::api;
use crate::state::State;
use crate::ui::{Field, Form, field, form, head, nav, text};
use api_types::session::{FirstAdministrator, SessionView};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let state = expect_context::<State>();
    let frame = Form::new("setup");
    let (token, first, last) = (held(""), held(""), held(""));
    let (address, password) = (held(""), held(""));
    let submit = move || {
        let body = FirstAdministrator {
            token: given(token),
            first_name: given(first),
            last_name: given(last),
            email_address: given(address),
            password: password.get_untracked(),
            mfa_required: false,
        };
        frame.run(
            async move { api::post::<_, SessionView>("/setup", &body).await },
            move |view| {
                state.take(Some(view));
                state.asked.set(true);
                nav::replace("/");
            },
        );
    };
    let fields = vec![
        field(
            frame,
            Field::new("Token", "/token")
                .required()
                .help("The server printed it when it first started, and wrote it to the file bootstrap-token."),
            token,
        ),
        field(
            frame,
            Field::new("First Name", "/first_name")
                .required()
                .complete("given-name"),
            first,
        ),
        field(
            frame,
            Field::new("Last Name", "/last_name").required().complete("family-name"),
            last,
        ),
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
                .complete("new-password")
                .help("At least 15 characters."),
            password,
        ),
    ];
    view! {
        <div class="entrance">
            {head("Create the first administrator", text("This page closes for ever once the administrator exists."), vec![])}
            {form(frame, "Create", fields, vec![], submit)}
        </div>
    }
    .into_any()
}
