//! Reading a quantity as a stamp reports it (U-38): the grammar of a JSON number, exact, without binary fractions.

use super::DecimalError;
use crate::decimal_text::{all_digits, append_digits};

/// Largest exponent told apart from "far out"; no text of a page is longer.
const EXPONENT_LIMIT: i64 = 1_000_000_000_000;

/// The number in units of 10^-18, rounded half away from zero.
pub(super) fn parse_atto(text: &str) -> Result<i128, DecimalError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(DecimalError::QuantityInvalid),
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || leading_zero || !all_digits(whole) || !all_digits(fraction) {
        return Err(DecimalError::QuantityInvalid);
    }
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    if negative {
        return Err(DecimalError::QuantityNegative);
    }
    // value = significant × 10^shift in units of 10^-18
    let fraction_digits = length(fraction);
    let shift = exponent.saturating_sub(fraction_digits).saturating_add(18);
    scale(significant, shift)
}

fn scale(significant: &str, shift: i64) -> Result<i128, DecimalError> {
    let places = length(significant).saturating_add(shift);
    if places > 33 {
        return Err(DecimalError::QuantityOutOfRange);
    }
    if places < 0 {
        return Ok(0);
    }
    let out_of_range = |_| DecimalError::QuantityOutOfRange;
    if let Ok(zeros) = u32::try_from(shift) {
        let value = append_digits(0, significant).map_err(out_of_range)?;
        let factor = 10_i128.checked_pow(zeros).ok_or(DecimalError::QuantityOutOfRange)?;
        return value.checked_mul(factor).ok_or(DecimalError::QuantityOutOfRange);
    }
    let kept = usize::try_from(places).unwrap_or(0);
    let (head, tail) = significant.split_at(kept.min(significant.len()));
    let value = append_digits(0, head).map_err(out_of_range)?;
    let round_up = tail.bytes().next().is_some_and(|digit| digit >= b'5');
    Ok(if round_up { value.saturating_add(1) } else { value })
}

fn parse_exponent(text: &str) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !all_digits(digits) {
        return Err(DecimalError::QuantityInvalid);
    }
    let magnitude = digits.bytes().fold(0_i64, |sum, byte| {
        sum.saturating_mul(10)
            .saturating_add(i64::from(byte.wrapping_sub(b'0')))
            .min(EXPONENT_LIMIT)
    });
    Ok(if negative {
        magnitude.saturating_neg()
    } else {
        magnitude
    })
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}
