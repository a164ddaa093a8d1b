//! Activation of an invited user by the link of the invitation mail (I-11, I-12).

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use persistence::Tx;
use zeroize::Zeroizing;

use super::hasher::Hasher;
use super::session::{self, OpenedSession};
use super::{Source, password};
use crate::vault::Vault;
use crate::{App, Error, Invalid, settings};

/// Purpose of invitation links.
const PURPOSE: &str = "invitation";

/// Makes the invitation link of a user, valid for 24 hours, in place of older ones.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_link(app: &App, tx: &Tx, user_id: UserId) -> Result<Zeroizing<String>, Error> {
    let token = Vault::new_token().map_err(Error::internal)?;
    let now = app.clock().now();
    let hash = app.vault().token_hash(PURPOSE, &token);
    tx.links()
        .replace(user_id, PURPOSE, hash, now, now + TimeDelta::hours(24))
        .await?;
    Ok(Zeroizing::new(format!(
        "{}/activation?token={}",
        app.public_url(),
        token.as_str()
    )))
}

/// A new invitation link for the user with this address, for the console of the host while no mail server is set.
///
/// # Errors
/// [`Error::NotFound`] when no live user has the address.
pub async fn link_for(app: &App, address: &str) -> Result<Zeroizing<String>, Error> {
    let tx = app.store().begin().await?;
    let address = domain::text::email_address(address).map_err(|_| Error::NotFound)?;
    let (user, _) = tx.users().find_for_sign_in(&address).await?.ok_or(Error::NotFound)?;
    let link = new_link(app, &tx, user.id).await?;
    tx.commit().await?;
    Ok(link)
}

/// Sets the password of the invited user and signs in.
///
/// # Errors
/// [`Error::Invalid`] at `/token` with `link_invalid` or `link_expired`, at `/password` with the password's code.
pub async fn activate(
    app: &App,
    hasher: &Hasher,
    token: &str,
    new_password: String,
    source: &Source,
) -> Result<OpenedSession, Error> {
    let hash = app.vault().token_hash(PURPOSE, token);
    let tx = app.store().read().await?;
    let user_id = open_link(&tx, &hash, app.clock().now()).await?;
    let everything = domain::scope::Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, user_id).await?.ok_or_else(link_invalid)?;
    let shortest = settings::read_integer(&tx, "security.password_minimum_length").await?;
    drop(tx);
    let mut invalid = Invalid::new();
    let personal = [user.first_name.as_str(), &user.last_name, &user.email_address];
    password::check(&mut invalid, "/password", &new_password, shortest, &personal);
    invalid.check()?;
    let password_hash = hasher.hash(new_password).await?;
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    open_link(&tx, &hash, now).await?;
    if !tx.links().use_up(&hash, now).await? {
        return Err(link_invalid());
    }
    tx.users().activate(user_id, &password_hash).await?;
    tx.sessions().delete_of_user(user_id).await?;
    let user = tx.users().find(everything, user_id).await?.ok_or_else(link_invalid)?;
    if user.disabled || user.locked_by_administrator {
        return Err(Error::AccountState);
    }
    let opened = session::open(app, &tx, user, source, "activation").await?;
    tx.commit().await?;
    Ok(opened)
}

async fn open_link(tx: &Tx, hash: &[u8], now: DateTime<Utc>) -> Result<UserId, Error> {
    let link = tx.links().find(PURPOSE, hash).await?.ok_or_else(link_invalid)?;
    if link.expires_at <= now {
        return Err(Invalid::one(
            "/token",
            "link_expired",
            "This link has expired. Ask for a new invitation.",
        ));
    }
    Ok(link.user_id)
}

fn link_invalid() -> Error {
    Invalid::one(
        "/token",
        "link_invalid",
        "This link is not valid any more. Ask for a new invitation.",
    )
}
