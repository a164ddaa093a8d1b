//! The one rounding, half away from zero, and the forms that are shown (G-5, P-60, P-64).

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::{Exact, Fraction};
use crate::currency::Currency;
use crate::decimal::{DecimalError, Rate};
use crate::decimal_text;
use crate::money::{Money, MoneyError};

impl Exact {
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
        let is_exact = Self::parse_decimal(&text).is_ok_and(|shown| shown == *self);
        is_exact.then(|| trimmed.to_owned())
    }

    /// A display form with the number of fraction digits given, ties away from zero.
    pub fn display(&self, digits: u8) -> String {
        let big = || {
            let scaled = self.scaled_half_away(digits.into());
            (scaled.is_negative(), scaled.magnitude().to_string())
        };
        let small = self.small_scaled_half_away(digits.into());
        let (negative, magnitude) = small.map_or_else(big, |s| (s < 0, s.unsigned_abs().to_string()));
        decimal_text::place_point(negative, &magnitude, usize::from(digits))
    }

    /// Rounds half away from zero to the currency's minor units (P-60).
    ///
    /// # Errors
    /// `amount_out_of_range` outside ±(2^63−1) minor units.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::{currency::Currency, exact::Exact};
    ///
    /// let (euro, yen) = (Currency::from_code("EUR")?, Currency::from_code("JPY")?);
    /// let half = Exact::parse_decimal("-0.5")?;
    /// assert_eq!(half.round_to(yen)?.amount_text(), "-1");
    /// assert_eq!(half.round_to(euro)?.amount_text(), "-0.50");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn round_to(&self, currency: Currency) -> Result<Money, MoneyError> {
        let minor = self
            .round_scaled(currency.minor_unit_digits().into())
            .ok_or(MoneyError::OutOfRange)?;
        Money::from_wide_minor(minor, currency)
    }

    /// Rounds half away from zero to a rate of ten fraction digits (P-64).
    ///
    /// # Errors
    /// `rate_negative` when the value itself is below 0; `rate_out_of_range`.
    pub fn round_to_rate(&self) -> Result<Rate, DecimalError> {
        if self.is_negative() {
            return Err(DecimalError::RateNegative);
        }
        Rate::from_scaled(self.round_scaled(10).ok_or(DecimalError::RateOutOfRange)?)
    }

    /// The value in units of 10^-`digits`, rounded half away from zero; nothing beyond 128 bits.
    fn round_scaled(&self, digits: u32) -> Option<i128> {
        self.small_scaled_half_away(digits)
            .or_else(|| self.scaled_half_away(digits).to_i128())
    }

    fn small_scaled_half_away(&self, digits: u32) -> Option<i128> {
        let Fraction::Small { numerator, denominator } = &self.0 else {
            return None;
        };
        let scaled = numerator.checked_mul(10_i128.checked_pow(digits)?)?;
        let (quotient, remainder) = (scaled.checked_div(*denominator)?, scaled.checked_rem(*denominator)?);
        // |r| ≥ d − |r| is 2|r| ≥ d without leaving 128 bits.
        let beyond = remainder.checked_abs()?;
        if beyond < denominator.checked_sub(beyond)? {
            return Some(quotient);
        }
        quotient.checked_add(scaled.signum())
    }

    /// The value in units of 10^-`digits`, rounded half away from zero.
    fn scaled_half_away(&self, digits: u32) -> BigInt {
        let (numerator, denominator) = self.parts();
        let numerator = numerator * BigInt::from(10).pow(digits);
        // floor((2|n| + d) / 2d) rounds |n|/d half up; the sign is put back afterwards.
        let doubled: BigInt = numerator.abs() * 2 + &denominator;
        let magnitude = doubled.div_floor(&(denominator * 2));
        if numerator.is_negative() { -magnitude } else { magnitude }
    }
}
