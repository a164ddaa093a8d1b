//! Distributors, partners and tenants: list, read, create, update, delete (PM-5, PM-9, PM-16, PM-30).

pub mod distributors;
pub mod partners;
mod profile;
pub mod tenants;

pub use profile::{Address, Profile};

use domain::currency::Currency;
use persistence::{StoreError, Tx};

use crate::{Error, Invalid};

/// The currency of a new or edited entity: the entered one, else Default Tenant Currency, else the platform's (PM-30).
async fn currency(tx: &Tx, invalid: &mut Invalid, entered: Option<&str>) -> Result<String, Error> {
    let code = match entered.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => code.to_owned(),
        None => crate::sign_in::session::flags(tx).await?.default_currency,
    };
    if Currency::from_code(&code).is_err() {
        invalid.add(
            "/currency",
            "currency_unknown",
            "Choose a currency of the list, such as EUR.",
        );
    }
    Ok(code)
}

/// A duplicate name becomes 409 `name_taken`; the conflict is in scope, because names are unique below a parent the
/// actor sees (S-17).
fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict("name_taken", "This name is taken there. Choose another."),
        other => other.into(),
    }
}

/// Deleting is refused while something hangs on the entity (PM-16).
fn still_has(count: impl Into<i128>, code: &'static str, what: &str) -> Result<(), Error> {
    match count.into() {
        0 => Ok(()),
        count => Err(Error::conflict(
            code,
            format!("It still has {count} {what}. Delete or move them first."),
        )),
    }
}

/// Days of payment terms from 0 to 365.
fn check_terms(invalid: &mut Invalid, days: Option<i64>) {
    if days.is_some_and(|days| !(0..=365).contains(&days)) {
        invalid.add("/payment_terms_days", "out_of_bounds", "Enter 0 to 365 days.");
    }
}
