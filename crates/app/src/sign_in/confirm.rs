//! A changed address counts once it was confirmed by a link sent to it (I-8).

use chrono::TimeDelta;
use domain::ids::UserId;
use domain::scope::Scope;
use persistence::{StoreError, Tx};
use zeroize::Zeroizing;

use super::links::{self, link_invalid};
use super::{Source, nobody};
use crate::audit::{self, Act};
use crate::mail::{self, Letter, Notice};
use crate::{App, Error};

/// Purpose of the links.
const PURPOSE: &str = "email_confirmation";

/// Makes the link that confirms an address, valid for 24 hours, in place of an older one.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_link(app: &App, tx: &Tx, user_id: UserId, address: &str) -> Result<Zeroizing<String>, Error> {
    let life = TimeDelta::hours(24);
    links::new(app, tx, user_id, PURPOSE, life, Some(address), "confirm-email").await
}

/// Makes the confirmed address the user's, tells the old one, and ends everything of the user (S-31).
///
/// # Errors
/// 422 `/token` `link_invalid` or `link_expired`.
pub async fn confirm(app: &App, token: &str, source: &Source) -> Result<(), Error> {
    let hash = app.vault().token_hash(PURPOSE, token);
    let tx = app.store().begin().await?;
    let link = links::open(app, &tx, PURPOSE, &hash).await?;
    let everything = Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, link.user_id).await?;
    let user = user
        .filter(|user| link.detail.is_some() && user.pending_email_address == link.detail)
        .ok_or_else(link_invalid)?;
    let address = link.detail.unwrap_or_default();
    if !tx.links().use_up(&hash, app.clock().now()).await? {
        return Err(link_invalid());
    }
    match tx.users().set_address(user.id, &address).await {
        // Somebody has the address by now; who, nobody is told.
        Err(StoreError::Duplicate { .. }) => return Err(link_invalid()),
        other => other?,
    }
    tx.users().end_everything(user.id).await?;
    mail::queue(app, &tx, &user, Letter::Notice(Notice::AddressChanged)).await?;
    let act = Act {
        operation: "email_address.confirmed".to_owned(),
        target_kind: "user",
        target_id: user.id.to_string(),
        ..Act::default()
    };
    audit::record(app, &tx, &nobody(source), act).await?;
    tx.commit().await?;
    Ok(())
}
