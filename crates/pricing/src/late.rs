//! Late usage and later prices: differences to what was issued (B-30 to B-34).

use domain::decimal::{DecimalError, Quantity};
use domain::money::Money;

use crate::PricingError;

/// The difference of one line key of an earlier period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateDifference {
    /// What the line would be today, rounded once.
    pub expected_amount: Money,
    /// The sum of what was issued for the key.
    pub billed_amount: Money,
    /// Quantity now less quantity billed.
    pub difference_quantity: Quantity,
    /// Expected less billed; never rounded itself (B-33).
    pub difference_amount: Money,
}

impl LateDifference {
    /// Whether a line is made: amount or quantity differ (B-32).
    pub fn line_created(&self) -> bool {
        !self.difference_quantity.is_zero() || !self.difference_amount.is_zero()
    }
}

/// Compares what a line of an earlier period would be today with everything already issued for its key (B-30).
///
/// # Errors
/// `currency_mismatch`, `amount_out_of_range` or `quantity_out_of_range`.
///
/// # Examples
/// ```
/// use cms_pricing::late_difference;
/// use domain::{currency::Currency, decimal::Quantity, money::Money};
///
/// let euro = |text| Money::parse(text, Currency::from_code("EUR").unwrap()).unwrap();
/// let issued = [euro("69.35")];
/// let late = late_difference(euro("69.42"), &issued, Quantity::from_units(1_001), Quantity::from_units(1_000))?;
/// assert_eq!(late.difference_amount, euro("0.07"));
/// assert!(late.line_created());
/// # Ok::<(), cms_pricing::PricingError>(())
/// ```
pub fn late_difference(
    expected_amount: Money,
    issued_amounts: &[Money],
    quantity_now: Quantity,
    quantity_billed: Quantity,
) -> Result<LateDifference, PricingError> {
    let billed_amount = Money::sum(expected_amount.currency(), issued_amounts.iter().copied())?;
    Ok(LateDifference {
        expected_amount,
        billed_amount,
        difference_quantity: quantity_now
            .checked_sub(quantity_billed)
            .ok_or(DecimalError::QuantityOutOfRange)?,
        difference_amount: expected_amount.checked_sub(billed_amount)?,
    })
}
