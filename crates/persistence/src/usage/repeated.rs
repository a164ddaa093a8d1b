//! Keys with more than one quantity: their rows get ordinals in ascending order of quantity (U-32).
//!
//! While pages arrive, further quantities of a key are written with provisional ordinals; this brings them into order
//! when the window is complete. Such keys are rare, so each is handled by itself.

use chrono::{DateTime, Utc};
use domain::decimal::Quantity;
use sea_orm::Value;

use super::Usage;
use super::apply::{KEPT, of_record};
use super::batch::COLUMNS;
use super::stored::quantity_of;
use crate::time::to_micros;
use crate::{StoreError, sql};

/// A row of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Ordinal as written.
    pub ordinal: i64,
    /// Quantity.
    pub quantity: Quantity,
}

impl Usage<'_> {
    /// Rows of a key that are stored (`staged` false) or staged, by ordinal.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn rows_of_key(&self, window_id: i64, key: [u8; 16], staged: bool) -> Result<Vec<KeyRow>, StoreError> {
        let table = if staged { "usage_staged" } else { "usage_record" };
        let text =
            format!("SELECT ordinal, quantity FROM {table} WHERE window_id = $1 AND key_hash = $2 ORDER BY ordinal");
        let rows = sql::all(self.0, &text, vec![window_id.into(), key.to_vec().into()]).await?;
        rows.iter()
            .map(|row| {
                let quantity: String = row.try_get("", "quantity")?;
                Ok(KeyRow {
                    ordinal: row.try_get("", "ordinal")?,
                    quantity: quantity_of(&quantity)?,
                })
            })
            .collect()
    }

    /// Gives the stored rows of a key new ordinals: `orders` pairs the present one with the new one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn renumber(&self, window_id: i64, key: [u8; 16], orders: &[(i64, i64)]) -> Result<(), StoreError> {
        if orders.iter().all(|(present, new)| present == new) {
            return Ok(());
        }
        // Negative in between, so that no two rows ever have the same ordinal.
        let aside = "UPDATE usage_record SET ordinal = $4 WHERE window_id = $1 AND key_hash = $2 AND ordinal = $3";
        for (present, new) in orders {
            let values: Vec<Value> = vec![
                window_id.into(),
                key.to_vec().into(),
                (*present).into(),
                new.saturating_neg().into(),
            ];
            sql::execute(self.0, aside, values).await?;
        }
        let back = "UPDATE usage_record SET ordinal = -ordinal WHERE window_id = $1 AND key_hash = $2 AND ordinal < 0";
        sql::execute(self.0, back, vec![window_id.into(), key.to_vec().into()]).await?;
        Ok(())
    }

    /// Copies one stored row to the history, and deletes it when `removed`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn retire_row(
        &self,
        window_id: i64,
        key: [u8; 16],
        ordinal: i64,
        removed: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = if removed { "removed" } else { "changed" };
        let history = format!(
            "INSERT INTO usage_history (window_id, replaced_at, change, {KEPT}) SELECT r.window_id, $4, $5, {} FROM usage_record r \
             WHERE r.window_id = $1 AND r.key_hash = $2 AND r.ordinal = $3",
            of_record()
        );
        let row: Vec<Value> = vec![window_id.into(), key.to_vec().into(), ordinal.into()];
        let mut values = row.clone();
        values.extend([Value::from(to_micros(at)), Value::from(change)]);
        sql::execute(self.0, &history, values).await?;
        let delete = "DELETE FROM usage_record WHERE window_id = $1 AND key_hash = $2 AND ordinal = $3";
        sql::execute(self.0, delete, row).await?;
        Ok(())
    }

    /// Moves one staged row to the stored ones under a new ordinal.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn take_staged(
        &self,
        window_id: i64,
        key: [u8; 16],
        staged: i64,
        ordinal: i64,
    ) -> Result<(), StoreError> {
        let columns = COLUMNS.replace("ordinal", "CAST($4 AS BIGINT)");
        let row: Vec<Value> = vec![window_id.into(), key.to_vec().into(), staged.into()];
        let mut values = row.clone();
        values.push(ordinal.into());
        let insert = format!(
            "INSERT INTO usage_record ({COLUMNS}) SELECT {columns} FROM usage_staged WHERE window_id = $1 AND key_hash = $2 AND ordinal = $3"
        );
        sql::execute(self.0, &insert, values).await?;
        let delete = "DELETE FROM usage_staged WHERE window_id = $1 AND key_hash = $2 AND ordinal = $3";
        sql::execute(self.0, delete, row).await?;
        Ok(())
    }
}
