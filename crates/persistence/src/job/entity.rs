//! Rows of `job` and `job_log`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub title: String,
    pub payload: String,
    pub payload_version: i64,
    pub business_key: Option<String>,
    pub lock_key: Option<String>,
    pub join_key: Option<String>,
    pub state: String,
    pub reason: Option<String>,
    pub message: Option<String>,
    pub run_after: i64,
    pub attempt: i64,
    pub owner: Option<String>,
    pub lease_until: Option<i64>,
    pub fence: i64,
    pub deadline_at: Option<i64>,
    pub cancel_requested: i64,
    pub requested_by: Option<Uuid>,
    pub tenant_id: Option<Uuid>,
    pub region_id: Option<Uuid>,
    pub retry_of: Option<Uuid>,
    pub progress_done: i64,
    pub progress_total: Option<i64>,
    pub progress_unit: String,
    pub resume_point: Option<String>,
    pub result: Option<String>,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
