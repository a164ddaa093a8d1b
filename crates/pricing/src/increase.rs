//! Changed rates: the price increase and the conversion of a list (P-17, P-64, P-80, P-81).

use domain::decimal::{DecimalError, ExchangeRate, Quantity, Rate};
use domain::exact::Exact;

use crate::{PricingError, PricingItem};

/// A change of rates (P-80).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Increase {
    /// New rate = rate × (100 + v) ÷ 100.
    Percentage(Exact),
    /// New rate = rate + v.
    FixedAmount(Exact),
}

impl Increase {
    /// A change by percent, above −100.
    ///
    /// # Errors
    /// `decimal_invalid` or `percent_out_of_range`.
    pub fn percentage(text: &str) -> Result<Self, PricingError> {
        let value = bounded(text)?;
        if value <= Exact::from_integer(-100) {
            return Err(PricingError::IncreaseOutOfRange);
        }
        Ok(Self::Percentage(value))
    }

    /// A change by an amount of the list's currency per unit.
    ///
    /// # Errors
    /// `decimal_invalid`, or `rate_precision` for more than ten fraction digits.
    pub fn fixed_amount(text: &str) -> Result<Self, PricingError> {
        Ok(Self::FixedAmount(bounded(text)?))
    }

    /// The new rate, rounded half away from zero to ten fraction digits (P-64).
    ///
    /// # Errors
    /// `rate_negative` for a rate that would be below 0 (P-81); `rate_out_of_range`.
    ///
    /// # Examples
    /// ```
    /// use cms_pricing::Increase;
    /// use domain::decimal::Rate;
    ///
    /// let rate = Rate::parse("0.12")?;
    /// assert_eq!(Increase::percentage("2.5")?.apply(rate)?.to_string(), "0.123");
    /// assert_eq!(Increase::fixed_amount("-0.13")?.apply(rate).unwrap_err().code(), "rate_negative");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, rate: Rate) -> Result<Rate, PricingError> {
        let old = Exact::from(rate);
        let new = match self {
            Self::Percentage(value) => {
                let factor = value.plus(&Exact::from_integer(100));
                let hundred = Exact::from_integer(100);
                old.times(&factor).checked_div(&hundred).unwrap_or_else(Exact::zero)
            }
            Self::FixedAmount(value) => old.plus(value),
        };
        Ok(new.round_to_rate()?)
    }

    /// The item with its base rate and tier rates changed; credits and boundaries stay (P-80).
    ///
    /// # Errors
    /// Those of [`Increase::apply`].
    pub fn apply_to_item(&self, item: &PricingItem) -> Result<PricingItem, PricingError> {
        item.with_rates(|rate| self.apply(rate))
    }

    /// Whether a change from `old` to `new` is above 100 % and must be confirmed (P-81).
    pub fn needs_confirmation(old: Rate, new: Rate) -> bool {
        let difference = Exact::from(new).minus(&Exact::from(old)).magnitude();
        difference > Exact::from(old)
    }
}

fn bounded(text: &str) -> Result<Exact, PricingError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let magnitude = Exact::from(Rate::parse(unsigned)?);
    Ok(if unsigned.len() == text.len() {
        magnitude
    } else {
        magnitude.negated()
    })
}

/// The item with its rates and its amount credit in another currency, each rounded to ten fraction digits (P-17, P-64).
///
/// # Errors
/// `rate_out_of_range`.
pub fn convert_item(item: &PricingItem, from: ExchangeRate, to: ExchangeRate) -> Result<PricingItem, PricingError> {
    let converted = item.with_rates(|rate| Ok(Exact::from(rate).converted(from, to).round_to_rate()?))?;
    let credits = item.credits();
    let amount = Exact::from(credits.amount()).converted(from, to).display10();
    let amount = Quantity::parse(&amount).map_err(|_| DecimalError::RateOutOfRange)?;
    Ok(converted.with_credits(credits.with_amount(amount)?))
}
