//! A new password, typed twice.

use crate::ui::{Field, Form, field};
use leptos::prelude::*;

/// The two fields.
pub fn new_password(frame: Form, pointer: &str, password: RwSignal<String>, again: RwSignal<String>) -> Vec<AnyView> {
    let of = |label: &str, pointer: &str| {
        Field::new(label, pointer)
            .of("password")
            .required()
            .complete("new-password")
    };
    vec![
        field(
            frame,
            of("New password", pointer)
                .help("At least 15 characters, 8 with an authenticator. Any characters, no rules."),
            password,
        ),
        field(frame, of("Repeat the password", "/again"), again),
    ]
}

/// Whether both are the same; says so at the field when they are not.
pub fn same(frame: Form, password: RwSignal<String>, again: RwSignal<String>) -> bool {
    let same = password.get_untracked() == again.get_untracked();
    if !same {
        frame.refuse("/again", "The two passwords differ.");
    }
    same
}
