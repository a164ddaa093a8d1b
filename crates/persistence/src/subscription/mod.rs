//! Subscriptions (usage.md section 6).

mod entity;

use chrono::{DateTime, Utc};
use domain::ids::{DistributorId, PartnerId, PlatformSubscriptionId, RegionId, SubscriptionId, TenantId};
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::named::{self, Named, NamedColumns, NamedKey};
use crate::page::contains;
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope};

/// A subscription to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscription {
    /// Identity.
    pub id: SubscriptionId,
    /// Tenant that is invoiced.
    pub tenant_id: TenantId,
    /// Region.
    pub region_id: RegionId,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Entra tenant or AD FS directory.
    pub directory_id: String,
    /// Initial owner.
    pub owner: String,
    /// Made from detected usage (U-41).
    pub auto_created: bool,
}

/// A subscription as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Identity.
    pub id: SubscriptionId,
    /// Tenant that is invoiced.
    pub tenant_id: TenantId,
    /// Name of the tenant.
    pub tenant_name: String,
    /// Partner of the tenant.
    pub partner_id: PartnerId,
    /// Distributor of the partner.
    pub distributor_id: DistributorId,
    /// Region.
    pub region_id: RegionId,
    /// Name of the region.
    pub region_name: String,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Entra tenant or AD FS directory.
    pub directory_id: String,
    /// Initial owner.
    pub owner: String,
    /// State (U-49).
    pub state: String,
    /// Made from detected usage.
    pub auto_created: bool,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was archived (U-52).
    pub archived_at: Option<DateTime<Utc>>,
}

/// Which subscriptions a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// Only those of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only those of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only those of this distributor.
    pub distributor_id: Option<DistributorId>,
    /// Only those of this region.
    pub region_id: Option<RegionId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    tenant_id: Uuid,
    tenant_name: String,
    partner_id: Uuid,
    distributor_id: Uuid,
    region_id: Uuid,
    region_name: String,
    platform_subscription_id: Uuid,
    name: String,
    description: String,
    directory_id: String,
    owner: String,
    state: String,
    auto_created: i64,
    version: i64,
    created_at: i64,
    archived_at: Option<i64>,
}

/// Subscriptions of a transaction.
#[derive(Debug)]
pub struct Subscriptions<'tx>(&'tx Tx);

impl Tx {
    /// The subscriptions.
    pub fn subscriptions(&self) -> Subscriptions<'_> {
        Subscriptions(self)
    }
}

