//! Secrets in their places (S-56): sealed where they are stored, opened where one call needs them.

use outbound::Secret;
use persistence::Tx;
use persistence::secret::{SealedRow, SecretPlace};
use zeroize::Zeroizing;

use crate::vault::Sealed;
use crate::{App, Error};

/// Seals a secret and stores it in place of the present one.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub(crate) async fn put(
    app: &App,
    tx: &Tx,
    place: &SecretPlace,
    secret: &[u8],
    expires_on: Option<String>,
) -> Result<(), Error> {
    let sealed = app.vault().seal(&place.text(), secret).map_err(Error::internal)?;
    let row = SealedRow {
        key_id: sealed.key_id,
        wrapped_key: sealed.wrapped_key,
        ciphertext: sealed.ciphertext,
        set_at: app.clock().now(),
        expires_on,
    };
    Ok(tx.secrets().put(place, &row).await?)
}

/// The opened secret of a place; none when none is stored.
///
/// # Errors
/// [`Error::Internal`] of storage, or when it does not open.
pub(crate) async fn find(app: &App, tx: &Tx, place: &SecretPlace) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(row) = tx.secrets().find(place).await? else {
        return Ok(None);
    };
    let sealed = Sealed {
        key_id: row.key_id,
        wrapped_key: row.wrapped_key,
        ciphertext: row.ciphertext,
    };
    app.vault()
        .open(&place.text(), &sealed)
        .map(Some)
        .map_err(Error::internal)
}

/// As [`find`], for a secret that is text.
///
/// # Errors
/// As [`find`], or when it is no text.
pub(crate) async fn find_text(app: &App, tx: &Tx, place: &SecretPlace) -> Result<Option<Secret<String>>, Error> {
    let opened = find(app, tx, place).await?;
    let text = opened.map(|bytes| String::from_utf8(bytes.to_vec()).map_err(Error::internal));
    Ok(text.transpose()?.map(Secret::new))
}
