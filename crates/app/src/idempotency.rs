//! Requests that may be repeated.

use persistence::Tx;
use persistence::idempotency::RequestKey;
pub use persistence::idempotency::StoredAnswer;

use crate::{Actor, App, Error};

/// The stored answer of a key, if it had its effect.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn find(app: &App, key: &RequestKey) -> Result<Option<StoredAnswer>, Error> {
    let tx = app.store().read().await?;
    Ok(tx.idempotency().find(key).await?)
}

/// Stores the answer of a key whose effect is committed.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn store(app: &App, key: &RequestKey, status: u16, headers: &str, body: &[u8]) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    tx.idempotency().store(key, status, headers, body).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes the key of the actor's request in the transaction of its effect.
///
/// # Errors
/// 409 `idempotency_in_progress` when a twin was first.
pub(crate) async fn note(app: &App, tx: &Tx, actor: &Actor) -> Result<(), Error> {
    let Some(key) = &actor.idempotency else { return Ok(()) };
    if tx
        .idempotency()
        .claim(key, &actor.request_id, app.clock().now())
        .await?
    {
        Ok(())
    } else {
        Err(Error::conflict(
            "idempotency_in_progress",
            "A request with this key is in work or had its effect.",
        ))
    }
}
