//! Sets the password of an invited user (I-12).

use super::common::held;
use crate::api;
use crate::state::State;
use crate::ui::{Field, Form, field, form, head, nav, text};
use api_types::session::{Activation, SessionView};
use leptos::prelude::*;

/// The page; the token is in the link of the mail.
pub fn page() -> AnyView {
    let state = expect_context::<State>();
    let frame = Form::new("activation");
    let (password, again) = (held(""), held(""));
    let token = nav::query().with_untracked(|query| query.get("token").to_owned());
    let submit = move || {
        if password.get_untracked() != again.get_untracked() {
            frame.refuse("/again", "The two passwords differ.");
            return;
        }
        let body = Activation {
            token: token.clone(),
            password: password.get_untracked(),
            email_address: None,
            code: None,
        };
        frame.run(
            async move { api::post::<_, SessionView>("/activation", &body).await },
            move |view| {
                state.session.set(Some(view));
                state.asked.set(true);
                nav::replace("/");
            },
        );
    };
    let fields = vec![
        field(
            frame,
            Field::new("Password", "/password")
                .of("password")
                .required()
                .complete("new-password")
                .help("At least 15 characters."),
            password,
        ),
        field(
            frame,
            Field::new("Repeat the password", "/again")
                .of("password")
                .required()
                .complete("new-password"),
            again,
        ),
    ];
    view! {
        <div class="entrance">
            {head("Activate your account", text("Choose a password; you are then signed in."), vec![])}
            {form(frame, "Activate", fields, vec![], submit)}
        </div>
    }
    .into_any()
}
