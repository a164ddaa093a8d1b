//! Putting a complete reading in force: one transaction, with history (U-33).

use chrono::{DateTime, Utc};
use sea_orm::Value;

use super::Usage;
use super::batch::COLUMNS;
use crate::time::to_micros;
use crate::{StoreError, sql};

/// Keys of one statement.
const KEYS: usize = 500;
/// Columns of the history besides its own.
pub(super) const KEPT: &str = "platform_subscription_id, meter_id, usage_start_s, usage_end_s, resource_uri, sku, quantity, quantity_text, \
                               instance_data, read_at, key_hash, ordinal";

impl Usage<'_> {
    /// Applies the staged rows of a window: replaced rows go to the history, new ones are added.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn apply_staged(&self, window_id: i64, at: DateTime<Utc>) -> Result<(), StoreError> {
        let history = format!(
            "INSERT INTO usage_history (window_id, replaced_at, change, {KEPT}) \
             SELECT r.window_id, $2, 'changed', {} FROM usage_record r \
             JOIN usage_staged s ON s.window_id = r.window_id AND s.key_hash = r.key_hash AND s.ordinal = r.ordinal WHERE r.window_id = $1",
            of_record()
        );
        sql::execute(self.0, &history, vec![window_id.into(), to_micros(at).into()]).await?;
        let upsert = format!(
            "INSERT INTO usage_record ({COLUMNS}) SELECT {COLUMNS} FROM usage_staged WHERE window_id = $1 \
             ON CONFLICT (window_id, key_hash, ordinal) DO UPDATE SET quantity = excluded.quantity, quantity_text = excluded.quantity_text, \
             instance_data = excluded.instance_data, read_at = excluded.read_at"
        );
        sql::execute(self.0, &upsert, vec![window_id.into()]).await?;
        self.clear_staged(window_id).await
    }

    /// Forgets the staged rows of a window.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn clear_staged(&self, window_id: i64) -> Result<(), StoreError> {
        sql::execute(
            self.0,
            "DELETE FROM usage_staged WHERE window_id = $1",
            vec![window_id.into()],
        )
        .await?;
        Ok(())
    }

    /// Whether rows of a window are staged.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn has_staged(&self, window_id: i64) -> Result<bool, StoreError> {
        let text = "SELECT window_id FROM usage_staged WHERE window_id = $1 LIMIT 1";
        Ok(sql::one(self.0, text, vec![window_id.into()]).await?.is_some())
    }

    /// Removes the rows of keys that are gone; they go to the history.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn remove_keys(&self, window_id: i64, keys: &[[u8; 16]], at: DateTime<Utc>) -> Result<(), StoreError> {
        for part in keys.chunks(KEYS) {
            let places = (0..part.len())
                .map(|index| format!("${}", index.saturating_add(3)))
                .collect::<Vec<_>>()
                .join(", ");
            let gone = || part.iter().map(|key| Value::from(key.to_vec()));
            let history = format!(
                "INSERT INTO usage_history (window_id, replaced_at, change, {KEPT}) \
                 SELECT r.window_id, $2, 'removed', {} FROM usage_record r WHERE r.window_id = $1 AND r.key_hash IN ({places})",
                of_record()
            );
            let mut values: Vec<Value> = vec![window_id.into(), to_micros(at).into()];
            values.extend(gone());
            sql::execute(self.0, &history, values).await?;
            let places = (0..part.len())
                .map(|index| format!("${}", index.saturating_add(2)))
                .collect::<Vec<_>>()
                .join(", ");
            let delete = format!("DELETE FROM usage_record WHERE window_id = $1 AND key_hash IN ({places})");
            let mut values: Vec<Value> = vec![window_id.into()];
            values.extend(gone());
            sql::execute(self.0, &delete, values).await?;
        }
        Ok(())
    }
}

/// The kept columns of `usage_record r`.
pub(super) fn of_record() -> String {
    KEPT.split(", ")
        .map(|column| format!("r.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
}
