//! Distributors.

use chrono::{DateTime, Utc};
use domain::ids::DistributorId;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::entity::distributor as entity;
use super::node::{self, Node, NodeColumns};
use super::relation::administrator_count;
use super::{EntityFields, live_children, profile};
use crate::named::{Named, NamedColumns, NamedKey};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope};

/// A distributor as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributorRow {
    /// Identity.
    pub id: DistributorId,
    /// Name, details and currency.
    pub fields: EntityFields,
    /// Live partners.
    pub partner_count: i64,
    /// Live tenants below them.
    pub tenant_count: i64,
    /// Users with its administrator role.
    pub administrator_count: i64,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was archived (G-12).
    pub archived_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    name: String,
    profile: String,
    currency: String,
    partner_count: i64,
    tenant_count: i64,
    administrator_count: i64,
    version: i64,
    created_at: i64,
    archived_at: Option<i64>,
}

/// Distributors of a transaction.
#[derive(Debug)]
pub struct Distributors<'tx>(&'tx Tx);

impl Tx {
    /// The distributors.
    pub fn distributors(&self) -> Distributors<'_> {
        Distributors(self)
    }
}

/// Which distributors a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DistributorFilter {
    /// Archived ones too (G-12).
    pub archived: bool,
}

impl Distributors<'_> {
    /// A distributor in scope, archived or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: DistributorId) -> Result<Option<DistributorRow>, StoreError> {
        node::find::<entity::Entity>(self.0, scope, id.uuid()).await
    }

    /// A page of distributors in scope, sorted by `name` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: DistributorFilter,
        page: &PageRequest,
    ) -> Result<PageOf<DistributorRow>, StoreError> {
        node::list::<entity::Entity>(self.0, scope, filter.condition(&page.search), page).await
    }

    /// Number of live distributors in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        node::count::<entity::Entity>(self.0, scope).await
    }

    /// Adds a distributor; the caller checked that the parent is in scope.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn insert(&self, id: DistributorId, fields: &EntityFields, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id.uuid()),
            name: Set(fields.name.clone()),
            profile: Set(fields.profile.to_string()),
            currency: Set(fields.currency.clone()),
            version: Set(1),
            created_at: Set(to_micros(at)),
            archived_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces name, details and currency of a distributor whose version is still `expected`; false when it is not, or when
    /// it is archived.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn update(
        &self,
        scope: Scope,
        id: DistributorId,
        expected: i64,
        fields: &EntityFields,
    ) -> Result<bool, StoreError> {
        node::update::<entity::Entity>(self.0, scope, (id.uuid(), expected), fields, vec![]).await
    }

    /// Archives a distributor (PM-16, G-12).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is not a live one in scope.
    pub async fn archive(&self, scope: Scope, id: DistributorId, at: DateTime<Utc>) -> Result<(), StoreError> {
        node::archive::<entity::Entity>(self.0, scope, id.uuid(), at).await
    }
}

impl Node for entity::Entity {
    type Row = Row;
    type Shown = DistributorRow;
    const COLUMNS: NodeColumns<entity::Column> = NodeColumns {
        named: NamedColumns {
            id: entity::Column::Id,
            name: entity::Column::Name,
            created_at: entity::Column::CreatedAt,
        },
        profile: entity::Column::Profile,
        currency: entity::Column::Currency,
        version: entity::Column::Version,
        archived_at: entity::Column::ArchivedAt,
    };

    fn in_scope(of: Scope) -> Cond {
        scope::distributors(of, Expr::col((Self, entity::Column::Id)))
    }

    fn select(of: Scope) -> sea_orm::Select<Self> {
        entity::Entity::find()
            .expr_as(
                live_children("partner", "distributor_id", "distributor"),
                "partner_count",
            )
            .expr_as(tenants_below(), "tenant_count")
            .expr_as(
                administrator_count("distributor", domain::role::Role::DistributorAdministrator),
                "administrator_count",
            )
            .filter(Self::in_scope(of))
    }
}

impl Named for DistributorRow {
    fn key(&self) -> NamedKey<'_> {
        NamedKey {
            id: self.id.to_string(),
            name: &self.fields.name,
            created_at: self.created_at,
        }
    }
}

fn tenants_below() -> sea_orm::sea_query::SelectStatement {
    use sea_orm::sea_query::{Func, Query};
    let column = |table: &'static str, name: &'static str| (Alias::new(table), Alias::new(name));
    Query::select()
        .expr(Func::count(Expr::col(column("tenant", "id"))))
        .from(Alias::new("tenant"))
        .inner_join(
            Alias::new("partner"),
            Expr::col(column("partner", "id")).equals(column("tenant", "partner_id")),
        )
        .and_where(Expr::col(column("partner", "distributor_id")).equals(column("distributor", "id")))
        .and_where(Expr::col(column("tenant", "archived_at")).is_null())
        .to_owned()
}

impl DistributorFilter {
    fn condition(self, search: &str) -> Cond {
        node::shown::<entity::Entity>(self.archived, search)
    }
}

impl TryFrom<Row> for DistributorRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            fields: EntityFields {
                name: row.name,
                profile: profile(&row.profile, "distributor", &row.id)?,
                currency: row.currency,
            },
            partner_count: row.partner_count,
            tenant_count: row.tenant_count,
            administrator_count: row.administrator_count,
            version: row.version,
            created_at: from_micros(row.created_at, "distributor", "created_at")?,
            archived_at: row
                .archived_at
                .map(|at| from_micros(at, "distributor", "archived_at"))
                .transpose()?,
        })
    }
}
