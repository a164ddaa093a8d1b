//! Price lists, their versions and items (P-7 to P-15). The platform owns them: outside its scope there are none.

mod entity;
mod item;
mod target;
mod version;

pub use item::{CreditRow, ItemRow, TierRow};
pub use target::TargetRow;
pub use version::VersionRow;

use chrono::{DateTime, Utc};
use domain::ids::{PriceListId, RegionId, TenantId};
use domain::period::Period;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::named::{self, Named, NamedColumns, NamedKey};
use crate::page::contains;
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope};
use entity::list;

/// What a list prices (P-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PriceListTarget {
    /// All usage of a region.
    Region(RegionId),
    /// All usage of a tenant, in every region.
    Tenant(TenantId),
}

impl PriceListTarget {
    /// `region` or `tenant`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Region(_) => "region",
            Self::Tenant(_) => "tenant",
        }
    }

    /// The bare id.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Region(id) => id.uuid(),
            Self::Tenant(id) => id.uuid(),
        }
    }

    fn region(self) -> Option<Uuid> {
        match self {
            Self::Region(id) => Some(id.uuid()),
            Self::Tenant(_) => None,
        }
    }

    fn tenant(self) -> Option<Uuid> {
        match self {
            Self::Region(_) => None,
            Self::Tenant(id) => Some(id.uuid()),
        }
    }
}

/// A price list as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceListRow {
    /// Identity.
    pub id: PriceListId,
    /// Unique name.
    pub display_name: String,
    /// Free text.
    pub description: String,
    /// Region or tenant.
    pub target: PriceListTarget,
    /// Name of region or tenant.
    pub target_name: String,
    /// ISO 4217 code of its rates.
    pub currency: String,
    /// First month it is no longer valid (P-18).
    pub retired_from: Option<Period>,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Which lists a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceListFilter<'a> {
    /// `region` or `tenant`.
    pub scope_kind: Option<&'a str>,
    /// Region or tenant.
    pub target_id: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    display_name: String,
    description: String,
    region_id: Option<Uuid>,
    tenant_id: Option<Uuid>,
    region_name: Option<String>,
    tenant_name: Option<String>,
    currency: String,
    retired_from: Option<String>,
    version: i64,
    created_at: i64,
}

/// Price lists of a transaction.
#[derive(Debug)]
pub struct PriceLists<'tx>(&'tx Tx);

impl Tx {
    /// The price lists.
    pub fn price_lists(&self) -> PriceLists<'_> {
        PriceLists(self)
    }
}

impl PriceLists<'_> {
    /// A list in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: PriceListId) -> Result<Option<PriceListRow>, StoreError> {
        let found = select(scope).filter(list::Column::Id.eq(id.uuid()));
        let row = found.into_model::<Row>().one(self.0.connection()).await?;
        row.map(PriceListRow::try_from).transpose()
    }

    /// All lists in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn all(&self, scope: Scope) -> Result<Vec<PriceListRow>, StoreError> {
        let rows = select(scope)
            .order_by_asc(list::Column::Id)
            .into_model::<Row>()
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(PriceListRow::try_from).collect()
    }

    /// All lists of a target, whether in force or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn of_target(&self, target: PriceListTarget) -> Result<Vec<PriceListRow>, StoreError> {
        let column = match target {
            PriceListTarget::Region(_) => list::Column::RegionId,
            PriceListTarget::Tenant(_) => list::Column::TenantId,
        };
        let rows = select(Scope::system("the lists of one target decide together (P-9)"))
            .filter(column.eq(target.uuid()))
            .order_by_asc(list::Column::Id)
            .into_model::<Row>()
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(PriceListRow::try_from).collect()
    }

    /// A page of lists in scope, sorted by `display_name` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: PriceListFilter<'_>,
        page: &PageRequest,
    ) -> Result<PageOf<PriceListRow>, StoreError> {
        let shown = select(scope).filter(filter.condition(&page.search));
        named::page_of::<_, Row, _>(self.0, shown, COLUMNS, page).await
    }

    /// Adds a list.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn insert(&self, row: &PriceListRow) -> Result<(), StoreError> {
        let row = list::ActiveModel {
            id: Set(row.id.uuid()),
            display_name: Set(row.display_name.clone()),
            description: Set(row.description.clone()),
            scope_kind: Set(row.target.kind().to_owned()),
            region_id: Set(row.target.region()),
            tenant_id: Set(row.target.tenant()),
            currency: Set(row.currency.clone()),
            retired_from: Set(row.retired_from.map(|period| period.to_string())),
            version: Set(row.version),
            created_at: Set(to_micros(row.created_at)),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces the texts of a list whose version is still `expected`; false when it is not.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn update_texts(
        &self,
        id: PriceListId,
        expected: i64,
        display_name: &str,
        description: &str,
    ) -> Result<bool, StoreError> {
        let changed = list::Entity::update_many()
            .col_expr(list::Column::DisplayName, Expr::val(display_name))
            .col_expr(list::Column::Description, Expr::val(description))
            .col_expr(list::Column::Version, Expr::col(list::Column::Version).add(1))
            .filter(list::Column::Id.eq(id.uuid()))
            .filter(list::Column::Version.eq(expected))
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    /// Counts a change of the list; with `expected` only when its version is still that one. False when it is not. The row
    /// stays locked until the transaction ends, so changes of one list come one after the other.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn touch(&self, id: PriceListId, expected: Option<i64>) -> Result<bool, StoreError> {
        let mut update = list::Entity::update_many()
            .col_expr(list::Column::Version, Expr::col(list::Column::Version).add(1))
            .filter(list::Column::Id.eq(id.uuid()));
        if let Some(expected) = expected {
            update = update.filter(list::Column::Version.eq(expected));
        }
        Ok(update.exec(self.0.connection()).await?.rows_affected == 1)
    }

    /// Retires a list from a month on (P-18).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn retire(&self, id: PriceListId, from: Period) -> Result<(), StoreError> {
        list::Entity::update_many()
            .col_expr(list::Column::RetiredFrom, Expr::val(from.to_string()))
            .filter(list::Column::Id.eq(id.uuid()))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }

    /// Removes a list with its versions and items; only for lists that never had a published version (P-18).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete(&self, id: PriceListId) -> Result<(), StoreError> {
        for version in self.versions(&[id]).await? {
            self.delete_version(version.id).await?;
        }
        list::Entity::delete_many()
            .filter(list::Column::Id.eq(id.uuid()))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }
}

