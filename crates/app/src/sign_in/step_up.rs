//! A fresh proof of identity inside a session (S-28, PM-20).

use domain::scope::Scope;
use persistence::Tx;
use persistence::user::UserRow;
use zeroize::Zeroizing;

use super::failures;
use super::half::prove_code;
use super::hasher::Hasher;
use super::session::{self, DescribedSession};
use super::{Source, limits};
use crate::audit::{self, Act};
use crate::vault::Vault;
use crate::{Actor, App, Error, Invalid};

/// What is offered as proof.
#[derive(Clone, Default)]
pub struct Proof {
    /// Code of the authenticator, or a recovery code.
    pub code: Option<String>,
    /// Password.
    pub password: Option<String>,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof").finish_non_exhaustive()
    }
}

/// Takes a fresh proof: the code where an authenticator is registered, else the password. The session goes on under a
/// new value.
///
/// # Errors
/// [`Error::NotSignedIn`], 422 `/code` `code_wrong` or `/password` `password_wrong`, [`Error::TooMany`].
pub async fn step_up(
    app: &App,
    hasher: &Hasher,
    actor: &Actor,
    token: &str,
    proof: Proof,
    source: &Source,
) -> Result<(Zeroizing<String>, DescribedSession), Error> {
    let id = actor.user_id.ok_or(Error::NotSignedIn)?;
    let user = {
        let tx = app.store().read().await?;
        tx.users().find(own(), id).await?.ok_or(Error::NotSignedIn)?
    };
    let counted = limits::count_try(app, source, &user.email_address, Some(id)).await?;
    let matches = if user.mfa_enrolled {
        None
    } else {
        Some(verify(app, hasher, &user, proof.password).await?)
    };
    let tx = app.store().begin().await?;
    tx.users().hold(id).await?;
    let user = tx.users().find(own(), id).await?.ok_or(Error::NotSignedIn)?;
    let lane = failures::lane(app, &tx, &user, source).await?;
    let refused = match matches {
        None => prove_code(app, &tx, &user, proof.code.as_deref().unwrap_or(""))
            .await
            .err(),
        Some(true) if lane.is_open(&user, app.clock().now()) => None,
        Some(_) => {
            lane.note(app, &tx, &user).await?;
            let detail = "This password is wrong.";
            Some(Invalid::one("/password", "password_wrong", detail))
        }
    };
    if let Some(refused) = refused {
        tx.commit().await?;
        return Err(refused);
    }
    lane.clear(app, &tx, &user).await?;
    limits::give_back(&tx, &counted).await?;
    let new = renewed(app, &tx, token, user.mfa_enrolled).await?;
    let act = Act {
        operation: "step_up".to_owned(),
        target_kind: "user",
        target_id: id.to_string(),
        ..Act::default()
    };
    audit::record(app, &tx, &actor.unkept(), act).await?;
    tx.commit().await?;
    let described = session::current(app, &new).await?;
    Ok((new, described))
}

/// Gives the session of a cookie a new value with a fresh proof (S-30).
///
/// # Errors
/// [`Error::NotSignedIn`] when it has ended.
pub(crate) async fn renewed(app: &App, tx: &Tx, token: &str, factor: bool) -> Result<Zeroizing<String>, Error> {
    let old = app.vault().token_hash("session", token);
    let new = Vault::new_token().map_err(Error::internal)?;
    let hash = app.vault().token_hash("session", &new);
    let was = tx.sessions().find(&old).await?.ok_or(Error::NotSignedIn)?;
    let second = was.second_factor || factor;
    if tx.sessions().renew(&old, hash, app.clock().now(), second).await? {
        Ok(new)
    } else {
        Err(Error::NotSignedIn)
    }
}

/// Whether the password is the user's; the same work without one.
pub(crate) async fn verify(
    app: &App,
    hasher: &Hasher,
    user: &UserRow,
    password: Option<String>,
) -> Result<bool, Error> {
    let stored = {
        let tx = app.store().read().await?;
        let found = tx.users().find_for_sign_in(&user.email_address).await?;
        found
            .filter(|(found, _)| found.id == user.id)
            .and_then(|(_, hash)| hash)
    };
    hasher.verify(password.unwrap_or_default(), stored).await
}

fn own() -> Scope {
    Scope::system("a session proves whose it is")
}
