//! Rows of `subscription`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub region_id: Uuid,
    pub platform_subscription_id: Uuid,
    pub name: String,
    pub description: String,
    pub directory_id: String,
    pub owner: String,
    pub offer_id: Option<String>,
    pub state: String,
    pub auto_created: i64,
    pub version: i64,
    pub created_at: i64,
    pub archived_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
