//! Tax on the net amount of a document (B-51, B-56).

use domain::decimal::Percentage;
use domain::exact::Exact;
use domain::money::Money;

use crate::PricingError;

/// Net, tax and total of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxedAmount {
    /// The sum of the lines.
    pub net_amount: Money,
    /// round(net × rate ÷ 100).
    pub tax_amount: Money,
    /// Net plus tax.
    pub total_amount: Money,
}

/// The one tax line of a document (B-51).
///
/// # Errors
/// `amount_out_of_range`.
///
/// # Examples
/// ```
/// use cms_pricing::tax;
/// use domain::{currency::Currency, decimal::Percentage, money::Money};
///
/// let net = Money::parse("90.00", Currency::from_code("CHF")?)?;
/// let taxed = tax(net, Percentage::parse("8.1")?)?;
/// assert_eq!((taxed.tax_amount.amount_text(), taxed.total_amount.amount_text()), ("7.29".into(), "97.29".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tax(net_amount: Money, tax_rate: Percentage) -> Result<TaxedAmount, PricingError> {
    let tax_amount = Exact::from(net_amount)
        .percent(tax_rate)
        .round_to(net_amount.currency())?;
    Ok(TaxedAmount {
        net_amount,
        tax_amount,
        total_amount: net_amount.checked_add(tax_amount)?,
    })
}

/// The tax of a partial credit note: the tax on everything credited so far less the tax credited before, so that the tax
/// credited is always round(credited net × rate ÷ 100) (B-56).
///
/// # Errors
/// `currency_mismatch` or `amount_out_of_range`.
pub fn credited_tax(
    credited_net_before: Money,
    credited_net_now: Money,
    tax_rate: Percentage,
) -> Result<TaxedAmount, PricingError> {
    let before = tax(credited_net_before, tax_rate)?;
    let after = tax(credited_net_before.checked_add(credited_net_now)?, tax_rate)?;
    let tax_amount = after.tax_amount.checked_sub(before.tax_amount)?;
    Ok(TaxedAmount {
        net_amount: credited_net_now,
        tax_amount,
        total_amount: credited_net_now.checked_add(tax_amount)?,
    })
}
