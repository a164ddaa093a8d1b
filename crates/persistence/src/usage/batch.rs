//! Writing many rows at once.

use std::fmt::Write as _;

use sea_orm::Value;
use uuid::Uuid;

use super::Usage;
use crate::{Backend, StoreError, sql};

/// Columns of a row, in the order of the statements below.
pub(super) const COLUMNS: &str = "window_id, platform_subscription_id, meter_id, usage_start_s, usage_end_s, resource_uri, sku, quantity, \
                                  quantity_text, instance_data, read_at, key_hash, ordinal";
/// Columns that differ from row to row.
const VARYING: usize = 11;
/// Rows of one statement on SQLite.
const SQLITE_ROWS: usize = 200;
/// Rows of one statement on PostgreSQL.
const POSTGRES_ROWS: usize = 1_000;

/// Where rows are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `usage_record`: the first reading of a window, not in force until it is complete.
    Record,
    /// `usage_staged`: new and changed rows of a window that is read again.
    Staged,
}

/// A row to write; quantities as canonical text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUsageRow {
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: Uuid,
    /// Meter (P-1).
    pub meter_id: String,
    /// Start of use, seconds since 1970 UTC.
    pub usage_start_s: i64,
    /// End of use, seconds since 1970 UTC.
    pub usage_end_s: i64,
    /// Resource, normalised (U-31).
    pub resource_uri: String,
    /// SKU (P-4).
    pub sku: String,
    /// Quantity, canonical text (U-38).
    pub quantity: String,
    /// Quantity as received.
    pub quantity_text: String,
    /// `instanceData` as received.
    pub instance_data: String,
    /// Natural key (U-31).
    pub key_hash: [u8; 16],
    /// Ordinal among rows of the key (U-32).
    pub ordinal: i64,
}

impl Target {
    const fn table(self) -> &'static str {
        match self {
            Self::Record => "usage_record",
            Self::Staged => "usage_staged",
        }
    }
}

impl Usage<'_> {
    /// Writes rows of a window.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a row with the same key and ordinal is there; [`StoreError`] of the database.
    pub async fn insert_rows(
        &self,
        window_id: i64,
        target: Target,
        read_at: i64,
        rows: Vec<NewUsageRow>,
    ) -> Result<(), StoreError> {
        let (size, backend) = match self.0.backend() {
            Backend::Postgres => (POSTGRES_ROWS, Backend::Postgres),
            Backend::Sqlite => (SQLITE_ROWS, Backend::Sqlite),
        };
        let mut rows = rows.into_iter();
        loop {
            let part: Vec<NewUsageRow> = rows.by_ref().take(size).collect();
            if part.is_empty() {
                return Ok(());
            }
            match backend {
                Backend::Postgres => self.insert_arrays(window_id, target, read_at, &part).await?,
                Backend::Sqlite => self.insert_values(window_id, target, read_at, part).await?,
            }
        }
    }

    async fn insert_values(
        &self,
        window_id: i64,
        target: Target,
        read_at: i64,
        rows: Vec<NewUsageRow>,
    ) -> Result<(), StoreError> {
        let text = values_sql(target, window_id, read_at, rows.len());
        let mut values = Vec::with_capacity(rows.len().saturating_mul(VARYING));
        for row in rows {
            values.extend([
                Value::from(row.platform_subscription_id),
                Value::from(row.meter_id),
                Value::from(row.usage_start_s),
                Value::from(row.usage_end_s),
                Value::from(row.resource_uri),
                Value::from(row.sku),
                Value::from(row.quantity),
                Value::from(row.quantity_text),
                Value::from(row.instance_data),
                Value::from(row.key_hash.to_vec()),
                Value::from(row.ordinal),
            ]);
        }
        sql::execute(self.0, &text, values).await?;
        Ok(())
    }

    async fn insert_arrays(
        &self,
        window_id: i64,
        target: Target,
        read_at: i64,
        rows: &[NewUsageRow],
    ) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO {} ({COLUMNS}) SELECT $1, p, m, s, e, u, k, q, t, i, $2, h, o FROM unnest(\
             CAST($3::text AS uuid[]), CAST($4::text AS text[]), CAST($5::text AS bigint[]), CAST($6::text AS bigint[]), \
             CAST($7::text AS text[]), CAST($8::text AS text[]), CAST($9::text AS text[]), CAST($10::text AS text[]), \
             CAST($11::text AS text[]), CAST($12::text AS bytea[]), CAST($13::text AS bigint[])) AS rows(p, m, s, e, u, k, q, t, i, h, o)",
            target.table()
        );
        let values: Vec<Value> = vec![
            window_id.into(),
            read_at.into(),
            array(rows, |to, row| {
                push(to, format_args!("{}", row.platform_subscription_id.hyphenated()));
            }),
            array(rows, |to, row| quoted(to, &row.meter_id)),
            array(rows, |to, row| push(to, format_args!("{}", row.usage_start_s))),
            array(rows, |to, row| push(to, format_args!("{}", row.usage_end_s))),
            array(rows, |to, row| quoted(to, &row.resource_uri)),
            array(rows, |to, row| quoted(to, &row.sku)),
            array(rows, |to, row| quoted(to, &row.quantity)),
            array(rows, |to, row| quoted(to, &row.quantity_text)),
            array(rows, |to, row| quoted(to, &row.instance_data)),
            array(rows, |to, row| {
                push(to, format_args!("\"\\\\x{}\"", hex::encode(row.key_hash)));
            }),
            array(rows, |to, row| push(to, format_args!("{}", row.ordinal))),
        ];
        sql::execute(self.0, &text, values).await?;
        Ok(())
    }
}

/// `INSERT … VALUES (…), (…)` for so many rows; window and reading time are numbers of our own and stand in the text,
/// the rest are parameters.
fn values_sql(target: Target, window_id: i64, read_at: i64, rows: usize) -> String {
    let one = format!("({window_id}, ?, ?, ?, ?, ?, ?, ?, ?, ?, {read_at}, ?, ?)");
    let all = vec![one.as_str(); rows].join(", ");
    format!("INSERT INTO {} ({COLUMNS}) VALUES {all}", target.table())
}

/// A column of a batch as the text of a PostgreSQL array.
fn array(rows: &[NewUsageRow], mut element: impl FnMut(&mut String, &NewUsageRow)) -> Value {
    let mut text = String::with_capacity(rows.len().saturating_mul(24));
    text.push('{');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        element(&mut text, row);
    }
    text.push('}');
    Value::from(text)
}

fn push(to: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = to.write_fmt(what);
}

/// An element in quotes, with quotes and backslashes escaped.
fn quoted(to: &mut String, text: &str) {
    to.push('"');
    let mut rest = text;
    while let Some((before, after)) = rest.find(['"', '\\']).and_then(|at| rest.split_at_checked(at)) {
        to.push_str(before);
        to.push('\\');
        let mut characters = after.chars();
        to.extend(characters.next());
        rest = characters.as_str();
    }
    to.push_str(rest);
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_elements_keep_quotes_and_backslashes() {
        let mut text = String::new();
        quoted(&mut text, r#"a"b\c"#);
        assert_eq!(text, r#""a\"b\\c""#);
        let mut plain = String::new();
        quoted(&mut plain, "größe {,} NULL");
        assert_eq!(plain, "\"größe {,} NULL\"");
    }

    #[test]
    fn one_statement_takes_all_rows_of_a_part() {
        assert_eq!(values_sql(Target::Staged, 7, 9, 2).matches('?').count(), 2 * VARYING);
    }
}
