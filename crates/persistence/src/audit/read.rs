//! Reading entries in scope (I-72).

use chrono::{DateTime, Utc};
use domain::scope::Scope;
use sea_orm::sea_query::{Cond, Expr};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use super::{Audit, entity};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, scope};

/// What a list asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only acts of this user or service account.
    pub actor_id: Option<Uuid>,
    /// Only this operation.
    pub operation: Option<String>,
    /// Only targets of this kind.
    pub target_kind: Option<String>,
    /// Only this target.
    pub target_id: Option<String>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// An entry as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Number of the row.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `service_account` or `system`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// Kind of credential.
    pub credential_kind: String,
    /// What was done.
    pub operation: String,
    /// Kind of the target.
    pub target_kind: String,
    /// Id of the target.
    pub target_id: String,
    /// Owning distributor.
    pub distributor_id: Option<Uuid>,
    /// Owning partner.
    pub partner_id: Option<Uuid>,
    /// Owning tenant.
    pub tenant_id: Option<Uuid>,
    /// State before.
    pub before: Option<Value>,
    /// State after.
    pub after: Option<Value>,
    /// Reason given.
    pub reason: Option<String>,
    /// Request.
    pub request_id: Option<String>,
    /// Address of the caller.
    pub source_address: Option<String>,
    /// Whether identity was proved freshly.
    pub step_up: bool,
}

impl Audit<'_> {
    /// A page of the entries in scope, newest first. An entry belongs to the lowest entity it names (PM-5).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<PageOf<AuditRow>, StoreError> {
        let query = entity::Entity::find().filter(owned(scope)).filter(matching(filter));
        let total = query.clone().count(self.0.connection()).await?;
        let after = page.after.as_deref().map(|key| match key {
            [id] => id.parse::<i64>().unwrap_or(0),
            _ => 0,
        });
        let query = after.map_or(query.clone(), |id| query.filter(entity::Column::Id.lt(id)));
        let rows = query
            .order_by_desc(entity::Column::Id)
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(AuditRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.id.to_string()]
        }))
    }
}

/// Entries of the branch; for everything no condition, because the platform's own acts name no entity.
fn owned(scope: Scope) -> Cond {
    if scope.is_everything() {
        return Cond::all();
    }
    let column = |column: entity::Column| Expr::col((entity::Entity, column));
    let (distributor, partner, tenant) = (
        entity::Column::DistributorId,
        entity::Column::PartnerId,
        entity::Column::TenantId,
    );
    let of_tenant = Cond::all()
        .add(tenant.is_not_null())
        .add(scope::tenants(scope, column(tenant)));
    let of_partner = Cond::all()
        .add(tenant.is_null())
        .add(partner.is_not_null())
        .add(scope::partners(scope, column(partner)));
    let of_distributor = Cond::all()
        .add(tenant.is_null())
        .add(partner.is_null())
        .add(distributor.is_not_null())
        .add(scope::distributors(scope, column(distributor)));
    Cond::any().add(of_tenant).add(of_partner).add(of_distributor)
}

fn matching(filter: &AuditFilter) -> Cond {
    use entity::Column;
    Cond::all()
        .add_option(filter.actor_id.map(|id| Column::ActorId.eq(id)))
        .add_option(filter.operation.as_deref().map(|name| Column::Operation.eq(name)))
        .add_option(filter.target_kind.as_deref().map(|kind| Column::TargetKind.eq(kind)))
        .add_option(filter.target_id.as_deref().map(|id| Column::TargetId.eq(id)))
        .add_option(filter.from.map(|from| Column::At.gte(to_micros(from))))
        .add_option(filter.to.map(|to| Column::At.lt(to_micros(to))))
}

impl TryFrom<entity::Model> for AuditRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let json = |text: Option<String>, column| {
            text.map(|text| {
                serde_json::from_str(&text).map_err(|_| StoreError::Inconsistent {
                    table: "audit_entry",
                    column,
                    row: row.id.to_string(),
                })
            })
            .transpose()
        };
        Ok(Self {
            before: json(row.before_json, "before_json")?,
            after: json(row.after_json, "after_json")?,
            id: row.id,
            at: from_micros(row.at, "audit_entry", "at")?,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            credential_kind: row.credential_kind,
            operation: row.operation,
            target_kind: row.target_kind,
            target_id: row.target_id,
            distributor_id: row.distributor_id,
            partner_id: row.partner_id,
            tenant_id: row.tenant_id,
            reason: row.reason,
            request_id: row.request_id,
            source_address: row.source_address,
            step_up: row.step_up != 0,
        })
    }
}
