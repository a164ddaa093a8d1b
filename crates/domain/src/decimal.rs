//! Quantities, rates, percentages and exchange rates: scaled 128-bit integers with a canonical decimal text (G-4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal_text::{self, ScaleError};

mod rates;
mod received;

pub use rates::{ExchangeRate, Percentage, PlainAmount};

/// Why a decimal was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not the written form of G-4.
    #[error("not a decimal")]
    Invalid,
    /// A received quantity that is not a JSON number (U-44).
    #[error("the quantity is not a number")]
    QuantityInvalid,
    /// A quantity below 0 where none is allowed (U-44).
    #[error("the quantity is negative")]
    QuantityNegative,
    /// A quantity of 10^15 or more (G-4, U-44).
    #[error("the quantity is out of range")]
    QuantityOutOfRange,
    /// A quantity with more than 18 fraction digits.
    #[error("the quantity has more than 18 fraction digits")]
    QuantityPrecision,
    /// A rate below 0 (P-22).
    #[error("the rate is negative")]
    RateNegative,
    /// A rate of 10^9 or more (G-4).
    #[error("the rate is out of range")]
    RateOutOfRange,
    /// A rate with more than 10 fraction digits (P-22).
    #[error("the rate has more than 10 fraction digits")]
    RatePrecision,
    /// A percentage outside 0 to 100 (P-50, C-2).
    #[error("the percentage is outside 0 to 100")]
    PercentOutOfRange,
    /// A percentage with more than 4 fraction digits (G-4).
    #[error("the percentage has more than 4 fraction digits")]
    PercentPrecision,
    /// An amount without currency of more than 2^63−1 minor units of the finest currency.
    #[error("the amount is out of range")]
    AmountOutOfRange,
    /// An amount without currency with more than 4 fraction digits.
    #[error("the amount has more than 4 fraction digits")]
    AmountPrecision,
    /// An exchange rate that is not above 0 and below 10^9 (G-4).
    #[error("the exchange rate is out of range")]
    ExchangeRateOutOfRange,
    /// An exchange rate with more than 10 fraction digits (G-4).
    #[error("the exchange rate has more than 10 fraction digits")]
    ExchangeRatePrecision,
}

impl DecimalError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "decimal_invalid",
            Self::QuantityInvalid => "quantity_invalid",
            Self::QuantityNegative => "quantity_negative",
            Self::QuantityOutOfRange => "quantity_out_of_range",
            Self::QuantityPrecision => "quantity_precision",
            Self::RateNegative => "rate_negative",
            Self::RateOutOfRange => "rate_out_of_range",
            Self::RatePrecision => "rate_precision",
            Self::PercentOutOfRange => "percent_out_of_range",
            Self::PercentPrecision => "percent_precision",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::AmountPrecision => "amount_precision",
            Self::ExchangeRateOutOfRange => "exchange_rate_out_of_range",
            Self::ExchangeRatePrecision => "exchange_rate_precision",
        }
    }
}

fn parse_scaled(text: &str, digits: u32, precision: DecimalError, range: DecimalError) -> Result<i128, DecimalError> {
    let parts = decimal_text::split(text).ok_or(DecimalError::Invalid)?;
    parts.scaled(digits).map_err(|error| match error {
        ScaleError::Precision => precision,
        ScaleError::Range => range,
    })
}

macro_rules! decimal_text_traits {
    ($name:ident, $digits:expr) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&decimal_text::canonical(self.0, $digits))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = DecimalError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(|error| serde::de::Error::custom(error.code()))
            }
        }
    };
}

use decimal_text_traits;

/// 10^18: units of [`Quantity`] in one meter unit.
pub const ATTO_PER_UNIT: i128 = 1_000_000_000_000_000_000;
/// 10^15 units: the bound of one record's quantity (G-4).
const QUANTITY_BOUND: i128 = 1_000_000_000_000_000 * ATTO_PER_UNIT;
const NANO_TENTH_PER_UNIT: i128 = 10_000_000_000;
const RATE_BOUND: i128 = 1_000_000_000 * NANO_TENTH_PER_UNIT;

/// A quantity of usage: a signed whole number of 10^-18 units. Negative ones are differences (B-32).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(i128);

