//! Exact values of money, quantities, rates and percentages.

use super::Exact;
use crate::decimal::{ATTO_PER_UNIT, ExchangeRate, Percentage, PlainAmount, Quantity, Rate};
use crate::money::Money;

impl From<Quantity> for Exact {
    fn from(quantity: Quantity) -> Self {
        // Whole quantities are frequent, and small denominators keep what follows in 128 bits.
        match (
            quantity.atto().checked_div(ATTO_PER_UNIT),
            quantity.atto().checked_rem(ATTO_PER_UNIT),
        ) {
            (Some(units), Some(0)) => Self::from_integer(units),
            _ => Self::small(quantity.atto(), ATTO_PER_UNIT),
        }
    }
}

impl From<Rate> for Exact {
    fn from(rate: Rate) -> Self {
        Self::small(rate.scaled(), 10_000_000_000)
    }
}

impl From<ExchangeRate> for Exact {
    fn from(rate: ExchangeRate) -> Self {
        Self::small(rate.scaled(), 10_000_000_000)
    }
}

impl From<Percentage> for Exact {
    fn from(percentage: Percentage) -> Self {
        Self::small(percentage.scaled(), 10_000)
    }
}

impl From<PlainAmount> for Exact {
    fn from(amount: PlainAmount) -> Self {
        Self::small(amount.scaled(), 10_000)
    }
}

impl From<Money> for Exact {
    fn from(money: Money) -> Self {
        Self::small(
            money.amount_minor().into(),
            money.currency().minor_units_per_major().into(),
        )
    }
}
