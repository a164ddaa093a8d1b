//! Reading back what a window holds, row by row without an object each.

use domain::decimal::Quantity;
use futures_util::TryStreamExt;
use sea_orm::{QueryResult, Statement, StreamTrait};
use sqlx::Row as _;

use super::Usage;
use crate::StoreError;

/// A stored row as a reading compares it; the texts live as long as the driver's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredRow<'a> {
    /// Natural key.
    pub key_hash: [u8; 16],
    /// Ordinal.
    pub ordinal: i64,
    /// Quantity.
    pub quantity: Quantity,
    /// `instanceData` as received.
    pub instance_data: &'a str,
}

impl Usage<'_> {
    /// Hands every stored row of a window to `each`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn stored_rows(
        &self,
        window_id: i64,
        mut each: impl FnMut(StoredRow<'_>) + Send,
    ) -> Result<(), StoreError> {
        let text = "SELECT key_hash, ordinal, quantity, instance_data FROM usage_record WHERE window_id = $1";
        let connection = self.0.connection();
        let statement = Statement::from_sql_and_values(
            sea_orm::ConnectionTrait::get_database_backend(connection),
            text,
            [window_id.into()],
        );
        let mut rows = connection.stream_raw(statement).await?;
        while let Some(row) = rows.try_next().await? {
            visit(&row, &mut each)?;
        }
        Ok(())
    }
}

fn visit(row: &QueryResult, each: &mut impl FnMut(StoredRow<'_>)) -> Result<(), StoreError> {
    let (key, ordinal, quantity, instance_data): (&[u8], i64, &str, &str) = if let Some(row) = row.try_as_sqlite_row() {
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)
    } else if let Some(row) = row.try_as_pg_row() {
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)
    } else {
        return Err(StoreError::WrongRowCount {
            expected: 1,
            changed: 0,
        });
    };
    each(StoredRow {
        key_hash: key_hash(key)?,
        ordinal,
        quantity: quantity_of(quantity)?,
        instance_data,
    });
    Ok(())
}

pub(super) fn key_hash(bytes: &[u8]) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Inconsistent {
        table: "usage_record",
        column: "key_hash",
        row: hex::encode(bytes),
    })
}

pub(super) fn quantity_of(text: &str) -> Result<Quantity, StoreError> {
    Quantity::parse(text).map_err(|_| StoreError::Inconsistent {
        table: "usage_record",
        column: "quantity",
        row: text.to_owned(),
    })
}
