//! Pricing items: the price of one meter or of one SKU of a meter (P-20 to P-24, P-30, P-33, P-50).

use std::num::NonZeroU64;

use domain::decimal::{Percentage, Quantity, Rate};
use domain::exact::Exact;
use serde::{Deserialize, Serialize};

use crate::publish::Warning;
use crate::{PricingError, Tier, TierMode, TierTable};

/// What a meter's quantity means (P-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Sums to unit-hours.
    Hour,
    /// Already divided by the hours of the month.
    Month,
    /// Everything else.
    Count,
}

/// What a rate is the price of (P-30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatePeriod {
    /// One priced unit.
    #[default]
    Unit,
    /// One unit running the whole month.
    Month,
}

/// The kinds of credit on an item (P-50).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemCreditKind {
    /// Priced units that are not charged.
    Quantity,
    /// A share of the charge.
    Percent,
    /// An amount of the list's currency.
    Amount,
}

/// The credits of an item, at most one of each kind (P-50). Zero means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemCredits {
    quantity: Quantity,
    percent: Percentage,
    amount: Quantity,
}

impl ItemCredits {
    /// No credits.
    pub const NONE: Self = Self {
        quantity: Quantity::ZERO,
        percent: Percentage::ZERO,
        amount: Quantity::ZERO,
    };

    /// Reads the credits of an item from their kinds and decimal texts.
    ///
    /// # Errors
    /// `decimal_invalid`, `credit_negative`, `percent_out_of_range`, `credit_precision`, `credit_duplicate` and the
    /// limits of G-4.
    pub fn parse<'a>(credits: impl IntoIterator<Item = (ItemCreditKind, &'a str)>) -> Result<Self, PricingError> {
        let mut parsed = Self::NONE;
        let mut seen = Vec::new();
        for (kind, text) in credits {
            if seen.contains(&kind) {
                return Err(PricingError::CreditDuplicate);
            }
            seen.push(kind);
            if Exact::parse_decimal(text)?.is_negative() {
                return Err(PricingError::CreditNegative);
            }
            match kind {
                ItemCreditKind::Quantity => parsed.quantity = Quantity::parse(text)?,
                ItemCreditKind::Percent => parsed.percent = Percentage::parse(text)?,
                ItemCreditKind::Amount => parsed.amount = parse_amount(text)?,
            }
        }
        Ok(parsed)
    }

    /// The quantity credit in priced units.
    pub fn quantity(self) -> Quantity {
        self.quantity
    }

    /// The percent credit.
    pub fn percent(self) -> Percentage {
        self.percent
    }

    /// The amount credit in the list's currency, a decimal of at most ten fraction digits.
    pub fn amount(self) -> Quantity {
        self.amount
    }

    /// The same credits with another amount credit (P-17).
    ///
    /// # Errors
    /// `credit_negative` or `credit_precision`.
    pub fn with_amount(self, amount: Quantity) -> Result<Self, PricingError> {
        if amount.is_negative() {
            return Err(PricingError::CreditNegative);
        }
        Ok(Self {
            amount: check_amount(amount)?,
            ..self
        })
    }

    /// The credits that are not zero, in the order they act (P-40).
    pub fn iter(self) -> impl Iterator<Item = (ItemCreditKind, String)> {
        let quantity = (!self.quantity.is_zero()).then(|| (ItemCreditKind::Quantity, self.quantity.to_string()));
        let percent = (!self.percent.is_zero()).then(|| (ItemCreditKind::Percent, self.percent.to_string()));
        let amount = (!self.amount.is_zero()).then(|| (ItemCreditKind::Amount, self.amount.to_string()));
        [quantity, percent, amount].into_iter().flatten()
    }
}

fn parse_amount(text: &str) -> Result<Quantity, PricingError> {
    check_amount(Quantity::parse(text)?)
}

fn check_amount(amount: Quantity) -> Result<Quantity, PricingError> {
    if amount.atto().checked_rem(100_000_000) == Some(0) {
        Ok(amount)
    } else {
        Err(PricingError::CreditPrecision)
    }
}

/// An item as entered, before any check (P-20).
#[derive(Debug, Clone)]
pub struct PricingItemInput {
    /// The item's id.
    pub item_id: String,
    /// The meter.
    pub meter_id: String,
    /// One SKU of the meter; empty prices all others.
    pub sku: String,
    /// The base rate.
    pub rate: Rate,
    /// What the rate is the price of.
    pub rate_period: RatePeriod,
    /// The kind of the meter.
    pub unit_kind: UnitKind,
    /// The text shown beside the rate.
    pub unit: String,
    /// The meter's own unit.
    pub meter_unit: String,
    /// Meter units in one priced unit.
    pub unit_divisor: u64,
    /// Shown on documents.
    pub description: String,
    /// How the tiers act.
    pub tier_mode: TierMode,
    /// The tiers in any order.
    pub tiers: Vec<Tier>,
    /// The credits.
    pub credits: ItemCredits,
}

