//! Mail and storage: one button tries the stored connection and says what happened (ST-9).

use crate::api;
use crate::state;
use crate::ui::{Form, Look, button_when, failure, note};
use leptos::prelude::*;

/// The button of a section with a connection; nothing for the others.
pub fn button(section: &str) -> AnyView {
    let (label, operation, address, done) = match section {
        "Mail" => (
            "Send Test",
            "mail.test",
            "/mail/test",
            "The mail server took the test mail. Look for it in your own mailbox.",
        ),
        "Storage" => (
            "Test",
            "storage.test",
            "/storage/test",
            "A test file was written to the container and removed again.",
        ),
        _ => return ().into_any(),
    };
    if !state::can(operation) {
        return ().into_any();
    }
    let frame = Form::new("connection-test");
    let off = move || frame.busy.get() || state::is_dirty();
    view! {
        {button_when(label, Look::Plain, off, move || {
            frame.run(async move { api::post_empty(address).await }, |()| {});
        })}
        <div role="status">
            {move || frame.busy.get().then(|| note("info", "Trying the connection …"))}
            {move || frame.saved.get().then(|| note("good", done))}
        </div>
        {move || frame.error.with(|error| error.as_ref().map(|error| failure(error, None)))}
    }
    .into_any()
}
