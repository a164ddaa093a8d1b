//! Signing in at an identity provider, and linking an identity (I-40 to I-46, S-33, S-34).
//!
//! A trip begins here and ends in [`back`]. It is bound to the browser by a cookie: nonce and PKCE verifier are keyed
//! hashes of the cookie's value and `state`, so the database holds nothing that could finish a trip.

mod back;
mod oidc;

pub use back::{Came, Landing, Params, back};
pub(crate) use oidc::{Refused, discover};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DurationRound, TimeDelta};
use domain::ids::{IdentityId, IdentityProviderId, UserId};
use domain::scope::Scope;
use persistence::Tx;
use persistence::identity_provider::{FederationTrip, ProviderRow};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Source, activation, links};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::identity_providers::redirect_uri;
use crate::mail::{self, Letter, Notice};
use crate::vault::Vault;
use crate::{Actor, App, Error, Invalid};

/// A trip lasts this long (S-33).
const MINUTES: i64 = 10;
/// Trips one source begins in a minute.
const PER_MINUTE: i64 = 20;

/// How a trip begins.
#[derive(Clone, Default)]
pub struct Start {
    /// The provider.
    pub provider_id: Uuid,
    /// `sign_in`, `activation` or `step_up`.
    pub purpose: String,
    /// Token of the invitation link.
    pub token: Option<String>,
    /// Path of the app to go to afterwards.
    pub return_to: Option<String>,
}

impl std::fmt::Debug for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Start")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// A trip that began.
#[derive(Debug)]
pub struct Started {
    /// Address at the provider.
    pub location: String,
    /// Value of the browser's cookie.
    pub cookie: Zeroizing<String>,
}

/// Somebody signed in: the actor and the value of the session's cookie.
pub type SignedIn<'a> = (&'a Actor, &'a str);

/// Begins a sign-in, an activation or a fresh proof at a provider.
///
/// # Errors
/// 422 `/identity_provider_id` `unknown_reference`, `/purpose`, `/token`; [`Error::NotSignedIn`] for a proof without a
/// session; 409 `provider_failed`; [`Error::TooMany`].
pub async fn start(
    app: &App,
    start: &Start,
    signed_in: Option<SignedIn<'_>>,
    source: &Source,
) -> Result<Started, Error> {
    count(app, source).await?;
    let tx = app.store().read().await?;
    let provider = enabled(&tx, start.provider_id).await?;
    let mut trip = new_trip(app, &provider, &start.purpose);
    trip.return_to = safe_path(start.return_to.as_deref());
    match start.purpose.as_str() {
        "sign_in" => {}
        "activation" => {
            let token = start.token.as_deref().unwrap_or_default();
            let hash = app.vault().token_hash(activation::PURPOSE, token);
            links::open(app, &tx, activation::PURPOSE, &hash).await?;
            trip.link_hash = Some(hash);
        }
        "step_up" => of_session(app, &tx, &mut trip, signed_in.ok_or(Error::NotSignedIn)?).await?,
        _ => {
            let detail = "Choose sign_in, activation or step_up.";
            return Err(Invalid::one("/purpose", "choice_invalid", detail));
        }
    }
    drop(tx);
    begin(app, &provider, trip).await
}

/// Begins linking an identity to the own account (I-43).
///
/// # Errors
/// 422 `/identity_provider_id` `unknown_reference`, [`Error::StepUpRequired`], 409 `provider_failed`.
pub async fn link(app: &App, provider_id: Uuid, signed_in: SignedIn<'_>, source: &Source) -> Result<Started, Error> {
    let tx = app.store().read().await?;
    crate::authorize::permitted(signed_in.0, "profile.link_identity")?;
    authorize(app, &tx, signed_in.0, "profile.link_identity").await?;
    let provider = enabled(&tx, provider_id).await?;
    let mut trip = new_trip(app, &provider, "link");
    of_session(app, &tx, &mut trip, signed_in).await?;
    drop(tx);
    count(app, source).await?;
    begin(app, &provider, trip).await
}

/// Unlinks an own identity.
///
/// # Errors
/// [`Error::NotFound`] for an identity of somebody else or none; 409 `last_identity` for the last one of somebody who has
/// no other way to sign in (I-46).
pub async fn unlink(app: &App, actor: &Actor, id: IdentityId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    crate::authorize::permitted(actor, "profile.unlink_identity")?;
    let user_id = actor.user_id.ok_or(Error::NotPermitted)?;
    tx.users().hold(user_id).await?;
    let own = tx.identities().of_user(user_id).await?;
    let identity = own.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
    authorize(app, &tx, actor, "profile.unlink_identity").await?;
    let oneself = Scope::system("the own account of a session");
    let user = tx.users().find(oneself, user_id).await?.ok_or(Error::NotSignedIn)?;
    if own.len() == 1 && (user.federated_only || !user.has_password) {
        let detail = "This is your only way to sign in. Set a password or link another identity first.";
        return Err(Error::conflict("last_identity", detail));
    }
    tx.identities().delete(user_id, id).await?;
    let entry = Act {
        operation: "profile.unlink_identity".to_owned(),
        target_kind: "user",
        target_id: user_id.to_string(),
        before: Some(json!({ "issuer": identity.issuer })),
        ..Act::default()
    };
    audit::record(app, &tx, actor, entry).await?;
    mail::queue(app, &tx, &user, Letter::Notice(Notice::IdentityUnlinked)).await?;
    tx.commit().await?;
    Ok(())
}

