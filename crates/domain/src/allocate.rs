//! Allocation of an amount by weights (P-65).

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use crate::decimal::Quantity;
use crate::money::{Money, MoneyError};

/// Why an allocation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllocateError {
    /// There is no part to give anything to.
    #[error("there are no weights")]
    NoWeights,
    /// A weight is below 0.
    #[error("a weight is negative")]
    NegativeWeight,
    /// A part cannot be stored.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl AllocateError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::NoWeights => "weights_missing",
            Self::NegativeWeight => "quantity_negative",
            Self::Money(error) => error.code(),
        }
    }
}

/// Splits `amount` by `weights`: each part gets the floor of its exact share of the absolute amount in minor units, the rest goes one
/// unit each to the largest fractional parts, ties to the earlier part; the sign is put back. All weights zero: everything goes to
/// the first part. The parts add up to the whole (P-65).
///
/// # Errors
/// [`AllocateError::NoWeights`] for an empty list, [`AllocateError::NegativeWeight`] for a weight below 0.
///
/// # Examples
/// ```
/// use cms_domain::{allocate::allocate, currency::Currency, decimal::Quantity, money::Money};
///
/// let euro = Money::parse("1.00", Currency::from_code("EUR")?)?;
/// let parts = allocate(euro, &[Quantity::from_units(1); 3])?;
/// let texts: Vec<String> = parts.into_iter().map(Money::amount_text).collect();
/// assert_eq!(texts, ["0.34", "0.33", "0.33"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn allocate(amount: Money, weights: &[Quantity]) -> Result<Vec<Money>, AllocateError> {
    if weights.is_empty() {
        return Err(AllocateError::NoWeights);
    }
    if weights.iter().any(|weight| weight.is_negative()) {
        return Err(AllocateError::NegativeWeight);
    }
    let total: BigInt = weights.iter().map(|weight| BigInt::from(weight.atto())).sum();
    let magnitude = i128::from(amount.amount_minor()).abs();
    let mut parts = if total.is_zero() {
        let mut parts = vec![0_i128; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = magnitude;
        }
        parts
    } else {
        largest_remainder(magnitude, weights, &total)
    };
    if amount.is_negative() {
        for part in &mut parts {
            *part = part.saturating_neg();
        }
    }
    parts
        .into_iter()
        .map(|part| Ok(Money::from_wide_minor(part, amount.currency())?))
        .collect()
}

fn largest_remainder(magnitude: i128, weights: &[Quantity], total: &BigInt) -> Vec<i128> {
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for weight in weights {
        let (floor, remainder) = (BigInt::from(weight.atto()) * magnitude).div_mod_floor(total);
        // A share of the amount never exceeds the amount, so it fits.
        parts.push(floor.to_i128().unwrap_or(magnitude));
        remainders.push(remainder);
    }
    let rest = magnitude.saturating_sub(parts.iter().sum());
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|left, right| remainders.get(*right).cmp(&remainders.get(*left)));
    for index in order.into_iter().take(usize::try_from(rest).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(index) {
            *part = part.saturating_add(1);
        }
    }
    parts
}
