//! Users: list, read, invite, change, lock, delete (I-1 to I-8, PM-11 to PM-14).

mod address;
mod create;
mod credentials;
mod doing;
mod fields;
mod grant;
mod remove;

pub(crate) use address::ask_for_address;
pub use address::change_email;
pub(crate) use create::invite;
pub use create::{UserInput, create};
pub use credentials::{
    lock, require_mfa, resend_activation, reset_mfa, revoke_sessions, send_password_reset, set_disabled,
    set_federated_only, unlock,
};
pub(crate) use doing::an_administrator_remains;
pub(crate) use fields::changes;
pub use fields::{FieldsInput, update};
pub use grant::{granted, set_role};
pub use remove::delete;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::role::Anchor;
use persistence::user::{UserFilter, UserRow};
use persistence::{PageOf, PageRequest, Tx};

use crate::audit::Act;
use crate::authorize::authorize;
use crate::sign_in::session;
use crate::{Actor, App, Error};

/// A user with the name of its anchor.
#[derive(Clone, Debug)]
pub struct User {
    /// The stored user.
    pub row: UserRow,
    /// Name of the anchor; none for platform roles.
    pub anchor_name: Option<String>,
    /// When the present lockout by failures ends; none when there is none (I-50).
    pub locked_until: Option<DateTime<Utc>>,
}

/// A page of the users in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, filter: UserFilter, page: &PageRequest) -> Result<PageOf<User>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "user.list").await?;
    let rows = tx.users().list(scope, filter, page).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(named(app, &tx, row).await?);
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

/// One user.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "user.read").await?;
    let row = tx.users().find(scope, id).await?.ok_or(Error::NotFound)?;
    named(app, &tx, row).await
}

/// A user with the name of its anchor.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub(crate) async fn named(app: &App, tx: &Tx, row: UserRow) -> Result<User, Error> {
    let anchor_name = session::anchor_name(tx, row.anchor).await?;
    let now = app.clock().now();
    let ends = [row.locked_until, row.code_locked_until];
    let locked_until = ends.into_iter().flatten().filter(|until| *until > now).max();
    Ok(User {
        row,
        anchor_name,
        locked_until,
    })
}

/// The audit entry of an act on a user, owned by the user's anchor.
fn act(operation: &str, id: UserId, anchor: Anchor) -> Act {
    Act::on(operation, "user", id.to_string(), anchor)
}
