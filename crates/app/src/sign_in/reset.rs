//! A new password by a mailed link (I-23, S-23, S-24).

use chrono::TimeDelta;
use domain::ids::UserId;
use domain::scope::Scope;
use domain::text;
use persistence::Tx;
use persistence::user::UserRow;
use zeroize::Zeroizing;

use super::hasher::Hasher;
use super::links::{self, link_invalid};
use super::{Source, limits, nobody, password};
use crate::audit::{self, Act};
use crate::mail::{self, Letter, Notice};
use crate::{App, Error, Invalid};

/// Purpose of the links.
const PURPOSE: &str = "password_reset";

/// Makes the reset link of a user, valid for an hour, in place of an older one.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_link(app: &App, tx: &Tx, user_id: UserId) -> Result<Zeroizing<String>, Error> {
    links::new(app, tx, user_id, PURPOSE, TimeDelta::hours(1), None, "reset-password").await
}

/// Asks for a link; the answer and the work are the same for every address (S-23): whether somebody has it is looked
/// up when the mail is written.
///
/// # Errors
/// [`Error::TooMany`] for the source.
pub async fn request(app: &App, address: &str, source: &Source) -> Result<(), Error> {
    asked(app, address, source, Letter::PasswordReset).await
}

/// Puts a mail that a stranger asks for into the outbox.
pub(super) async fn asked(app: &App, address: &str, source: &Source, letter: Letter) -> Result<(), Error> {
    let Ok(address) = text::email_address(address) else {
        return Ok(());
    };
    let tx = app.store().begin().await?;
    let counted = limits::count_asked_mail(app, &tx, source, &address).await;
    match counted {
        Ok(true) => mail::queue_to_address(app, &tx, &address, letter).await?,
        Ok(false) => {}
        Err(error) => {
            tx.commit().await?;
            return Err(error);
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Sets the password by the token of a link, ends everything of the user and clears a lockout; MFA stays.
///
/// # Errors
/// 422 `/token` `link_invalid` or `link_expired`, `/password` with the password's code.
pub async fn reset(
    app: &App,
    hasher: &Hasher,
    token: &str,
    new_password: String,
    source: &Source,
) -> Result<(), Error> {
    let hash = app.vault().token_hash(PURPOSE, token);
    let tx = app.store().read().await?;
    let user = owner(app, &tx, &hash).await?;
    let shortest = password::shortest(&tx, user.mfa_enrolled).await?;
    drop(tx);
    let mut invalid = Invalid::new();
    let personal = [user.first_name.as_str(), &user.last_name, &user.email_address];
    password::check(&mut invalid, "/password", &new_password, shortest, &personal);
    invalid.check()?;
    let password_hash = hasher.hash("/password", new_password).await?;
    let tx = app.store().begin().await?;
    let user = owner(app, &tx, &hash).await?;
    if !tx.links().use_up(&hash, app.clock().now()).await? {
        return Err(link_invalid());
    }
    tx.users().set_password(user.id, Some(&password_hash)).await?;
    tx.users()
        .set_failures(user.id, &persistence::user::Failures::default())
        .await?;
    tx.users().end_everything(user.id).await?;
    mail::queue(app, &tx, &user, Letter::Notice(Notice::PasswordChanged)).await?;
    let act = Act {
        operation: "password.reset".to_owned(),
        target_kind: "user",
        target_id: user.id.to_string(),
        ..Act::default()
    };
    audit::record(app, &tx, &nobody(source), act).await?;
    tx.commit().await?;
    Ok(())
}

async fn owner(app: &App, tx: &Tx, hash: &[u8]) -> Result<UserRow, Error> {
    let link = links::open(app, tx, PURPOSE, hash).await?;
    let everything = Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, link.user_id).await?;
    user.filter(|user| user.active && !user.disabled && !user.locked_by_administrator && !user.federated_only)
        .ok_or_else(link_invalid)
}
