//! What the three tables of the tree have in common: one row is found, edited and archived the same way.

use chrono::{DateTime, Utc};
use domain::scope::Scope;
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use super::EntityFields;
use crate::named::{self, Named, NamedColumns};
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, Tx};

/// The columns that each of them has.
pub(super) struct NodeColumns<C> {
    pub named: NamedColumns<C>,
    pub profile: C,
    pub currency: C,
    pub version: C,
    pub archived_at: C,
}

/// One of the tables.
pub(super) trait Node: EntityTrait<Model: Send + Sync> {
    /// A row with the names above it and the counts below.
    type Row: FromQueryResult + Send + Sync;
    /// The same with its types.
    type Shown: TryFrom<Self::Row, Error = StoreError> + Named;
    /// Its columns.
    const COLUMNS: NodeColumns<Self::Column>;

    /// What is in scope.
    fn in_scope(of: Scope) -> Cond;

    /// Rows in scope.
    fn select(of: Scope) -> Select<Self>;
}

/// One in scope, archived or not.
pub(super) async fn find<E: Node>(tx: &Tx, scope: Scope, id: Uuid) -> Result<Option<E::Shown>, StoreError> {
    let row = E::select(scope)
        .filter(E::COLUMNS.named.id.eq(id))
        .into_model::<E::Row>()
        .one(tx.connection())
        .await?;
    row.map(E::Shown::try_from).transpose()
}

/// A page of those in scope that `shown` lets through.
pub(super) async fn list<E: Node>(
    tx: &Tx,
    scope: Scope,
    shown: Cond,
    page: &PageRequest,
) -> Result<PageOf<E::Shown>, StoreError> {
    named::page_of::<E, E::Row, E::Shown>(tx, E::select(scope).filter(shown), E::COLUMNS.named, page).await
}

/// Live ones whose name contains the searched text; archived ones too when asked (G-12).
pub(super) fn shown<E: Node>(archived: bool, search: &str) -> Cond {
    let mut shown = Cond::all();
    if !archived {
        shown = shown.add(E::COLUMNS.archived_at.is_null());
    }
    if !search.is_empty() {
        let name = Expr::col(E::COLUMNS.named.name.as_column_ref());
        shown = shown.add(named::name_matches(name, search));
    }
    shown
}

/// Number of live ones in scope.
pub(super) async fn count<E: Node>(tx: &Tx, scope: Scope) -> Result<u64, StoreError> {
    let live = E::select(scope).filter(E::COLUMNS.archived_at.is_null());
    Ok(live.count(tx.connection()).await?)
}

/// Replaces name, details, currency and `own` columns of a live one whose version is still `expected`; false when it is
/// not.
pub(super) async fn update<E: Node>(
    tx: &Tx,
    scope: Scope,
    (id, expected): (Uuid, i64),
    fields: &EntityFields,
    own: Vec<(E::Column, Expr)>,
) -> Result<bool, StoreError> {
    let columns = E::COLUMNS;
    let mut update = E::update_many()
        .col_expr(columns.named.name, Expr::val(fields.name.clone()))
        .col_expr(columns.profile, Expr::val(fields.profile.to_string()))
        .col_expr(columns.currency, Expr::val(fields.currency.clone()))
        .col_expr(columns.version, Expr::col(columns.version).add(1));
    for (column, value) in own {
        update = update.col_expr(column, value);
    }
    let changed = update
        .filter(E::in_scope(scope))
        .filter(columns.named.id.eq(id))
        .filter(columns.version.eq(expected))
        .filter(columns.archived_at.is_null())
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Archives a live one in scope (PM-16, G-12).
pub(super) async fn archive<E: Node>(tx: &Tx, scope: Scope, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    let columns = E::COLUMNS;
    let changed = E::update_many()
        .col_expr(columns.archived_at, Expr::val(to_micros(at)))
        .col_expr(columns.version, Expr::col(columns.version).add(1))
        .filter(E::in_scope(scope))
        .filter(columns.named.id.eq(id))
        .filter(columns.archived_at.is_null())
        .exec(tx.connection())
        .await?;
    match changed.rows_affected {
        1 => Ok(()),
        changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
    }
}
