//! Asks for a mail; the answer is the same whether the address exists or not (I-13, I-23).

use crate::api;
use crate::pages::common::{given, held};
use crate::ui::{Field, Form, field, form, note};
use api_types::session::MailRequest;
use leptos::prelude::*;

/// The form: an address, and the sentence that follows.
pub fn mail_request(path: &'static str, verb: &'static str, sent: &'static str) -> AnyView {
    let frame = Form::new("mail");
    let address = held("");
    let done = RwSignal::new(false);
    let submit = move || {
        let body = MailRequest {
            email_address: given(address),
        };
        frame.run(async move { api::post_done(path, &body).await }, move |()| {
            done.try_set(true);
        });
    };
    (move || {
        if done.get() {
            return view! { <div role="status">{note("info", sent)}</div> }.into_any();
        }
        let spec = Field::new("Email Address", "/email_address")
            .of("email")
            .required()
            .complete("username");
        form(frame, verb, vec![field(frame, spec, address)], vec![], submit)
    })
    .into_any()
}
