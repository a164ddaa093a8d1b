//! Acts on the credentials of another user (S-08): each needs a fresh proof where the policy says so, tells the user by
//! mail, ends what has to end and is recorded.

use domain::ids::UserId;
use domain::role::Role;
use serde_json::json;

use super::User;
use super::create::no_identity_provider;
use super::doing::{Doing, an_administrator_remains};
use crate::mail::{Letter, Notice};
use crate::sign_in::{enrolment, limits};
use crate::{Actor, App, Error};

/// Suspends an account, or ends the suspension with role, credentials and MFA as they were (I-4).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level`, 409 `last_administrator`.
pub async fn set_disabled(app: &App, actor: &Actor, id: UserId, on: bool) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.set_disabled", id).await?;
    doing.not_oneself()?;
    if doing.user.disabled == on {
        return doing.unchanged().await;
    }
    if on {
        doing.keeps_an_administrator().await?;
    }
    doing.tx.users().set_disabled(id, on).await?;
    if on {
        doing.tx.users().end_everything(id).await?;
        doing.notify(Notice::Disabled).await?;
    } else {
        doing.notify(Notice::Enabled).await?;
        if !doing.user.active {
            doing.write(Letter::Invitation).await?;
        }
    }
    doing
        .finish(Some(json!({ "disabled": !on })), Some(json!({ "disabled": on })))
        .await
}

/// Sets Locked Out: the account stays locked until an administrator unlocks it (I-52).
///
/// # Errors
/// As [`set_disabled`].
pub async fn lock(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.lock", id).await?;
    doing.not_oneself()?;
    if doing.user.locked_by_administrator {
        return doing.unchanged().await;
    }
    doing.keeps_an_administrator().await?;
    doing.tx.users().lock(id).await?;
    doing.tx.users().end_everything(id).await?;
    doing.notify(Notice::Locked).await?;
    doing
        .finish(
            Some(json!({ "locked_out": false })),
            Some(json!({ "locked_out": true })),
        )
        .await
}

/// Clears any lockout and the counts, not a required reset (I-52).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level`.
pub async fn unlock(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.unlock", id).await?;
    doing.not_oneself()?;
    doing.tx.users().unlock(id).await?;
    doing.notify(Notice::Unlocked).await?;
    if doing.user.locked_by_administrator && !doing.user.active {
        doing.write(Letter::Invitation).await?;
    }
    doing
        .finish(
            Some(json!({ "locked_out": true })),
            Some(json!({ "locked_out": false })),
        )
        .await
}

/// Sets MFA Required. On: the present enrolment is discarded and the user registers at the next sign-in; off: an
/// enrolment stays (I-35).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused` for turning the own one off, `above_own_level`.
pub async fn require_mfa(app: &App, actor: &Actor, id: UserId, on: bool) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.require_mfa", id).await?;
    if !on {
        doing.not_oneself()?;
    }
    if doing.user.mfa_required == on {
        return doing.unchanged().await;
    }
    doing.tx.users().set_mfa_required(id, on).await?;
    if on {
        if doing.user.mfa_enrolled || doing.user.mfa_discarded {
            enrolment::discard(app, &doing.tx, &doing.user).await?;
        }
        doing.end_everything().await?;
        doing.notify(Notice::MfaRequired).await?;
    } else {
        doing.notify(Notice::MfaNotRequired).await?;
    }
    doing
        .finish(
            Some(json!({ "mfa_required": !on })),
            Some(json!({ "mfa_required": on })),
        )
        .await
}

/// Discards the authenticator of a user who has to have one (I-36).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused`, `above_own_level`, 409 `mfa_not_required`.
pub async fn reset_mfa(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.reset_mfa", id).await?;
    doing.not_oneself()?;
    if !doing.user.mfa_required {
        return Err(Error::conflict(
            "mfa_not_required",
            "MFA Required is off. Turning it on discards the authenticator.",
        ));
    }
    enrolment::discard(app, &doing.tx, &doing.user).await?;
    doing.end_everything().await?;
    doing.notify(Notice::MfaReset).await?;
    doing.finish(None, Some(json!({ "mfa": "reset" }))).await
}

/// Sets Federated Only. On: the password is erased and everything ends; off: the user gets a link to set one (I-45).
///
/// # Errors
/// [`Error::NotFound`], 403 `self_change_refused` for turning the own one off, `above_own_level`, 409
/// `no_identity_provider` or `last_administrator`.
pub async fn set_federated_only(app: &App, actor: &Actor, id: UserId, on: bool) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.set_federated_only", id).await?;
    if !on {
        doing.not_oneself()?;
    }
    if doing.user.federated_only == on {
        return doing.unchanged().await;
    }
    if on && !doing.tx.has_enabled_identity_provider().await? {
        return Err(no_identity_provider());
    }
    doing.tx.users().set_federated_only(id, on).await?;
    if on && doing.user.role == Role::PlatformAdministrator {
        an_administrator_remains(&doing.tx).await?;
    }
    doing.end_everything().await?;
    if on {
        doing.notify(Notice::FederatedOnly).await?;
        if doing.user.active {
            doing.write(Letter::Invitation).await?;
        }
    } else {
        doing.notify(Notice::NotFederatedOnly).await?;
        if doing.user.active {
            doing.write(Letter::PasswordReset).await?;
        }
    }
    doing
        .finish(
            Some(json!({ "federated_only": !on })),
            Some(json!({ "federated_only": on })),
        )
        .await
}

/// Sends the user a link to set a new password (I-24).
///
/// # Errors
/// [`Error::NotFound`], 403 `above_own_level`, 409 `not_active` or `federated_only`, [`Error::TooMany`].
pub async fn send_password_reset(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.send_password_reset", id).await?;
    if doing.user.federated_only {
        let detail = "This user signs in through an identity provider only.";
        return Err(Error::conflict("federated_only", detail));
    }
    if !doing.user.active || doing.user.disabled || doing.user.locked_by_administrator {
        let detail = "This user is not activated, disabled or locked; a link would not work.";
        return Err(Error::conflict("not_active", detail));
    }
    limits::count_mail(app, &doing.tx, &doing.user.email_address).await?;
    doing.write(Letter::PasswordReset).await?;
    doing.finish(None, None).await
}

/// Sends the invitation again; link and code replace the earlier ones (I-11).
///
/// # Errors
/// [`Error::NotFound`], 403 `above_own_level`, 409 `already_active`, [`Error::TooMany`].
pub async fn resend_activation(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.resend_activation", id).await?;
    let user = &doing.user;
    if user.active && (user.has_password || user.federated_only) {
        let detail = "This user is activated already.";
        return Err(Error::conflict("already_active", detail));
    }
    limits::count_mail(app, &doing.tx, &user.email_address).await?;
    doing.write(Letter::Invitation).await?;
    doing.finish(None, None).await
}

/// Ends all sessions of a user.
///
/// # Errors
/// [`Error::NotFound`], 403 `above_own_level`.
pub async fn revoke_sessions(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.revoke_sessions", id).await?;
    doing.end_everything().await?;
    doing.notify(Notice::SignedOut).await?;
    doing.finish(None, None).await
}
