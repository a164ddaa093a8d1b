//! Half-signed-in states: the password was right, the second factor is missing (I-31, S-27).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::Value;
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// A half-way state to open.
#[derive(Clone, Debug)]
pub struct NewHalfSession {
    /// Keyed hash of the cookie's value.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub user_id: UserId,
    /// `code` or `enrolment`.
    pub step: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// Its end.
    pub expires_at: DateTime<Utc>,
    /// Where from.
    pub source_address: Option<String>,
    /// Browser.
    pub user_agent: Option<String>,
}

/// A half-way state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfSessionRow {
    /// Whose.
    pub user_id: UserId,
    /// `code` or `enrolment`.
    pub step: String,
    /// Tries so far, this one included where it was counted.
    pub tries: i64,
    /// Its end.
    pub expires_at: DateTime<Utc>,
}

/// Half-way states of a transaction.
#[derive(Debug)]
pub struct HalfSessions<'tx>(&'tx Tx);

impl Tx {
    /// The half-way states.
    pub fn half_sessions(&self) -> HalfSessions<'_> {
        HalfSessions(self)
    }
}

impl HalfSessions<'_> {
    /// Opens a half-way state and drops the user's expired ones.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(&self, new: NewHalfSession) -> Result<(), StoreError> {
        let drop_old = "DELETE FROM half_session WHERE user_id = $1 AND expires_at <= $2";
        let values = vec![Value::from(new.user_id.uuid()), Value::from(to_micros(new.at))];
        sql::execute(self.0, drop_old, values).await?;
        let text = "INSERT INTO half_session (token_hash, user_id, step, tries, created_at, expires_at, source_address, \
                    user_agent) VALUES ($1, $2, $3, 0, $4, $5, $6, $7)";
        let values = vec![
            Value::from(new.token_hash),
            Value::from(new.user_id.uuid()),
            Value::from(new.step),
            Value::from(to_micros(new.at)),
            Value::from(to_micros(new.expires_at)),
            Value::from(new.source_address),
            Value::from(new.user_agent),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The state of a cookie.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, token_hash: &[u8]) -> Result<Option<HalfSessionRow>, StoreError> {
        let text = "SELECT user_id, step, tries, expires_at FROM half_session WHERE token_hash = $1";
        self.row(text, token_hash).await
    }

    /// Counts a try before it is evaluated and answers the state with it.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn count_try(&self, token_hash: &[u8]) -> Result<Option<HalfSessionRow>, StoreError> {
        let text = "UPDATE half_session SET tries = tries + 1 WHERE token_hash = $1 \
                    RETURNING user_id, step, tries, expires_at";
        self.row(text, token_hash).await
    }

    /// Ends a state.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete(&self, token_hash: &[u8]) -> Result<(), StoreError> {
        let text = "DELETE FROM half_session WHERE token_hash = $1";
        sql::execute(self.0, text, vec![Value::from(token_hash.to_vec())]).await?;
        Ok(())
    }

    async fn row(&self, text: &str, token_hash: &[u8]) -> Result<Option<HalfSessionRow>, StoreError> {
        let row = sql::one(self.0, text, vec![Value::from(token_hash.to_vec())]).await?;
        row.map(|row| {
            Ok(HalfSessionRow {
                user_id: row.try_get::<Uuid>("", "user_id")?.into(),
                step: row.try_get("", "step")?,
                tries: row.try_get("", "tries")?,
                expires_at: from_micros(row.try_get("", "expires_at")?, "half_session", "expires_at")?,
            })
        })
        .transpose()
    }
}
