//! What no billing run can do without: the rows of the month are read once, the lines of its documents are written, and
//! as many transactions commit. Nothing is summed, rated or explained.

use std::path::Path;
use std::time::{Duration, Instant};

use domain::period::Period;
use futures_util::TryStreamExt;
use rusqlite::Connection;
use serde_json::{Value, json};
use sqlx::{PgPool, Row as _};

use crate::{runtime, stored};

/// Documents of one commit, as the product groups them.
const GROUP: usize = 25;
const LINES: &str = "SELECT l.* FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE i.period = ";

/// Does it once with the rows and documents of a database.
pub fn measure(database: &str, period: &str) -> Value {
    let period = Period::parse(period).unwrap();
    let time = match stored::sqlite_file(database) {
        Some(file) => sqlite(&file, period),
        None => runtime().block_on(postgres(database, period)),
    };
    json!({ "milliseconds": time.as_millis() as u64 })
}

fn scan(period: Period) -> String {
    let (from, to) = (period.starts_at().timestamp(), period.ends_at().timestamp());
    format!(
        "SELECT platform_subscription_id, meter_id, sku, quantity FROM usage_record \
         WHERE usage_start_s >= {from} AND usage_start_s < {to}"
    )
}

fn sqlite(file: &Path, period: Period) -> Duration {
    let documents = stored::rows(
        file,
        &format!("SELECT * FROM invoice WHERE period = '{period}' ORDER BY id"),
    );
    let lines = stored::rows(file, &format!("{LINES} '{period}' ORDER BY l.invoice_id, l.position"));
    let places = |rows: &[stored::Row]| vec!["?"; rows.first().map_or(1, Vec::len)].join(", ");
    let (document, line) = (
        format!("INSERT INTO invoice VALUES ({})", places(&documents)),
        format!("INSERT INTO invoice_line VALUES ({})", places(&lines)),
    );
    let (connection, copy) = stored::beside(file, &["invoice", "invoice_line"], false);
    let reading = Connection::open(file).unwrap();
    let groups = documents.len().div_ceil(GROUP).max(1);
    let lines_at_once = lines.len().div_ceil(groups).max(1);
    let start = Instant::now();
    let mut statement = reading.prepare(&scan(period)).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut bytes = 0_usize;
    while let Some(row) = rows.next().unwrap() {
        bytes += row.get_ref(1).unwrap().as_str().unwrap().len() + row.get_ref(3).unwrap().as_str().unwrap().len();
    }
    std::hint::black_box(bytes);
    for (documents, lines) in documents.chunks(GROUP).zip(lines.chunks(lines_at_once)) {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        stored::insert(&connection, &document, documents);
        stored::insert(&connection, &line, lines);
        connection.execute_batch("COMMIT").unwrap();
    }
    let time = start.elapsed();
    drop(rows);
    drop(statement);
    drop(connection);
    std::fs::remove_file(copy).unwrap();
    time
}

async fn postgres(database: &str, period: Period) -> Duration {
    let pool = PgPool::connect(database).await.unwrap();
    let documents = stored::copied(
        &pool,
        &format!("SELECT * FROM invoice WHERE period = '{period}' ORDER BY id"),
    )
    .await;
    let lines = stored::copied(&pool, &format!("{LINES} '{period}' ORDER BY l.invoice_id, l.position")).await;
    let (documents, lines) = (split(&documents), split(&lines));
    let (document, line) = (
        stored::like(&pool, "invoice").await,
        stored::like(&pool, "invoice_line").await,
    );
    let groups = documents.len().div_ceil(GROUP).max(1);
    let lines_at_once = lines.len().div_ceil(groups).max(1);
    let start = Instant::now();
    let query = scan(period);
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch(&pool);
    let mut bytes = 0_usize;
    while let Some(row) = rows.try_next().await.unwrap() {
        bytes += row.get::<&str, _>(1).len() + row.get::<&str, _>(3).len();
    }
    std::hint::black_box(bytes);
    drop(rows);
    for (documents, lines) in documents.chunks(GROUP).zip(lines.chunks(lines_at_once)) {
        let mut transaction = pool.begin().await.unwrap();
        stored::copy(&mut transaction, &document, &documents.concat()).await;
        stored::copy(&mut transaction, &line, &lines.concat()).await;
        transaction.commit().await.unwrap();
    }
    let time = start.elapsed();
    stored::drop_table(&pool, &line).await;
    stored::drop_table(&pool, &document).await;
    time
}

/// The rows of a text of COPY.
fn split(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}
