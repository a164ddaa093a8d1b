//! An item as entered, and its checks with the field each belongs to (P-20 to P-24, P-33, P-50).

use domain::decimal::{DecimalError, Quantity, Rate};
use domain::ids::{PriceListVersionId, PricingItemId};
use domain::text::{self, TextInvalid};
use persistence::meter::MeterRow;
use persistence::price_list::{CreditRow, ItemRow, TierRow};
use pricing::{ItemCreditKind, ItemCredits, PricingError, PricingItem, PricingItemInput, RatePeriod, Tier, TierMode};

use super::stored_item::{MeterTable, credit_identifier, credit_kind, rate_period, tier_mode, unit_kind};
use crate::{Error, Invalid};

/// A tier as entered.
#[derive(Clone, Debug)]
pub struct TierInput {
    /// First quantity.
    pub from_quantity: String,
    /// First quantity after it; none: no end.
    pub to_quantity: Option<String>,
    /// Rate inside.
    pub rate: String,
}

/// A credit as entered.
#[derive(Clone, Debug)]
pub struct CreditInput {
    /// `quantity`, `percent` or `amount`.
    pub kind: String,
    /// Priced units, percent or amount.
    pub value: String,
}

/// An item as entered.
#[derive(Clone, Debug, Default)]
pub struct ItemInput {
    /// Meter.
    pub meter_id: String,
    /// SKU; none: any.
    pub sku: Option<String>,
    /// Base rate.
    pub rate: String,
    /// None: `unit`.
    pub rate_period: Option<String>,
    /// None: the meter's unit.
    pub unit: Option<String>,
    /// None: 1.
    pub unit_divisor: Option<u64>,
    /// Free text.
    pub description: Option<String>,
    /// None: `graduated`.
    pub tier_mode: Option<String>,
    /// Tiered thresholds, in any order.
    pub tiers: Vec<TierInput>,
    /// Credits.
    pub credits: Vec<CreditInput>,
}

/// Checks an item against the catalogue and gives the row to store.
///
/// # Errors
/// [`Error::Invalid`] naming every wrong field with the code of its rule.
pub(super) fn checked(
    input: &ItemInput,
    meters: &MeterTable,
    id: PricingItemId,
    version_id: PriceListVersionId,
) -> Result<ItemRow, Error> {
    let mut invalid = Invalid::new();
    let meter = meters.find(input.meter_id.trim());
    if meter.is_none() {
        invalid.add("/meter_id", "unknown_reference", "The catalogue has no such meter.");
    }
    let read = Read::of(input, &mut invalid);
    let (Some(meter), Some(read)) = (meter, read) else {
        return Err(refused(invalid));
    };
    invalid.check()?;
    let item = read.item(id, meter)?;
    Ok(row(&item, id, version_id, meter))
}

fn refused(invalid: Invalid) -> Error {
    invalid
        .check()
        .err()
        .unwrap_or_else(|| Error::internal("an item was refused without a reason"))
}

/// The parts that could be read.
struct Read {
    sku: String,
    unit: Option<String>,
    description: String,
    rate: Rate,
    rate_period: RatePeriod,
    unit_divisor: u64,
    tier_mode: TierMode,
    tiers: Vec<Tier>,
    credits: ItemCredits,
}

impl Read {
    fn of(input: &ItemInput, invalid: &mut Invalid) -> Option<Self> {
        let sku = text::optional_line(input.sku.as_deref().unwrap_or_default(), 200);
        let sku = invalid.keep("/sku", sku, TextInvalid::code);
        let unit = text::optional_line(input.unit.as_deref().unwrap_or_default(), 100);
        let unit = invalid.keep("/unit", unit, TextInvalid::code);
        let description = text::optional_line(input.description.as_deref().unwrap_or_default(), 500);
        let description = invalid.keep("/description", description, TextInvalid::code);
        let rate = invalid.keep("/rate", Rate::parse(input.rate.trim()), |error| {
            DecimalError::code(*error)
        });
        let period = rate_period(input.rate_period.as_deref().unwrap_or("unit"));
        if period.is_none() {
            invalid.add("/rate_period", "rate_period_unknown", "Choose unit or month.");
        }
        let mode = tier_mode(input.tier_mode.as_deref().unwrap_or("graduated"));
        if mode.is_none() {
            invalid.add("/tier_mode", "tier_mode_unknown", "Choose graduated or volume.");
        }
        let tiers = tiers(&input.tiers, invalid);
        let credits = credits(&input.credits, invalid);
        Some(Self {
            sku: sku?.to_lowercase(),
            unit: unit.filter(|unit| !unit.is_empty()),
            description: description?,
            rate: rate?,
            rate_period: period?,
            unit_divisor: input.unit_divisor.unwrap_or(1),
            tier_mode: mode?,
            tiers: tiers?,
            credits: credits?,
        })
    }

