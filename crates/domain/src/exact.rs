//! Exact amounts: rational numbers without any loss until a rule rounds them (G-5, P-41, P-60).

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::currency::Currency;
use crate::decimal::{ATTO_PER_UNIT, DecimalError, ExchangeRate, Percentage, PlainAmount, Quantity, Rate};
use crate::decimal_text;
use crate::money::{Money, MoneyError};

/// An exact rational number.
///
/// The fraction is not kept in lowest terms: finding common divisors costs far more than the arithmetic itself, and no
/// rule asks for it. Comparisons are by value.
#[derive(Clone)]
pub struct Exact {
    numerator: BigInt,
    /// Always above 0.
    denominator: BigInt,
}

/// Bits from which a denominator is brought into lowest terms, so that long sums stay small.
const REDUCE_FROM_BITS: u64 = 1_024;

impl Exact {
    /// 0.
    pub fn zero() -> Self {
        Self::whole(BigInt::zero())
    }

    /// A whole number.
    pub fn from_integer(value: i128) -> Self {
        Self::whole(BigInt::from(value))
    }

    /// `numerator` ÷ `denominator`; nothing when the denominator is 0.
    pub fn from_fraction(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator != 0).then(|| Self::ratio(BigInt::from(numerator), BigInt::from(denominator)))
    }

    fn whole(value: BigInt) -> Self {
        Self {
            numerator: value,
            denominator: BigInt::one(),
        }
    }

    /// The fraction with its sign above the line; the denominator is not 0.
    fn ratio(numerator: BigInt, denominator: BigInt) -> Self {
        let (numerator, denominator) = if denominator.is_negative() {
            (-numerator, -denominator)
        } else {
            (numerator, denominator)
        };
        if denominator.bits() < REDUCE_FROM_BITS {
            return Self { numerator, denominator };
        }
        Self::lowest(&numerator, &denominator)
    }

    fn lowest(numerator: &BigInt, denominator: &BigInt) -> Self {
        let divisor = numerator.gcd(denominator);
        Self {
            numerator: numerator / &divisor,
            denominator: denominator / &divisor,
        }
    }

    fn scaled_parts(numerator: i128, denominator: i64) -> Self {
        Self {
            numerator: BigInt::from(numerator),
            denominator: BigInt::from(denominator),
        }
    }

    /// Both numerators over one denominator.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, BigInt) {
        if self.denominator == other.denominator {
            return (
                self.numerator.clone(),
                other.numerator.clone(),
                self.denominator.clone(),
            );
        }
        (
            &self.numerator * &other.denominator,
            &other.numerator * &self.denominator,
            &self.denominator * &other.denominator,
        )
    }

    /// Reads a decimal of the written form G-4 with any number of digits, exactly.
    ///
    /// # Errors
    /// `decimal_invalid`.
    pub fn parse_decimal(text: &str) -> Result<Self, DecimalError> {
        let parts = decimal_text::split(text).ok_or(DecimalError::Invalid)?;
        let digits = format!("{}{}", parts.whole, parts.fraction);
        let magnitude = BigInt::parse_bytes(digits.as_bytes(), 10).ok_or(DecimalError::Invalid)?;
        let signed = if parts.negative { -magnitude } else { magnitude };
        let scale = u32::try_from(parts.fraction.len()).map_err(|_| DecimalError::Invalid)?;
        Ok(Self::ratio(signed, BigInt::from(10).pow(scale)))
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
            Some(if parts.negative { -magnitude } else { magnitude })
        };
        let numerator = whole(numerator).ok_or(DecimalError::Invalid)?;
        let denominator = whole(denominator)
            .filter(Signed::is_positive)
            .ok_or(DecimalError::Invalid)?;
        Ok(Self::ratio(numerator, denominator))
    }

    /// The exact value as a fraction in lowest terms: `7`, `-1/3`.
    pub fn fraction_text(&self) -> String {
        let lowest = Self::lowest(&self.numerator, &self.denominator);
        if lowest.denominator.is_one() {
            return lowest.numerator.to_string();
        }
        format!("{}/{}", lowest.numerator, lowest.denominator)
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        if other.is_zero() {
            return self.clone();
        }
        if self.is_zero() {
            return other.clone();
        }
        let (left, right, denominator) = self.aligned(other);
        Self::ratio(left + right, denominator)
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_zero() {
            return self.clone();
        }
        let (left, right, denominator) = self.aligned(other);
        Self::ratio(left - right, denominator)
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        Self::ratio(
            &self.numerator * &other.numerator,
            &self.denominator * &other.denominator,
        )
    }

    /// The quotient; nothing when the divisor is 0.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        let quotient = || {
            Self::ratio(
                &self.numerator * &divisor.denominator,
                &self.denominator * &divisor.numerator,
            )
        };
        (!divisor.is_zero()).then(quotient)
    }

    /// The value divided by a count that cannot be 0.
    pub fn divided_by(&self, count: std::num::NonZeroU64) -> Self {
        if count.get() == 1 {
            return self.clone();
        }
        Self::ratio(self.numerator.clone(), &self.denominator * count.get())
    }

    /// This value × `percentage` ÷ 100.
    pub fn percent(&self, percentage: Percentage) -> Self {
        if percentage.is_zero() {
            return Self::zero();
        }
        Self::ratio(&self.numerator * percentage.scaled(), &self.denominator * 1_000_000)
    }

    /// The value with the other sign.
    pub fn negated(&self) -> Self {
        Self {
            numerator: -&self.numerator,
            denominator: self.denominator.clone(),
        }
    }

    /// The value without its sign.
    pub fn magnitude(&self) -> Self {
        Self {
            numerator: self.numerator.abs(),
            denominator: self.denominator.clone(),
        }
    }

    /// Whether the value is 0.
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// Whether the value is below 0.
    pub fn is_negative(&self) -> bool {
        self.numerator.is_negative()
    }

    /// Whether the value is above 0.
    pub fn is_positive(&self) -> bool {
        self.numerator.is_positive()
    }

    /// The value, or 0 when it is below.
    #[must_use]
    pub fn at_least_zero(self) -> Self {
        if self.is_negative() { Self::zero() } else { self }
    }

    /// Converts an amount from the currency with the rate `from` to the one with the rate `to` (P-71).
    pub fn converted(&self, from: ExchangeRate, to: ExchangeRate) -> Self {
        Self::ratio(&self.numerator * to.scaled(), &self.denominator * from.scaled())
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
        let is_exact = (&self.numerator * power_of_ten(u32::from(digits))).is_multiple_of(&self.denominator);
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
        let numerator = &self.numerator * power_of_ten(digits);
        // floor((2|n| + d) / 2d) rounds |n|/d half up; the sign is put back afterwards.
        let doubled: BigInt = numerator.abs() * 2 + &self.denominator;
        let magnitude = doubled.div_floor(&(&self.denominator * 2));
        if numerator.is_negative() { -magnitude } else { magnitude }
    }
}

