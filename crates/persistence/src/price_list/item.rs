//! Items of a version (P-20).

use domain::ids::{PriceListVersionId, PricingItemId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::PriceLists;
use super::entity::item;
use crate::StoreError;

/// A tier as stored: canonical decimals (P-23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRow {
    /// First quantity.
    pub from_quantity: String,
    /// First quantity after it.
    pub to_quantity: Option<String>,
    /// Rate inside.
    pub rate: String,
}

/// A credit of an item as stored (P-50).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditRow {
    /// `quantity`, `percent` or `amount`.
    pub kind: String,
    /// Canonical decimal.
    pub value: String,
}

/// An item as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Identity.
    pub id: PricingItemId,
    /// Version it belongs to.
    pub version_id: PriceListVersionId,
    /// Meter, as in the catalogue.
    pub meter_id: String,
    /// SKU, lower case; empty: any.
    pub sku: String,
    /// Base rate, canonical decimal.
    pub rate: String,
    /// `unit` or `month`.
    pub rate_period: String,
    /// Text beside the rate.
    pub unit: String,
    /// Meter units in one priced unit.
    pub unit_divisor: u64,
    /// Free text.
    pub description: String,
    /// `graduated` or `volume`.
    pub tier_mode: String,
    /// Tiers, ascending.
    pub tiers: Vec<TierRow>,
    /// Credits in the order they act.
    pub credits: Vec<CreditRow>,
}

impl PriceLists<'_> {
    /// The items of versions, in order of meter and SKU within each.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn items(&self, versions: &[PriceListVersionId]) -> Result<Vec<ItemRow>, StoreError> {
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        let rows = item::Entity::find()
            .filter(item::Column::PriceListVersionId.is_in(versions.iter().map(|id| id.uuid())))
            .order_by_asc(item::Column::PriceListVersionId)
            .order_by_asc(item::Column::MeterId)
            .order_by_asc(item::Column::Sku)
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(ItemRow::try_from).collect()
    }

    /// One item of any of these versions.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn item(
        &self,
        versions: &[PriceListVersionId],
        id: PricingItemId,
    ) -> Result<Option<ItemRow>, StoreError> {
        let versions = versions.iter().map(|version| version.uuid());
        let row = item::Entity::find_by_id(id.uuid())
            .filter(item::Column::PriceListVersionId.is_in(versions))
            .one(self.0.connection())
            .await?;
        row.map(ItemRow::try_from).transpose()
    }

    /// Adds items.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a meter and SKU occur twice (P-13).
    pub async fn insert_items(&self, items: &[ItemRow]) -> Result<(), StoreError> {
        for part in items.chunks(500) {
            let rows = part.iter().map(active).collect::<Result<Vec<_>, _>>()?;
            item::Entity::insert_many(rows)
                .exec_without_returning(self.0.connection())
                .await?;
        }
        Ok(())
    }

    /// Replaces an item; it keeps its id.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the meter and SKU have another item (P-13).
    pub async fn update_item(&self, row: &ItemRow) -> Result<(), StoreError> {
        active(row)?.update(self.0.connection()).await?;
        Ok(())
    }

    /// Removes an item.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_item(&self, id: PricingItemId) -> Result<(), StoreError> {
        item::Entity::delete_by_id(id.uuid()).exec(self.0.connection()).await?;
        Ok(())
    }
}

fn active(row: &ItemRow) -> Result<item::ActiveModel, StoreError> {
    let inconsistent = |column| StoreError::Inconsistent {
        table: "pricing_item",
        column,
        row: row.id.to_string(),
    };
    Ok(item::ActiveModel {
        id: Set(row.id.uuid()),
        price_list_version_id: Set(row.version_id.uuid()),
        meter_id: Set(row.meter_id.clone()),
        sku: Set(row.sku.clone()),
        rate: Set(row.rate.clone()),
        rate_period: Set(row.rate_period.clone()),
        unit: Set(row.unit.clone()),
        unit_divisor: Set(i64::try_from(row.unit_divisor).map_err(|_| inconsistent("unit_divisor"))?),
        description: Set(row.description.clone()),
        tier_mode: Set(row.tier_mode.clone()),
        tiers: Set(serde_json::to_string(&row.tiers).map_err(|_| inconsistent("tiers"))?),
        credits: Set(serde_json::to_string(&row.credits).map_err(|_| inconsistent("credits"))?),
    })
}

impl TryFrom<item::Model> for ItemRow {
    type Error = StoreError;

    fn try_from(row: item::Model) -> Result<Self, StoreError> {
        let inconsistent = |column| StoreError::Inconsistent {
            table: "pricing_item",
            column,
            row: row.id.to_string(),
        };
        Ok(Self {
            id: row.id.into(),
            version_id: row.price_list_version_id.into(),
            unit_divisor: u64::try_from(row.unit_divisor).map_err(|_| inconsistent("unit_divisor"))?,
            tiers: serde_json::from_str(&row.tiers).map_err(|_| inconsistent("tiers"))?,
            credits: serde_json::from_str(&row.credits).map_err(|_| inconsistent("credits"))?,
            meter_id: row.meter_id,
            sku: row.sku,
            rate: row.rate,
            rate_period: row.rate_period,
            unit: row.unit,
            description: row.description,
            tier_mode: row.tier_mode,
        })
    }
}
