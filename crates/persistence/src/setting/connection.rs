//! What the last test of a connection found (ST-9).

use chrono::{DateTime, Utc};

use super::Settings;
use crate::time::to_micros;
use crate::{StoreError, sql};

impl Settings<'_> {
    /// Whether the last test of `mail` or `storage` succeeded; none when there was none since the connection changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn last_test(&self, kind: &str) -> Result<Option<bool>, StoreError> {
        let text = "SELECT succeeded FROM connection_test WHERE kind = $1";
        let row = sql::one(self.0, text, vec![kind.into()]).await?;
        row.map(|row| Ok(row.try_get::<i64>("", "succeeded")? != 0)).transpose()
    }

    /// Notes the outcome of a test.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn note_test(&self, kind: &str, succeeded: bool, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO connection_test (kind, succeeded, tested_at) VALUES ($1, $2, $3) \
                    ON CONFLICT (kind) DO UPDATE SET succeeded = excluded.succeeded, tested_at = excluded.tested_at";
        let values = vec![kind.into(), i64::from(succeeded).into(), to_micros(at).into()];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Forgets the outcome, because the connection changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn forget_test(&self, kind: &str) -> Result<(), StoreError> {
        sql::execute(self.0, "DELETE FROM connection_test WHERE kind = $1", vec![kind.into()]).await?;
        Ok(())
    }
}
