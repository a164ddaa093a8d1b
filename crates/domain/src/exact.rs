//! Exact amounts: rational numbers without any loss until a rule rounds them (G-5, P-41, P-60).

use std::fmt;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::currency::Currency;
use crate::decimal::{
    ATTO_PER_UNIT, DecimalError, ExchangeRate, Percentage, PlainAmount, Quantity, Rate,
};
use crate::decimal_text;
use crate::money::{Money, MoneyError};

/// An exact rational number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

impl Exact {
    /// 0.
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// A whole number.
    pub fn from_integer(value: i128) -> Self {
        Self(BigRational::from_integer(BigInt::from(value)))
    }

    /// `numerator` ÷ `denominator`; nothing when the denominator is 0.
    pub fn from_fraction(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator != 0).then(|| {
            Self(BigRational::new(
                BigInt::from(numerator),
                BigInt::from(denominator),
            ))
        })
    }

    /// Reads a decimal of the written form G-4 with any number of digits, exactly.
    ///
    /// # Errors
    /// `decimal_invalid`.
    pub fn parse_decimal(text: &str) -> Result<Self, DecimalError> {
        let parts = decimal_text::split(text).ok_or(DecimalError::Invalid)?;
        let digits = format!("{}{}", parts.whole, parts.fraction);
        let magnitude = BigInt::parse_bytes(digits.as_bytes(), 10).ok_or(DecimalError::Invalid)?;
        let signed = if parts.negative {
            -magnitude
        } else {
            magnitude
        };
        let scale = u32::try_from(parts.fraction.len()).map_err(|_| DecimalError::Invalid)?;
        Ok(Self(BigRational::new(signed, BigInt::from(10).pow(scale))))
    }

    /// Reads the fraction form of [`Exact::fraction_text`]: `7`, `-1/3`.
    ///
    /// # Errors
    /// `decimal_invalid`.
    pub fn parse_fraction(text: &str) -> Result<Self, DecimalError> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let whole = |part: &str| {
            let parts = decimal_text::split(part).filter(|parts| parts.fraction.is_empty())?;
            let magnitude = BigInt::parse_bytes(parts.whole.as_bytes(), 10)?;
            Some(if parts.negative {
                -magnitude
            } else {
                magnitude
            })
        };
        let numerator = whole(numerator).ok_or(DecimalError::Invalid)?;
        let denominator = whole(denominator)
            .filter(Signed::is_positive)
            .ok_or(DecimalError::Invalid)?;
        Ok(Self(BigRational::new(numerator, denominator)))
    }

    /// The exact value as a fraction in lowest terms: `7`, `-1/3`.
    pub fn fraction_text(&self) -> String {
        self.0.to_string()
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// The quotient; nothing when the divisor is 0.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.0.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// The value divided by a count that cannot be 0.
    pub fn divided_by(&self, count: std::num::NonZeroU64) -> Self {
        Self(&self.0 / BigInt::from(count.get()))
    }

    /// This value × `percentage` ÷ 100.
    pub fn percent(&self, percentage: Percentage) -> Self {
        Self(&self.0 * BigRational::new(BigInt::from(percentage.scaled()), BigInt::from(1_000_000)))
    }

    /// The value with the other sign.
    pub fn negated(&self) -> Self {
        Self(-&self.0)
    }

    /// The value without its sign.
    pub fn magnitude(&self) -> Self {
        Self(self.0.abs())
    }

    /// Whether the value is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether the value is below 0.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether the value is above 0.
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// The value, or 0 when it is below.
    #[must_use]
    pub fn at_least_zero(self) -> Self {
        if self.is_negative() {
            Self::zero()
        } else {
            self
        }
    }

    /// Converts an amount from the currency with the rate `from` to the one with the rate `to` (P-71).
    pub fn converted(&self, from: ExchangeRate, to: ExchangeRate) -> Self {
        Self(&self.0 * BigRational::new(BigInt::from(to.scaled()), BigInt::from(from.scaled())))
    }

    /// The display form of G-5: ten fraction digits, ties away from zero. Never compute from it.
    pub fn display10(&self) -> String {
        self.display(10)
    }

    /// The value as a decimal without trailing zeros, when it is one of at most `digits` fraction digits.
    pub fn decimal_text(&self, digits: u8) -> Option<String> {
        let text = self.display(digits);
        let trimmed = if digits == 0 {
            &text
        } else {
            text.trim_end_matches('0').trim_end_matches('.')
        };
        let is_exact = (&self.0 * BigInt::from(10).pow(u32::from(digits))).is_integer();
        is_exact.then(|| trimmed.to_owned())
    }

    /// A display form with the number of fraction digits given, ties away from zero.
    pub fn display(&self, digits: u8) -> String {
        let scaled = self.scaled_half_away(u32::from(digits));
        decimal_text::place_point(
            scaled.sign() == Sign::Minus,
            &scaled.magnitude().to_string(),
            usize::from(digits),
        )
    }

    /// Rounds half away from zero to the currency's minor units (P-60).
    ///
    /// # Errors
    /// `amount_out_of_range` outside ±(2^63−1) minor units.
    pub fn round_to(&self, currency: Currency) -> Result<Money, MoneyError> {
        let minor = self.scaled_half_away(u32::from(currency.minor_unit_digits()));
        Money::from_wide_minor(minor.to_i128().ok_or(MoneyError::OutOfRange)?, currency)
    }

    /// Rounds half away from zero to a rate of ten fraction digits (P-64).
    ///
    /// # Errors
    /// `rate_negative` when the value itself is below 0; `rate_out_of_range`.
    pub fn round_to_rate(&self) -> Result<Rate, DecimalError> {
        if self.is_negative() {
            return Err(DecimalError::RateNegative);
        }
        Rate::from_scaled(
            self.scaled_half_away(10)
                .to_i128()
                .ok_or(DecimalError::RateOutOfRange)?,
        )
    }

    /// The value in units of 10^-`digits`, rounded half away from zero.
    fn scaled_half_away(&self, digits: u32) -> BigInt {
        let numerator = self.0.numer() * BigInt::from(10).pow(digits);
        let denominator = self.0.denom();
        // floor((2|n| + d) / 2d) rounds |n|/d half up; the sign is put back afterwards.
        let doubled: BigInt = numerator.abs() * 2 + denominator;
        let magnitude = doubled.div_floor(&(denominator * 2));
        if numerator.is_negative() {
            -magnitude
        } else {
            magnitude
        }
    }
}

