//! Rows of `region`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub details: String,
    pub admin_endpoint: String,
    pub tenant_endpoint: Option<String>,
    pub identity_system: Option<String>,
    pub directory: Option<String>,
    pub login_endpoint: Option<String>,
    pub client_id: Option<String>,
    pub credential_kind: Option<String>,
    pub location: Option<String>,
    pub provider_subscription_id: Option<String>,
    pub private_ca_pem: Option<String>,
    pub time_zone: String,
    pub run_window_start: String,
    pub run_window_end: String,
    pub lookback_days: i64,
    pub granularity: String,
    pub state: String,
    pub enabled: i64,
    pub first_usage_on: Option<String>,
    pub last_run_at: Option<i64>,
    pub last_success_at: Option<i64>,
    pub last_error: Option<String>,
    pub version: i64,
    pub created_at: i64,
    pub archived_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
