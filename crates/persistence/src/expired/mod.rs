//! Rows that have had their time: nothing reads them any more, and their tables stay small (S-53).

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::Value;

use crate::time::to_micros;
use crate::{StoreError, Tx, sql};

/// Table, column of the instant that counts, and for how many days after it a row is kept: links and trips say for a
/// while that they have expired, budgets count days, repeated requests get their stored answer for 72 hours.
const KEPT: [(&str, &str, i64); 8] = [
    ("session", "expires_at", 1),
    ("half_session", "expires_at", 1),
    ("one_time_link", "expires_at", 30),
    ("mailed_code", "expires_at", 1),
    ("federation_state", "expires_at", 1),
    ("access_token", "expires_at", 1),
    ("rate_budget", "window_started_at", 2),
    ("idempotency_record", "created_at", 3),
];

impl Tx {
    /// Removes what has had its time at `now`; answers how many rows that were.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut removed = 0_u64;
        for (table, column, days) in KEPT {
            let text = format!("DELETE FROM {table} WHERE {column} < $1");
            let before: Value = to_micros(now - TimeDelta::days(days)).into();
            removed = removed.saturating_add(sql::execute(self, &text, vec![before]).await?);
        }
        Ok(removed)
    }
}