fn power_of_ten(digits: u32) -> BigInt {
    match 10_i128.checked_pow(digits) {
        Some(power) => BigInt::from(power),
        None => BigInt::from(10).pow(digits),
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl From<Quantity> for Exact {
    fn from(quantity: Quantity) -> Self {
        Self {
            numerator: BigInt::from(quantity.atto()),
            denominator: BigInt::from(ATTO_PER_UNIT),
        }
    }
}

impl From<Rate> for Exact {
    fn from(rate: Rate) -> Self {
        Self::scaled_parts(rate.scaled(), 10_000_000_000)
    }
}

impl From<ExchangeRate> for Exact {
    fn from(rate: ExchangeRate) -> Self {
        Self::scaled_parts(rate.scaled(), 10_000_000_000)
    }
}

impl From<Percentage> for Exact {
    fn from(percentage: Percentage) -> Self {
        Self::scaled_parts(percentage.scaled(), 10_000)
    }
}

impl From<PlainAmount> for Exact {
    fn from(amount: PlainAmount) -> Self {
        Self::scaled_parts(amount.scaled(), 10_000)
    }
}

impl From<Money> for Exact {
    fn from(money: Money) -> Self {
        Self::scaled_parts(
            i128::from(money.amount_minor()),
            money.currency().minor_units_per_major(),
        )
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact({})", self.fraction_text())
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
