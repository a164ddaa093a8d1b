//! Usage rows stored bare, into a table with the same keys.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Executor as _, PgPool};

use crate::{runtime, stored};

const COLUMNS: &str = "window_id, platform_subscription_id, meter_id, usage_start_s, usage_end_s, resource_uri, sku, quantity, \
                       quantity_text, instance_data, read_at, key_hash, ordinal";

/// Reads all usage rows into memory and stores them again.
pub fn measure(database: &str) -> Value {
    let (rows, time) = match stored::sqlite_file(database) {
        Some(file) => upsert(&file),
        None => runtime().block_on(copy(database)),
    };
    json!({ "rows": rows, "rows_per_s": (rows as f64 / time.as_secs_f64()) as u64 })
}

/// A prepared upsert in one transaction.
fn upsert(file: &Path) -> (usize, Duration) {
    let rows = stored::rows(file, &format!("SELECT {COLUMNS} FROM usage_record ORDER BY id"));
    let windows = stored::rows(file, "SELECT id FROM usage_window");
    let (connection, copy) = stored::beside(file, &["usage_record"], true);
    connection
        .execute_batch("CREATE TABLE usage_window (id INTEGER PRIMARY KEY)")
        .unwrap();
    stored::insert(&connection, "INSERT INTO usage_window VALUES (?)", &windows);
    let statement = format!(
        "INSERT INTO usage_record ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (window_id, key_hash, ordinal) \
         DO UPDATE SET quantity = excluded.quantity, quantity_text = excluded.quantity_text, instance_data = excluded.instance_data"
    );
    let start = Instant::now();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    stored::insert(&connection, &statement, &rows);
    connection.execute_batch("COMMIT").unwrap();
    let time = start.elapsed();
    drop(connection);
    std::fs::remove_file(copy).unwrap();
    (rows.len(), time)
}

/// COPY in one transaction.
async fn copy(database: &str) -> (usize, Duration) {
    let pool = PgPool::connect(database).await.unwrap();
    let rows = stored::copied(&pool, &format!("SELECT {COLUMNS} FROM usage_record ORDER BY id")).await;
    let table = stored::like(&pool, "usage_record").await;
    let key = format!("ALTER TABLE {table} ADD FOREIGN KEY (window_id) REFERENCES usage_window (id)");
    pool.execute(sqlx::AssertSqlSafe(key)).await.unwrap();
    let start = Instant::now();
    let mut transaction = pool.begin().await.unwrap();
    stored::copy(&mut transaction, &format!("{table} ({COLUMNS})"), &rows).await;
    transaction.commit().await.unwrap();
    let time = start.elapsed();
    stored::drop_table(&pool, &table).await;
    (rows.split_inclusive(|byte| *byte == b'\n').count(), time)
}
