//! The own account under Profile (I-7). Every function acts on the account of the session it is called in.

mod credentials;

pub use credentials::{
    Enrolment, change_email, change_password, enrol_mfa, regenerate_recovery_codes, send_enrolment_code,
};

use domain::scope::Scope;
use persistence::Tx;
use persistence::user::{OwnSessionRow, UserRow};
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::users::FieldsInput;
use crate::users::changes;
use crate::{Actor, App, Error};

/// The own account.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// The user.
    pub row: UserRow,
    /// Name of the anchor; none for platform roles.
    pub anchor_name: Option<String>,
    /// Recovery codes that still work.
    pub recovery_codes_left: u32,
    /// Linked identities, the oldest first.
    pub identities: Vec<persistence::identity_provider::IdentityRow>,
}

/// The own account.
///
/// # Errors
/// [`Error::NotPermitted`] for anything but a session.
pub async fn read(app: &App, actor: &Actor) -> Result<OwnAccount, Error> {
    let tx = app.store().read().await?;
    let user = own(app, &tx, actor, "profile.read").await?;
    described(&tx, user).await
}

/// Replaces names, phone, locale and zone of the own account that was read as version `expected`.
///
/// # Errors
/// [`Error::Stale`], [`Error::Invalid`] naming each wrong field.
pub async fn update(app: &App, actor: &Actor, expected: i64, input: &FieldsInput) -> Result<OwnAccount, Error> {
    let tx = app.store().begin().await?;
    let before = own(app, &tx, actor, "profile.update").await?;
    let fields = input.checked()?;
    if !tx.users().update(oneself(), before.id, expected, &fields).await? {
        return Err(Error::Stale);
    }
    let mut entry = act("profile.update", &before);
    entry.after = Some(changes(&before, &fields));
    audit::record(app, &tx, actor, entry).await?;
    let after = tx.users().find(oneself(), before.id).await?.ok_or(Error::NotSignedIn)?;
    let account = described(&tx, after).await?;
    tx.commit().await?;
    Ok(account)
}

/// The own live sessions, the newest first, and whether each is the one with this cookie.
///
/// # Errors
/// [`Error::NotPermitted`] for anything but a session.
pub async fn list_sessions(app: &App, actor: &Actor, token: &str) -> Result<Vec<(OwnSessionRow, bool)>, Error> {
    let tx = app.store().read().await?;
    let user = own(app, &tx, actor, "profile.list_sessions").await?;
    let present = app.vault().token_hash("session", token);
    let rows = tx.sessions().of_user(user.id, app.clock().now()).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let current = row.token_hash == present;
            (row, current)
        })
        .collect())
}

/// Ends one own session.
///
/// # Errors
/// [`Error::NotFound`] for a session of somebody else or none.
pub async fn revoke_session(app: &App, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let user = own(app, &tx, actor, "profile.revoke_session").await?;
    if !tx.sessions().delete_own(user.id, id).await? {
        return Err(Error::NotFound);
    }
    audit::record(app, &tx, actor, act("profile.revoke_session", &user)).await?;
    tx.commit().await?;
    Ok(())
}

/// The own user of an operation the policy allows.
async fn own(app: &App, tx: &Tx, actor: &Actor, operation: &'static str) -> Result<UserRow, Error> {
    authorize(app, tx, actor, operation).await?;
    let id = actor.user_id.ok_or(Error::NotPermitted)?;
    tx.users().find(oneself(), id).await?.ok_or(Error::NotSignedIn)
}

async fn described(tx: &Tx, row: UserRow) -> Result<OwnAccount, Error> {
    let recovery_codes_left = tx.recovery_codes().left(row.id).await?;
    let anchor_name = crate::sign_in::session::anchor_name(tx, row.anchor).await?;
    let identities = tx.identities().of_user(row.id).await?;
    Ok(OwnAccount {
        row,
        anchor_name,
        recovery_codes_left,
        identities,
    })
}

fn act(operation: &str, user: &UserRow) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "user",
        target_id: user.id.to_string(),
        ..Act::default()
    }
}

fn oneself() -> Scope {
    Scope::system("the own account of a session")
}