impl From<Quantity> for Exact {
    fn from(quantity: Quantity) -> Self {
        Self(BigRational::new(
            BigInt::from(quantity.atto()),
            BigInt::from(ATTO_PER_UNIT),
        ))
    }
}

impl From<Rate> for Exact {
    fn from(rate: Rate) -> Self {
        Self(BigRational::new(
            BigInt::from(rate.scaled()),
            BigInt::from(10_000_000_000_i64),
        ))
    }
}

impl From<ExchangeRate> for Exact {
    fn from(rate: ExchangeRate) -> Self {
        Self(BigRational::new(
            BigInt::from(rate.scaled()),
            BigInt::from(10_000_000_000_i64),
        ))
    }
}

impl From<Percentage> for Exact {
    fn from(percentage: Percentage) -> Self {
        Self(BigRational::new(
            BigInt::from(percentage.scaled()),
            BigInt::from(10_000),
        ))
    }
}

impl From<PlainAmount> for Exact {
    fn from(amount: PlainAmount) -> Self {
        Self(BigRational::new(
            BigInt::from(amount.scaled()),
            BigInt::from(10_000),
        ))
    }
}

impl From<Money> for Exact {
    fn from(money: Money) -> Self {
        Self(BigRational::new(
            BigInt::from(money.amount_minor()),
            BigInt::from(money.currency().minor_units_per_major()),
        ))
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact({})", self.0)
    }
}

impl serde::Serialize for Exact {
    /// Writes the exact fraction, so that an explanation can be computed anew (P-96).
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.fraction_text())
    }
}

impl<'de> serde::Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse_fraction(&text).map_err(|error| serde::de::Error::custom(error.code()))
    }
}