    fn item(self, id: PricingItemId, meter: &MeterRow) -> Result<PricingItem, Error> {
        let kind = unit_kind(&meter.unit_kind).ok_or_else(|| Error::internal("a meter has no kind"))?;
        PricingItem::new(PricingItemInput {
            item_id: id.to_string(),
            meter_id: meter.meter_id.clone(),
            sku: self.sku,
            rate: self.rate,
            rate_period: self.rate_period,
            unit_kind: kind,
            unit: self.unit.unwrap_or_else(|| meter.unit.clone()),
            meter_unit: meter.unit.clone(),
            unit_divisor: self.unit_divisor,
            description: self.description,
            tier_mode: self.tier_mode,
            tiers: self.tiers,
            credits: self.credits,
        })
        .map_err(|error| Invalid::one(pointer(error), error.code(), error))
    }
}

/// The field an error of the whole item belongs to.
fn pointer(error: PricingError) -> &'static str {
    match error {
        PricingError::UnitDivisorInvalid => "/unit_divisor",
        PricingError::UnitRequired => "/unit",
        PricingError::RatePeriodNotAllowed => "/rate_period",
        PricingError::TierRangeInvalid | PricingError::TierOverlap => "/tiers",
        _ => "",
    }
}

fn tiers(entered: &[TierInput], invalid: &mut Invalid) -> Option<Vec<Tier>> {
    let mut read = Vec::with_capacity(entered.len());
    for (index, tier) in entered.iter().enumerate() {
        let at = |field: &str| format!("/tiers/{index}/{field}");
        let from = invalid.keep(
            &at("from_quantity"),
            Quantity::parse(tier.from_quantity.trim()),
            |error| DecimalError::code(*error),
        );
        let to = tier
            .to_quantity
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let to = invalid.keep(&at("to_quantity"), to.map(Quantity::parse).transpose(), |error| {
            DecimalError::code(*error)
        });
        let rate = invalid.keep(&at("rate"), Rate::parse(tier.rate.trim()), |error| {
            DecimalError::code(*error)
        });
        if let (Some(from_quantity), Some(to_quantity), Some(rate)) = (from, to, rate) {
            if from_quantity.is_negative() {
                invalid.add(
                    at("from_quantity"),
                    "tier_range_invalid",
                    "A tier starts at 0 or later.",
                );
            } else if to_quantity.is_some_and(|end| end <= from_quantity) {
                invalid.add(at("to_quantity"), "tier_range_invalid", "A tier ends after its start.");
            }
            read.push((
                index,
                Tier {
                    from_quantity,
                    to_quantity,
                    rate,
                },
            ));
        }
    }
    overlaps(&mut read, invalid);
    (read.len() == entered.len()).then(|| read.into_iter().map(|(_, tier)| tier).collect())
}

/// Names the tier that starts inside the one before it.
fn overlaps(tiers: &mut [(usize, Tier)], invalid: &mut Invalid) {
    tiers.sort_by_key(|(_, tier)| tier.from_quantity);
    for ((_, tier), (index, next)) in tiers.iter().zip(tiers.iter().skip(1)) {
        if tier.to_quantity.is_none_or(|end| end > next.from_quantity) {
            let pointer = format!("/tiers/{index}/from_quantity");
            invalid.add(pointer, "tier_overlap", "This tier starts inside another one.");
        }
    }
}

fn credits(entered: &[CreditInput], invalid: &mut Invalid) -> Option<ItemCredits> {
    let mut read: Vec<(ItemCreditKind, &str)> = Vec::with_capacity(entered.len());
    let mut wrong = false;
    for (index, credit) in entered.iter().enumerate() {
        let Some(kind) = credit_kind(&credit.kind) else {
            invalid.add(
                format!("/credits/{index}/kind"),
                "credit_kind_unknown",
                "Choose quantity, percent or amount.",
            );
            wrong = true;
            continue;
        };
        let value = credit.value.trim();
        if read.iter().any(|(earlier, _)| *earlier == kind) {
            let error = PricingError::CreditDuplicate;
            invalid.add(format!("/credits/{index}/kind"), error.code(), error);
            wrong = true;
        } else if let Err(error) = ItemCredits::parse([(kind, value)]) {
            invalid.add(format!("/credits/{index}/value"), error.code(), error);
            wrong = true;
        }
        read.push((kind, value));
    }
    if wrong { None } else { ItemCredits::parse(read).ok() }
}

/// The row of a checked item; decimals in their canonical form.
fn row(item: &PricingItem, id: PricingItemId, version_id: PriceListVersionId, meter: &MeterRow) -> ItemRow {
    let table = item.tier_table();
    ItemRow {
        id,
        version_id,
        meter_id: meter.meter_id.clone(),
        sku: item.sku().to_owned(),
        rate: item.rate().to_string(),
        rate_period: match item.rate_period() {
            RatePeriod::Unit => "unit".to_owned(),
            RatePeriod::Month => "month".to_owned(),
        },
        unit: item.unit().to_owned(),
        unit_divisor: item.unit_divisor().get(),
        description: item.description().to_owned(),
        tier_mode: match table.mode() {
            TierMode::Graduated => "graduated".to_owned(),
            TierMode::Volume => "volume".to_owned(),
        },
        tiers: table
            .tiers()
            .iter()
            .map(|tier| TierRow {
                from_quantity: tier.from_quantity.to_string(),
                to_quantity: tier.to_quantity.map(|end| end.to_string()),
                rate: tier.rate.to_string(),
            })
            .collect(),
        credits: item
            .credits()
            .iter()
            .map(|(kind, value)| CreditRow {
                kind: credit_identifier(kind).to_owned(),
                value,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
