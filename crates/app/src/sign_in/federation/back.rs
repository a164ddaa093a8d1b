//! The way back from a provider (S-33): the trip is taken once, by the browser that began it.

use domain::scope::Scope;
use persistence::identity_provider::{FederationTrip, ProviderRow};
use persistence::user::UserRow;
use persistence::{StoreError, Tx};
use serde_json::json;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::oidc::{self, Answer, Claims};
use super::{Bound, act};
use crate::identity_providers::{redirect_uri, secret};
use crate::mail::{self, Letter, Notice};
use crate::sign_in::{Admitted, Source, activation, admit, links, nobody};
use crate::vault::Vault;
use crate::{Actor, App, Error, audit, ids};

/// What the provider put into the address.
#[derive(Clone, Default)]
pub struct Params {
    /// Code to exchange.
    pub code: Option<String>,
    /// What we sent along.
    pub state: Option<String>,
    /// Issuer, where the provider names it.
    pub iss: Option<String>,
}

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

/// What the browser comes back with.
#[derive(Debug)]
pub enum Came {
    /// Signed in, or half-way.
    Admitted(Admitted),
    /// The session goes on under a new value after a fresh proof.
    Renewed(Zeroizing<String>),
    /// Nothing changed for the browser.
    Nothing,
}

/// Where the browser goes next.
#[derive(Debug)]
pub struct Landing {
    /// What it comes back with.
    pub came: Came,
    /// Path of the app.
    pub path: String,
}

