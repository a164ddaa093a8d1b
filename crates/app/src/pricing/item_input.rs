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
mod tests {
    use super::*;
    use uuid::Uuid;

    fn meters() -> MeterTable {
        let meter = |id: &str, unit: &str, kind: &str| MeterRow {
            meter_id: id.into(),
            name: "Meter".into(),
            category: "Compute".into(),
            unit: unit.into(),
            unit_kind: kind.into(),
            description: String::new(),
            known: true,
        };
        MeterTable::new(vec![
            meter("6dab500f-a4fd-49c4-956d-229bb9c8c793", "VM*hours", "hour"),
            meter("b9ff3cd0-28aa-4762-84bb-ff8fbaea6a90", "10,000 requests", "count"),
        ])
    }

    fn entered(rate: &str) -> ItemInput {
        ItemInput {
            meter_id: "6DAB500FA4FD49C4956D229BB9C8C793".into(),
            rate: rate.into(),
            ..ItemInput::default()
        }
    }

    fn check(input: &ItemInput) -> Result<ItemRow, Vec<(String, &'static str)>> {
        let row = checked(input, &meters(), Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        row.map_err(|error| match error {
            Error::Invalid(fields) => fields.into_iter().map(|field| (field.pointer, field.code)).collect(),
            other => panic!("{other}"),
        })
    }

    #[test]
    fn a_meter_is_found_whatever_its_case_and_hyphens() {
        let row = check(&entered("0.1200")).unwrap();
        assert_eq!(row.meter_id, "6dab500f-a4fd-49c4-956d-229bb9c8c793", "P-1");
        assert_eq!(
            (row.rate.as_str(), row.unit.as_str()),
            ("0.12", "VM*hours"),
            "canonical decimal, the meter's unit"
        );
    }

    #[test]
    fn every_wrong_field_is_named_with_the_code_of_its_rule() {
        let input = ItemInput {
            rate: "-1".into(),
            rate_period: Some("week".into()),
            tiers: vec![
                TierInput {
                    from_quantity: "5".into(),
                    to_quantity: Some("5".into()),
                    rate: "0.00000000001".into(),
                },
                TierInput {
                    from_quantity: "x".into(),
                    to_quantity: None,
                    rate: "1".into(),
                },
            ],
            credits: vec![
                CreditInput {
                    kind: "percent".into(),
                    value: "101".into(),
                },
                CreditInput {
                    kind: "quantity".into(),
                    value: "-1".into(),
                },
                CreditInput {
                    kind: "quantity".into(),
                    value: "1".into(),
                },
            ],
            ..entered("")
        };
        let found = check(&input).unwrap_err();
        for expected in [
            ("/rate", "rate_negative"),
            ("/rate_period", "rate_period_unknown"),
            ("/tiers/0/rate", "rate_precision"),
            ("/tiers/1/from_quantity", "decimal_invalid"),
            ("/credits/0/value", "percent_out_of_range"),
            ("/credits/1/value", "credit_negative"),
            ("/credits/2/kind", "credit_duplicate"),
        ] {
            assert!(
                found.contains(&(expected.0.to_owned(), expected.1)),
                "{expected:?} in {found:?}"
            );
        }
    }

    #[test]
    fn overlapping_and_empty_tiers_are_named_by_their_place_of_entry() {
        let tier = |from: &str, to: Option<&str>| TierInput {
            from_quantity: from.into(),
            to_quantity: to.map(Into::into),
            rate: "1".into(),
        };
        let overlap = ItemInput {
            tiers: vec![tier("10", None), tier("0", Some("11"))],
            ..entered("1")
        };
        assert_eq!(
            check(&overlap).unwrap_err(),
            [("/tiers/0/from_quantity".to_owned(), "tier_overlap")],
            "P-23"
        );
        let empty = ItemInput {
            tiers: vec![tier("10", Some("10"))],
            ..entered("1")
        };
        assert_eq!(
            check(&empty).unwrap_err(),
            [("/tiers/0/to_quantity".to_owned(), "tier_range_invalid")],
            "P-23"
        );
        let touching = ItemInput {
            tiers: vec![tier("10", None), tier("0", Some("10"))],
            ..entered("1")
        };
        assert_eq!(
            check(&touching).unwrap().tiers.len(),
            2,
            "tiers that touch do not overlap"
        );
    }

    #[test]
    fn a_rate_per_month_needs_a_meter_of_hours_and_a_divisor_its_own_unit() {
        let monthly = ItemInput {
            meter_id: "b9ff3cd0-28aa-4762-84bb-ff8fbaea6a90".into(),
            rate_period: Some("month".into()),
            ..entered("1")
        };
        assert_eq!(
            check(&monthly).unwrap_err(),
            [("/rate_period".to_owned(), "rate_period_not_allowed")],
            "P-33"
        );
        let divided = ItemInput {
            unit_divisor: Some(1_000),
            ..entered("1")
        };
        assert_eq!(
            check(&divided).unwrap_err(),
            [("/unit".to_owned(), "unit_required")],
            "P-21"
        );
        let named = ItemInput {
            unit_divisor: Some(1_000),
            unit: Some("1,000 hours".into()),
            ..entered("1")
        };
        assert_eq!(check(&named).unwrap().unit_divisor, 1_000);
        let unknown = ItemInput {
            meter_id: "nothing".into(),
            ..entered("1")
        };
        assert_eq!(
            check(&unknown).unwrap_err(),
            [("/meter_id".to_owned(), "unknown_reference")]
        );
    }
}
