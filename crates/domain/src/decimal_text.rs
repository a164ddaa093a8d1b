//! The written form of decimals (G-4): optional minus, digits without leading zeros, optional point and digits.

/// A decimal text whose form has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecimalText<'a> {
    pub(crate) negative: bool,
    pub(crate) whole: &'a str,
    pub(crate) fraction: &'a str,
}

/// Why a checked text does not fit a scaled integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScaleError {
    /// More fraction digits than the scale has.
    Precision,
    /// Larger than 128 bits hold.
    Range,
}

/// Checks the written form; `None` for anything G-4 does not allow.
pub(crate) fn split(text: &str) -> Option<DecimalText<'_>> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || leading_zero || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    Some(DecimalText {
        negative,
        whole,
        fraction,
    })
}

pub(crate) fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl DecimalText<'_> {
    /// The value as a whole number of 10^-`digits`.
    pub(crate) fn scaled(&self, digits: u32) -> Result<i128, ScaleError> {
        let written = u32::try_from(self.fraction.len()).unwrap_or(u32::MAX);
        let missing = digits.checked_sub(written).ok_or(ScaleError::Precision)?;
        let factor = 10_i128.checked_pow(missing).ok_or(ScaleError::Range)?;
        let unsigned = append_digits(append_digits(0, self.whole)?, self.fraction)?
            .checked_mul(factor)
            .ok_or(ScaleError::Range)?;
        Ok(if self.negative {
            unsigned.saturating_neg()
        } else {
            unsigned
        })
    }
}

/// `value` with the decimal digits of `text` written behind it.
pub(crate) fn append_digits(value: i128, text: &str) -> Result<i128, ScaleError> {
    text.bytes().try_fold(value, |sum, byte| {
        sum.checked_mul(10)
            .and_then(|shifted| shifted.checked_add(i128::from(byte.wrapping_sub(b'0'))))
            .ok_or(ScaleError::Range)
    })
}

/// Canonical text of `scaled` × 10^-`digits`: no trailing zeros, never `-0`.
pub(crate) fn canonical(scaled: i128, digits: usize) -> String {
    let fixed = fixed(scaled, digits);
    if digits == 0 {
        return fixed;
    }
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Text of `scaled` × 10^-`digits` with exactly that many fraction digits.
pub(crate) fn fixed(scaled: i128, digits: usize) -> String {
    place_point(scaled < 0, &scaled.unsigned_abs().to_string(), digits)
}

/// Puts the decimal point `digits` places before the end of a digit string; no sign for zero.
pub(crate) fn place_point(negative: bool, magnitude: &str, digits: usize) -> String {
    let padded = format!("{magnitude:0>width$}", width = digits.saturating_add(1));
    let sign = if negative && padded.bytes().any(|byte| byte != b'0') {
        "-"
    } else {
        ""
    };
    let (whole, fraction) = padded.split_at(padded.len().saturating_sub(digits));
    if digits == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}
