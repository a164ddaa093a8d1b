//! Registers an authenticator: the secret as picture and text, two codes in a row, then the recovery codes (I-32, I-33).

use crate::api;
use crate::pages::common::{given, held, optional};
use crate::state;
use crate::ui::{Field, Form, Look, button, copy, field, form, note};
use api_types::profile::{EnrolmentInput, EnrolmentView, NewAuthenticator};
use leptos::prelude::*;
use serde_json::json;

/// The steps; `address` is where they are sent, `done` gets the last answer once the recovery codes were kept.
pub fn enrolment(address: &'static str, mailed_code_needed: bool, done: Callback<EnrolmentView>) -> AnyView {
    let shown = RwSignal::new(None::<EnrolmentView>);
    let frame = Form::new("enrolment");
    let start = move || {
        frame.run(
            async move { api::post::<_, EnrolmentView>(address, &EnrolmentInput::default()).await },
            move |view| {
                shown.try_set(Some(view));
            },
        );
    };
    start();
    (move || match shown.get() {
        None => waiting(frame, Callback::new(move |()| start())),
        Some(view) if view.recovery_codes.is_empty() => match view.authenticator {
            Some(authenticator) => codes(address, &authenticator, mailed_code_needed, shown),
            None => note("bad", "The server gave no secret. Load the page again."),
        },
        Some(view) => kept(view, done),
    })
    .into_any()
}

fn waiting(frame: Form, start: Callback<()>) -> AnyView {
    (move || {
        frame.error.with(|error| match error {
            Some(error) => crate::ui::failure(error, Some(start)),
            None => crate::ui::skeleton(),
        })
    })
    .into_any()
}

/// Picture, secret, and the two codes.
fn codes(
    address: &'static str,
    authenticator: &NewAuthenticator,
    mailed: bool,
    shown: RwSignal<Option<EnrolmentView>>,
) -> AnyView {
    let frame = Form::new("authenticator");
    let (first, second, letter) = (held(""), held(""), held(""));
    let digits = |label: &str, pointer: &str, help: &str| {
        Field::new(label, pointer)
            .required()
            .complete("one-time-code")
            .help(help)
    };
    let mut fields = vec![];
    if mailed {
        fields.push(mailed_code(frame, letter));
    }
    fields.push(field(
        frame,
        digits("First code", "/first_code", "The six digits the app shows now."),
        first,
    ));
    fields.push(field(
        frame,
        digits(
            "Second code",
            "/second_code",
            "The next six digits, half a minute later.",
        ),
        second,
    ));
    let submit = move || {
        let body = EnrolmentInput {
            first_code: Some(given(first)),
            second_code: Some(given(second)),
            mailed_code: optional(letter),
        };
        frame.run(
            async move { api::post::<_, EnrolmentView>(address, &body).await },
            move |view| {
                shown.try_set(Some(view));
            },
        );
    };
    view! {
        <div class="stack">
            <p>"Scan the picture with an authenticator app, or type the secret into it."</p>
            <img class="qr" src=authenticator.qr_code.clone() alt="QR code of the secret" width="200" height="200" />
            <p class="secret"><code>{in_fours(&authenticator.secret)}</code> {copy("Copy secret", authenticator.secret.clone())}</p>
            {form(frame, "Register", fields, vec![], submit)}
        </div>
    }
    .into_any()
}

/// After a reset by an administrator the owner of the address proves it as well (I-36).
fn mailed_code(frame: Form, letter: RwSignal<String>) -> AnyView {
    let sending = Form::new("enrolment-code");
    let send = move || {
        sending.run(
            async { api::post_done("/session/enrolment-code", &json!({})).await },
            |()| state::announce("The code is on its way"),
        );
    };
    let said = move || {
        sending.error.with(|error| match error {
            Some(error) => error.sentence(),
            None if sending.saved.get() => "The code is on its way to your address.".to_owned(),
            None => String::new(),
        })
    };
    let spec = Field::new("Code from the mail", "/mailed_code")
        .required()
        .help("An administrator discarded your authenticator, so a code sent to your address is needed once.");
    view! {
        <div class="stack">
            {field(frame, spec, letter)}
            <div class="actions">{button("Send the code", Look::Plain, send)} <span class="muted" role="status">{said}</span></div>
        </div>
    }
    .into_any()
}

fn kept(view: EnrolmentView, done: Callback<EnrolmentView>) -> AnyView {
    let codes = recovery_codes(&view.recovery_codes);
    let view = StoredValue::new(view);
    view! {
        <div class="stack">
            {codes}
            <div class="actions">
                {button("I have kept them", Look::Primary, move || done.run(view.get_value()))}
            </div>
        </div>
    }
    .into_any()
}

/// The recovery codes, shown once.
pub fn recovery_codes(codes: &[String]) -> AnyView {
    let rows = codes
        .iter()
        .map(|code| view! { <li><code>{code.clone()}</code></li> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <div class="stack">
            {note("warn", "Keep these recovery codes where only you find them. They are not shown again; each replaces a code once.")}
            <ul class="codes" aria-label="Recovery codes">{rows}</ul>
            <div class="actions">{copy("Copy codes", codes.join("\n"))}</div>
        </div>
    }
    .into_any()
}

/// The secret in groups of four, easier to type.
fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_in_groups_of_four() {
        assert_eq!(in_fours("GEZDGNBVGY"), "GEZD GNBV GY");
    }
}