/// The price of one meter or of one SKU of a meter, checked (P-13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricingItem {
    item_id: String,
    meter_id: String,
    sku: String,
    rate: Rate,
    rate_period: RatePeriod,
    unit_kind: UnitKind,
    unit: String,
    unit_divisor: NonZeroU64,
    description: String,
    tier_table: TierTable,
    credits: ItemCredits,
}

/// 10^12, the largest unit divisor (P-21).
const UNIT_DIVISOR_LIMIT: u64 = 1_000_000_000_000;

impl PricingItem {
    /// Checks an item (P-20 to P-24, P-33, P-50).
    ///
    /// # Errors
    /// `unit_divisor_invalid`, `unit_required`, `rate_period_not_allowed`, `tier_range_invalid`, `tier_overlap`.
    pub fn new(input: PricingItemInput) -> Result<Self, PricingError> {
        let unit_divisor = NonZeroU64::new(input.unit_divisor)
            .filter(|divisor| divisor.get() <= UNIT_DIVISOR_LIMIT)
            .ok_or(PricingError::UnitDivisorInvalid)?;
        if unit_divisor.get() != 1 && (input.unit.trim().is_empty() || input.unit == input.meter_unit) {
            return Err(PricingError::UnitRequired);
        }
        if input.rate_period == RatePeriod::Month && input.unit_kind != UnitKind::Hour {
            return Err(PricingError::RatePeriodNotAllowed);
        }
        let tier_table = TierTable::new(input.tier_mode, input.rate, input.tiers)?;
        Ok(Self {
            item_id: input.item_id,
            meter_id: input.meter_id.to_lowercase(),
            sku: input.sku.to_lowercase(),
            rate: input.rate,
            rate_period: input.rate_period,
            unit_kind: input.unit_kind,
            unit: input.unit,
            unit_divisor,
            description: input.description,
            tier_table,
            credits: input.credits,
        })
    }

    /// The item's id.
    pub fn item_id(&self) -> &str {
        &self.item_id
    }

    /// The meter, lower case.
    pub fn meter_id(&self) -> &str {
        &self.meter_id
    }

    /// The SKU, lower case; empty when the item prices every SKU without an item of its own.
    pub fn sku(&self) -> &str {
        &self.sku
    }

    /// The base rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// What the rate is the price of.
    pub fn rate_period(&self) -> RatePeriod {
        self.rate_period
    }

    /// The kind of the meter.
    pub fn unit_kind(&self) -> UnitKind {
        self.unit_kind
    }

    /// The text shown beside the rate.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Meter units in one priced unit.
    pub fn unit_divisor(&self) -> NonZeroU64 {
        self.unit_divisor
    }

    /// Shown on documents.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The tiers.
    pub fn tier_table(&self) -> &TierTable {
        &self.tier_table
    }

    /// The credits.
    pub fn credits(&self) -> ItemCredits {
        self.credits
    }

    /// What saving the item warns about (P-24).
    pub fn warnings(&self) -> Vec<Warning> {
        if self.tier_table.has_gap() {
            vec![Warning::TierGap]
        } else {
            Vec::new()
        }
    }

    /// The same item with every rate, base and tiers alike, replaced by `change` (P-17, P-80).
    ///
    /// # Errors
    /// Those of `change`.
    pub fn with_rates<F>(&self, mut change: F) -> Result<Self, PricingError>
    where
        F: FnMut(Rate) -> Result<Rate, PricingError>,
    {
        let rate = change(self.rate)?;
        let tiers = self.tier_table.tiers().iter().map(|tier| {
            Ok(Tier {
                rate: change(tier.rate)?,
                ..*tier
            })
        });
        let tiers = tiers.collect::<Result<Vec<_>, PricingError>>()?;
        let tier_table = TierTable::new(self.tier_table.mode(), rate, tiers)?;
        Ok(Self {
            rate,
            tier_table,
            ..self.clone()
        })
    }

    /// The same item with other credits (P-17).
    pub fn with_credits(&self, credits: ItemCredits) -> Self {
        Self {
            credits,
            ..self.clone()
        }
    }
}
