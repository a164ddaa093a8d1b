//! The meter catalogue (P-1 to P-3). Every role sees all of it, so its queries take no scope.

mod entity;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, LikeExpr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::page::contains;
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, Tx};

/// A meter of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterRow {
    /// Identity, lower case.
    pub meter_id: String,
    /// Name.
    pub name: String,
    /// Service category.
    pub category: String,
    /// Unit of the reported quantity.
    pub unit: String,
    /// `hour`, `month` or `count` (P-2).
    pub unit_kind: String,
    /// What it measures.
    pub description: String,
    /// Whether it came with the catalogue; false for meters first seen in usage (P-3).
    pub known: bool,
}

/// Meters of a transaction.
#[derive(Debug)]
pub struct Meters<'tx>(&'tx Tx);

impl Tx {
    /// The meter catalogue.
    pub fn meters(&self) -> Meters<'_> {
        Meters(self)
    }
}

impl Meters<'_> {
    /// One meter by its stored id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find(&self, meter_id: &str) -> Result<Option<MeterRow>, StoreError> {
        let row = entity::Entity::find_by_id(meter_id.to_owned())
            .one(self.0.connection())
            .await?;
        Ok(row.map(MeterRow::from))
    }

    /// The whole catalogue in order of id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn all(&self) -> Result<Vec<MeterRow>, StoreError> {
        let rows = entity::Entity::find()
            .order_by_asc(entity::Column::MeterId)
            .all(self.0.connection())
            .await?;
        Ok(rows.into_iter().map(MeterRow::from).collect())
    }

    /// A page of meters of one category, or of all; sorted by `name`, `category` or `meter_id`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn list(&self, category: Option<&str>, page: &PageRequest) -> Result<PageOf<MeterRow>, StoreError> {
        let column = match page.sort.as_str() {
            "category" => entity::Column::Category,
            "meter_id" => entity::Column::MeterId,
            _ => entity::Column::Name,
        };
        let mut shown = entity::Entity::find().filter(matches(&page.search));
        if let Some(category) = category {
            shown = shown.filter(entity::Column::Category.eq(category));
        }
        let total = shown.clone().count(self.0.connection()).await?;
        let direction = crate::page::SortBy::order(page);
        let rows = shown
            .filter(after(column, page))
            .order_by(column, direction.clone())
            .order_by(entity::Column::MeterId, direction)
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows.into_iter().map(MeterRow::from).collect();
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            let key = match column {
                entity::Column::Category => row.category.clone(),
                entity::Column::MeterId => row.meter_id.clone(),
                _ => row.name.clone(),
            };
            vec![key, row.meter_id.clone()]
        }))
    }

    /// Adds the meters that are missing and leaves the others as they are.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn add_missing(&self, meters: &[MeterRow], at: DateTime<Utc>) -> Result<(), StoreError> {
        if meters.is_empty() {
            return Ok(());
        }
        let rows = meters.iter().map(|meter| entity::ActiveModel {
            meter_id: Set(meter.meter_id.clone()),
            name: Set(meter.name.clone()),
            category: Set(meter.category.clone()),
            unit: Set(meter.unit.clone()),
            unit_kind: Set(meter.unit_kind.clone()),
            description: Set(meter.description.clone()),
            known: Set(i64::from(meter.known)),
            created_at: Set(to_micros(at)),
        });
        entity::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(entity::Column::MeterId).do_nothing().to_owned())
            .exec_without_returning(self.0.connection())
            .await?;
        Ok(())
    }
}

/// Name or id contains the searched text.
fn matches(search: &str) -> Cond {
    if search.is_empty() {
        return Cond::all();
    }
    let like = || LikeExpr::new(contains(search)).escape('\\');
    Cond::any()
        .add(Expr::expr(Func::lower(Expr::col(entity::Column::Name))).like(like()))
        .add(Expr::col(entity::Column::MeterId).like(like()))
}

/// Meters after the cursor; the id is text here, so the pages of other tables do not fit.
fn after(column: entity::Column, page: &PageRequest) -> Cond {
    let Some([value, id]) = page.after.as_deref() else {
        return if page.after.is_none() {
            Cond::all()
        } else {
            Cond::all().add(Expr::val(1).eq(0))
        };
    };
    let (beyond, tie) = if page.descending {
        (column.lt(value.as_str()), entity::Column::MeterId.lt(id.as_str()))
    } else {
        (column.gt(value.as_str()), entity::Column::MeterId.gt(id.as_str()))
    };
    Cond::any()
        .add(beyond)
        .add(Cond::all().add(column.eq(value.as_str())).add(tie))
}

impl From<entity::Model> for MeterRow {
    fn from(row: entity::Model) -> Self {
        Self {
            meter_id: row.meter_id,
            name: row.name,
            category: row.category,
            unit: row.unit,
            unit_kind: row.unit_kind,
            description: row.description,
            known: row.known != 0,
        }
    }
}
