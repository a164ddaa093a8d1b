//! Tenants.

use chrono::{DateTime, Utc};
use domain::ids::{DistributorId, PartnerId, TenantId};
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::entity::tenant as entity;
use super::node::{self, Node, NodeColumns};
use super::relation::administrator_count;
use super::{EntityFields, live_children, profile};
use crate::named::{Named, NamedColumns, NamedKey};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope};

/// What decides a tenant's tax and terms (B-50, B-60).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantTax {
    /// Own payment terms in days.
    pub payment_terms_days: Option<i64>,
    /// `standard`, `exempt` or `reverse_charge`.
    pub treatment: String,
    /// Own rate in percent, canonical text.
    pub rate: Option<String>,
    /// Label of the tax line.
    pub label: Option<String>,
    /// Note printed when no tax is charged.
    pub note: Option<String>,
}

/// A tenant as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantRow {
    /// Identity.
    pub id: TenantId,
    /// Distributor above.
    pub distributor_id: DistributorId,
    /// Name of the distributor.
    pub distributor_name: String,
    /// Partner above.
    pub partner_id: PartnerId,
    /// Name of the partner.
    pub partner_name: String,
    /// Name, details and currency.
    pub fields: EntityFields,
    /// Tax and terms.
    pub tax: TenantTax,
    /// Live subscriptions.
    pub subscription_count: i64,
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
    partner_id: Uuid,
    partner_name: String,
    payment_terms_days: Option<i64>,
    tax_treatment: String,
    tax_rate: Option<String>,
    tax_label: Option<String>,
    tax_note: Option<String>,
    subscription_count: i64,
    administrator_count: i64,
    version: i64,
    created_at: i64,
    archived_at: Option<i64>,
}

/// Tenants of a transaction.
#[derive(Debug)]
pub struct Tenants<'tx>(&'tx Tx);

impl Tx {
    /// The tenants.
    pub fn tenants(&self) -> Tenants<'_> {
        Tenants(self)
    }
}

/// Which tenants a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// Only those of this distributor.
    pub distributor_id: Option<DistributorId>,
    /// Only those of this partner.
    pub partner_id: Option<PartnerId>,
    /// Archived ones too (G-12).
    pub archived: bool,
}

impl Tenants<'_> {
    /// A tenant in scope, archived or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: TenantId) -> Result<Option<TenantRow>, StoreError> {
        node::find::<entity::Entity>(self.0, scope, id.uuid()).await
    }

    /// A page of tenants in scope, sorted by `name` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: TenantFilter,
        page: &PageRequest,
    ) -> Result<PageOf<TenantRow>, StoreError> {
        node::list::<entity::Entity>(self.0, scope, filter.condition(&page.search), page).await
    }

    /// Number of live tenants in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        node::count::<entity::Entity>(self.0, scope).await
    }

    /// Adds a tenant; the caller checked that the parent is in scope.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn insert(
        &self,
        id: TenantId,
        partner_id: PartnerId,
        fields: &EntityFields,
        tax: &TenantTax,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id.uuid()),
            partner_id: Set(partner_id.uuid()),
            name: Set(fields.name.clone()),
            profile: Set(fields.profile.to_string()),
            currency: Set(fields.currency.clone()),
            payment_terms_days: Set(tax.payment_terms_days),
            tax_treatment: Set(tax.treatment.clone()),
            tax_rate: Set(tax.rate.clone()),
            tax_label: Set(tax.label.clone()),
            tax_note: Set(tax.note.clone()),
            version: Set(1),
            created_at: Set(to_micros(at)),
            archived_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces name, details, currency and tax data of a tenant whose version is still `expected`; false when it is not,
    /// or when it is archived.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the parent.
    pub async fn update(
        &self,
        scope: Scope,
        id: TenantId,
        expected: i64,
        fields: &EntityFields,
        tax: &TenantTax,
    ) -> Result<bool, StoreError> {
        let own = vec![
            (entity::Column::PaymentTermsDays, Expr::val(tax.payment_terms_days)),
            (entity::Column::TaxTreatment, Expr::val(tax.treatment.clone())),
            (entity::Column::TaxRate, Expr::val(tax.rate.clone())),
            (entity::Column::TaxLabel, Expr::val(tax.label.clone())),
            (entity::Column::TaxNote, Expr::val(tax.note.clone())),
        ];
        node::update::<entity::Entity>(self.0, scope, (id.uuid(), expected), fields, own).await
    }

    /// Archives a tenant (PM-16, G-12).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is not a live one in scope.
    pub async fn archive(&self, scope: Scope, id: TenantId, at: DateTime<Utc>) -> Result<(), StoreError> {
        node::archive::<entity::Entity>(self.0, scope, id.uuid(), at).await
    }
}

impl Node for entity::Entity {
    type Row = Row;
    type Shown = TenantRow;
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
        scope::tenants(of, Expr::col((Self, entity::Column::Id)))
    }

    fn select(of: Scope) -> sea_orm::Select<Self> {
        entity::Entity::find()
            .join(sea_orm::JoinType::InnerJoin, to_partner())
            .join(sea_orm::JoinType::InnerJoin, to_distributor())
            .expr_as(Expr::col((Alias::new("partner"), Alias::new("name"))), "partner_name")
            .expr_as(
                Expr::col((Alias::new("partner"), Alias::new("distributor_id"))),
                "distributor_id",
            )
            .expr_as(
                Expr::col((Alias::new("distributor"), Alias::new("name"))),
                "distributor_name",
            )
            .expr_as(
                live_children("subscription", "tenant_id", "tenant"),
                "subscription_count",
            )
            .expr_as(
                administrator_count("tenant", domain::role::Role::TenantAdministrator),
                "administrator_count",
            )
            .filter(Self::in_scope(of))
    }
}

impl Named for TenantRow {
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

/// Each tenant has its partner.
fn to_partner() -> sea_orm::RelationDef {
    entity::Entity::belongs_to(super::entity::partner::Entity)
        .from(entity::Column::PartnerId)
        .to(super::entity::partner::Column::Id)
        .into()
}

impl TenantFilter {
    fn condition(self, search: &str) -> Cond {
        let mut shown = node::shown::<entity::Entity>(self.archived, search);
        if let Some(id) = self.partner_id {
            shown = shown.add(entity::Column::PartnerId.eq(id.uuid()));
        }
        if let Some(id) = self.distributor_id {
            shown = shown.add(Expr::col((Alias::new("partner"), Alias::new("distributor_id"))).eq(id.uuid()));
        }
        shown
    }
}

impl TryFrom<Row> for TenantRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            distributor_id: row.distributor_id.into(),
            distributor_name: row.distributor_name,
            partner_id: row.partner_id.into(),
            partner_name: row.partner_name,
            fields: EntityFields {
                name: row.name,
                profile: profile(&row.profile, "tenant", &row.id)?,
                currency: row.currency,
            },
            tax: TenantTax {
                payment_terms_days: row.payment_terms_days,
                treatment: row.tax_treatment,
                rate: row.tax_rate,
                label: row.tax_label,
                note: row.tax_note,
            },
            subscription_count: row.subscription_count,
            administrator_count: row.administrator_count,
            version: row.version,
            created_at: from_micros(row.created_at, "tenant", "created_at")?,
            archived_at: row
                .archived_at
                .map(|at| from_micros(at, "tenant", "archived_at"))
                .transpose()?,
        })
    }
}
