//! Keys of service accounts: an id that is no secret and a keyed hash (S-36).

use chrono::{DateTime, Utc};
use domain::ids::ServiceAccountId;
use domain::scope::Scope;
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::ServiceAccountRow;
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// A key as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Id; part of the key.
    pub key_id: String,
    /// Last day it works, `YYYY-MM-DD` (UTC).
    pub expires_on: String,
    /// When it was exchanged last.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Address that exchanged it last.
    pub last_used_from: Option<String>,
}

/// A key to add.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Id; part of the key.
    pub key_id: String,
    /// Whose.
    pub service_account_id: ServiceAccountId,
    /// Keyed hash of the whole key.
    pub key_hash: Vec<u8>,
    /// Last day it works, `YYYY-MM-DD`.
    pub expires_on: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A key with the account it belongs to, for the exchange.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    /// The account as it is now.
    pub account: ServiceAccountRow,
    /// Whether the account's anchor exists and is not archived.
    pub anchor_live: bool,
    /// Keyed hash of the whole key.
    pub key_hash: Vec<u8>,
    /// Last day it works, `YYYY-MM-DD`.
    pub expires_on: String,
    /// Whether the key was revoked.
    pub revoked: bool,
}

/// Keys of service accounts of a transaction.
#[derive(Debug)]
pub struct ApiKeys<'tx>(pub(super) &'tx Tx);

impl Tx {
    /// The keys of service accounts.
    pub fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys(self)
    }
}

impl ApiKeys<'_> {
    /// The keys of an account that work on `today`, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn live_of(&self, id: ServiceAccountId, today: &str) -> Result<Vec<ApiKeyRow>, StoreError> {
        let text = "SELECT key_id, expires_on, last_used_at, last_used_from FROM api_key \
                    WHERE service_account_id = $1 AND revoked_at IS NULL AND expires_on >= $2 \
                    ORDER BY created_at DESC, key_id DESC";
        let rows = sql::all(self.0, text, vec![id.uuid().into(), today.into()]).await?;
        rows.iter().map(read).collect()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the id is taken.
    pub async fn insert(&self, new: NewApiKey) -> Result<(), StoreError> {
        let text = "INSERT INTO api_key (key_id, service_account_id, key_hash, created_at, expires_on) VALUES ($1, $2, $3, $4, $5)";
        let values: Vec<Value> = vec![
            new.key_id.into(),
            new.service_account_id.uuid().into(),
            new.key_hash.into(),
            to_micros(new.at).into(),
            new.expires_on.into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The key with an id and its account, for the exchange; what may be done with it is decided above.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn find(&self, key_id: &str) -> Result<Option<KeyHolder>, StoreError> {
        let text = "SELECT service_account_id, key_hash, expires_on, revoked_at FROM api_key WHERE key_id = $1";
        let Some(row) = sql::one(self.0, text, vec![key_id.into()]).await? else {
            return Ok(None);
        };
        let id: Uuid = row.try_get("", "service_account_id")?;
        let everywhere = Scope::system("a key is looked up before anybody is known");
        let account = self.0.service_accounts().find(everywhere, id.into()).await?;
        let Some(account) = account else { return Ok(None) };
        Ok(Some(KeyHolder {
            anchor_live: self.0.service_accounts().anchor_live(account.anchor.id()).await?,
            account,
            key_hash: row.try_get("", "key_hash")?,
            expires_on: row.try_get("", "expires_on")?,
            revoked: row.try_get::<Option<i64>>("", "revoked_at")?.is_some(),
        }))
    }

    /// Notes an exchange of a key.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn note_use(&self, key_id: &str, at: DateTime<Utc>, from: Option<&str>) -> Result<(), StoreError> {
        let text = "UPDATE api_key SET last_used_at = $2, last_used_from = $3 WHERE key_id = $1";
        let values = vec![key_id.into(), to_micros(at).into(), from.map(str::to_owned).into()];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Revokes one key of an account with its access tokens; false when the account has no such key that is not revoked.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn revoke(&self, id: ServiceAccountId, key_id: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let text =
            "UPDATE api_key SET revoked_at = $3 WHERE service_account_id = $1 AND key_id = $2 AND revoked_at IS NULL";
        let values = vec![id.uuid().into(), key_id.into(), to_micros(at).into()];
        let revoked = sql::execute(self.0, text, values).await? == 1;
        if revoked {
            let text = "DELETE FROM access_token WHERE key_id = $1";
            sql::execute(self.0, text, vec![key_id.into()]).await?;
        }
        Ok(revoked)
    }
}

fn read(row: &QueryResult) -> Result<ApiKeyRow, StoreError> {
    let used: Option<i64> = row.try_get("", "last_used_at")?;
    Ok(ApiKeyRow {
        key_id: row.try_get("", "key_id")?,
        expires_on: row.try_get("", "expires_on")?,
        last_used_at: used
            .map(|micros| from_micros(micros, "api_key", "last_used_at"))
            .transpose()?,
        last_used_from: row.try_get("", "last_used_from")?,
    })
}
