//! Money: a whole number of minor units of one currency (G-3).

use serde::{Deserialize, Serialize};

use crate::currency::{Currency, CurrencyError};
use crate::decimal_text::{self, ScaleError};

/// An amount of one currency, in minor units. There is no default and no way from a binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount_minor: i64,
    currency: Currency,
}

/// Why an amount was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal of the written form G-4.
    #[error("the amount is not a decimal")]
    Invalid,
    /// More digits than the currency has.
    #[error("the amount has more digits than its currency")]
    Precision,
    /// Outside ±(2^63−1) minor units.
    #[error("the amount is outside the storable range")]
    OutOfRange,
    /// Two amounts of different currencies were combined.
    #[error("the amounts are in different currencies")]
    CurrencyMismatch,
    /// The currency code is not in the table.
    #[error(transparent)]
    Currency(#[from] CurrencyError),
}

impl MoneyError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "decimal_invalid",
            Self::Precision => "amount_precision",
            Self::OutOfRange => "amount_out_of_range",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::Currency(error) => error.code(),
        }
    }
}

impl Money {
    /// An amount from minor units, as stored.
    pub fn from_minor(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// No money in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self::from_minor(0, currency)
    }

    /// An amount from minor units of any width; refuses what storage cannot hold (G-3).
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`] outside ±(2^63−1).
    pub fn from_wide_minor(amount_minor: i128, currency: Currency) -> Result<Self, MoneyError> {
        match i64::try_from(amount_minor) {
            Ok(amount_minor) if amount_minor != i64::MIN => Ok(Self { amount_minor, currency }),
            _ => Err(MoneyError::OutOfRange),
        }
    }

    /// Reads an entered amount without rounding (G-3).
    ///
    /// # Errors
    /// `decimal_invalid`, `amount_precision` or `amount_out_of_range`.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::{currency::Currency, money::{Money, MoneyError}};
    ///
    /// let euro = Currency::from_code("EUR")?;
    /// assert_eq!(Money::parse("12.5", euro)?.amount_minor(), 1_250);
    /// assert_eq!(Money::parse("0.005", euro), Err(MoneyError::Precision));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let parts = decimal_text::split(text).ok_or(MoneyError::Invalid)?;
        match parts.scaled(u32::from(currency.minor_unit_digits())) {
            Ok(minor) => Self::from_wide_minor(minor, currency),
            Err(ScaleError::Precision) => Err(MoneyError::Precision),
            Err(ScaleError::Range) => Err(MoneyError::OutOfRange),
        }
    }

    /// The amount in minor units.
    pub fn amount_minor(self) -> i64 {
        self.amount_minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as text with exactly the currency's minor unit digits, never `-0.00` (G-3).
    pub fn amount_text(self) -> String {
        decimal_text::fixed(
            i128::from(self.amount_minor),
            usize::from(self.currency.minor_unit_digits()),
        )
    }

    /// Whether the amount is 0.
    pub fn is_zero(self) -> bool {
        self.amount_minor == 0
    }

    /// Whether the amount is below 0.
    pub fn is_negative(self) -> bool {
        self.amount_minor < 0
    }

    /// Whether the amount is above 0.
    pub fn is_positive(self) -> bool {
        self.amount_minor > 0
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// `currency_mismatch` or `amount_out_of_range`.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::{currency::Currency, money::{Money, MoneyError}};
    ///
    /// let (euro, yen) = (Currency::from_code("EUR")?, Currency::from_code("JPY")?);
    /// let one = Money::parse("1.00", euro)?;
    /// assert_eq!(one.checked_add(one)?.amount_text(), "2.00");
    /// assert_eq!(one.checked_add(Money::zero(yen)), Err(MoneyError::CurrencyMismatch));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let sum = i128::from(self.amount_minor).checked_add(other.amount_minor.into());
        Self::from_wide_minor(sum.ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// The difference of two amounts of one currency.
    ///
    /// # Errors
    /// `currency_mismatch` or `amount_out_of_range`.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let difference = i128::from(self.amount_minor).checked_sub(other.amount_minor.into());
        Self::from_wide_minor(difference.ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// The amount with the other sign.
    ///
    /// # Errors
    /// `amount_out_of_range` for −2^63.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let negative = i128::from(self.amount_minor).checked_neg();
        Self::from_wide_minor(negative.ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// The smaller of two amounts of one currency.
    ///
    /// # Errors
    /// `currency_mismatch`.
    pub fn checked_min(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if other.amount_minor < self.amount_minor {
            other
        } else {
            self
        })
    }

    /// The sum of amounts that all have the currency named (P-62). Only the total has to be storable, not each partial sum.
    ///
    /// # Errors
    /// `currency_mismatch` or `amount_out_of_range`.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let mut total = 0_i128;
        for amount in amounts {
            if amount.currency != currency {
                return Err(MoneyError::CurrencyMismatch);
            }
            total = total
                .checked_add(i128::from(amount.amount_minor))
                .ok_or(MoneyError::OutOfRange)?;
        }
        Self::from_wide_minor(total, currency)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch)
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount_text(), self.currency)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyJson {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyJson {
            amount: self.amount_text(),
            currency: self.currency,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = MoneyJson::deserialize(deserializer)?;
        Self::parse(&json.amount, json.currency).map_err(|error| serde::de::Error::custom(error.code()))
    }
}
