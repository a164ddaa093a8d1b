//! The web app: a client of the public API without privileges of its own.
#![expect(clippy::needless_pass_by_value, reason = "widgets and pages own what they show")]

mod api;
mod branch;
mod format;
mod forms;
mod pages;
mod paths;
mod proof;
mod query;
mod shell;
mod state;
mod ui;

/// Starts the app inside the element `app` of the document.
pub fn start() {
    console_error_panic_hook::set_once();
    shell::mount();
}