/// Why nobody was let in; each shows the same way for every cause of its kind.
enum Stop {
    Refused,
    Taken,
    Error(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Ends a trip. Refusals are landings too: an unknown identity, an account that may not act and a link that does not
/// work look alike (I-43).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn back(app: &App, params: &Params, cookie: Option<&str>, source: &Source) -> Result<Landing, Error> {
    let state = params.state.as_deref().unwrap_or_default();
    let tx = app.store().begin().await?;
    let hash = app.vault().token_hash("federation_state", state);
    let trip = tx.federation_states().take(&hash).await?;
    tx.commit().await?;
    let (Some(trip), Some(cookie)) = (trip, cookie) else {
        return Ok(landing("sign_in", "expired"));
    };
    let browser = app.vault().token_hash("federation_browser", cookie);
    let same_browser = bool::from(browser.ct_eq(&trip.browser_hash));
    if !same_browser || trip.expires_at <= app.clock().now() {
        return Ok(landing("sign_in", "expired"));
    }
    let Some((claims, provider)) = redeemed(app, params, &trip, cookie).await? else {
        return Ok(landing(&trip.purpose, "failed"));
    };
    match arrive(app, &trip, &provider, &claims, source).await {
        Ok(landing) => Ok(landing),
        Err(Stop::Taken) => Ok(landing(&trip.purpose, "taken")),
        Err(Stop::Refused | Stop::Error(Error::AccountState | Error::Invalid(_))) => {
            let tx = app.store().begin().await?;
            audit::record(app, &tx, &nobody(source), act("sign_in.refused", trip.user_id)).await?;
            tx.commit().await?;
            Ok(landing(&trip.purpose, "refused"))
        }
        Err(Stop::Error(error)) => Err(error),
    }
}

/// The checked claims; none when the provider or its answer did not hold.
async fn redeemed(
    app: &App,
    params: &Params,
    trip: &FederationTrip,
    cookie: &str,
) -> Result<Option<(Claims, ProviderRow)>, Error> {
    let tx = app.store().read().await?;
    let provider = tx.identity_providers().find_enabled(trip.provider_id).await?;
    let (Some(provider), Some(code)) = (provider, params.code.as_deref()) else {
        return Ok(None);
    };
    let secret = secret(app, &tx, provider.id).await?;
    drop(tx);
    let bound = Bound::new(app, cookie, params.state.as_deref().unwrap_or_default());
    let answer = Answer {
        code,
        iss: params.iss.as_deref(),
        nonce: &bound.nonce,
        verifier: &bound.verifier,
        redirect_uri: &redirect_uri(app),
        secret,
        now: app.clock().now(),
    };
    match oidc::redeem(app.outbound(), &provider.fields, answer).await {
        Ok(claims) => Ok(Some((claims, provider))),
        Err(refused) => {
            tracing::warn!(provider = %provider.id, %refused, "a sign-in at an identity provider was refused");
            Ok(None)
        }
    }
}

async fn arrive(
    app: &App,
    trip: &FederationTrip,
    provider: &ProviderRow,
    claims: &Claims,
    source: &Source,
) -> Result<Landing, Stop> {
    let tx = app.store().begin().await?;
    // Turned off while the browser was away: then it opens nothing any more (I-44).
    if tx.identity_providers().find_enabled(provider.id).await?.is_none() {
        return Err(Stop::Refused);
    }
    let landing = match trip.purpose.as_str() {
        "sign_in" => sign_in(app, &tx, trip, provider, claims, source).await?,
        "activation" => activate(app, &tx, trip, provider, claims, source).await?,
        "link" => {
            let (user, _) = session_of(app, &tx, trip).await?;
            linked(app, &tx, &user, provider, claims, source).await?;
            Landing {
                came: Came::Nothing,
                path: "/profile?federation=linked".to_owned(),
            }
        }
        _ => prove(app, &tx, trip, claims, source).await?,
    };
    tx.commit().await?;
    Ok(landing)
}

/// Signs in whoever has the identity; nothing else of the token counts (I-42).
async fn sign_in(
    app: &App,
    tx: &Tx,
    trip: &FederationTrip,
    provider: &ProviderRow,
    claims: &Claims,
    source: &Source,
) -> Result<Landing, Stop> {
    let identity = tx
        .identities()
        .find(&claims.iss, &claims.sub)
        .await?
        .ok_or(Stop::Refused)?;
    tx.users().hold(identity.user_id).await?;
    let everything = Scope::system("the identity proves whose it is");
    let user = tx.users().find(everything, identity.user_id).await?;
    let user = user.filter(|user| !user.shadow).ok_or(Stop::Refused)?;
    tx.identities().touch(identity.id, app.clock().now()).await?;
    admitted(app, tx, user, trip, provider, claims, source, "sign_in").await
}

/// The first sign-in of somebody invited links the identity and activates the account (I-14).
async fn activate(
    app: &App,
    tx: &Tx,
    trip: &FederationTrip,
    provider: &ProviderRow,
    claims: &Claims,
    source: &Source,
) -> Result<Landing, Stop> {
    let hash = trip.link_hash.as_deref().ok_or(Stop::Refused)?;
    let link = links::open(app, tx, activation::PURPOSE, hash).await?;
    tx.users().hold(link.user_id).await?;
    let everything = Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, link.user_id).await?;
    let user = user
        .filter(|user| !user.disabled && !user.locked_by_administrator && !user.shadow)
        .ok_or(Stop::Refused)?;
    if !tx.links().use_up(hash, app.clock().now()).await? {
        return Err(Stop::Refused);
    }
    linked(app, tx, &user, provider, claims, source).await?;
    tx.users().activate_federated(user.id).await?;
    tx.users().end_everything(user.id).await?;
    let user = tx.users().find(everything, user.id).await?.ok_or(Stop::Refused)?;
    admitted(app, tx, user, trip, provider, claims, source, "activation").await
}

#[expect(clippy::too_many_arguments, reason = "what a sign-in is made of")]
async fn admitted(
    app: &App,
    tx: &Tx,
    user: UserRow,
    trip: &FederationTrip,
    provider: &ProviderRow,
    claims: &Claims,
    source: &Source,
    operation: &str,
) -> Result<Landing, Stop> {
    let admitted = admit(app, tx, user, source, operation, claims.second_factor()).await?;
    let path = match &admitted {
        Admitted::Session(opened) => {
            let hash = app.vault().token_hash("session", &opened.token);
            tx.federation_states().mark_session(&hash, provider.id).await?;
            trip.return_to.clone()
        }
        Admitted::Half(half) => {
            let hash = app.vault().token_hash("half", &half.token);
            tx.federation_states().mark_half(&hash, provider.id).await?;
            format!("/sign-in?second_factor={}", half.step)
        }
    };
    Ok(Landing {
        came: Came::Admitted(admitted),
        path,
    })
}

