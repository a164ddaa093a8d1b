//! The key that signs access tokens: made on first need, its private half sealed (S-37, S-56).

use persistence::Tx;
use persistence::secret::SecretPlace;
use persistence::service_account::SigningKeyRow;
use zeroize::Zeroizing;

use super::token::{ALGORITHM, new_private_key, public_half};
use crate::vault::Vault;
use crate::{App, Error, secrets};

/// Characters of the id of a signing key.
const KID_LENGTH: usize = 16;

/// The key that signs now.
pub(super) struct SigningKey {
    /// Its id.
    pub kid: String,
    /// Private half in PKCS#8.
    pub private: Zeroizing<Vec<u8>>,
}

/// The key that signs now; the first caller of all servers makes it.
///
/// # Errors
/// [`Error::Internal`] when the stored key does not open or none can be made.
pub(super) async fn signing_key(app: &App, tx: &Tx) -> Result<SigningKey, Error> {
    if let Some(row) = tx.signing_keys().signing().await? {
        return opened(app, tx, row).await;
    }
    let private = new_private_key()?;
    let id = Vault::new_token().map_err(Error::internal)?;
    let row = SigningKeyRow {
        kid: id.chars().take(KID_LENGTH).collect(),
        algorithm: ALGORITHM.to_owned(),
        public_key: public_half(&private).ok_or_else(|| Error::internal("a new signing key has no public half"))?,
    };
    if !tx.signing_keys().insert_first(&row, app.clock().now()).await? {
        let first = tx.signing_keys().signing().await?;
        let first = first.ok_or_else(|| Error::internal("the signing key of a twin is not there"))?;
        return opened(app, tx, first).await;
    }
    secrets::put(app, tx, &place(&row.kid), &private, None).await?;
    Ok(SigningKey { kid: row.kid, private })
}

async fn opened(app: &App, tx: &Tx, row: SigningKeyRow) -> Result<SigningKey, Error> {
    let private = secrets::find(app, tx, &place(&row.kid)).await?;
    let private = private.ok_or_else(|| Error::internal("the signing key has no private half"))?;
    Ok(SigningKey { kid: row.kid, private })
}

fn place(kid: &str) -> SecretPlace {
    SecretPlace {
        owner_kind: "signing_key",
        owner_id: kid.to_owned(),
        name: "private_key",
    }
}
