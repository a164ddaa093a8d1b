//! Distributors, partners and tenants: the tree (PM-5, PM-30).

mod distributor;
pub(crate) mod entity;
mod node;
mod partner;
mod relation;
mod tenant;

pub use distributor::{DistributorFilter, DistributorRow, Distributors};
pub use partner::{PartnerFilter, PartnerRow, Partners};
pub use relation::{AdministratorRow, PlannedMove, Relations, administrator_role};
pub use tenant::{TenantFilter, TenantRow, TenantTax, Tenants};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use serde_json::Value;

use crate::StoreError;

/// What every entity has.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityFields {
    /// Name, unique below the parent.
    pub name: String,
    /// Details as JSON: the wire form of `Profile`.
    pub profile: Value,
    /// ISO 4217 code.
    pub currency: String,
}

/// The stored JSON of a profile.
fn profile(text: &str, table: &'static str, row: &impl ToString) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        table,
        column: "profile",
        row: row.to_string(),
    })
}

/// `SELECT count(*) FROM table WHERE parent = outer.id AND archived_at IS NULL`.
fn live_children(table: &str, parent: &str, outer: &str) -> SelectStatement {
    Query::select()
        .expr(Func::count(Expr::col(Alias::new("id"))))
        .from(Alias::new(table))
        .and_where(Expr::col((Alias::new(table), Alias::new(parent))).equals((Alias::new(outer), Alias::new("id"))))
        .and_where(Expr::col((Alias::new(table), Alias::new("archived_at"))).is_null())
        .to_owned()
}
