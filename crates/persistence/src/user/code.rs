//! Codes by mail (S-24) and recovery codes (I-33, S-26), stored as keyed hashes.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::Value;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// Codes by mail of a transaction.
#[derive(Debug)]
pub struct MailedCodes<'tx>(&'tx Tx);

/// Recovery codes of a transaction.
#[derive(Debug)]
pub struct RecoveryCodes<'tx>(&'tx Tx);

/// A code that was sent, with the present try counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedCodeRow {
    /// Keyed hash of the code.
    pub code_hash: Vec<u8>,
    /// Tries, this one included.
    pub tries: i64,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

impl Tx {
    /// The codes by mail.
    pub fn mailed_codes(&self) -> MailedCodes<'_> {
        MailedCodes(self)
    }

    /// The recovery codes.
    pub fn recovery_codes(&self) -> RecoveryCodes<'_> {
        RecoveryCodes(self)
    }
}

impl MailedCodes<'_> {
    /// Replaces the user's code of a purpose.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn replace(
        &self,
        user_id: UserId,
        purpose: &str,
        code_hash: Vec<u8>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO mailed_code (user_id, purpose, code_hash, tries, expires_at) VALUES ($1, $2, $3, 0, $4) \
                    ON CONFLICT (user_id, purpose) DO UPDATE SET code_hash = excluded.code_hash, tries = 0, \
                    expires_at = excluded.expires_at";
        let values = vec![
            Value::from(user_id.uuid()),
            Value::from(purpose),
            Value::from(code_hash),
            Value::from(to_micros(expires_at)),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Counts a try and answers the code it is compared with.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn count_try(&self, user_id: UserId, purpose: &str) -> Result<Option<MailedCodeRow>, StoreError> {
        let text = "UPDATE mailed_code SET tries = tries + 1 WHERE user_id = $1 AND purpose = $2 \
                    RETURNING code_hash, tries, expires_at";
        let row = sql::one(self.0, text, vec![Value::from(user_id.uuid()), Value::from(purpose)]).await?;
        row.map(|row| {
            Ok(MailedCodeRow {
                code_hash: row.try_get("", "code_hash")?,
                tries: row.try_get("", "tries")?,
                expires_at: from_micros(row.try_get("", "expires_at")?, "mailed_code", "expires_at")?,
            })
        })
        .transpose()
    }

    /// Uses a code up; false when somebody else just did.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn use_up(&self, user_id: UserId, purpose: &str) -> Result<bool, StoreError> {
        let text = "DELETE FROM mailed_code WHERE user_id = $1 AND purpose = $2";
        let used = sql::execute(self.0, text, vec![Value::from(user_id.uuid()), Value::from(purpose)]).await?;
        Ok(used == 1)
    }
}

impl RecoveryCodes<'_> {
    /// Replaces all codes of a user (I-34).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn replace(&self, user_id: UserId, hashes: &[Vec<u8>], at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "DELETE FROM recovery_code WHERE user_id = $1";
        sql::execute(self.0, text, vec![Value::from(user_id.uuid())]).await?;
        for hash in hashes {
            let text = "INSERT INTO recovery_code (code_hash, user_id, created_at) VALUES ($1, $2, $3)";
            let values = vec![
                Value::from(hash.clone()),
                Value::from(user_id.uuid()),
                Value::from(to_micros(at)),
            ];
            sql::execute(self.0, text, values).await?;
        }
        Ok(())
    }

    /// Uses a code up; false when it is not the user's or was used (S-26).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn use_up(&self, user_id: UserId, hash: &[u8], at: DateTime<Utc>) -> Result<bool, StoreError> {
        let text = "UPDATE recovery_code SET used_at = $1 WHERE code_hash = $2 AND user_id = $3 AND used_at IS NULL";
        let values = vec![
            Value::from(to_micros(at)),
            Value::from(hash.to_vec()),
            Value::from(user_id.uuid()),
        ];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }

    /// How many codes of a user still work.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn left(&self, user_id: UserId) -> Result<u32, StoreError> {
        let text = "SELECT count(*) AS unused FROM recovery_code WHERE user_id = $1 AND used_at IS NULL";
        let row = sql::one(self.0, text, vec![Value::from(user_id.uuid())]).await?;
        let left: i64 = row.map_or(Ok(0), |row| row.try_get("", "unused"))?;
        Ok(u32::try_from(left).unwrap_or(0))
    }
}