async fn enabled(tx: &Tx, id: Uuid) -> Result<ProviderRow, Error> {
    let found = tx
        .identity_providers()
        .find_enabled(IdentityProviderId::new(id))
        .await?;
    found.ok_or_else(|| Invalid::unknown_reference("/identity_provider_id"))
}

fn new_trip(app: &App, provider: &ProviderRow, purpose: &str) -> FederationTrip {
    FederationTrip {
        state_hash: Vec::new(),
        browser_hash: Vec::new(),
        provider_id: provider.id,
        purpose: purpose.to_owned(),
        user_id: None,
        session_id: None,
        link_hash: None,
        return_to: "/".to_owned(),
        expires_at: app.clock().now() + TimeDelta::minutes(MINUTES),
    }
}

/// Binds a trip to a session: the way back is cross-site, so the session's own cookie does not come with it.
async fn of_session(app: &App, tx: &Tx, trip: &mut FederationTrip, (actor, token): SignedIn<'_>) -> Result<(), Error> {
    let user_id = actor.user_id.ok_or(Error::NotSignedIn)?;
    let hash = app.vault().token_hash("session", token);
    let open = tx.sessions().of_user(user_id, app.clock().now()).await?;
    let session = open.into_iter().find(|row| row.token_hash == hash);
    trip.user_id = Some(user_id);
    trip.session_id = Some(session.ok_or(Error::NotSignedIn)?.id);
    Ok(())
}

async fn begin(app: &App, provider: &ProviderRow, mut trip: FederationTrip) -> Result<Started, Error> {
    let found = oidc::discover(app.outbound(), &provider.fields)
        .await
        .map_err(|refused| {
            tracing::warn!(provider = %provider.id, %refused, "an identity provider was not usable");
            Error::conflict(
                "provider_failed",
                "The identity provider does not answer as it should. Try again later.",
            )
        })?;
    let state = Vault::new_token().map_err(Error::internal)?;
    let cookie = Vault::new_token().map_err(Error::internal)?;
    let bound = Bound::new(app, &cookie, &state);
    trip.state_hash = app.vault().token_hash("federation_state", &state);
    trip.browser_hash = app.vault().token_hash("federation_browser", &cookie);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(bound.verifier.as_bytes()));
    let scopes = ["openid"]
        .into_iter()
        .chain(provider.fields.scopes.iter().map(String::as_str));
    let scopes = scopes.collect::<Vec<_>>().join(" ");
    let mut location = found.authorization_endpoint;
    location
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("response_mode", "query")
        .append_pair("client_id", &provider.fields.client_id)
        .append_pair("redirect_uri", &redirect_uri(app))
        .append_pair("scope", &scopes)
        .append_pair("state", &state)
        .append_pair("nonce", &bound.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if trip.purpose == "step_up" {
        location.query_pairs_mut().append_pair("max_age", "0");
    }
    let tx = app.store().begin().await?;
    tx.federation_states().insert(&trip, app.clock().now()).await?;
    tx.commit().await?;
    Ok(Started {
        location: location.to_string(),
        cookie,
    })
}

/// What only the browser with the cookie can bring together with `state`.
struct Bound {
    nonce: String,
    verifier: String,
}

impl Bound {
    fn new(app: &App, cookie: &str, state: &str) -> Self {
        let both = format!("{cookie}.{state}");
        let keyed = |purpose| URL_SAFE_NO_PAD.encode(app.vault().keyed(purpose, both.as_bytes()));
        Self {
            nonce: keyed("federation_nonce"),
            verifier: keyed("federation_verifier"),
        }
    }
}

async fn count(app: &App, source: &Source) -> Result<(), Error> {
    let Some(address) = &source.address else {
        return Ok(());
    };
    let now = app.clock().now();
    let window = now.duration_trunc(TimeDelta::minutes(1)).map_err(Error::internal)?;
    let tx = app.store().begin().await?;
    let used = tx.budgets().count("federation", address, window).await?;
    tx.commit().await?;
    if used > PER_MINUTE {
        let left = (window + TimeDelta::minutes(1) - now).num_seconds();
        return Err(Error::TooMany {
            retry_after_s: u64::try_from(left).unwrap_or(60).max(1),
        });
    }
    Ok(())
}

/// A path of our own app; anything else becomes its start page.
fn safe_path(entered: Option<&str>) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_.~?=&%".contains(letter);
    let path = entered.unwrap_or("/");
    let own = path.starts_with('/') && !path.starts_with("//") && path.len() <= 500 && path.chars().all(plain);
    if own { path.to_owned() } else { "/".to_owned() }
}

/// Who a trip is for, for the record.
fn act(operation: &str, user: Option<UserId>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "user",
        target_id: user.map(|user| user.to_string()).unwrap_or_default(),
        ..Act::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_app_are_returned_to() {
        assert_eq!(safe_path(Some("/invoices?period=2026-11")), "/invoices?period=2026-11");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\"b"] {
            assert_eq!(safe_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
