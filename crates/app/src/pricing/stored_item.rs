//! Stored rows of meters and items as the values the pricing engine takes.

use std::collections::HashMap;

use domain::decimal::{Quantity, Rate};
use persistence::StoreError;
use persistence::meter::MeterRow;
use persistence::price_list::{ItemRow, TierRow};
use pricing::{ItemCreditKind, ItemCredits, PricingItem, PricingItemInput, RatePeriod, Tier, TierMode, UnitKind};

use crate::Error;

/// The catalogue, found by id whatever its case and hyphens (P-1).
#[derive(Debug, Default)]
pub(crate) struct MeterTable(HashMap<String, MeterRow>);

impl MeterTable {
    /// Indexes the catalogue.
    pub(crate) fn new(meters: Vec<MeterRow>) -> Self {
        Self(meters.into_iter().map(|meter| (key(&meter.meter_id), meter)).collect())
    }

    /// The meter of an id.
    pub(crate) fn find(&self, meter_id: &str) -> Option<&MeterRow> {
        self.0.get(&key(meter_id))
    }
}

fn key(meter_id: &str) -> String {
    meter_id
        .chars()
        .filter(|character| *character != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// The kind of a stored meter.
pub(crate) fn unit_kind(text: &str) -> Option<UnitKind> {
    match text {
        "hour" => Some(UnitKind::Hour),
        "month" => Some(UnitKind::Month),
        "count" => Some(UnitKind::Count),
        _ => None,
    }
}

/// What a rate is the price of.
pub(crate) fn rate_period(text: &str) -> Option<RatePeriod> {
    match text {
        "unit" => Some(RatePeriod::Unit),
        "month" => Some(RatePeriod::Month),
        _ => None,
    }
}

/// How tiers act.
pub(crate) fn tier_mode(text: &str) -> Option<TierMode> {
    match text {
        "graduated" => Some(TierMode::Graduated),
        "volume" => Some(TierMode::Volume),
        _ => None,
    }
}

/// The kind of an item credit.
pub(crate) fn credit_kind(text: &str) -> Option<ItemCreditKind> {
    match text {
        "quantity" => Some(ItemCreditKind::Quantity),
        "percent" => Some(ItemCreditKind::Percent),
        "amount" => Some(ItemCreditKind::Amount),
        _ => None,
    }
}

/// The identifier of an item credit's kind.
pub(crate) const fn credit_identifier(kind: ItemCreditKind) -> &'static str {
    match kind {
        ItemCreditKind::Quantity => "quantity",
        ItemCreditKind::Percent => "percent",
        ItemCreditKind::Amount => "amount",
    }
}

/// A stored item as the engine takes it. It was checked when it was saved, so what does not fit is a defect.
///
/// # Errors
/// [`Error::Internal`] naming the row.
pub(crate) fn pricing_item(row: &ItemRow, meters: &MeterTable) -> Result<PricingItem, Error> {
    let broken = |column: &'static str| -> Error {
        StoreError::Inconsistent {
            table: "pricing_item",
            column,
            row: row.id.to_string(),
        }
        .into()
    };
    let meter = meters.find(&row.meter_id).ok_or_else(|| broken("meter_id"))?;
    let credits = row
        .credits
        .iter()
        .map(|credit| Some((credit_kind(&credit.kind)?, credit.value.as_str())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| broken("credits"))?;
    let input = PricingItemInput {
        item_id: row.id.to_string(),
        meter_id: row.meter_id.clone(),
        sku: row.sku.clone(),
        rate: Rate::parse(&row.rate).map_err(|_| broken("rate"))?,
        rate_period: rate_period(&row.rate_period).ok_or_else(|| broken("rate_period"))?,
        unit_kind: unit_kind(&meter.unit_kind).ok_or_else(|| broken("unit_kind"))?,
        unit: row.unit.clone(),
        meter_unit: meter.unit.clone(),
        unit_divisor: row.unit_divisor,
        description: row.description.clone(),
        tier_mode: tier_mode(&row.tier_mode).ok_or_else(|| broken("tier_mode"))?,
        tiers: row
            .tiers
            .iter()
            .map(tier)
            .collect::<Option<_>>()
            .ok_or_else(|| broken("tiers"))?,
        credits: ItemCredits::parse(credits).map_err(|_| broken("credits"))?,
    };
    PricingItem::new(input).map_err(|_| broken("rate"))
}

fn tier(row: &TierRow) -> Option<Tier> {
    Some(Tier {
        from_quantity: Quantity::parse(&row.from_quantity).ok()?,
        to_quantity: row.to_quantity.as_deref().map(Quantity::parse).transpose().ok()?,
        rate: Rate::parse(&row.rate).ok()?,
    })
}
