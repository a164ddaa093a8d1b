//! The actor behind an access token: key, account and anchor as they are now (I-66, S-31, S-37).

use super::algorithm::TokenAlgorithm;
use super::signing::retired_at_most;
use super::token;
use super::{networks, today};
use crate::{Actor, App, CredentialKind, Error};

/// The actor of an access token. A service account has no password, second factor or session, so nothing of it is ever
/// freshly proved (PM-19).
///
/// # Errors
/// [`Error::NotSignedIn`] for every token that is not ours, has ended, or whose key, account or anchor has.
pub async fn actor(app: &App, token: &str, request_id: String, source: Option<String>) -> Result<Actor, Error> {
    let (kid, _) = token::key_of(token).map_err(|_| Error::NotSignedIn)?;
    let tx = app.store().read().await?;
    let key = tx.signing_keys().find(&kid, retired_at_most(app)).await?;
    let key = key.ok_or(Error::NotSignedIn)?;
    let algorithm = TokenAlgorithm::named(&key.algorithm).ok_or(Error::NotSignedIn)?;
    let (origin, now) = (app.public_url(), app.clock().now());
    let claims = token::check(token, algorithm, &key.public_key, origin, now).map_err(|_| Error::NotSignedIn)?;
    let holder = tx.access_tokens().find(claims.jti).await?.ok_or(Error::NotSignedIn)?;
    let account = holder.account;
    let live = !holder.key_revoked
        && account.revoked_at.is_none()
        && holder.anchor_live
        && holder.expires_on >= today(app)
        && account.id.to_string() == claims.sub
        && networks::admit(&account.source_networks, source.as_deref());
    if !live {
        return Err(Error::NotSignedIn);
    }
    Ok(Actor {
        user_id: None,
        service_account_id: Some(account.id),
        role: account.role,
        anchor: account.anchor,
        credential: CredentialKind::AccessToken,
        proven_at: None,
        request_id,
        source_address: source,
        idempotency: None,
    })
}
