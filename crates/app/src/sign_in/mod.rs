//! Signing in with a password and a second factor, sessions, the first administrator, activation and reset
//! (identity.md).

pub mod activation;
pub mod breached;
pub mod break_glass;
pub mod codes;
pub mod confirm;
pub mod enrolment;
pub(crate) mod failures;
pub mod federation;
pub mod half;
pub mod hasher;
pub(crate) mod limits;
mod links;
pub mod password;
pub mod reset;
pub mod session;
pub mod setup;
pub mod step_up;
mod totp;

use domain::text;
use persistence::Tx;
use persistence::user::UserRow;

use crate::audit::{self, Act};
use crate::{Actor, App, CredentialKind, Error};
use half::OpenedHalf;
use hasher::{Hasher, is_outdated};
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
    /// Value of the cookie of a browser that signed in before (S-22).
    pub device: Option<String>,
}

impl Source {
    /// The browser's name, short enough to keep.
    fn short_agent(&self) -> Option<String> {
        self.user_agent.as_ref().map(|agent| agent.chars().take(200).collect())
    }
}

/// What a proof of identity led to.
#[derive(Debug)]
pub enum Admitted {
    /// A session.
    Session(Box<OpenedSession>),
    /// The second factor is missing (I-31).
    Half(OpenedHalf),
}

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
) -> Result<Admitted, Error> {
    let address = text::email_address(address).unwrap_or_default();
    let found = app.store().look().users().find_for_sign_in(&address).await?;
    let counted = limits::count_try(app, source, &address, found.as_ref().map(|(user, _)| user.id)).await?;
    let (user, stored) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    let matches = hasher.verify(password.to_owned(), stored.clone()).await?;
    let renewed = match &stored {
        Some(stored) if matches && is_outdated(stored) => Some(hasher.hash_again(password.to_owned()).await?),
        _ => None,
    };
    let tx = app.store().begin().await?;
    let user = match user {
        Some(user) => {
            tx.users().hold(user.id).await?;
            let now = tx.users().find_for_sign_in(&address).await?;
            // A password that changed while it was hashed proves nothing any more.
            now.filter(|(_, present)| *present == stored).map(|(user, _)| user)
        }
        None => None,
    };
    let Some(user) = user else {
        refused(app, &tx, None, source).await?;
        tx.commit().await?;
        return Err(Error::SignInRefused);
    };
    let lane = failures::lane(app, &tx, &user, source).await?;
    let usable = user.active && !user.disabled && !user.locked_by_administrator && !user.federated_only;
    if !usable || !matches || !lane.is_open(&user, app.clock().now()) {
        if usable && !matches && lane.is_open(&user, app.clock().now()) {
            lane.note(app, &tx, &user).await?;
        }
        refused(app, &tx, Some(&user), source).await?;
        tx.commit().await?;
        return Err(Error::SignInRefused);
    }
    lane.clear(app, &tx, &user).await?;
    limits::give_back(&tx, &counted).await?;
    if let Some(hash) = renewed {
        tx.users().renew_password_hash(user.id, &hash).await?;
    }
    let admitted = admit(app, &tx, user, source, "sign_in", false).await?;
    tx.commit().await?;
    Ok(admitted)
}

/// Admits somebody whose first proof was right: to a session, or to the second factor where one is asked for. Every
/// way of signing in ends here. `second_factor` says that it was proved already (I-37).
///
/// # Errors
/// [`Error::AccountState`] for an account that may not act (I-3).
pub async fn admit(
    app: &App,
    tx: &Tx,
    user: UserRow,
    source: &Source,
    operation: &str,
    second_factor: bool,
) -> Result<Admitted, Error> {
    if user.disabled || user.locked_by_administrator || !user.active {
        return Err(Error::AccountState);
    }
    let step = match (second_factor, user.mfa_enrolled, user.mfa_required) {
        (false, true, _) => Some(half::CODE),
        (false, false, true) => Some(half::ENROLMENT),
        _ => None,
    };
    break_glass::announce(app, tx, &user).await?;
    if let Some(step) = step {
        return Ok(Admitted::Half(half::open(app, tx, &user, source, step).await?));
    }
    let opened = session::open(app, tx, user, source, operation, second_factor).await?;
    Ok(Admitted::Session(Box::new(opened)))
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
