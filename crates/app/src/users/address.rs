//! Changing an address: confirmed at the new one, announced at the old one (I-8, S-08, S-17).

use domain::ids::UserId;
use domain::text::{self, TextInvalid};
use persistence::Tx;
use persistence::user::UserRow;
use serde_json::json;

use super::User;
use super::create::owner_of;
use super::doing::Doing;
use crate::mail::{self, Letter, Notice};
use crate::sign_in::limits;
use crate::{Actor, App, Error, Invalid};

/// Asks for another address of a user; the present one counts until the new one is confirmed.
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level`, 422 `/email_address`, 409 `email_taken`.
pub async fn change_email(app: &App, actor: &Actor, id: UserId, address: &str) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.change_email", id).await?;
    doing.not_oneself()?;
    ask_for_address(app, &doing.tx, actor, &doing.user, address).await?;
    doing.finish(None, Some(json!({ "email_address": "changed" }))).await
}

/// Keeps the new address and sends the mails. An address that somebody outside the branch has gets the same answer and
/// is never confirmed: its owner is told instead (S-17).
pub(crate) async fn ask_for_address(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    user: &UserRow,
    address: &str,
) -> Result<(), Error> {
    let mut invalid = Invalid::new();
    let address = invalid.keep("/email_address", text::email_address(address), TextInvalid::code);
    if address.as_deref() == Some(user.email_address.as_str()) {
        let detail = "This is the present address.";
        invalid.add("/email_address", "email_unchanged", detail);
    }
    invalid.check()?;
    let address = address.unwrap_or_default();
    let owner = owner_of(tx, actor, &address).await?;
    limits::count_mail(app, tx, &address).await?;
    tx.users().set_pending_address(user.id, Some(&address)).await?;
    match &owner {
        Some(owner) => mail::queue(app, tx, owner, Letter::AddressInUse).await?,
        None => mail::queue_to(app, tx, user, &address, Letter::ConfirmAddress).await?,
    }
    mail::queue(app, tx, user, Letter::Notice(Notice::AddressChanging)).await
}
