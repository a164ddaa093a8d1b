//! One file for each create or edit form.

pub mod administrators;
pub mod connection;
pub mod enrolment;
pub mod entity;
pub mod entity_view;
pub mod federation;
pub mod identity_provider;
pub mod mail_request;
pub mod move_entity;
pub mod new_password;
pub mod pricing_item;
pub mod region;
pub mod scope;
pub mod second_factor;
pub mod step_up;
pub mod subscription;
pub mod user;
pub mod user_edit;

use crate::ui::{Input, options};
use leptos::prelude::*;

/// The currencies of ISO 4217, after an empty first choice.
pub fn currencies(none: &str) -> Input {
    let mut pairs = vec![(String::new(), none.to_owned())];
    let listed = include_str!("../../../spec/currencies.csv").lines().skip(1);
    pairs.extend(listed.filter_map(|line| {
        let mut cells = line.splitn(3, ',');
        let (code, _, name) = (cells.next()?, cells.next()?, cells.next()?);
        Some((code.to_owned(), format!("{code} {}", name.trim_matches('"'))))
    }));
    Input::Select(Signal::stored(pairs))
}

/// How tax is charged.
pub fn tax_treatments() -> Input {
    options(&[
        ("standard", "Standard"),
        ("exempt", "Exempt"),
        ("reverse_charge", "Reverse charge"),
    ])
}
