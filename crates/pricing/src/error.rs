//! What pricing refuses.

use domain::decimal::DecimalError;
use domain::money::MoneyError;

/// Why a price, a credit or a quantity was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PricingError {
    /// A tier starts below 0 or does not end after its start (P-23).
    #[error("the tier's range is empty, reversed or below zero")]
    TierRangeInvalid,
    /// Two tiers share a quantity (P-23).
    #[error("two tiers share a quantity")]
    TierOverlap,
    /// A rate per month on a meter that does not count hours (P-33).
    #[error("a rate per month needs a meter of kind hour")]
    RatePeriodNotAllowed,
    /// The unit divisor is outside 1 to 10^12 (P-21).
    #[error("the unit divisor is outside 1 to 10^12")]
    UnitDivisorInvalid,
    /// A divisor other than 1 without a unit of its own (P-21).
    #[error("a unit divisor needs a unit that differs from the meter's")]
    UnitRequired,
    /// A credit below 0 (P-50).
    #[error("the credit is negative")]
    CreditNegative,
    /// Two credits of one kind on one item (P-50).
    #[error("the item has two credits of one kind")]
    CreditDuplicate,
    /// A credit with more digits than a price has (P-50).
    #[error("the credit has more than 10 fraction digits")]
    CreditPrecision,
    /// A version without items (P-13).
    #[error("the version has no items")]
    ItemsMissing,
    /// A meter and SKU that occur twice in a version (P-13).
    #[error("the meter and SKU occur twice")]
    ItemDuplicate,
    /// No exchange rate of the last 31 days (P-72).
    #[error("there is no exchange rate for the day")]
    ExchangeRateMissing,
    /// A percentage that is not above −100 (P-80).
    #[error("the percentage is out of range")]
    IncreaseOutOfRange,
    /// More than the balance was drawn or restored (P-55).
    #[error("the balance does not allow it")]
    BalanceExceeded,
    /// A decimal was refused.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// An amount was refused.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl PricingError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::TierRangeInvalid => "tier_range_invalid",
            Self::TierOverlap => "tier_overlap",
            Self::RatePeriodNotAllowed => "rate_period_not_allowed",
            Self::UnitDivisorInvalid => "unit_divisor_invalid",
            Self::UnitRequired => "unit_required",
            Self::CreditNegative => "credit_negative",
            Self::CreditDuplicate => "credit_duplicate",
            Self::CreditPrecision => "credit_precision",
            Self::ItemsMissing => "items_missing",
            Self::ItemDuplicate => "item_duplicate",
            Self::ExchangeRateMissing => "exchange_rate_missing",
            Self::IncreaseOutOfRange => "percent_out_of_range",
            Self::BalanceExceeded => "balance_exceeded",
            Self::Decimal(error) => error.code(),
            Self::Money(error) => error.code(),
        }
    }
}
