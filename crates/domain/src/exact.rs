//! Exact amounts: rational numbers without any loss until a rule rounds them (G-5, P-41, P-60).

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed};

use crate::decimal::{DecimalError, ExchangeRate, Percentage};
use crate::decimal_text;

mod convert;
mod rounding;

/// An exact rational number.
///
/// Fractions that fit are kept in two 128-bit integers, all others in integers of any size; nothing is ever lost. They
/// are not kept in lowest terms: finding common divisors costs far more than the arithmetic itself, and no rule asks
/// for it. Comparisons are by value.
///
/// # Examples
/// ```
/// use cms_domain::{currency::Currency, exact::Exact};
///
/// let third = Exact::from_integer(1).checked_div(&Exact::from_integer(3)).expect("3 is not 0");
/// assert_eq!(third.display10(), "0.3333333333");
/// assert_eq!(third.times(&Exact::from_integer(3)), Exact::from_integer(1));
/// assert_eq!(third.round_to(Currency::from_code("EUR")?)?.amount_text(), "0.33");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Exact(Fraction);

/// The denominator is above 0 in both forms.
#[derive(Clone)]
enum Fraction {
    Small { numerator: i128, denominator: i128 },
    Big { numerator: BigInt, denominator: BigInt },
}

/// Bits from which a denominator is brought into lowest terms, so that long sums stay small.
const REDUCE_FROM_BITS: u64 = 1_024;

impl Exact {
    /// 0.
    pub fn zero() -> Self {
        Self::from_integer(0)
    }

    /// A whole number.
    pub fn from_integer(value: i128) -> Self {
        Self::small(value, 1)
    }

    /// `numerator` ÷ `denominator`; nothing when the denominator is 0.
    pub fn from_fraction(numerator: i128, denominator: i128) -> Option<Self> {
        match denominator {
            0 => None,
            1.. => Some(Self::small(numerator, denominator)),
            _ => Some(Self::ratio(BigInt::from(numerator), BigInt::from(denominator))),
        }
    }

    /// The denominator is above 0.
    fn small(numerator: i128, denominator: i128) -> Self {
        Self(Fraction::Small { numerator, denominator })
    }

    /// The fraction with its sign above the line; the denominator is not 0.
    fn ratio(numerator: BigInt, denominator: BigInt) -> Self {
        let (numerator, denominator) = if denominator.is_negative() {
            (-numerator, -denominator)
        } else {
            (numerator, denominator)
        };
        if denominator.bits() < REDUCE_FROM_BITS {
            return Self(Fraction::Big { numerator, denominator });
        }
        Self::lowest(&numerator, &denominator)
    }

    fn lowest(numerator: &BigInt, denominator: &BigInt) -> Self {
        let divisor = numerator.gcd(denominator);
        Self(Fraction::Big {
            numerator: numerator / &divisor,
            denominator: denominator / &divisor,
        })
    }

    /// Numerator and denominator as integers of any size.
    fn parts(&self) -> (BigInt, BigInt) {
        match &self.0 {
            Fraction::Small { numerator, denominator } => (BigInt::from(*numerator), BigInt::from(*denominator)),
            Fraction::Big { numerator, denominator } => (numerator.clone(), denominator.clone()),
        }
    }

    /// Numerators and denominators of two fractions that are both small.
    fn small_parts(&self, other: &Self) -> Option<[i128; 4]> {
        match (&self.0, &other.0) {
            (
                Fraction::Small {
                    numerator: left,
                    denominator: below_left,
                },
                Fraction::Small {
                    numerator: right,
                    denominator: below_right,
                },
            ) => Some([*left, *below_left, *right, *below_right]),
            _ => None,
        }
    }

    /// Both numerators over one denominator, where 128 bits hold them.
    fn small_aligned(&self, other: &Self) -> Option<[i128; 3]> {
        let [left, below_left, right, below_right] = self.small_parts(other)?;
        if below_left == below_right {
            return Some([left, right, below_left]);
        }
        Some([
            left.checked_mul(below_right)?,
            right.checked_mul(below_left)?,
            below_left.checked_mul(below_right)?,
        ])
    }

    /// Both numerators over one denominator.
    fn aligned(&self, other: &Self) -> [BigInt; 3] {
        let ((left, below_left), (right, below_right)) = (self.parts(), other.parts());
        if below_left == below_right {
            return [left, right, below_left];
        }
        [left * &below_right, right * &below_left, below_left * below_right]
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
        if let Fraction::Small { numerator, denominator } = &self.0
            && let Some(text) = Self::small_text(*numerator, *denominator)
        {
            return text;
        }
        let (numerator, denominator) = self.parts();
        let (numerator, denominator) = Self::lowest(&numerator, &denominator).parts();
        if denominator.is_one() {
            return numerator.to_string();
        }
        format!("{numerator}/{denominator}")
    }

