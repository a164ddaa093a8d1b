//! Who administrates an entity: the users with its administrator role and it as anchor, and nobody else (PM-26, S-07).

use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::scope::Scope;
use persistence::Tx;
use persistence::organisation::administrator_role;
use persistence::user::UserRow;
use serde_json::json;
use uuid::Uuid;

use super::live;
use crate::audit::{self, Act};
use crate::authorize::{permitted, stepped_up, switched_on};
use crate::mail::{self, Letter, Notice};
use crate::users::{self, UserInput};
use crate::{Actor, App, Error, Invalid};

/// Most people in one change.
const MOST: usize = 50;

/// A person to invite.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email_address: String,
    /// Phone.
    pub phone_number: Option<String>,
}

/// An administrator who stops being one.
#[derive(Clone, Debug)]
pub struct Release {
    /// The user.
    pub user_id: UserId,
    /// The new role; none: disabled.
    pub role: Option<String>,
    /// Entity of the new role; none: the same.
    pub anchor_id: Option<Uuid>,
}

/// People to add and to let go.
#[derive(Clone, Debug, Default)]
pub struct AdministratorsInput {
    /// Users who get the role.
    pub assign: Vec<UserId>,
    /// People to invite.
    pub invite: Vec<Invitation>,
    /// Administrators who stop being so.
    pub release: Vec<Release>,
}

/// Everything a change of one user needs.
struct Change<'a> {
    app: &'a App,
    tx: &'a Tx,
    actor: &'a Actor,
    operation: &'static str,
}