const COLUMNS: NamedColumns<list::Column> = NamedColumns {
    id: list::Column::Id,
    name: list::Column::DisplayName,
    created_at: list::Column::CreatedAt,
};

impl Named for PriceListRow {
    fn key(&self) -> NamedKey<'_> {
        NamedKey {
            id: self.id.to_string(),
            name: &self.display_name,
            created_at: self.created_at,
        }
    }
}

fn col(column: list::Column) -> Expr {
    Expr::col((list::Entity, column))
}

fn select(of: Scope) -> sea_orm::Select<list::Entity> {
    list::Entity::find()
        .expr_as(name_of("region", list::Column::RegionId), "region_name")
        .expr_as(name_of("tenant", list::Column::TenantId), "tenant_name")
        .filter(scope::platform(of))
}

fn name_of(table: &str, id: list::Column) -> SelectStatement {
    Query::select()
        .column((Alias::new(table), Alias::new("name")))
        .from(Alias::new(table))
        .and_where(Expr::col((Alias::new(table), Alias::new("id"))).equals((list::Entity, id)))
        .to_owned()
}

impl PriceListFilter<'_> {
    fn condition(self, search: &str) -> Cond {
        let mut shown = Cond::all();
        if let Some(kind) = self.scope_kind {
            shown = shown.add(list::Column::ScopeKind.eq(kind));
        }
        if let Some(id) = self.target_id {
            shown = shown.add(
                Cond::any()
                    .add(list::Column::RegionId.eq(id))
                    .add(list::Column::TenantId.eq(id)),
            );
        }
        if !search.is_empty() {
            let like = LikeExpr::new(contains(search)).escape('\\');
            shown = shown.add(Expr::expr(Func::lower(col(list::Column::DisplayName))).like(like));
        }
        shown
    }
}

impl TryFrom<Row> for PriceListRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let inconsistent = |column| StoreError::Inconsistent {
            table: "price_list",
            column,
            row: row.id.to_string(),
        };
        let target = match (row.region_id, row.tenant_id) {
            (Some(id), None) => PriceListTarget::Region(id.into()),
            (None, Some(id)) => PriceListTarget::Tenant(id.into()),
            _ => return Err(inconsistent("scope_kind")),
        };
        let retired_from = row.retired_from.as_deref().map(Period::parse).transpose();
        Ok(Self {
            id: row.id.into(),
            target,
            target_name: row.region_name.or(row.tenant_name).unwrap_or_default(),
            retired_from: retired_from.map_err(|_| inconsistent("retired_from"))?,
            display_name: row.display_name,
            description: row.description,
            currency: row.currency,
            version: row.version,
            created_at: from_micros(row.created_at, "price_list", "created_at")?,
        })
    }
}
