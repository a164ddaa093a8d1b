//! Access tokens by their `jti`: the key, the account and the anchor behind one, as they are now (S-37).

use chrono::{DateTime, Utc};
use domain::scope::Scope;
use sea_orm::Value;
use uuid::Uuid;

use super::{ServiceAccountRow, ServiceAccounts};
use crate::time::to_micros;
use crate::{StoreError, Tx, sql};

/// Who stands behind an access token.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    /// The account as it is now.
    pub account: ServiceAccountRow,
    /// Whether the account's anchor exists and is not archived.
    pub anchor_live: bool,
    /// Last day of the key, `YYYY-MM-DD`.
    pub expires_on: String,
    /// Whether the key was revoked.
    pub key_revoked: bool,
}

/// Access tokens of a transaction.
#[derive(Debug)]
pub struct AccessTokens<'tx>(&'tx Tx);

impl Tx {
    /// The access tokens.
    pub fn access_tokens(&self) -> AccessTokens<'_> {
        AccessTokens(self)
    }
}

impl AccessTokens<'_> {
    /// Notes a token of a key; tokens of the key that ended are dropped.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(
        &self,
        jti: Uuid,
        key_id: &str,
        at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // A minute later than they end, because clocks may differ by less.
        let over = to_micros(at).saturating_sub(60_000_000);
        let text = "DELETE FROM access_token WHERE key_id = $1 AND expires_at < $2";
        sql::execute(self.0, text, vec![key_id.into(), over.into()]).await?;
        let text = "INSERT INTO access_token (jti, key_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
        let values: Vec<Value> = vec![
            jti.into(),
            key_id.into(),
            to_micros(at).into(),
            to_micros(expires_at).into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The key and the account behind a token.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn find(&self, jti: Uuid) -> Result<Option<TokenHolder>, StoreError> {
        let text = "SELECT k.service_account_id, k.expires_on, k.revoked_at FROM access_token t \
                    JOIN api_key k ON k.key_id = t.key_id WHERE t.jti = $1";
        let Some(row) = sql::one(self.0, text, vec![jti.into()]).await? else {
            return Ok(None);
        };
        let id: Uuid = row.try_get("", "service_account_id")?;
        let everywhere = Scope::system("a token is looked up before anybody is known");
        let account = self.0.service_accounts().find(everywhere, id.into()).await?;
        let Some(account) = account else { return Ok(None) };
        Ok(Some(TokenHolder {
            anchor_live: self.0.service_accounts().anchor_live(account.anchor.id()).await?,
            account,
            expires_on: row.try_get("", "expires_on")?,
            key_revoked: row.try_get::<Option<i64>>("", "revoked_at")?.is_some(),
        }))
    }
}

impl ServiceAccounts<'_> {
    /// Whether an anchor exists and is not archived; the platform always is.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub(super) async fn anchor_live(&self, anchor: Option<Uuid>) -> Result<bool, StoreError> {
        let Some(anchor) = anchor else { return Ok(true) };
        let text = "SELECT id FROM distributor WHERE id = $1 AND archived_at IS NULL \
                    UNION ALL SELECT id FROM partner WHERE id = $1 AND archived_at IS NULL \
                    UNION ALL SELECT id FROM tenant WHERE id = $1 AND archived_at IS NULL";
        Ok(sql::one(self.0, text, vec![anchor.into()]).await?.is_some())
    }
}