/// Changes who administrates an entity; everything happens or nothing.
///
/// # Errors
/// [`Error::NotFound`], 422 naming each wrong entry, 403 `switched_off`, `self_change_refused`, `above_own_level` or
/// `role_not_grantable`, 409 `email_taken` or `last_administrator`.
pub async fn set(app: &App, actor: &Actor, entity: Anchor, input: &AdministratorsInput) -> Result<(), Error> {
    let operation = match entity {
        Anchor::Platform => return Err(Error::NotFound),
        Anchor::Distributor(_) => "distributor.set_administrators",
        Anchor::Partner(_) => "partner.set_administrators",
        Anchor::Tenant(_) => "tenant.set_administrators",
    };
    let tx = app.store().begin().await?;
    let scope = permitted(actor, operation)?;
    let found = live(&tx, scope, entity).await?.ok_or(Error::NotFound)?;
    let assigned = known(&tx, scope, "assign", input.assign.iter().copied()).await?;
    let released = known(&tx, scope, "release", input.release.iter().map(|entry| entry.user_id)).await?;
    if !input.invite.is_empty() {
        switched_on(&tx, actor, "user.create").await?;
    }
    stepped_up(app, actor, operation)?;
    check(input, entity, &released)?;
    let mut entry = found.act(operation, entity);
    entry.after = Some(json!({
        "assigned": input.assign, "invited": input.invite.len(),
        "released": input.release.iter().map(|entry| entry.user_id).collect::<Vec<_>>(),
    }));
    audit::record(app, &tx, actor, entry).await?;
    // The entry above noted the request; those of the users belong to the same one.
    let noted = Actor {
        idempotency: None,
        ..actor.clone()
    };
    let change = Change {
        app,
        tx: &tx,
        actor: &noted,
        operation,
    };
    let role = administrator_role(entity);
    for user in assigned {
        change.give(user, role, entity).await?;
    }
    for (number, (entry, user)) in input.release.iter().zip(released).enumerate() {
        change.release(number, entry, user, entity).await?;
    }
    for (number, person) in input.invite.iter().enumerate() {
        change.invite(number, person, role, entity).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The users of a list of the body; a missing one and one outside the scope are the same (check 4 of PM-6).
async fn known(
    tx: &Tx,
    scope: Scope,
    list: &str,
    users: impl Iterator<Item = UserId> + Send,
) -> Result<Vec<UserRow>, Error> {
    let mut rows = Vec::new();
    for (number, id) in users.take(MOST).enumerate() {
        let pointer = match list {
            "release" => format!("/release/{number}/user_id"),
            _ => format!("/{list}/{number}"),
        };
        let row = tx.users().find(scope, id).await?;
        rows.push(row.ok_or_else(|| Invalid::unknown_reference(pointer))?);
    }
    Ok(rows)
}

fn check(input: &AdministratorsInput, entity: Anchor, released: &[UserRow]) -> Result<(), Error> {
    let mut invalid = Invalid::new();
    let people = [
        ("/assign", input.assign.len()),
        ("/invite", input.invite.len()),
        ("/release", input.release.len()),
    ];
    for (pointer, count) in people {
        if count > MOST {
            invalid.add(pointer, "too_long", "Change at most 50 people at once.");
        }
    }
    for (number, user) in released.iter().enumerate() {
        if user.role != administrator_role(entity) || user.anchor != entity {
            let detail = "This user is no administrator of it.";
            invalid.add(format!("/release/{number}/user_id"), "not_administrator", detail);
        } else if input.assign.contains(&user.id) {
            let detail = "Either assign or release a user.";
            invalid.add(format!("/release/{number}/user_id"), "contradiction", detail);
        }
    }
    invalid.check()
}

impl Change<'_> {
    /// Gives a user a role on an entity; the role it had is lost.
    async fn give(&self, user: UserRow, role: Role, anchor: Anchor) -> Result<(), Error> {
        if user.role == role && user.anchor == anchor {
            return Ok(());
        }
        let user = self.allowed(user).await?;
        self.tx.users().set_role(user.id, role, anchor).await?;
        self.end(&user).await?;
        mail::queue(self.app, self.tx, &user, Letter::Notice(Notice::RoleChanged)).await?;
        let before = json!({ "role": user.role, "anchor_id": user.anchor.id() });
        let after = json!({ "role": role, "anchor_id": anchor.id() });
        self.record(&user, anchor, before, after).await
    }

    /// Takes the role away: another one instead, or the user is disabled.
    async fn release(&self, number: usize, entry: &Release, user: UserRow, entity: Anchor) -> Result<(), Error> {
        if let Some(role) = &entry.role {
            let anchor_id = entry.anchor_id.or_else(|| entity.id());
            let granted = users::granted(self.tx, self.actor, role, anchor_id).await;
            let (role, anchor) = granted.map_err(|error| below(error, &format!("/release/{number}")))?;
            return self.give(user, role, anchor).await;
        }
        let user = self.allowed(user).await?;
        if user.disabled {
            return Ok(());
        }
        self.tx.users().set_disabled(user.id, true).await?;
        self.tx.users().end_everything(user.id).await?;
        mail::queue(self.app, self.tx, &user, Letter::Notice(Notice::Disabled)).await?;
        let (before, after) = (json!({ "disabled": false }), json!({ "disabled": true }));
        self.record(&user, entity, before, after).await
    }

    async fn invite(&self, number: usize, person: &Invitation, role: Role, entity: Anchor) -> Result<(), Error> {
        let input = UserInput {
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            email_address: person.email_address.clone(),
            phone_number: person.phone_number.clone(),
            role: role.identifier().to_owned(),
            anchor_id: entity.id(),
            mfa_required: None,
            federated_only: false,
        };
        users::invite(self.app, self.tx, self.actor, &input, (role, entity))
            .await
            .map_err(|error| below(error, &format!("/invite/{number}")))?;
        Ok(())
    }

    /// PM-12 to PM-14: not oneself, nobody above, not the last platform administrator.
    async fn allowed(&self, user: UserRow) -> Result<UserRow, Error> {
        let refused = |code, detail: &str| {
            Err(Error::Refused {
                code,
                detail: detail.to_owned(),
            })
        };
        if self.actor.user_id == Some(user.id) {
            return refused("self_change_refused", "Nobody changes their own role.");
        }
        if user.role.level() > self.actor.role.level() {
            return refused("above_own_level", "This user stands above you.");
        }
        if user.role == Role::PlatformAdministrator {
            self.tx.users().hold_platform_administrators().await?;
            if self.tx.users().platform_administrators_without(user.id).await? == 0 {
                let detail = "This is the last platform administrator who can sign in.";
                return Err(Error::conflict("last_administrator", detail));
            }
        }
        Ok(user)
    }

    /// Ends everything of a user; who is still invited gets a new invitation, for the open one ended with it.
    async fn end(&self, user: &UserRow) -> Result<(), Error> {
        self.tx.users().end_everything(user.id).await?;
        if !user.active {
            mail::queue(self.app, self.tx, user, Letter::Invitation).await?;
        }
        Ok(())
    }

    async fn record(
        &self,
        user: &UserRow,
        anchor: Anchor,
        before: serde_json::Value,
        after: serde_json::Value,
    ) -> Result<(), Error> {
        let (distributor_id, partner_id, tenant_id) = match anchor {
            Anchor::Platform => (None, None, None),
            Anchor::Distributor(id) => (Some(id), None, None),
            Anchor::Partner(id) => (None, Some(id), None),
            Anchor::Tenant(id) => (None, None, Some(id)),
        };
        let entry = Act {
            operation: self.operation.to_owned(),
            target_kind: "user",
            target_id: user.id.to_string(),
            distributor_id,
            partner_id,
            tenant_id,
            before: Some(before),
            after: Some(after),
            ..Act::default()
        };
        audit::record(self.app, self.tx, self.actor, entry).await
    }
}

/// The same error with its pointers below an entry of the body.
fn below(error: Error, entry: &str) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            for field in &mut errors {
                field.pointer = format!("{entry}{}", field.pointer);
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}
