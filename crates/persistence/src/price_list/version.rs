//! Versions of price lists (P-10 to P-12).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{PriceListId, PriceListVersionId};
use domain::period::Period;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::PriceLists;
use super::entity::{item, version};
use crate::StoreError;
use crate::time::{from_micros, to_micros};

/// A version of a price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Identity.
    pub id: PriceListVersionId,
    /// Its list.
    pub price_list_id: PriceListId,
    /// First month it is valid; none for a draft.
    pub effective_from: Option<Period>,
    /// When it was published; none for a draft.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Number of items.
    pub item_count: u64,
}

impl VersionRow {
    /// Whether it can still be edited (P-10).
    pub const fn is_draft(&self) -> bool {
        self.effective_from.is_none()
    }
}

impl PriceLists<'_> {
    /// The versions of lists, oldest first within a list: published ones in order of publication, the draft last.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn versions(&self, lists: &[PriceListId]) -> Result<Vec<VersionRow>, StoreError> {
        if lists.is_empty() {
            return Ok(Vec::new());
        }
        let rows = version::Entity::find()
            .filter(version::Column::PriceListId.is_in(lists.iter().map(|id| id.uuid())))
            .order_by_asc(version::Column::PriceListId)
            .order_by_asc(version::Column::CreatedAt)
            .order_by_asc(version::Column::Id)
            .all(self.0.connection())
            .await?;
        let counts = self.item_counts(rows.iter().map(|row| row.id).collect()).await?;
        rows.iter().map(|row| read(row, &counts)).collect()
    }

    async fn item_counts(&self, versions: Vec<Uuid>) -> Result<HashMap<Uuid, i64>, StoreError> {
        if versions.is_empty() {
            return Ok(HashMap::new());
        }
        let counts: Vec<(Uuid, i64)> = item::Entity::find()
            .select_only()
            .column(item::Column::PriceListVersionId)
            .column_as(item::Column::Id.count(), "items")
            .filter(item::Column::PriceListVersionId.is_in(versions))
            .group_by(item::Column::PriceListVersionId)
            .into_tuple()
            .all(self.0.connection())
            .await?;
        Ok(counts.into_iter().collect())
    }

    /// Adds an empty draft.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the list has a draft.
    pub async fn insert_draft(
        &self,
        id: PriceListVersionId,
        list: PriceListId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = version::ActiveModel {
            id: Set(id.uuid()),
            price_list_id: Set(list.uuid()),
            state: Set("draft".to_owned()),
            effective_from: Set(None),
            published_at: Set(None),
            created_at: Set(to_micros(at)),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Publishes the draft from a month on.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a published version of the list starts in the month;
    /// [`StoreError::WrongRowCount`] when it is no draft.
    pub async fn publish(&self, id: PriceListVersionId, from: Period, at: DateTime<Utc>) -> Result<(), StoreError> {
        let changed = version::Entity::update_many()
            .col_expr(version::Column::State, Expr::val("published"))
            .col_expr(version::Column::EffectiveFrom, Expr::val(from.to_string()))
            .col_expr(version::Column::PublishedAt, Expr::val(to_micros(at)))
            .filter(version::Column::Id.eq(id.uuid()))
            .filter(version::Column::State.eq("draft"))
            .exec(self.0.connection())
            .await?;
        match changed.rows_affected {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }

    /// Removes a version with its items.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_version(&self, id: PriceListVersionId) -> Result<(), StoreError> {
        item::Entity::delete_many()
            .filter(item::Column::PriceListVersionId.eq(id.uuid()))
            .exec(self.0.connection())
            .await?;
        version::Entity::delete_many()
            .filter(version::Column::Id.eq(id.uuid()))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }
}

fn read(row: &version::Model, counts: &HashMap<Uuid, i64>) -> Result<VersionRow, StoreError> {
    let inconsistent = |column| StoreError::Inconsistent {
        table: "price_list_version",
        column,
        row: row.id.to_string(),
    };
    let effective_from = row.effective_from.as_deref().map(Period::parse).transpose();
    let effective_from = effective_from.map_err(|_| inconsistent("effective_from"))?;
    if (row.state == "draft") != effective_from.is_none() {
        return Err(inconsistent("state"));
    }
    let published_at = row
        .published_at
        .map(|at| from_micros(at, "price_list_version", "published_at"));
    Ok(VersionRow {
        id: row.id.into(),
        price_list_id: row.price_list_id.into(),
        effective_from,
        published_at: published_at.transpose()?,
        created_at: from_micros(row.created_at, "price_list_version", "created_at")?,
        item_count: counts
            .get(&row.id)
            .and_then(|count| u64::try_from(*count).ok())
            .unwrap_or(0),
    })
}
