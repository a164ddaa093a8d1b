//! Granting roles (PM-11).

use domain::ids::UserId;
use domain::role::{Anchor, Role};
use persistence::Tx;
use serde_json::json;
use uuid::Uuid;

use super::User;
use super::doing::Doing;
use crate::mail::Notice;
use crate::{Actor, App, Error, Invalid};

/// The role and anchor that were asked for, when the actor may grant them: an administrator grants roles up to its own
/// level inside its own branch (PM-11).
///
/// # Errors
/// 422 `/role` or `/anchor_id`, 403 `role_not_grantable`.
pub async fn granted(tx: &Tx, actor: &Actor, role: &str, anchor_id: Option<Uuid>) -> Result<(Role, Anchor), Error> {
    let unknown = || Invalid::one("/role", "role_unknown", "Choose one of the eight roles.");
    let role: Role = role.parse().map_err(|_| unknown())?;
    let missing = || Invalid::one("/anchor_id", "anchor_invalid", "Choose the entity the role is held on.");
    let anchor = Anchor::of(role, anchor_id).ok_or_else(missing)?;
    if role.level() > actor.role.level() || !actor.role.is_administrator() {
        let detail = "Your own role does not reach as high as this one.".to_owned();
        return Err(Error::Refused {
            code: "role_not_grantable",
            detail,
        });
    }
    let scope = actor.scope();
    let live = match anchor {
        Anchor::Platform => scope.is_everything(),
        Anchor::Distributor(id) => tx
            .distributors()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
        Anchor::Partner(id) => tx
            .partners()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
        Anchor::Tenant(id) => tx
            .tenants()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
    };
    if live {
        Ok((role, anchor))
    } else {
        Err(Invalid::unknown_reference("/anchor_id"))
    }
}

/// Changes role and anchor of a user; everything of the user ends (S-31).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level` or `role_not_grantable`, 409 `last_administrator`,
/// 422 `/role` or `/anchor_id`.
pub async fn set_role(
    app: &App,
    actor: &Actor,
    id: UserId,
    role: &str,
    anchor_id: Option<Uuid>,
) -> Result<User, Error> {
    let doing = Doing::found(app, actor, "user.set_role", id).await?;
    doing.proved()?;
    doing.not_oneself()?;
    let (role, anchor) = granted(&doing.tx, actor, role, anchor_id).await?;
    if doing.user.role == role && doing.user.anchor == anchor {
        return doing.unchanged().await;
    }
    if role != Role::PlatformAdministrator {
        doing.keeps_an_administrator().await?;
    }
    doing.tx.users().set_role(id, role, anchor).await?;
    doing.end_everything().await?;
    doing.notify(Notice::RoleChanged).await?;
    let before = json!({ "role": doing.user.role, "anchor_id": doing.user.anchor.id() });
    let after = json!({ "role": role, "anchor_id": anchor.id() });
    doing.finish(Some(before), Some(after)).await
}
