//! Links by mail: random, single use, stored as keyed hash, built from the public origin (S-24).

use chrono::TimeDelta;
use domain::ids::UserId;
use persistence::Tx;
use persistence::user::OpenLink;
use zeroize::Zeroizing;

use crate::vault::Vault;
use crate::{App, Error, Invalid};

/// Makes the link of a purpose to a page of the web app, in place of the user's older one.
pub(super) async fn new(
    app: &App,
    tx: &Tx,
    user_id: UserId,
    purpose: &str,
    life: TimeDelta,
    detail: Option<&str>,
    page: &str,
) -> Result<Zeroizing<String>, Error> {
    let token = Vault::new_token().map_err(Error::internal)?;
    let now = app.clock().now();
    let hash = app.vault().token_hash(purpose, &token);
    tx.links()
        .replace(user_id, purpose, hash, now, now + life, detail)
        .await?;
    Ok(Zeroizing::new(format!(
        "{}/{page}?token={}",
        app.public_url(),
        token.as_str()
    )))
}

/// The link of a hash that can be used now.
///
/// # Errors
/// 422 `/token` `link_invalid` or `link_expired`.
pub(super) async fn open(app: &App, tx: &Tx, purpose: &str, hash: &[u8]) -> Result<OpenLink, Error> {
    let link = tx.links().find(purpose, hash).await?.ok_or_else(link_invalid)?;
    if link.expires_at <= app.clock().now() {
        let detail = "This link has expired. Ask for a new one.";
        return Err(Invalid::one("/token", "link_expired", detail));
    }
    Ok(link)
}

pub(super) fn link_invalid() -> Error {
    Invalid::one(
        "/token",
        "link_invalid",
        "This link is not valid any more. Ask for a new one.",
    )
}
