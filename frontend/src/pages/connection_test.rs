//! Mail and storage: one button tries the stored connection and says what happened (ST-9).

use crate::api;
use crate::state;
use crate::ui::{Form, Look, button_when, failure, note};
use api_types::setting::ConnectionTest;
use leptos::prelude::*;

/// The button of a section with a connection; nothing for the others.
pub fn button(section: &str) -> AnyView {
    let (label, operation, address) = match section {
        "Mail" => ("Send Test", "mail.test", "/mail/test"),
        "Storage" => ("Test", "storage.test", "/storage/test"),
        _ => return ().into_any(),
    };
    if !state::can(operation) {
        return ().into_any();
    }
    let frame = Form::new("connection-test");
    let found = RwSignal::new(None::<ConnectionTest>);
    let off = move || frame.busy.get() || state::is_dirty();
    view! {
        {button_when(label, Look::Plain, off, move || {
            found.set(None);
            let call = async move { api::post(address, &serde_json::json!({})).await };
            frame.run(call, move |answer| found.set(Some(answer)));
        })}
        <div role="status">
            {move || frame.busy.get().then(|| note("info", "Trying the connection …"))}
            {move || found.with(|found| found.as_ref().map(outcome))}
        </div>
        {move || frame.error.with(|error| error.as_ref().map(|error| failure(error, None)))}
    }
    .into_any()
}

fn outcome(test: &ConnectionTest) -> AnyView {
    note(if test.succeeded { "good" } else { "bad" }, test.message.clone())
}
