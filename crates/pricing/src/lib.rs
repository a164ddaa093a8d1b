//! Pricing: which item prices a usage record, and what a month of usage costs.
//!
//! One function, [`rate`], serves invoices, previews, price-increase models, estimator, calculator, dashboards and
//! explanations (P-40). Everything is computed with exact rational numbers and rounded once (P-41, P-60); nothing here
//! reads a clock, a database or a setting.

#![deny(clippy::arithmetic_side_effects, missing_docs)]

mod batch;
mod credits;
mod error;
mod exchange;
mod explanation;
mod hours;
mod increase;
mod item;
mod late;
mod model;
mod price_book;
mod publish;
mod rating;
mod tax;
mod tiers;

pub use batch::{LineKey, PricedBy, RatedLine, UnpricedLine, UsageLines, UsageTotals};
pub use credits::{
    AppliedCredits, CreditBalance, CreditLine, CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind,
    apply_credits, in_force,
};
pub use error::PricingError;
pub use exchange::{AppliedRate, Conversion, ExchangeQuote, quote_on};
pub use explanation::{ExplainedSlice, Explanation, ExplanationError, Figure, Operation, PriceOrigin, Step};
pub use hours::{HoursDivisor, HoursReason};
pub use increase::{Increase, convert_item};
pub use item::{ItemCreditKind, ItemCredits, PricingItem, PricingItemInput, RatePeriod, UnitKind};
pub use late::{LateDifference, late_difference};
pub use model::{ModelResult, PriceChange, items_to_confirm, model_result};
pub use price_book::{Chosen, PriceBook, PriceListItems, ScopeStep, version_in_force};
pub use publish::{Warning, check_version, double_charge_possible};
pub use rating::{Charge, Rated, RatingContext, charge, daily_charges, effective_rate, rate};
pub use tax::{TaxedAmount, credited_tax, tax};
pub use tiers::{RateSource, Segment, Slice, Tier, TierTable};

pub use domain::tier_mode::TierMode;
