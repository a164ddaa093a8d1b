//! Activates the account of an invited user (I-12), or sends the invitation again (I-13).

use super::common::{held, optional};
use super::reset_password::dead_link;
use crate::api::{self, Load, load_once};
use crate::forms::federation::{Purpose, providers};
use crate::forms::mail_request::mail_request;
use crate::forms::new_password::{new_password, same};
use crate::forms::second_factor::{Entered, enter, second_factor};
use crate::ui::{Field, Form, failure, field, form, head, nav, skeleton, text};
use api_types::common::ProblemField;
use api_types::session::{Activation, LinkState, LinkToken, SecondFactor};
use leptos::prelude::*;

/// The page; the token is in the link of the mail.
pub fn page() -> AnyView {
    let token = nav::query().with_untracked(|query| query.get("token").to_owned());
    let body = LinkToken { token: token.clone() };
    let link = load_once(async move { api::post::<_, LinkState>("/activation/link", &body).await });
    let step = RwSignal::new(None::<SecondFactor>);
    let token = StoredValue::new(token);
    let content = move || {
        if let Some(left) = step.get() {
            return second_factor(&left, step, "/".to_owned());
        }
        link.with(|state| match state {
            Load::Waiting => skeleton(),
            Load::Failed(error) => failure(error, None),
            Load::Ready(link) if link.state != "open" => expired(),
            Load::Ready(link) if link.federated_only => federated(token.get_value()),
            Load::Ready(link) => activate(link.code_required, token, step),
        })
    };
    view! { <div class="entrance">{content}</div> }.into_any()
}

fn expired() -> AnyView {
    view! {
        {head("This link has expired", text("It was used, replaced by a newer one, or is too old. Ask for a new invitation."), vec![])}
        {mail_request(
            "/activation/send-again",
            "Send again",
            "If an invitation for this address is open, a new one is on its way. Look into your mailbox.",
        )}
    }
    .into_any()
}

fn federated(token: String) -> AnyView {
    view! {
        {head("Activate your account", text("You sign in through your organisation's identity provider. No password is set here."), vec![])}
        {providers(Purpose::Activation(token))}
    }
    .into_any()
}

fn activate(by_code: bool, token: StoredValue<String>, step: RwSignal<Option<SecondFactor>>) -> AnyView {
    let frame = Form::new("activation");
    let (address, code, password, again) = (held(""), held(""), held(""), held(""));
    let submit = move || {
        if !same(frame, password, again) {
            return;
        }
        let body = Activation {
            token: token.get_value(),
            password: password.get_untracked(),
            email_address: optional(address),
            code: optional(code),
        };
        frame.run(
            async move { api::post::<_, Entered>("/activation", &body).await },
            move |answer| enter(answer, step, "/"),
        );
    };
    // Memos: the fields keep their text, because they are drawn again only when the page becomes another one.
    let dead = Memo::new(move |_| frame.error.with(|error| error.as_ref().is_some_and(dead_link)));
    let late = Memo::new(move |_| {
        let wrong = |field: &ProblemField| field.code == "code_expired";
        frame
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.fields().iter().any(wrong)))
    });
    let again_by_mail = move || {
        late.get().then(|| {
            mail_request(
                "/activation/send-again",
                "Send again",
                "If an invitation for this address is open, a new one is on its way.",
            )
        })
    };
    (move || {
        if dead.get() {
            return expired();
        }
        view! {
            {head("Activate your account", text("Choose a password; you are then signed in."), vec![])}
            {form(frame, "Activate", fields(frame, by_code, [address, code, password, again]), vec![], submit)}
            {again_by_mail}
        }
        .into_any()
    })
    .into_any()
}

fn fields(frame: Form, by_code: bool, texts: [RwSignal<String>; 4]) -> Vec<AnyView> {
    let [address, code, password, again] = texts;
    let mut fields = vec![];
    if by_code {
        fields.push(field(
            frame,
            Field::new("Email Address", "/email_address")
                .of("email")
                .required()
                .complete("username"),
            address,
        ));
        fields.push(field(
            frame,
            Field::new("Code from the mail", "/code")
                .required()
                .complete("one-time-code")
                .help("Ten letters and digits in two groups, valid for one hour."),
            code,
        ));
    }
    fields.extend(new_password(frame, "/password", password, again));
    fields
}