impl Subscriptions<'_> {
    /// A live subscription in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: SubscriptionId) -> Result<Option<SubscriptionRow>, StoreError> {
        let row = select(scope)
            .filter(entity::Column::Id.eq(id.uuid()))
            .filter(entity::Column::ArchivedAt.is_null())
            .into_model::<Row>()
            .one(self.0.connection())
            .await?;
        row.map(SubscriptionRow::try_from).transpose()
    }

    /// Whether a platform subscription is registered in a region, live or archived (U-48, U-52).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_registered(&self, region: RegionId, platform: PlatformSubscriptionId) -> Result<bool, StoreError> {
        let found = entity::Entity::find()
            .filter(entity::Column::RegionId.eq(region.uuid()))
            .filter(entity::Column::PlatformSubscriptionId.eq(platform.uuid()))
            .count(self.0.connection())
            .await?;
        Ok(found > 0)
    }

    /// A page of live subscriptions in scope, sorted by `name` or `created_at`; the search finds names and platform ids.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<PageOf<SubscriptionRow>, StoreError> {
        let shown = select(scope).filter(filter.condition(&page.search));
        named::page_of::<_, Row, _>(self.0, shown, COLUMNS, page).await
    }

    /// Adds a subscription; the caller checked tenant and region.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the platform subscription is registered in the region.
    pub async fn insert(&self, new: &NewSubscription, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(new.id.uuid()),
            tenant_id: Set(new.tenant_id.uuid()),
            region_id: Set(new.region_id.uuid()),
            platform_subscription_id: Set(new.platform_subscription_id.uuid()),
            name: Set(new.name.clone()),
            description: Set(new.description.clone()),
            directory_id: Set(new.directory_id.clone()),
            owner: Set(new.owner.clone()),
            offer_id: Set(None),
            state: Set("enabled".to_owned()),
            auto_created: Set(i64::from(new.auto_created)),
            version: Set(1),
            created_at: Set(to_micros(at)),
            archived_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces the texts of a live subscription whose version is still `expected`; false when it is not.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn update(
        &self,
        scope: Scope,
        id: SubscriptionId,
        expected: i64,
        name: &str,
        description: &str,
        owner: &str,
    ) -> Result<bool, StoreError> {
        let changed = entity::Entity::update_many()
            .col_expr(entity::Column::Name, Expr::val(name))
            .col_expr(entity::Column::Description, Expr::val(description))
            .col_expr(entity::Column::Owner, Expr::val(owner))
            .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
            .filter(in_scope(scope))
            .filter(entity::Column::Id.eq(id.uuid()))
            .filter(entity::Column::Version.eq(expected))
            .filter(entity::Column::ArchivedAt.is_null())
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    /// Archives a subscription; its open usage stays billable (U-52).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is not a live one in scope.
    pub async fn archive(&self, scope: Scope, id: SubscriptionId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let changed = entity::Entity::update_many()
            .col_expr(entity::Column::ArchivedAt, Expr::val(to_micros(at)))
            .col_expr(entity::Column::State, Expr::val("deleted"))
            .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
            .filter(in_scope(scope))
            .filter(entity::Column::Id.eq(id.uuid()))
            .filter(entity::Column::ArchivedAt.is_null())
            .exec(self.0.connection())
            .await?;
        match changed.rows_affected {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }
}

const COLUMNS: NamedColumns<entity::Column> = NamedColumns {
    id: entity::Column::Id,
    name: entity::Column::Name,
    created_at: entity::Column::CreatedAt,
};

impl Named for SubscriptionRow {
    fn key(&self) -> NamedKey<'_> {
        NamedKey {
            id: self.id.to_string(),
            name: &self.name,
            created_at: self.created_at,
        }
    }
}

fn col(column: entity::Column) -> Expr {
    Expr::col((entity::Entity, column))
}

fn of(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

fn in_scope(scope: Scope) -> Cond {
    scope::tenants(scope, col(entity::Column::TenantId))
}

fn select(scope: Scope) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find()
        .join(JoinType::InnerJoin, to_tenant())
        .join(JoinType::InnerJoin, to_partner())
        .join(JoinType::InnerJoin, to_region())
        .expr_as(of("tenant", "name"), "tenant_name")
        .expr_as(of("tenant", "partner_id"), "partner_id")
        .expr_as(of("partner", "distributor_id"), "distributor_id")
        .expr_as(of("region", "name"), "region_name")
        .filter(in_scope(scope))
}

fn to_tenant() -> RelationDef {
    use crate::organisation::entity::tenant;
    entity::Entity::belongs_to(tenant::Entity)
        .from(entity::Column::TenantId)
        .to(tenant::Column::Id)
        .into()
}

fn to_partner() -> RelationDef {
    use crate::organisation::entity::{partner, tenant};
    tenant::Entity::belongs_to(partner::Entity)
        .from(tenant::Column::PartnerId)
        .to(partner::Column::Id)
        .into()
}

fn to_region() -> RelationDef {
    use crate::region::entity as region;
    entity::Entity::belongs_to(region::Entity)
        .from(entity::Column::RegionId)
        .to(region::Column::Id)
        .into()
}

impl SubscriptionFilter {
    fn condition(self, search: &str) -> Cond {
        use sea_orm::sea_query::{Func, LikeExpr};
        let mut shown = Cond::all().add(entity::Column::ArchivedAt.is_null());
        if let Some(id) = self.tenant_id {
            shown = shown.add(entity::Column::TenantId.eq(id.uuid()));
        }
        if let Some(id) = self.region_id {
            shown = shown.add(entity::Column::RegionId.eq(id.uuid()));
        }
        if let Some(id) = self.partner_id {
            shown = shown.add(of("tenant", "partner_id").eq(id.uuid()));
        }
        if let Some(id) = self.distributor_id {
            shown = shown.add(of("partner", "distributor_id").eq(id.uuid()));
        }
        if !search.is_empty() {
            let pattern = LikeExpr::new(contains(search)).escape('\\');
            let mut found = Cond::any().add(Expr::expr(Func::lower(col(entity::Column::Name))).like(pattern));
            if let Ok(id) = Uuid::parse_str(search.trim()) {
                found = found.add(entity::Column::PlatformSubscriptionId.eq(id));
            }
            shown = shown.add(found);
        }
        shown
    }
}

impl TryFrom<Row> for SubscriptionRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            tenant_name: row.tenant_name,
            partner_id: row.partner_id.into(),
            distributor_id: row.distributor_id.into(),
            region_id: row.region_id.into(),
            region_name: row.region_name,
            platform_subscription_id: row.platform_subscription_id.into(),
            name: row.name,
            description: row.description,
            directory_id: row.directory_id,
            owner: row.owner,
            state: row.state,
            auto_created: row.auto_created == 1,
            version: row.version,
            created_at: from_micros(row.created_at, "subscription", "created_at")?,
            archived_at: row
                .archived_at
                .map(|at| from_micros(at, "subscription", "archived_at"))
                .transpose()?,
        })
    }
}
