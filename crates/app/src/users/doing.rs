//! What every act on a user shares: who may, what is checked, what is recorded (PM-12 to PM-14, S-08).

use domain::ids::UserId;
use domain::role::Role;
use persistence::Tx;
use persistence::user::UserRow;
use serde_json::Value;
use uuid::Uuid;

use super::{User, act, named};
use crate::audit;
use crate::authorize::{permitted, stepped_up};
use crate::mail::{self, Letter, Notice};
use crate::{Actor, App, Error};

/// An act under way, in its transaction.
pub(super) struct Doing<'a> {
    app: &'a App,
    actor: &'a Actor,
    operation: &'static str,
    pub(super) tx: Tx,
    /// The user as found; platform administrators are held until the transaction ends (PM-13).
    pub(super) user: UserRow,
}

impl<'a> Doing<'a> {
    /// Finds the user and asks for a fresh proof where the policy does (checks 3 to 6 of PM-6).
    pub(super) async fn begin(
        app: &'a App,
        actor: &'a Actor,
        operation: &'static str,
        id: UserId,
    ) -> Result<Self, Error> {
        let found = Self::found(app, actor, operation, id).await?;
        found.proved()?;
        Ok(found)
    }

    /// Finds the user in the actor's scope, for an act whose body names other records: what is outside does not exist,
    /// and that comes before the proof, which the act then asks for with [`Doing::proved`].
    pub(super) async fn found(
        app: &'a App,
        actor: &'a Actor,
        operation: &'static str,
        id: UserId,
    ) -> Result<Self, Error> {
        let tx = app.store().begin().await?;
        let scope = permitted(actor, operation)?;
        let mut user = tx.users().find(scope, id).await?.ok_or(Error::NotFound)?;
        if user.role == Role::PlatformAdministrator {
            tx.users().hold_platform_administrators().await?;
            user = tx.users().find(scope, id).await?.ok_or(Error::NotFound)?;
        }
        if user.role.level() > actor.role.level() {
            return Err(Error::Refused {
                code: "above_own_level",
                detail: "This user stands above you.".to_owned(),
            });
        }
        Ok(Self {
            app,
            actor,
            operation,
            tx,
            user,
        })
    }

    /// Check 6 of PM-6: a fresh proof where the policy asks for one.
    pub(super) fn proved(&self) -> Result<(), Error> {
        stepped_up(self.app, self.actor, self.operation)
    }

    /// Whether the actor acts on the own account.
    pub(super) fn is_oneself(&self) -> bool {
        self.actor.user_id == Some(self.user.id)
    }

    /// PM-12.
    pub(super) fn not_oneself(&self) -> Result<(), Error> {
        if self.is_oneself() {
            return Err(Error::Refused {
                code: "self_change_refused",
                detail: "Nobody does this to the own account. What is yours to change is under Profile.".to_owned(),
            });
        }
        Ok(())
    }

    /// PM-13: after the act another platform administrator can still sign in.
    pub(super) async fn keeps_an_administrator(&self) -> Result<(), Error> {
        let user = &self.user;
        let counts = user.role == Role::PlatformAdministrator
            && user.active
            && !user.disabled
            && !user.locked_by_administrator
            && !user.shadow;
        if counts && self.tx.users().platform_administrators_without(user.id).await? == 0 {
            return Err(Error::conflict(
                "last_administrator",
                "This is the last platform administrator who can sign in.",
            ));
        }
        Ok(())
    }

    /// Ends everything of the user; an open invitation ended with it, so a user who is still invited gets a new one.
    pub(super) async fn end_everything(&self) -> Result<(), Error> {
        self.tx.users().end_everything(self.user.id).await?;
        if !self.user.active {
            self.write(Letter::Invitation).await?;
        }
        Ok(())
    }

    /// Tells the user what was done (PM-14).
    pub(super) async fn notify(&self, notice: Notice) -> Result<(), Error> {
        self.write(Letter::Notice(notice)).await
    }

    /// Puts a mail to the user into the outbox.
    pub(super) async fn write(&self, letter: Letter) -> Result<(), Error> {
        mail::queue(self.app, &self.tx, &self.user, letter).await
    }

    /// Nothing had to change: the user as it is, nothing recorded.
    pub(super) async fn unchanged(self) -> Result<User, Error> {
        named(self.app, &self.tx, self.user).await
    }

    /// Records the act and makes it durable.
    pub(super) async fn finish(self, before: Option<Value>, after: Option<Value>) -> Result<User, Error> {
        let scope = permitted(self.actor, self.operation)?;
        let row = tx_find(&self.tx, scope, self.user.id).await?;
        let mut entry = act(self.operation, row.id, row.anchor);
        entry.before = before;
        entry.after = after;
        audit::record(self.app, &self.tx, self.actor, entry).await?;
        let user = named(self.app, &self.tx, row).await?;
        self.tx.commit().await?;
        Ok(user)
    }

    /// Records an act that leaves no user behind and makes it durable.
    pub(super) async fn finish_gone(self, before: Value) -> Result<(), Error> {
        let mut entry = act(self.operation, self.user.id, self.user.anchor);
        entry.before = Some(before);
        audit::record(self.app, &self.tx, self.actor, entry).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

async fn tx_find(tx: &Tx, scope: domain::scope::Scope, id: UserId) -> Result<UserRow, Error> {
    tx.users().find(scope, id).await?.ok_or(Error::NotFound)
}

/// PM-13, asked after a change that takes a way of signing in: a platform administrator still has one.
///
/// # Errors
/// 409 `last_administrator`; the change must not be committed then.
pub(crate) async fn an_administrator_remains(tx: &Tx) -> Result<(), Error> {
    tx.users().hold_platform_administrators().await?;
    let nobody = UserId::new(Uuid::nil());
    if tx.users().platform_administrators_without(nobody).await? == 0 {
        let detail = "No platform administrator could sign in any more.";
        return Err(Error::conflict("last_administrator", detail));
    }
    Ok(())
}
