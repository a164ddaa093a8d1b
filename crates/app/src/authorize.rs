//! The decision: checks 3, 5 and 6 of PM-6 for an actor and an operation.
//!
//! The answer is the [`Scope`] every query of the use case takes; an object outside it is then not found (check 4).

use chrono::Duration;
use domain::policy::{self, Decision};
use domain::scope::Scope;
use persistence::Tx;

use crate::{Actor, App, CredentialKind, Error};

/// A proof of identity is fresh for this long (PM-20).
pub const STEP_UP_MINUTES: i64 = 10;

/// May the actor do `operation`? Answers the scope of the objects it may do it to. Call it first in the transaction of
/// the use case, so that switches are read where the write happens (S-05).
///
/// An operation behind a switch needs the object first (check 4 comes before check 5): use [`permitted`] to get the
/// scope, load the object, then call [`switched_on`].
///
/// # Errors
/// [`Error::NotPermitted`], [`Error::SwitchedOff`] or [`Error::StepUpRequired`].
pub async fn authorize(app: &App, tx: &Tx, actor: &Actor, operation: &'static str) -> Result<Scope, Error> {
    let scope = permitted(actor, operation)?;
    switched_on(tx, actor, operation).await?;
    stepped_up(app, actor, operation)?;
    Ok(scope)
}

/// Check 3: the role, or the kind of credential, may ever do this.
///
/// # Errors
/// [`Error::NotPermitted`].
pub fn permitted(actor: &Actor, operation: &'static str) -> Result<Scope, Error> {
    let row = policy::row(operation).ok_or(Error::NotPermitted)?;
    let by_key = matches!(actor.credential, CredentialKind::AccessToken | CredentialKind::ApiKey);
    if by_key && !row.api_key {
        return Err(Error::NotPermitted);
    }
    match policy::decide(actor.role, operation) {
        Decision::Never => Err(Error::NotPermitted),
        Decision::Everything => Ok(Scope::system("the operation is allowed on every object (PM-4)")),
        Decision::InScope | Decision::InScopeWhile(_) => Ok(actor.scope()),
    }
}

/// Check 5: the setting that gates the operation is on.
///
/// # Errors
/// [`Error::SwitchedOff`] naming the setting.
pub async fn switched_on(tx: &Tx, actor: &Actor, operation: &'static str) -> Result<(), Error> {
    match policy::decide(actor.role, operation) {
        Decision::InScopeWhile(key) if !crate::settings::read_switch(tx, &key).await? => Err(Error::SwitchedOff(key)),
        _ => Ok(()),
    }
}

/// Check 6: a fresh proof of identity where the operation needs one. The host's console is proof itself.
///
/// # Errors
/// [`Error::StepUpRequired`].
pub fn stepped_up(app: &App, actor: &Actor, operation: &'static str) -> Result<(), Error> {
    let needed = policy::row(operation).is_some_and(|row| row.step_up);
    if !needed || actor.credential == CredentialKind::Console {
        return Ok(());
    }
    let fresh = actor
        .proven_at
        .is_some_and(|at| app.clock().now() - at <= Duration::minutes(STEP_UP_MINUTES));
    if fresh { Ok(()) } else { Err(Error::StepUpRequired) }
}
