//! Deleting a user: the person is erased, a tombstone stays (I-5).

use domain::ids::UserId;
use serde_json::json;

use super::doing::Doing;
use crate::mail::Notice;
use crate::sign_in::enrolment;
use crate::{Actor, App, Error};

/// Erases name, address, phone, credentials and MFA; id, role, anchor and times stay for the audit record, and the
/// address is free again.
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level`, 409 `last_administrator`.
pub async fn delete(app: &App, actor: &Actor, id: UserId) -> Result<(), Error> {
    let doing = Doing::begin(app, actor, "user.delete", id).await?;
    doing.not_oneself()?;
    doing.keeps_an_administrator().await?;
    doing.notify(Notice::Deleted).await?;
    doing.tx.users().end_everything(id).await?;
    enrolment::forget(app, &doing.tx, id).await?;
    doing.tx.identities().delete_of_user(id).await?;
    doing.tx.users().erase(id, app.clock().now()).await?;
    let before = json!({ "role": doing.user.role, "anchor_id": doing.user.anchor.id() });
    doing.finish_gone(before).await
}
