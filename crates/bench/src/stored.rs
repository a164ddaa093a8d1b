//! Rows of a table as they are stored, and a table of the same shape beside it.

use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use sqlx::postgres::PgPoolCopyExt as _;
use sqlx::{Executor as _, PgPool, Postgres, Transaction};

/// A row of SQLite, whatever its columns.
pub type Row = Vec<Value>;

/// The file of an `sqlite:` address.
pub fn sqlite_file(database: &str) -> Option<PathBuf> {
    let path = database.strip_prefix("sqlite:")?.trim_start_matches("//");
    Some(PathBuf::from(path.split('?').next()?))
}

/// The rows of a query.
pub fn rows(file: &Path, query: &str) -> Vec<Row> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let read = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect::<Result<Row, _>>());
    read.unwrap().collect::<Result<_, _>>().unwrap()
}

/// A new file with tables and indexes as `file` has them, and the connection settings of the product.
pub fn beside(file: &Path, tables: &[&str], foreign_keys: bool) -> (Connection, PathBuf) {
    let copy = file.with_extension("bare");
    let _ = std::fs::remove_file(&copy);
    let connection = Connection::open(&copy).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.pragma_update(None, "synchronous", "full").unwrap();
    connection.pragma_update(None, "foreign_keys", foreign_keys).unwrap();
    connection.pragma_update(None, "cache_size", -32_768).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 16_384).unwrap();
    for table in tables {
        let query = format!(
            "SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
        );
        for row in rows(file, &query) {
            if let [Value::Text(sql)] = row.as_slice() {
                connection.execute_batch(sql).unwrap();
            }
        }
    }
    (connection, copy)
}

/// Inserts rows with one prepared statement.
pub fn insert(connection: &Connection, statement: &str, rows: &[Row]) {
    let mut prepared = connection.prepare(statement).unwrap();
    for row in rows {
        prepared.execute(params_from_iter(row)).unwrap();
    }
}

/// The rows of a query in the text form of COPY.
pub async fn copied(pool: &PgPool, query: &str) -> Vec<u8> {
    let mut parts = pool.copy_out_raw(&format!("COPY ({query}) TO STDOUT")).await.unwrap();
    let mut all = Vec::new();
    while let Some(part) = parts.try_next().await.unwrap() {
        all.extend_from_slice(&part);
    }
    all
}

/// Puts rows in the text form of COPY into a table.
pub async fn copy(transaction: &mut Transaction<'_, Postgres>, table: &str, rows: &[u8]) {
    let mut to = transaction
        .copy_in_raw(&format!("COPY {table} FROM STDIN"))
        .await
        .unwrap();
    to.send(rows).await.unwrap();
    to.finish().await.unwrap();
}

/// An empty table with columns, keys and indexes of another.
pub async fn like(pool: &PgPool, table: &str) -> String {
    let bare = format!("{table}_bare");
    let make = format!("DROP TABLE IF EXISTS {bare}; CREATE TABLE {bare} (LIKE {table} INCLUDING ALL)");
    pool.execute(sqlx::AssertSqlSafe(make)).await.unwrap();
    bare
}

/// Removes what [`like`] made.
pub async fn drop_table(pool: &PgPool, table: &str) {
    pool.execute(sqlx::AssertSqlSafe(format!("DROP TABLE {table}")))
        .await
        .unwrap();
}
