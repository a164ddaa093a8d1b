//! Rows of `audit_entry`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub credential_kind: String,
    pub operation: String,
    pub target_kind: String,
    pub target_id: String,
    pub distributor_id: Option<Uuid>,
    pub partner_id: Option<Uuid>,
    pub tenant_id: Option<Uuid>,
    pub before_json: Option<String>,
    pub after_json: Option<String>,
    pub reason: Option<String>,
    pub request_id: Option<String>,
    pub source_address: Option<String>,
    pub step_up: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
