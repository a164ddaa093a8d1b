//! Percentages, exchange rates and amounts whose currency stands elsewhere (G-4, P-70, C-1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DecimalError, NANO_TENTH_PER_UNIT, RATE_BOUND, decimal_text_traits, parse_scaled};
use crate::decimal_text;

/// A percentage from 0 to 100: a whole number of 10^-4 (G-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percentage(i128);

decimal_text_traits!(Percentage, 4);

impl Percentage {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A percentage from units of 10^-4.
    ///
    /// # Errors
    /// `percent_out_of_range`.
    pub fn from_scaled(scaled: i128) -> Result<Self, DecimalError> {
        if (0..=1_000_000).contains(&scaled) {
            Ok(Self(scaled))
        } else {
            Err(DecimalError::PercentOutOfRange)
        }
    }

    /// The percentage in units of 10^-4.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Reads a percentage.
    ///
    /// # Errors
    /// `decimal_invalid`, `percent_out_of_range` or `percent_precision`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(text, 4, DecimalError::PercentPrecision, DecimalError::PercentOutOfRange)
            .and_then(Self::from_scaled)
    }

    /// Whether the percentage is 0.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Units of a currency for one unit of the platform currency: above 0, below 10^9, a whole number of 10^-10 (P-70).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExchangeRate(i128);

decimal_text_traits!(ExchangeRate, 10);

impl ExchangeRate {
    /// The rate of the platform currency itself (P-70).
    pub const ONE: Self = Self(NANO_TENTH_PER_UNIT);

    /// An exchange rate from units of 10^-10.
    ///
    /// # Errors
    /// `exchange_rate_out_of_range`.
    pub fn from_scaled(scaled: i128) -> Result<Self, DecimalError> {
        if scaled > 0 && scaled < RATE_BOUND {
            Ok(Self(scaled))
        } else {
            Err(DecimalError::ExchangeRateOutOfRange)
        }
    }

    /// The exchange rate in units of 10^-10.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Reads an exchange rate.
    ///
    /// # Errors
    /// `decimal_invalid`, `exchange_rate_precision` or `exchange_rate_out_of_range`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(
            text,
            10,
            DecimalError::ExchangeRatePrecision,
            DecimalError::ExchangeRateOutOfRange,
        )
        .and_then(Self::from_scaled)
    }
}

/// An amount whose currency stands elsewhere, such as the bound of a commission tier (C-1): a signed whole number of 10^-4, the
/// finest minor unit there is. Its text has no trailing zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlainAmount(i128);

decimal_text_traits!(PlainAmount, 4);

impl PlainAmount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount in units of 10^-4.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Reads an amount.
    ///
    /// # Errors
    /// `decimal_invalid`, `amount_precision` or `amount_out_of_range`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let scaled = parse_scaled(text, 4, DecimalError::AmountPrecision, DecimalError::AmountOutOfRange)?;
        if scaled.unsigned_abs() > i64::MAX.unsigned_abs().into() {
            return Err(DecimalError::AmountOutOfRange);
        }
        Ok(Self(scaled))
    }

    /// Whether the amount is below 0.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}
