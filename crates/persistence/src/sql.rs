//! Statements written out, for what the query builder cannot say or would say slower. Parameters are `$1`, `$2`, … on
//! both databases; values never enter the text.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{Backend, StoreError, Tx};

/// The present microsecond of the database's clock, inside a statement.
pub(crate) const fn now_micros(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
        Backend::Sqlite => "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
    }
}

/// Executes a statement and answers how many rows it changed.
pub(crate) async fn execute(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    Ok(tx
        .connection()
        .execute_raw(statement(tx, sql, values))
        .await?
        .rows_affected())
}

/// The first row of a query.
pub(crate) async fn one(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError> {
    Ok(tx.connection().query_one_raw(statement(tx, sql, values)).await?)
}

/// All rows of a query.
pub(crate) async fn all(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
    Ok(tx.connection().query_all_raw(statement(tx, sql, values)).await?)
}

/// A count that the database answers as BIGINT.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn statement(tx: &Tx, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values)
}
