//! Exchange rates (P-70 to P-73).

use chrono::NaiveDate;
use domain::currency::Currency;
use domain::decimal::ExchangeRate;
use serde::{Deserialize, Serialize};

use crate::PricingError;

/// Days an exchange rate stays usable (P-72).
const MAXIMUM_AGE_DAYS: i64 = 31;

/// An exchange rate of a currency from a date on (P-70).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeQuote {
    /// Units of the currency for one unit of the platform currency.
    pub rate: ExchangeRate,
    /// First day.
    pub valid_from_on: NaiveDate,
    /// Where it comes from, free text.
    pub source: String,
}

/// The rate of one currency as it was used (P-73).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedRate {
    /// The currency.
    pub currency: Currency,
    /// Units for one unit of the platform currency.
    pub rate: ExchangeRate,
    /// First day of the rate; none for the platform currency, which is always 1.
    pub valid_from_on: Option<NaiveDate>,
    /// Where it comes from; empty for the platform currency.
    pub source: String,
}

impl AppliedRate {
    /// The platform currency itself: always 1 (P-70).
    pub fn platform(currency: Currency) -> Self {
        Self {
            currency,
            rate: ExchangeRate::ONE,
            valid_from_on: None,
            source: String::new(),
        }
    }

    /// A rate from the table.
    pub fn quoted(currency: Currency, quote: &ExchangeQuote) -> Self {
        Self {
            currency,
            rate: quote.rate,
            valid_from_on: Some(quote.valid_from_on),
            source: quote.source.clone(),
        }
    }
}

/// From the list's currency to the document's (P-71).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The rate of the list's currency.
    pub from: AppliedRate,
    /// The rate of the document's currency.
    pub to: AppliedRate,
}

/// The rate of a currency on a day: the one with the latest `valid_from_on` that is not later, at most 31 days old (P-72).
///
/// # Errors
/// `exchange_rate_missing`.
///
/// # Examples
/// ```
/// use cms_pricing::{ExchangeQuote, quote_on};
/// use domain::decimal::ExchangeRate;
///
/// let quotes = [ExchangeQuote {
///     rate: ExchangeRate::parse("0.95")?,
///     valid_from_on: "2026-01-01".parse()?,
///     source: "bank".into(),
/// }];
/// assert_eq!(quote_on(&quotes, "2026-01-31".parse()?)?.rate.to_string(), "0.95");
/// assert_eq!(quote_on(&quotes, "2026-02-02".parse()?).unwrap_err().code(), "exchange_rate_missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn quote_on(quotes: &[ExchangeQuote], day: NaiveDate) -> Result<&ExchangeQuote, PricingError> {
    quotes
        .iter()
        .filter(|quote| quote.valid_from_on <= day)
        .max_by_key(|quote| quote.valid_from_on)
        .filter(|quote| day.signed_duration_since(quote.valid_from_on).num_days() <= MAXIMUM_AGE_DAYS)
        .ok_or(PricingError::ExchangeRateMissing)
}
