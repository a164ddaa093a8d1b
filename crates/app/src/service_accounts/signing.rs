//! The key that signs access tokens: made on first need, its private half sealed; replaced at the console, or when the
//! configuration asks for another algorithm (S-37, S-56).

use chrono::TimeDelta;
use domain::role::Anchor;
use persistence::Tx;
use persistence::alert::Raise;
use persistence::secret::SecretPlace;
use persistence::service_account::SigningKeyRow;
use zeroize::Zeroizing;

use super::algorithm::TokenAlgorithm;
use super::token::LIFETIME_SECONDS;
use crate::audit::{self, Act};
use crate::vault::Vault;
use crate::{Actor, App, Error, ids, secrets};

/// Characters of the id of a signing key.
const KID_LENGTH: usize = 16;

/// The key that signs now.
pub(super) struct SigningKey {
    /// Its id.
    pub kid: String,
    /// What it signs with.
    pub algorithm: TokenAlgorithm,
    /// Private half in PKCS#8.
    pub private: Zeroizing<Vec<u8>>,
}

/// The key that signs now, of the algorithm of the configuration; the first caller of all servers makes it.
///
/// # Errors
/// [`Error::Internal`] when the stored key does not open or none can be made.
pub(super) async fn signing_key(app: &App, tx: &Tx) -> Result<SigningKey, Error> {
    match tx.signing_keys().signing().await? {
        Some(row) if row.algorithm == app.token_algorithm().name() => opened(app, tx, row).await,
        Some(row) => {
            retire(app, tx, &row).await?;
            made(app, tx).await
        }
        None => made(app, tx).await,
    }
}

/// Makes a new key that signs from now on; tokens of the older one work until they end. Answers its id.
///
/// # Errors
/// [`Error::Internal`] of storage, or when none can be made.
pub async fn rotate_signing_key(app: &App) -> Result<String, Error> {
    let tx = app.store().begin().await?;
    if let Some(row) = tx.signing_keys().signing().await? {
        retire(app, &tx, &row).await?;
    }
    let new = made(app, &tx).await?;
    let act = Act {
        operation: "host.rotate_signing_key".to_owned(),
        target_kind: "signing_key",
        target_id: new.kid.clone(),
        ..Act::default()
    };
    audit::record(app, &tx, &Actor::console(), act).await?;
    let raise = Raise {
        id: ids::new_id(app),
        kind: "security_event",
        severity: "information",
        subject_key: "signing_key",
        message: "The key that signs access tokens was replaced at the host's console.",
        owner: Anchor::Platform,
    };
    tx.alerts().raise(raise, app.clock().now()).await?;
    tx.commit().await?;
    Ok(new.kid)
}

/// Since when a key may have been retired whose tokens can still work: their life, and a minute for clocks that differ.
pub(super) fn retired_at_most(app: &App) -> chrono::DateTime<chrono::Utc> {
    app.clock().now() - TimeDelta::seconds(LIFETIME_SECONDS) - TimeDelta::minutes(1)
}

async fn made(app: &App, tx: &Tx) -> Result<SigningKey, Error> {
    let algorithm = app.token_algorithm();
    let private = algorithm.new_private_key()?;
    let public_key = algorithm.public_half(&private);
    let id = Vault::new_token().map_err(Error::internal)?;
    let row = SigningKeyRow {
        kid: id.chars().take(KID_LENGTH).collect(),
        algorithm: algorithm.name().to_owned(),
        public_key: public_key.ok_or_else(|| Error::internal("a new signing key has no public half"))?,
    };
    if !tx.signing_keys().insert_first(&row, app.clock().now()).await? {
        let first = tx.signing_keys().signing().await?;
        let first = first.ok_or_else(|| Error::internal("the signing key of a twin is not there"))?;
        return opened(app, tx, first).await;
    }
    secrets::put(app, tx, &place(&row.kid), &private, None).await?;
    Ok(SigningKey {
        kid: row.kid,
        algorithm,
        private,
    })
}

/// A key signs no more: its private half is destroyed.
async fn retire(app: &App, tx: &Tx, row: &SigningKeyRow) -> Result<(), Error> {
    tx.signing_keys().retire(&row.kid, app.clock().now()).await?;
    tx.secrets().destroy(&place(&row.kid)).await?;
    Ok(())
}

async fn opened(app: &App, tx: &Tx, row: SigningKeyRow) -> Result<SigningKey, Error> {
    let private = secrets::find(app, tx, &place(&row.kid)).await?;
    let algorithm = TokenAlgorithm::named(&row.algorithm);
    Ok(SigningKey {
        algorithm: algorithm.ok_or_else(|| Error::internal("the signing key has an unknown algorithm"))?,
        private: private.ok_or_else(|| Error::internal("the signing key has no private half"))?,
        kid: row.kid,
    })
}

fn place(kid: &str) -> SecretPlace {
    SecretPlace {
        owner_kind: "signing_key",
        owner_id: kid.to_owned(),
        name: "private_key",
    }
}
