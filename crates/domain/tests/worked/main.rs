//! The foundations worked by hand: every limit from both sides, every refusal by its code, and the exact numbers against integers of
//! any size (G-2 to G-8, P-60 to P-66, U-31 to U-44, B-1 to B-66, B-91 to B-93, I-71 to I-73, PM-1 to PM-6).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use chrono::{DateTime, NaiveDate, Utc};
use cms_domain::currency::Currency;
use cms_domain::decimal::Quantity;
use cms_domain::money::Money;
use cms_domain::period::Period;

mod calendar;
mod exact;
mod laws;
mod numbers;
mod organisation;
mod records;
mod tables;
mod year;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn eur(text: &str) -> Money {
    Money::parse(text, currency("EUR")).unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
