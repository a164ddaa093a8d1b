//! The one sealed platform account, for the day no identity provider answers (I-47, S-35).

use chrono::TimeDelta;
use domain::ids::UserId;
use domain::role::{Anchor, Role};
use persistence::Tx;
use persistence::alert::Raise;
use persistence::user::{NewUser, UserRow};
use zeroize::Zeroizing;

use super::{activation, links};
use crate::audit::{self, Act};
use crate::mail::{self, Letter, Notice};
use crate::{Actor, App, Error, ids};

/// Its address, which never receives mail.
pub const ADDRESS: &str = "break-glass@cms.invalid";

/// Breaks the seal, from the host's console: answers a link, valid for one hour, that sets a password and signs in.
///
/// # Errors
/// [`Error::Conflict`] when somebody else was given the address.
pub async fn open(app: &App) -> Result<Zeroizing<String>, Error> {
    let tx = app.store().begin().await?;
    let id = match tx.users().find_for_sign_in(ADDRESS).await? {
        Some((user, _)) if user.role == Role::PlatformAdministrator => user.id,
        Some(_) => {
            let detail = format!("Another user has the address {ADDRESS}. Delete that user first.");
            return Err(Error::conflict("address_taken", detail));
        }
        None => insert(app, &tx).await?,
    };
    tx.users().end_everything(id).await?;
    tx.users().break_seal(id).await?;
    let (purpose, console) = (activation::PURPOSE, Some(activation::CONSOLE));
    let link = links::new(app, &tx, id, purpose, TimeDelta::hours(1), console, "activation").await?;
    let act = Act::on("host.break_glass", "user", id.to_string(), Anchor::Platform);
    audit::record(app, &tx, &Actor::console(), act).await?;
    tx.commit().await?;
    Ok(link)
}

/// Tells every platform administrator that the account was used.
pub(super) async fn announce(app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
    if user.email_address != ADDRESS {
        return Ok(());
    }
    let raise = Raise {
        id: ids::new_id(app),
        kind: "security_event",
        severity: "critical",
        subject_key: ADDRESS,
        message: "Somebody signed in with the sealed platform account of the host's console.",
        owner: Anchor::Platform,
    };
    tx.alerts().raise(raise, app.clock().now()).await?;
    for administrator in tx.users().platform_administrators().await? {
        mail::queue(app, tx, &administrator, Letter::Notice(Notice::BreakGlassUsed)).await?;
    }
    Ok(())
}

/// Seals the account again once its sessions and links have ended; answers whether it did.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn seal_unused(app: &App) -> Result<bool, Error> {
    let tx = app.store().begin().await?;
    let sealed = tx.users().seal_unused(ADDRESS, app.clock().now()).await?;
    if sealed {
        let act = Act::on("host.break_glass_sealed", "user", ADDRESS.to_owned(), Anchor::Platform);
        audit::record(app, &tx, &Actor::console(), act).await?;
    }
    tx.commit().await?;
    Ok(sealed)
}

async fn insert(app: &App, tx: &Tx) -> Result<UserId, Error> {
    let id: UserId = ids::new_id(app);
    let user = NewUser {
        id,
        email_address: ADDRESS.to_owned(),
        first_name: "Break".to_owned(),
        last_name: "Glass".to_owned(),
        phone_number: None,
        role: Role::PlatformAdministrator,
        anchor: Anchor::Platform,
        password_hash: None,
        active: false,
        mfa_required: false,
        federated_only: false,
        shadow: false,
        at: app.clock().now(),
    };
    tx.users().insert(user).await?;
    Ok(id)
}
