//! Meters and price lists (pricing.md).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A meter of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeterView {
    /// Identity, lower case.
    #[cfg_attr(feature = "openapi", schema(example = "6dab500f-a4fd-49c4-956d-229bb9c8c793"))]
    pub meter_id: String,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "VM size hours"))]
    pub name: String,
    /// Category.
    #[cfg_attr(feature = "openapi", schema(example = "Compute"))]
    pub category: String,
    /// Unit of the reported quantity.
    #[cfg_attr(feature = "openapi", schema(example = "VM*hours"))]
    pub unit: String,
    /// `hour`, `month` or `count`.
    #[cfg_attr(feature = "openapi", schema(example = "hour"))]
    pub unit_kind: String,
    /// What it measures.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
    /// Whether it came with the catalogue.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub known: bool,
}

/// A price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceListView {
    /// Identity.
    pub id: Uuid,
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1 standard"))]
    pub display_name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
    /// `region` or `tenant`.
    #[cfg_attr(feature = "openapi", schema(example = "region"))]
    pub scope_kind: String,
    /// Region or tenant it prices.
    pub target: Reference,
    /// Currency of its rates.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub currency: String,
    /// Versions, newest first; items of the draft and of the version in force.
    pub versions: Vec<PriceListVersionView>,
    /// Version for `If-Match`.
    pub etag: String,
}

/// One version of a price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceListVersionView {
    /// Identity.
    pub id: Uuid,
    /// `draft` or `published`.
    #[cfg_attr(feature = "openapi", schema(example = "published"))]
    pub state: String,
    /// First month it is valid.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08"))]
    pub effective_from: Option<String>,
    /// Valid in the current month.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub in_force: bool,
    /// Number of items.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub item_count: u64,
    /// Items; left out in lists.
    pub items: Vec<PricingItemView>,
}

/// Price of a meter or of one SKU of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricingItemView {
    /// Identity.
    pub id: Uuid,
    /// Meter.
    #[cfg_attr(feature = "openapi", schema(example = "6dab500f-a4fd-49c4-956d-229bb9c8c793"))]
    pub meter_id: String,
    /// Name of the meter.
    #[cfg_attr(feature = "openapi", schema(example = "VM size hours"))]
    pub meter_name: String,
    /// SKU; empty: any.
    #[cfg_attr(feature = "openapi", schema(example = "standard_d4s_v3"))]
    pub sku: String,
    /// Base rate (P-22).
    #[cfg_attr(feature = "openapi", schema(example = "0.12"))]
    pub rate: String,
    /// `unit` or `month` (P-30).
    #[cfg_attr(feature = "openapi", schema(example = "unit"))]
    pub rate_period: String,
    /// Text beside the rate.
    #[cfg_attr(feature = "openapi", schema(example = "VM*hours"))]
    pub unit: String,
    /// Meter units in one priced unit (P-21).
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub unit_divisor: u64,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
    /// `graduated` or `volume`.
    #[cfg_attr(feature = "openapi", schema(example = "graduated"))]
    pub tier_mode: String,
    /// Tiered thresholds.
    pub tiers: Vec<TierView>,
    /// At most one of each kind.
    pub credits: Vec<ItemCreditView>,
}

/// A half-open range with its rate (P-23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierView {
    /// First quantity of the tier.
    #[cfg_attr(feature = "openapi", schema(example = "0"))]
    pub from_quantity: String,
    /// End, exclusive; absent: none.
    #[cfg_attr(feature = "openapi", schema(example = "1000"))]
    pub to_quantity: Option<String>,
    /// Rate inside the tier.
    #[cfg_attr(feature = "openapi", schema(example = "0.10"))]
    pub rate: String,
}

/// A reduction on the item (P-50).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemCreditView {
    /// `quantity`, `percent` or `amount`.
    #[cfg_attr(feature = "openapi", schema(example = "quantity"))]
    pub kind: String,
    /// Priced units, percent or amount.
    #[cfg_attr(feature = "openapi", schema(example = "50"))]
    pub value: String,
}

/// A price list to add; it starts with an empty draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceListInput {
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1 standard"))]
    pub display_name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// `region` or `tenant`.
    #[cfg_attr(feature = "openapi", schema(example = "region"))]
    pub scope_kind: String,
    /// Region or tenant.
    pub target_id: Uuid,
    /// Absent: platform currency for a region, the tenant's for a tenant.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    #[serde(default)]
    pub currency: Option<String>,
}

/// New texts of a price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceListUpdate {
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1 standard"))]
    pub display_name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
}

/// An item of the draft; the draft is made from the newest version when there is none (P-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PricingItemInput {
    /// Meter.
    #[cfg_attr(feature = "openapi", schema(example = "6dab500f-a4fd-49c4-956d-229bb9c8c793"))]
    pub meter_id: String,
    /// SKU; absent: any.
    #[cfg_attr(feature = "openapi", schema(example = "standard_d4s_v3"))]
    #[serde(default)]
    pub sku: Option<String>,
    /// Base rate.
    #[cfg_attr(feature = "openapi", schema(example = "0.12"))]
    pub rate: String,
    /// Absent: `unit`.
    #[cfg_attr(feature = "openapi", schema(example = "unit"))]
    #[serde(default)]
    pub rate_period: Option<String>,
    /// Absent: the meter's unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// Absent: 1.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    #[serde(default)]
    pub unit_divisor: Option<u64>,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// Absent: graduated.
    #[cfg_attr(feature = "openapi", schema(example = "graduated"))]
    #[serde(default)]
    pub tier_mode: Option<String>,
    /// Tiered thresholds.
    #[serde(default)]
    pub tiers: Option<Vec<TierView>>,
    /// Credits.
    #[serde(default)]
    pub credits: Option<Vec<ItemCreditView>>,
}

/// Publishes the draft (P-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishInput {
    /// Month; absent: the next.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12"))]
    #[serde(default)]
    pub effective_from: Option<String>,
}

/// The published version and what to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Published {
    /// The version.
    pub version: PriceListVersionView,
    /// Warnings that do not refuse (P-6, P-24).
    #[cfg_attr(feature = "openapi", schema(example = json!(["tier_gap"])))]
    pub warnings: Vec<String>,
}
