//! Browsers that signed in before: each has its own count of failures, so that strangers cannot keep the owner out
//! (I-51, S-22).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::Value;

use super::Failures;
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// Browsers kept for a user; one more forgets the one unused for longest.
const PER_USER: i64 = 20;

/// A known browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its own count.
    pub failures: Failures,
}

/// Known browsers of a transaction.
#[derive(Debug)]
pub struct Devices<'tx>(&'tx Tx);

impl Tx {
    /// The known browsers.
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
    }
}

impl Devices<'_> {
    /// Notes a browser that just signed in.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn remember(&self, user_id: UserId, token_hash: Vec<u8>, at: DateTime<Utc>) -> Result<(), StoreError> {
        let forget = "DELETE FROM known_device WHERE user_id = $1 AND token_hash NOT IN \
                      (SELECT token_hash FROM known_device WHERE user_id = $1 ORDER BY last_used_at DESC LIMIT $2)";
        let values = vec![Value::from(user_id.uuid()), Value::from(PER_USER.saturating_sub(1))];
        sql::execute(self.0, forget, values).await?;
        let text = "INSERT INTO known_device (token_hash, user_id, created_at, last_used_at) VALUES ($1, $2, $3, $3)";
        let values = vec![
            Value::from(token_hash),
            Value::from(user_id.uuid()),
            Value::from(to_micros(at)),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The browser of a cookie, when this user signed in with it.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, user_id: UserId, token_hash: &[u8]) -> Result<Option<DeviceRow>, StoreError> {
        let text = "SELECT failures, lockouts, locked_until, last_failure_at FROM known_device \
                    WHERE token_hash = $1 AND user_id = $2";
        let values = vec![Value::from(token_hash.to_vec()), Value::from(user_id.uuid())];
        let row = sql::one(self.0, text, values).await?;
        row.map(|row| {
            let instant = |column: &'static str| {
                row.try_get::<Option<i64>>("", column)?
                    .map(|at| from_micros(at, "known_device", column))
                    .transpose()
            };
            let failures = Failures {
                failures: row.try_get("", "failures")?,
                lockouts: row.try_get("", "lockouts")?,
                locked_until: instant("locked_until")?,
                last_failure_at: instant("last_failure_at")?,
            };
            Ok(DeviceRow { failures })
        })
        .transpose()
    }

    /// Stores the count of a browser and that it was used.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn set_failures(
        &self,
        token_hash: &[u8],
        failures: &Failures,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = "UPDATE known_device SET failures = $1, lockouts = $2, locked_until = $3, last_failure_at = $4, \
                    last_used_at = $5 WHERE token_hash = $6";
        let values = vec![
            Value::from(failures.failures),
            Value::from(failures.lockouts),
            Value::from(failures.locked_until.map(to_micros)),
            Value::from(failures.last_failure_at.map(to_micros)),
            Value::from(to_micros(at)),
            Value::from(token_hash.to_vec()),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }
}
