//! Opening an installation with its master keys (S-56, ST-31).

use chrono::{DateTime, Utc};
use persistence::secret::{SealedRow, SecretPlace};
use persistence::{Store, StoreError};
use zeroize::Zeroizing;

use super::{HashKey, KEY_BYTES, MasterKeys, Sealed, Vault, VaultError, random};

/// Why an installation was not opened. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// A key is missing that secrets were sealed under.
    #[error("the file has no key {0}, under which secrets of this installation are sealed")]
    KeyMissing(String),
    /// The key has the right id and is another one.
    #[error("the key {0} is not the one under which the secrets of this installation are sealed")]
    KeyWrong(String),
    /// No key can be made or used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings the schema up to date and opens the key of token hashes; the first start makes it. The keys are tried on what is
/// stored before anything is written.
///
/// # Errors
/// [`UnlockError`].
pub async fn unlock(store: &Store, keys: MasterKeys, now: DateTime<Utc>) -> Result<Vault, UnlockError> {
    if store.is_set_up().await? {
        let look = store.look();
        for id in look.secrets().key_ids().await? {
            if !keys.has(&id) {
                return Err(UnlockError::KeyMissing(id));
            }
        }
        if let Some(stored) = look.secrets().find(&place()).await? {
            let hash_key = open(&keys, stored)?;
            store.migrate().await?;
            return Ok(Vault { keys, hash_key });
        }
    }
    store.migrate().await?;
    let tx = store.begin().await?;
    let new = keys.seal(&place().text(), random::<KEY_BYTES>()?.as_slice())?;
    tx.secrets().put_first(&place(), &row(new, now)).await?;
    // Two servers may start at once; the first one's key is everybody's.
    let stored = tx.secrets().find(&place()).await?;
    let hash_key = open(&keys, stored.ok_or(VaultError::DoesNotOpen)?)?;
    tx.commit().await?;
    Ok(Vault { keys, hash_key })
}

fn open(keys: &MasterKeys, stored: SealedRow) -> Result<HashKey, UnlockError> {
    let id = stored.key_id.clone();
    let sealed = Sealed {
        key_id: stored.key_id,
        wrapped_key: stored.wrapped_key,
        ciphertext: stored.ciphertext,
    };
    let opened = keys.open(&place().text(), &sealed);
    let opened = opened.map_err(|_| UnlockError::KeyWrong(id.clone()))?;
    let key: [u8; KEY_BYTES] = opened.as_slice().try_into().map_err(|_| UnlockError::KeyWrong(id))?;
    Ok(HashKey(Zeroizing::new(key)))
}

fn row(sealed: Sealed, now: DateTime<Utc>) -> SealedRow {
    SealedRow {
        key_id: sealed.key_id,
        wrapped_key: sealed.wrapped_key,
        ciphertext: sealed.ciphertext,
        set_at: now,
        expires_on: None,
    }
}

fn place() -> SecretPlace {
    SecretPlace {
        owner_kind: "installation",
        owner_id: String::new(),
        name: "hash_key",
    }
}
