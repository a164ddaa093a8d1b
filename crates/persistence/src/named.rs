//! Lists of records that have a name: sorted by it or by when they were added, page by page.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::page::{SortBy, SortKind, contains};
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, Tx};

/// The columns such a list is sorted by.
#[derive(Clone, Copy)]
pub(crate) struct NamedColumns<C> {
    pub id: C,
    pub name: C,
    pub created_at: C,
}

/// What a record of such a list is sorted by.
pub(crate) struct NamedKey<'row> {
    pub id: String,
    pub name: &'row str,
    pub created_at: DateTime<Utc>,
}

/// A record of such a list.
pub(crate) trait Named {
    fn key(&self) -> NamedKey<'_>;
}

/// A page of what `shown` finds, sorted by `created_at` or else by name, with the number over all pages.
pub(crate) async fn page_of<E, Row, T>(
    tx: &Tx,
    shown: Select<E>,
    columns: NamedColumns<E::Column>,
    page: &PageRequest,
) -> Result<PageOf<T>, StoreError>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    Row: FromQueryResult + Send + Sync,
    T: TryFrom<Row, Error = StoreError> + Named,
{
    let by_name = page.sort != "created_at";
    let (column, kind) = if by_name {
        (columns.name, SortKind::Text)
    } else {
        (columns.created_at, SortKind::Integer)
    };
    let by = SortBy {
        column: Expr::col(column.as_column_ref()),
        kind,
        id: Expr::col(columns.id.as_column_ref()),
    };
    let total = shown.clone().count(tx.connection()).await?;
    let rows = shown
        .filter(by.after(page))
        .order_by(column, SortBy::order(page))
        .order_by(columns.id, SortBy::order(page))
        .limit(page.limit.saturating_add(1))
        .into_model::<Row>()
        .all(tx.connection())
        .await?;
    let rows = rows.into_iter().map(T::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
        let NamedKey { id, name, created_at } = row.key();
        let value = if by_name {
            name.to_owned()
        } else {
            to_micros(created_at).to_string()
        };
        vec![value, id]
    }))
}

/// Name contains the searched text, in any case.
pub(crate) fn name_matches(name: Expr, search: &str) -> Expr {
    Expr::expr(Func::lower(name)).like(LikeExpr::new(contains(search)).escape('\\'))
}
