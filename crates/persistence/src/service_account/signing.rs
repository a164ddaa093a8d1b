//! Public halves of the keys that sign access tokens (S-37); private halves are sealed secrets.

use chrono::{DateTime, Utc};
use sea_orm::{QueryResult, Value};

use crate::time::to_micros;
use crate::{StoreError, Tx, sql};

/// A key that signs or has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Id, as tokens name it.
    pub kid: String,
    /// Its one algorithm, as tokens name it.
    pub algorithm: String,
    /// Public half.
    pub public_key: Vec<u8>,
}

/// Signing keys of a transaction.
#[derive(Debug)]
pub struct SigningKeys<'tx>(&'tx Tx);

impl Tx {
    /// The keys that sign access tokens.
    pub fn signing_keys(&self) -> SigningKeys<'_> {
        SigningKeys(self)
    }
}

impl SigningKeys<'_> {
    /// The key with an id that signs, or that signed no longer ago than at `retired_at_most`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find(&self, kid: &str, retired_at_most: DateTime<Utc>) -> Result<Option<SigningKeyRow>, StoreError> {
        let text = "SELECT kid, algorithm, public_key FROM signing_key WHERE kid = $1 \
                    AND (retired_at IS NULL OR retired_at > $2)";
        let row = sql::one(self.0, text, vec![kid.into(), to_micros(retired_at_most).into()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn signing(&self) -> Result<Option<SigningKeyRow>, StoreError> {
        let text = "SELECT kid, algorithm, public_key FROM signing_key WHERE signs = 1";
        let row = sql::one(self.0, text, vec![]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The key signs no more; what it signed can be verified a while longer.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn retire(&self, kid: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE signing_key SET signs = NULL, retired_at = $2 WHERE kid = $1 AND signs = 1";
        sql::execute(self.0, text, vec![kid.into(), to_micros(at).into()]).await?;
        Ok(())
    }

    /// Adds the key that signs from now on, unless there is one: of two servers that make one at the same moment the
    /// second waits for the first and answers false.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert_first(&self, key: &SigningKeyRow, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let text = "INSERT INTO signing_key (kid, algorithm, public_key, signs, created_at) VALUES ($1, $2, $3, 1, $4) \
                    ON CONFLICT (signs) DO NOTHING";
        let values: Vec<Value> = vec![
            key.kid.clone().into(),
            key.algorithm.clone().into(),
            key.public_key.clone().into(),
            to_micros(at).into(),
        ];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }
}

fn read(row: &QueryResult) -> Result<SigningKeyRow, StoreError> {
    Ok(SigningKeyRow {
        kid: row.try_get("", "kid")?,
        algorithm: row.try_get("", "algorithm")?,
        public_key: row.try_get("", "public_key")?,
    })
}