/// Links the identity to the user; one subject, one user (S-34).
async fn linked(
    app: &App,
    tx: &Tx,
    user: &UserRow,
    provider: &ProviderRow,
    claims: &Claims,
    source: &Source,
) -> Result<(), Stop> {
    match tx.identities().find(&claims.iss, &claims.sub).await? {
        Some(known) if known.user_id == user.id => return Ok(()),
        Some(_) => return Err(Stop::Taken),
        None => {}
    }
    let now = app.clock().now();
    let identity = (claims.iss.as_str(), claims.sub.as_str());
    let inserted = tx
        .identities()
        .insert(ids::new_id(app), user.id, provider.id, identity, now)
        .await;
    inserted.map_err(|error| match error {
        StoreError::Duplicate { .. } => Stop::Taken,
        other => Stop::from(other),
    })?;
    let actor = Actor {
        user_id: Some(user.id),
        role: user.role,
        anchor: user.anchor,
        proven_at: Some(now),
        ..nobody(source)
    };
    let mut entry = act("profile.link_identity", Some(user.id));
    entry.after = Some(json!({ "issuer": claims.iss, "identity_provider_id": provider.id }));
    audit::record(app, tx, &actor, entry).await?;
    mail::queue(app, tx, user, Letter::Notice(Notice::IdentityLinked)).await?;
    Ok(())
}

/// A fresh authentication at the provider is a fresh proof in the session that asked for it (S-28).
async fn prove(app: &App, tx: &Tx, trip: &FederationTrip, claims: &Claims, source: &Source) -> Result<Landing, Stop> {
    let (user, old) = session_of(app, tx, trip).await?;
    let identity = tx.identities().find(&claims.iss, &claims.sub).await?;
    let began = trip.expires_at - chrono::TimeDelta::minutes(super::MINUTES);
    let own = identity.is_some_and(|identity| identity.user_id == user.id);
    let enough = claims.second_factor() || !user.mfa_enrolled;
    if !own || !enough || !claims.authenticated_since(began) {
        return Err(Stop::Refused);
    }
    let new = Vault::new_token().map_err(Error::internal)?;
    let hash = app.vault().token_hash("session", &new);
    let was = tx.sessions().find(&old).await?.ok_or(Stop::Refused)?;
    let second = was.second_factor || claims.second_factor();
    if !tx.sessions().renew(&old, hash, app.clock().now(), second).await? {
        return Err(Stop::Refused);
    }
    let actor = Actor {
        user_id: Some(user.id),
        role: user.role,
        anchor: user.anchor,
        ..nobody(source)
    };
    audit::record(app, tx, &actor, act("step_up", Some(user.id))).await?;
    Ok(Landing {
        came: Came::Renewed(new),
        path: trip.return_to.clone(),
    })
}

/// The user and the session a trip belongs to, while both are as they were.
async fn session_of(app: &App, tx: &Tx, trip: &FederationTrip) -> Result<(UserRow, Vec<u8>), Stop> {
    let (Some(user_id), Some(session_id)) = (trip.user_id, trip.session_id) else {
        return Err(Stop::Refused);
    };
    tx.users().hold(user_id).await?;
    let own = Scope::system("the own account of a session");
    let user = tx.users().find(own, user_id).await?;
    let user = user
        .filter(|user| user.active && !user.disabled && !user.locked_by_administrator)
        .ok_or(Stop::Refused)?;
    let open = tx.sessions().of_user(user_id, app.clock().now()).await?;
    let session = open.into_iter().find(|row| row.id == session_id).ok_or(Stop::Refused)?;
    Ok((user, session.token_hash))
}

fn landing(purpose: &str, outcome: &str) -> Landing {
    let page = if matches!(purpose, "link" | "step_up") {
        "profile"
    } else {
        "sign-in"
    };
    Landing {
        came: Came::Nothing,
        path: format!("/{page}?federation={outcome}"),
    }
}