decimal_text_traits!(Quantity, 18);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A quantity from units of 10^-18.
    pub const fn from_atto(atto: i128) -> Self {
        Self(atto)
    }

    /// The quantity in units of 10^-18.
    pub const fn atto(self) -> i128 {
        self.0
    }

    /// A whole number of units.
    pub fn from_units(units: u32) -> Self {
        Self(i128::from(units).saturating_mul(ATTO_PER_UNIT))
    }

    /// Reads a quantity of the written form G-4, with the limits of one record (below 10^15, at most 18 fraction digits).
    ///
    /// # Errors
    /// `decimal_invalid`, `quantity_precision` or `quantity_out_of_range`.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::decimal::{DecimalError, Quantity};
    ///
    /// assert_eq!(Quantity::parse("744.50")?.to_string(), "744.5");
    /// assert_eq!(Quantity::parse("1000000000000000"), Err(DecimalError::QuantityOutOfRange));
    /// # Ok::<(), DecimalError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let quantity = Self::parse_sum(text)?;
        if quantity.0.unsigned_abs() >= QUANTITY_BOUND.unsigned_abs() {
            return Err(DecimalError::QuantityOutOfRange);
        }
        Ok(quantity)
    }

    /// Reads a sum of quantities, which may exceed the limit of one record.
    ///
    /// # Errors
    /// `decimal_invalid`, `quantity_precision` or, beyond 128 bits, `quantity_out_of_range`.
    pub fn parse_sum(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(
            text,
            18,
            DecimalError::QuantityPrecision,
            DecimalError::QuantityOutOfRange,
        )
        .map(Self)
    }

    /// Reads a quantity as the stamp sent it: the text of a JSON number, E notation accepted, at most 18 fraction digits kept, ties
    /// away from zero (U-38).
    ///
    /// # Errors
    /// `quantity_invalid`, `quantity_negative` or `quantity_out_of_range` (U-44).
    ///
    /// # Examples
    /// ```
    /// use cms_domain::decimal::{DecimalError, Quantity};
    ///
    /// assert_eq!(Quantity::parse_received("1.5e-3")?.to_string(), "0.0015");
    /// assert_eq!(Quantity::parse_received("-1"), Err(DecimalError::QuantityNegative));
    /// # Ok::<(), DecimalError>(())
    /// ```
    pub fn parse_received(text: &str) -> Result<Self, DecimalError> {
        let atto = received::parse_atto(text)?;
        if atto >= QUANTITY_BOUND {
            Err(DecimalError::QuantityOutOfRange)
        } else {
            Ok(Self(atto))
        }
    }

    /// Whether the quantity is below 0.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the quantity is 0.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or nothing when it leaves 128 bits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or nothing when it leaves 128 bits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The quantity `count` times, or nothing when it leaves 128 bits.
    pub fn checked_mul(self, count: u64) -> Option<Self> {
        self.0.checked_mul(i128::from(count)).map(Self)
    }

    /// The sum of quantities, or nothing when it leaves 128 bits. The order has no influence while partial sums of quantities of one
    /// sign are added.
    pub fn sum(quantities: impl IntoIterator<Item = Self>) -> Option<Self> {
        quantities.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// A price of one priced unit or of one unit running a whole month: ≥ 0, below 10^9, a whole number of 10^-10 (P-22).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rate(i128);

decimal_text_traits!(Rate, 10);

impl Rate {
    /// A price of nothing; still a price (P-16).
    pub const ZERO: Self = Self(0);

    /// A rate from units of 10^-10.
    ///
    /// # Errors
    /// `rate_negative` or `rate_out_of_range`.
    pub fn from_scaled(scaled: i128) -> Result<Self, DecimalError> {
        if scaled < 0 {
            Err(DecimalError::RateNegative)
        } else if scaled >= RATE_BOUND {
            Err(DecimalError::RateOutOfRange)
        } else {
            Ok(Self(scaled))
        }
    }

    /// The rate in units of 10^-10.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Reads a rate.
    ///
    /// # Errors
    /// `decimal_invalid`, `rate_negative`, `rate_precision` or `rate_out_of_range`.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::decimal::{DecimalError, Rate};
    ///
    /// assert_eq!(Rate::parse("0.00032")?.scaled(), 3_200_000);
    /// assert_eq!(Rate::parse("-1"), Err(DecimalError::RateNegative));
    /// # Ok::<(), DecimalError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(text, 10, DecimalError::RatePrecision, DecimalError::RateOutOfRange).and_then(Self::from_scaled)
    }

    /// The sum of two rates.
    ///
    /// # Errors
    /// `rate_out_of_range`.
    pub fn checked_add(self, other: Self) -> Result<Self, DecimalError> {
        Self::from_scaled(self.0.checked_add(other.0).ok_or(DecimalError::RateOutOfRange)?)
    }
}

/// For `#[serde(with)]`: a [`Quantity`] that is a sum and may exceed the limit of one record.
pub mod quantity_sum {
    use super::{Deserialize, Deserializer, Quantity, Serializer};

    /// Writes the canonical text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(quantity: &Quantity, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(quantity)
    }

    /// Reads the canonical text of a sum.
    ///
    /// # Errors
    /// When the text is not a decimal of at most 18 fraction digits within 128 bits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Quantity::parse_sum(&text).map_err(|error| serde::de::Error::custom(error.code()))
    }
}
