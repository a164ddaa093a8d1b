//! Exchanging a key for an access token (I-66, S-36, S-37).

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use persistence::Tx;
use persistence::service_account::KeyHolder;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::signing::signing_key;
use super::token::{self, Claims, LIFETIME_SECONDS};
use super::{act, keys, networks, today};
use crate::audit::{self, Act};
use crate::sign_in::Source;
use crate::{Actor, App, CredentialKind, Error, ids};

/// Refused exchanges of one source in a minute.
const MOST_TRIES: i64 = 30;
/// Name of their count.
const BUDGET: &str = "token";
/// Tokens of one key in a minute (S-52).
const MOST_OF_KEY: i64 = 10;
/// Name of their count.
const KEY_BUDGET: &str = "token_key";

/// An access token.
pub struct AccessToken {
    /// The token.
    pub token: Zeroizing<String>,
    /// Seconds until it ends.
    pub expires_in: u32,
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken").finish_non_exhaustive()
    }
}

/// Exchanges a key for an access token of ten minutes and notes its use. Unknown, ended and revoked keys, and keys used
/// from elsewhere, get the same answer.
///
/// # Errors
/// [`Error::KeyRefused`]; [`Error::TooMany`] for the source or the key.
pub async fn exchange(app: &App, key: &str, source: &Source) -> Result<AccessToken, Error> {
    let tx = app.store().begin().await?;
    let subject = source.address.as_deref().unwrap_or_default();
    let window = window(app)?;
    if tx.budgets().count(BUDGET, subject, window).await? > MOST_TRIES {
        tx.commit().await?;
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let key_id = keys::id_of(key).unwrap_or_default();
    let holder = tx.api_keys().find(key_id).await?;
    let known = holder.as_ref().filter(|holder| proves(app, holder, key));
    let Some(holder) = known.filter(|holder| may(app, holder, source)) else {
        let entry = refused(known);
        audit::record(app, &tx, &unknown(source), entry).await?;
        tx.commit().await?;
        return Err(Error::KeyRefused);
    };
    tx.budgets().give_back(BUDGET, subject, window).await?;
    // Counted once the key is proved, so that nobody else can use it up.
    if tx.budgets().count(KEY_BUDGET, key_id, window).await? > MOST_OF_KEY {
        tx.commit().await?;
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let now = app.clock().now();
    tx.api_keys().note_use(key_id, now, source.address.as_deref()).await?;
    let issued = issue(app, &tx, key_id, holder, now).await?;
    let account = &holder.account;
    let actor = Actor {
        service_account_id: Some(account.id),
        role: account.role,
        anchor: account.anchor,
        credential: CredentialKind::ApiKey,
        ..unknown(source)
    };
    audit::record(app, &tx, &actor, act("access_token.create", account.id, account.anchor)).await?;
    tx.commit().await?;
    Ok(issued)
}

async fn issue(app: &App, tx: &Tx, key_id: &str, holder: &KeyHolder, now: DateTime<Utc>) -> Result<AccessToken, Error> {
    let signing = signing_key(app, tx).await?;
    let lifetime = TimeDelta::seconds(LIFETIME_SECONDS);
    let jti: Uuid = ids::new_id(app);
    tx.access_tokens().insert(jti, key_id, now, now + lifetime).await?;
    let claims = Claims {
        iss: app.public_url().to_owned(),
        aud: token::audience(app.public_url()),
        sub: holder.account.id.to_string(),
        jti,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: (now + lifetime).timestamp(),
    };
    let token = token::sign(signing.algorithm, &signing.kid, &signing.private, &claims);
    Ok(AccessToken {
        token: Zeroizing::new(token.ok_or_else(|| Error::internal("an access token could not be signed"))?),
        expires_in: u32::try_from(LIFETIME_SECONDS).map_err(Error::internal)?,
    })
}

/// Whether this is the key that was shown.
fn proves(app: &App, holder: &KeyHolder, key: &str) -> bool {
    keys::hash(app, key).ct_eq(&holder.key_hash).into()
}

/// Whether the key may be used now and from there.
fn may(app: &App, holder: &KeyHolder, source: &Source) -> bool {
    !holder.revoked
        && holder.account.revoked_at.is_none()
        && holder.anchor_live
        && holder.expires_on >= today(app)
        && networks::admit(&holder.account.source_networks, source.address.as_deref())
}

/// The entry of a refusal; it names the account only when the key was its own.
fn refused(known: Option<&KeyHolder>) -> Act {
    const OPERATION: &str = "access_token.refused";
    match known {
        Some(holder) => act(OPERATION, holder.account.id, holder.account.anchor),
        None => Act {
            operation: OPERATION.to_owned(),
            target_kind: "service_account",
            ..Act::default()
        },
    }
}

fn unknown(source: &Source) -> Actor {
    Actor {
        credential: CredentialKind::ApiKey,
        request_id: source.request_id.clone(),
        source_address: source.address.clone(),
        ..Actor::console()
    }
}

fn window(app: &App) -> Result<DateTime<Utc>, Error> {
    app.clock()
        .now()
        .duration_trunc(TimeDelta::minutes(1))
        .map_err(Error::internal)
}
