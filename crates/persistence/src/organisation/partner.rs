//! Partners.

use chrono::{DateTime, Utc};
use domain::ids::{DistributorId, PartnerId};
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::entity::partner as entity;
use super::node::{self, Node, NodeColumns};
use super::relation::administrator_count;
use super::{EntityFields, live_children, profile};
use crate::named::{Named, NamedColumns, NamedKey};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope};

/// A partner as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerRow {
    /// Identity.
    pub id: PartnerId,
    /// Distributor above.
    pub distributor_id: DistributorId,
    /// Name of the distributor.
    pub distributor_name: String,
    /// Name, details and currency.
    pub fields: EntityFields,
    /// Live tenants.
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
    distributor_id: Uuid,
    distributor_name: String,
    tenant_count: i64,
    administrator_count: i64,
    version: i64,
    created_at: i64,
    archived_at: Option<i64>,
}

/// Partners of a transaction.
#[derive(Debug)]
pub struct Partners<'tx>(&'tx Tx);

impl Tx {
    /// The partners.
    pub fn partners(&self) -> Partners<'_> {
        Partners(self)
    }
}

/// Which partners a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartnerFilter {
    /// Only those of this distributor.
    pub distributor_id: Option<DistributorId>,
    /// Archived ones too (G-12).
    pub archived: bool,
}

impl Partners<'_> {
    /// A partner in scope, archived or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: PartnerId) -> Result<Option<PartnerRow>, StoreError> {
        node::find::<entity::Entity>(self.0, scope, id.uuid()).await
    }

    /// A page of partners in scope, sorted by `name` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: PartnerFilter,
        page: &PageRequest,
    ) -> Result<PageOf<PartnerRow>, StoreError> {
        node::list::<entity::Entity>(self.0, scope, filter.condition(&page.search), page).await
    }

    /// Number of live partners in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        node::count::<entity::Entity>(self.0, scope).await
    }

    /// Adds a partner; the caller checked that the parent is in scope.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn insert(
        &self,
        id: PartnerId,
        distributor_id: DistributorId,
        fields: &EntityFields,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id.uuid()),
            distributor_id: Set(distributor_id.uuid()),
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

    /// Replaces name, details and currency of a partner whose version is still `expected`; false when it is not, or when
    /// it is archived.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn update(
        &self,
        scope: Scope,
        id: PartnerId,
        expected: i64,
        fields: &EntityFields,
    ) -> Result<bool, StoreError> {
        node::update::<entity::Entity>(self.0, scope, (id.uuid(), expected), fields, vec![]).await
    }

    /// Archives a partner (PM-16, G-12).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is not a live one in scope.
    pub async fn archive(&self, scope: Scope, id: PartnerId, at: DateTime<Utc>) -> Result<(), StoreError> {
        node::archive::<entity::Entity>(self.0, scope, id.uuid(), at).await
    }
}

impl Node for entity::Entity {
    type Row = Row;
    type Shown = PartnerRow;
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
        scope::partners(of, Expr::col((Self, entity::Column::Id)))
    }

    fn select(of: Scope) -> sea_orm::Select<Self> {
        entity::Entity::find()
            .join(sea_orm::JoinType::InnerJoin, to_distributor())
            .expr_as(
                Expr::col((Alias::new("distributor"), Alias::new("name"))),
                "distributor_name",
            )
            .expr_as(live_children("tenant", "partner_id", "partner"), "tenant_count")
            .expr_as(
                administrator_count("partner", domain::role::Role::PartnerAdministrator),
                "administrator_count",
            )
            .filter(Self::in_scope(of))
    }
}

impl Named for PartnerRow {
    fn key(&self) -> NamedKey<'_> {
        NamedKey {
            id: self.id.to_string(),
            name: &self.fields.name,
            created_at: self.created_at,
        }
    }
}

/// Each partner has its distributor.
fn to_distributor() -> sea_orm::RelationDef {
    super::entity::partner::Entity::belongs_to(super::entity::distributor::Entity)
        .from(super::entity::partner::Column::DistributorId)
        .to(super::entity::distributor::Column::Id)
        .into()
}

impl PartnerFilter {
    fn condition(self, search: &str) -> Cond {
        let mut shown = node::shown::<entity::Entity>(self.archived, search);
        if let Some(id) = self.distributor_id {
            shown = shown.add(entity::Column::DistributorId.eq(id.uuid()));
        }
        shown
    }
}

impl TryFrom<Row> for PartnerRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            distributor_id: row.distributor_id.into(),
            distributor_name: row.distributor_name,
            fields: EntityFields {
                name: row.name,
                profile: profile(&row.profile, "partner", &row.id)?,
                currency: row.currency,
            },
            tenant_count: row.tenant_count,
            administrator_count: row.administrator_count,
            version: row.version,
            created_at: from_micros(row.created_at, "partner", "created_at")?,
            archived_at: row
                .archived_at
                .map(|at| from_micros(at, "partner", "archived_at"))
                .transpose()?,
        })
    }
}
