//! Signing in with a password, sessions, the first administrator and activation (identity.md).

pub mod activation;
pub mod hasher;
pub mod password;
pub mod session;
pub mod setup;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::text;
use persistence::Tx;
use persistence::user::UserRow;

use crate::audit::{self, Act};
use crate::{Actor, App, CredentialKind, Error};
use hasher::Hasher;
use session::OpenedSession;

/// Where a try to sign in comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Address of the peer.
    pub address: Option<String>,
    /// Browser as it calls itself.
    pub user_agent: Option<String>,
    /// Request.
    pub request_id: String,
}

/// Tries of one source in a minute before 429 (S-52).
const SOURCE_PER_MINUTE: i64 = 5;
/// Longest lockout (I-50).
const LOCKOUT_MINUTES_MAX: i64 = 24 * 60;

/// Signs in with address and password. Unknown, disabled, locked and invited users and a wrong password get the same
/// answer after the same work (S-23).
///
/// # Errors
/// [`Error::SignInRefused`]; [`Error::TooMany`] for the source or while the hash pool is full.
pub async fn sign_in(
    app: &App,
    hasher: &Hasher,
    address: &str,
    password: &str,
    source: &Source,
) -> Result<OpenedSession, Error> {
    let counted = count_try(app, source).await?;
    let address = text::email_address(address).unwrap_or_default();
    let found = {
        let tx = app.store().read().await?;
        tx.users().find_for_sign_in(&address).await?
    };
    let (user, stored) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    let matches = hasher.verify(password.to_owned(), stored).await?;
    let tx = app.store().begin().await?;
    let user = match user {
        Some(user) => tx
            .users()
            .find_for_sign_in(&user.email_address)
            .await?
            .map(|(user, _)| user),
        None => None,
    };
    let Some(user) = user else {
        refused(app, &tx, None, source).await?;
        tx.commit().await?;
        return Err(Error::SignInRefused);
    };
    if !usable(&user, app.clock().now()) {
        refused(app, &tx, Some(&user), source).await?;
        tx.commit().await?;
        return Err(Error::SignInRefused);
    }
    if !matches {
        note_failure(app, &tx, &user).await?;
        refused(app, &tx, Some(&user), source).await?;
        tx.commit().await?;
        return Err(Error::SignInRefused);
    }
    tx.users().set_failures(user.id, 0, 0, None).await?;
    give_back(&tx, source, counted).await?;
    let opened = session::open(app, &tx, user, source, "sign_in").await?;
    tx.commit().await?;
    Ok(opened)
}

/// Whether the account may sign in with a password now (I-3).
fn usable(user: &UserRow, now: DateTime<Utc>) -> bool {
    let locked = user.locked_by_administrator || user.locked_until.is_some_and(|until| until > now);
    user.active && !user.disabled && !locked && !user.federated_only
}

/// Counts the failure; at the threshold the account locks, each time twice as long (I-50).
async fn note_failure(app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
    let threshold = crate::settings::read_integer(tx, "security.lockout_threshold").await?;
    let minutes = crate::settings::read_integer(tx, "security.lockout_minutes").await?;
    let failures = user.failures.saturating_add(1);
    let locks = failures.checked_rem(threshold) == Some(0);
    let (lockouts, until) = if locks {
        let doubled = (0..user.lockouts).try_fold(minutes, |length, _| length.checked_mul(2));
        let length = doubled.unwrap_or(LOCKOUT_MINUTES_MAX).min(LOCKOUT_MINUTES_MAX);
        (
            user.lockouts.saturating_add(1),
            Some(app.clock().now() + TimeDelta::minutes(length)),
        )
    } else {
        (user.lockouts, user.locked_until)
    };
    tx.users().set_failures(user.id, failures, lockouts, until).await?;
    Ok(())
}

/// Counts a try of the source before it is evaluated (S-52); answers the window it was counted in.
async fn count_try(app: &App, source: &Source) -> Result<DateTime<Utc>, Error> {
    let now = app.clock().now();
    let window = now.duration_trunc(TimeDelta::minutes(1)).map_err(Error::internal)?;
    let Some(address) = &source.address else {
        return Ok(window);
    };
    let tx = app.store().begin().await?;
    let used = tx.budgets().count("sign_in", address, window).await?;
    tx.commit().await?;
    if used > SOURCE_PER_MINUTE {
        let left = (window + TimeDelta::minutes(1) - now).num_seconds();
        return Err(Error::TooMany {
            retry_after_s: u64::try_from(left).unwrap_or(60).max(1),
        });
    }
    Ok(window)
}

async fn give_back(tx: &Tx, source: &Source, window: DateTime<Utc>) -> Result<(), Error> {
    if let Some(address) = &source.address {
        tx.budgets().give_back("sign_in", address, window).await?;
    }
    Ok(())
}

async fn refused(app: &App, tx: &Tx, user: Option<&UserRow>, source: &Source) -> Result<(), Error> {
    let act = Act {
        operation: "sign_in.refused".to_owned(),
        target_kind: "user",
        target_id: user.map(|user| user.id.to_string()).unwrap_or_default(),
        ..Act::default()
    };
    audit::record(app, tx, &nobody(source), act).await
}

/// The actor of acts before anybody is signed in.
fn nobody(source: &Source) -> Actor {
    Actor {
        credential: CredentialKind::Session,
        request_id: source.request_id.clone(),
        source_address: source.address.clone(),
        ..Actor::console()
    }
}
