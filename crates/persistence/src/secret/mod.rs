//! Sealed secrets (S-56): written and destroyed here, opened only above with the master key.

use chrono::{DateTime, Utc};
use sea_orm::Value;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// Where a secret belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlace {
    /// Kind of the owner, such as `region`.
    pub owner_kind: &'static str,
    /// Id of the owner.
    pub owner_id: String,
    /// Name, such as `credential`.
    pub name: &'static str,
}

/// A sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Id of the master key.
    pub key_id: String,
    /// Wrapped data key.
    pub wrapped_key: Vec<u8>,
    /// Ciphertext.
    pub ciphertext: Vec<u8>,
    /// When it was stored.
    pub set_at: DateTime<Utc>,
    /// When it expires, `YYYY-MM-DD`.
    pub expires_on: Option<String>,
}

/// Secrets of a transaction.
#[derive(Debug)]
pub struct Secrets<'tx>(&'tx Tx);

impl Tx {
    /// The secrets.
    pub fn secrets(&self) -> Secrets<'_> {
        Secrets(self)
    }
}

impl SecretPlace {
    /// The place as text: what the ciphertext is bound to.
    pub fn text(&self) -> String {
        format!("{}/{}/{}", self.owner_kind, self.owner_id, self.name)
    }

    fn values(&self) -> Vec<Value> {
        vec![self.owner_kind.into(), self.owner_id.clone().into(), self.name.into()]
    }
}

impl Secrets<'_> {
    /// Stores a secret in place of the present one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn put(&self, place: &SecretPlace, sealed: &SealedRow) -> Result<(), StoreError> {
        let text = "INSERT INTO secret (owner_kind, owner_id, name, key_id, wrapped_key, ciphertext, set_at, expires_on) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (owner_kind, owner_id, name) DO UPDATE SET \
                    key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext, \
                    set_at = excluded.set_at, expires_on = excluded.expires_on";
        let mut values = place.values();
        values.extend([
            Value::from(sealed.key_id.clone()),
            Value::from(sealed.wrapped_key.clone()),
            Value::from(sealed.ciphertext.clone()),
            Value::from(to_micros(sealed.set_at)),
            Value::from(sealed.expires_on.clone()),
        ]);
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The sealed secret of a place.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find(&self, place: &SecretPlace) -> Result<Option<SealedRow>, StoreError> {
        let text = "SELECT key_id, wrapped_key, ciphertext, set_at, expires_on FROM secret \
                    WHERE owner_kind = $1 AND owner_id = $2 AND name = $3";
        let row = sql::one(self.0, text, place.values()).await?;
        row.map(|row| {
            Ok(SealedRow {
                key_id: row.try_get("", "key_id")?,
                wrapped_key: row.try_get("", "wrapped_key")?,
                ciphertext: row.try_get("", "ciphertext")?,
                set_at: from_micros(row.try_get("", "set_at")?, "secret", "set_at")?,
                expires_on: row.try_get("", "expires_on")?,
            })
        })
        .transpose()
    }

    /// Destroys the secret of a place (S-57).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn destroy(&self, place: &SecretPlace) -> Result<(), StoreError> {
        let text = "DELETE FROM secret WHERE owner_kind = $1 AND owner_id = $2 AND name = $3";
        sql::execute(self.0, text, place.values()).await?;
        Ok(())
    }
}
