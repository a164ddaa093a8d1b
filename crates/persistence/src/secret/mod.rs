//! Sealed secrets (S-56): written and destroyed here, opened only above with the master key.

use chrono::{DateTime, Utc};
use sea_orm::{QueryResult, Value};

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

/// A secret wherever it belongs, to seal it anew under another master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    owner_kind: String,
    owner_id: String,
    name: String,
    /// As it is sealed now.
    pub sealed: SealedRow,
}

impl StoredSecret {
    /// The place as text.
    pub fn place(&self) -> String {
        format!("{}/{}/{}", self.owner_kind, self.owner_id, self.name)
    }
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
        self.insert(
            place,
            sealed,
            "DO UPDATE SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, \
             ciphertext = excluded.ciphertext, set_at = excluded.set_at, expires_on = excluded.expires_on",
        )
        .await
    }

    /// Stores a secret unless its place has one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn put_first(&self, place: &SecretPlace, sealed: &SealedRow) -> Result<(), StoreError> {
        self.insert(place, sealed, "DO NOTHING").await
    }

    /// The sealed secret of a place.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find(&self, place: &SecretPlace) -> Result<Option<SealedRow>, StoreError> {
        let text = "SELECT key_id, wrapped_key, ciphertext, set_at, expires_on FROM secret \
                    WHERE owner_kind = $1 AND owner_id = $2 AND name = $3";
        let row = sql::one(self.0, text, place.values()).await?;
        row.as_ref().map(sealed).transpose()
    }

    /// The ids of the master keys that secrets are sealed under.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn key_ids(&self) -> Result<Vec<String>, StoreError> {
        let rows = sql::all(self.0, "SELECT DISTINCT key_id FROM secret ORDER BY key_id", vec![]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "key_id")?)).collect()
    }

    /// At most `most` secrets that are sealed under another master key than this one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn under_other_keys(&self, key_id: &str, most: u32) -> Result<Vec<StoredSecret>, StoreError> {
        let text = "SELECT owner_kind, owner_id, name, key_id, wrapped_key, ciphertext, set_at, expires_on FROM secret \
                    WHERE key_id <> $1 ORDER BY owner_kind, owner_id, name LIMIT $2";
        let rows = sql::all(self.0, text, vec![key_id.into(), i64::from(most).into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(StoredSecret {
                    owner_kind: row.try_get("", "owner_kind")?,
                    owner_id: row.try_get("", "owner_id")?,
                    name: row.try_get("", "name")?,
                    sealed: sealed(row)?,
                })
            })
            .collect()
    }

    /// Seals a secret anew, unless somebody stored another one in its place meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn seal_anew(&self, secret: &StoredSecret, new: &SealedRow) -> Result<(), StoreError> {
        let text = "UPDATE secret SET key_id = $1, wrapped_key = $2, ciphertext = $3 WHERE owner_kind = $4 \
                    AND owner_id = $5 AND name = $6 AND ciphertext = $7";
        let values = vec![
            new.key_id.clone().into(),
            new.wrapped_key.clone().into(),
            new.ciphertext.clone().into(),
            secret.owner_kind.clone().into(),
            secret.owner_id.clone().into(),
            secret.name.clone().into(),
            secret.sealed.ciphertext.clone().into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
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

    async fn insert(&self, place: &SecretPlace, sealed: &SealedRow, otherwise: &str) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO secret (owner_kind, owner_id, name, key_id, wrapped_key, ciphertext, set_at, expires_on) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (owner_kind, owner_id, name) {otherwise}"
        );
        let mut values = place.values();
        values.extend([
            Value::from(sealed.key_id.clone()),
            Value::from(sealed.wrapped_key.clone()),
            Value::from(sealed.ciphertext.clone()),
            Value::from(to_micros(sealed.set_at)),
            Value::from(sealed.expires_on.clone()),
        ]);
        sql::execute(self.0, &text, values).await?;
        Ok(())
    }
}

fn sealed(row: &QueryResult) -> Result<SealedRow, StoreError> {
    Ok(SealedRow {
        key_id: row.try_get("", "key_id")?,
        wrapped_key: row.try_get("", "wrapped_key")?,
        ciphertext: row.try_get("", "ciphertext")?,
        set_at: from_micros(row.try_get("", "set_at")?, "secret", "set_at")?,
        expires_on: row.try_get("", "expires_on")?,
    })
}
