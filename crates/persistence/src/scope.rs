//! The branch of a scope as a condition of a query (S-02).
//!
//! Each function answers the condition for a column that holds the id of the named level; `None` means everything.

use domain::role::Anchor;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};

/// Condition on a column that holds a tenant's id.
pub(crate) fn tenants(scope: Scope, column: Expr) -> Cond {
    match scope.anchor() {
        Anchor::Platform => Cond::all(),
        Anchor::Tenant(id) => Cond::all().add(column.eq(id.uuid())),
        Anchor::Partner(id) => Cond::all().add(column.in_subquery(select("tenant", "partner_id", id.uuid()))),
        Anchor::Distributor(id) => {
            let partners = select("partner", "distributor_id", id.uuid());
            let tenants = Query::select()
                .column(Alias::new("id"))
                .from(Alias::new("tenant"))
                .and_where(Expr::col(Alias::new("partner_id")).in_subquery(partners))
                .to_owned();
            Cond::all().add(column.in_subquery(tenants))
        }
    }
}

/// Condition on a column that holds a partner's id: partners of the branch; for a tenant its own partner is not in its
/// branch.
pub(crate) fn partners(scope: Scope, column: Expr) -> Cond {
    match scope.anchor() {
        Anchor::Platform => Cond::all(),
        Anchor::Tenant(_) => nothing(),
        Anchor::Partner(id) => Cond::all().add(column.eq(id.uuid())),
        Anchor::Distributor(id) => Cond::all().add(column.in_subquery(select("partner", "distributor_id", id.uuid()))),
    }
}

/// Condition on a column that holds a distributor's id.
pub(crate) fn distributors(scope: Scope, column: Expr) -> Cond {
    match scope.anchor() {
        Anchor::Platform => Cond::all(),
        Anchor::Tenant(_) | Anchor::Partner(_) => nothing(),
        Anchor::Distributor(id) => Cond::all().add(column.eq(id.uuid())),
    }
}

/// Condition on a column that holds an anchor: a user or service account is owned by its anchor, the scope's own or one
/// below it (PM-5).
pub(crate) fn anchors(scope: Scope, column: &Expr) -> Cond {
    let anchor = || column.clone();
    match scope.anchor() {
        Anchor::Platform => Cond::all(),
        Anchor::Tenant(id) => Cond::all().add(anchor().eq(id.uuid())),
        Anchor::Partner(id) => Cond::any().add(anchor().eq(id.uuid())).add(tenants(scope, anchor())),
        Anchor::Distributor(id) => Cond::any()
            .add(anchor().eq(id.uuid()))
            .add(partners(scope, anchor()))
            .add(tenants(scope, anchor())),
    }
}

/// Condition for what the platform owns: regions, price lists, settings (PM-5).
pub(crate) fn platform(scope: Scope) -> Cond {
    if scope.is_everything() { Cond::all() } else { nothing() }
}

fn nothing() -> Cond {
    Cond::all().add(Expr::val(1).eq(0))
}

fn select(table: &str, parent: &str, id: uuid::Uuid) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(Alias::new("id"))
        .from(Alias::new(table))
        .and_where(Expr::col(Alias::new(parent)).eq(id))
        .to_owned()
}
