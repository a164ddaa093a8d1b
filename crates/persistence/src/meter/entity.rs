//! Rows of `meter`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meter")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub meter_id: String,
    pub name: String,
    pub category: String,
    pub unit: String,
    pub unit_kind: String,
    pub description: String,
    pub known: i64,
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