    /// As above within 128 bits, where the common divisor is found many times faster.
    fn small_text(numerator: i128, denominator: i128) -> Option<String> {
        let divisor = numerator.gcd(&denominator);
        let numerator = numerator.checked_div(divisor)?;
        match denominator.checked_div(divisor)? {
            1 => Some(numerator.to_string()),
            denominator => Some(format!("{numerator}/{denominator}")),
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        if other.is_zero() {
            return self.clone();
        }
        if self.is_zero() {
            return other.clone();
        }
        let small = |[left, right, below]: [i128; 3]| Some(Self::small(left.checked_add(right)?, below));
        self.small_aligned(other).and_then(small).unwrap_or_else(|| {
            let [left, right, below] = self.aligned(other);
            Self::ratio(left + right, below)
        })
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_zero() {
            return self.clone();
        }
        let small = |[left, right, below]: [i128; 3]| Some(Self::small(left.checked_sub(right)?, below));
        self.small_aligned(other).and_then(small).unwrap_or_else(|| {
            let [left, right, below] = self.aligned(other);
            Self::ratio(left - right, below)
        })
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        let small = |[left, below_left, right, below_right]: [i128; 4]| {
            Some(Self::small(
                left.checked_mul(right)?,
                below_left.checked_mul(below_right)?,
            ))
        };
        self.small_parts(other).and_then(small).unwrap_or_else(|| {
            let ((left, below_left), (right, below_right)) = (self.parts(), other.parts());
            Self::ratio(left * right, below_left * below_right)
        })
    }

    /// The quotient; nothing when the divisor is 0.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        let ((numerator, denominator), (above, below)) = (self.parts(), divisor.parts());
        Some(Self::ratio(numerator * below, denominator * above))
    }

    /// The value divided by a count that cannot be 0.
    pub fn divided_by(&self, count: std::num::NonZeroU64) -> Self {
        if count.get() == 1 {
            return self.clone();
        }
        self.scaled_by(1, i128::from(count.get()))
    }

    /// This value × `percentage` ÷ 100.
    pub fn percent(&self, percentage: Percentage) -> Self {
        if percentage.is_zero() {
            return Self::zero();
        }
        self.scaled_by(percentage.scaled(), 1_000_000)
    }

    /// This value × `factor` ÷ `divisor`; the divisor is above 0.
    fn scaled_by(&self, factor: i128, divisor: i128) -> Self {
        self.times(&Self::small(factor, divisor))
    }

    /// The value with the other sign.
    pub fn negated(&self) -> Self {
        Self::zero().minus(self)
    }

    /// The value without its sign.
    pub fn magnitude(&self) -> Self {
        if self.is_negative() {
            self.negated()
        } else {
            self.clone()
        }
    }

    /// Whether the value is 0.
    pub fn is_zero(&self) -> bool {
        self.sign() == Ordering::Equal
    }

    /// Whether the value is below 0.
    pub fn is_negative(&self) -> bool {
        self.sign() == Ordering::Less
    }

    /// Whether the value is above 0.
    pub fn is_positive(&self) -> bool {
        self.sign() == Ordering::Greater
    }

    /// How the value compares with 0.
    fn sign(&self) -> Ordering {
        match &self.0 {
            Fraction::Small { numerator, .. } => numerator.cmp(&0),
            Fraction::Big { numerator, .. } => match numerator.sign() {
                Sign::Minus => Ordering::Less,
                Sign::NoSign => Ordering::Equal,
                Sign::Plus => Ordering::Greater,
            },
        }
    }

    /// The value, or 0 when it is below.
    #[must_use]
    pub fn at_least_zero(self) -> Self {
        if self.is_negative() { Self::zero() } else { self }
    }

    /// Converts an amount from the currency with the rate `from` to the one with the rate `to` (P-71).
    pub fn converted(&self, from: ExchangeRate, to: ExchangeRate) -> Self {
        self.scaled_by(to.scaled(), from.scaled())
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
        if let Some([left, right, _]) = self.small_aligned(other) {
            return left.cmp(&right);
        }
        let [left, right, _] = self.aligned(other);
        left.cmp(&right)
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
