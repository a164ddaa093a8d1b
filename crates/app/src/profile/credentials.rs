//! Own password, address, authenticator and recovery codes. The other sessions end; the one it is done in goes on under
//! a new value (S-31).

use persistence::Tx;
use persistence::user::UserRow;
use serde_json::json;
use zeroize::Zeroizing;

use super::{OwnAccount, act, described, oneself, own};
use crate::audit;
use crate::mail::{self, Letter, Notice};
use crate::sign_in::enrolment::{self, EnrolmentInput, NewAuthenticator, Step};
use crate::sign_in::hasher::Hasher;
use crate::sign_in::{Source, codes, failures, limits, password, session, step_up};
use crate::users::ask_for_address;
use crate::{Actor, App, Error, Invalid};

/// What a step of an own enrolment led to.
#[derive(Debug)]
pub enum Enrolment {
    /// It began.
    Begun(NewAuthenticator),
    /// It ended: recovery codes, and the new value of the session.
    Ended(Vec<String>, Zeroizing<String>),
}

/// Asks for another own address; a link to it confirms it (I-8).
///
/// # Errors
/// [`Error::StepUpRequired`], 422 `/email_address`, 409 `email_taken`.
pub async fn change_email(app: &App, actor: &Actor, address: &str) -> Result<OwnAccount, Error> {
    let tx = app.store().begin().await?;
    let user = own(app, &tx, actor, "profile.change_email").await?;
    ask_for_address(app, &tx, actor, &user, address).await?;
    let mut entry = act("profile.change_email", &user);
    entry.after = Some(json!({ "email_address": "changed" }));
    audit::record(app, &tx, actor, entry).await?;
    let after = tx.users().find(oneself(), user.id).await?.ok_or(Error::NotSignedIn)?;
    let account = described(&tx, after).await?;
    tx.commit().await?;
    Ok(account)
}

/// Changes the own password, which needs the present one (I-22); answers the new value of the session.
///
/// # Errors
/// [`Error::StepUpRequired`], 422 `/present_password` `password_wrong` or `/new_password` with the password's code.
pub async fn change_password(
    app: &App,
    hasher: &Hasher,
    actor: &Actor,
    token: &str,
    (present, new): (String, String),
    source: &Source,
) -> Result<Zeroizing<String>, Error> {
    let tx = app.store().read().await?;
    let user = own(app, &tx, actor, "profile.change_password").await?;
    let shortest = password::shortest(&tx, user.mfa_enrolled).await?;
    drop(tx);
    let mut invalid = Invalid::new();
    let personal = [user.first_name.as_str(), &user.last_name, &user.email_address];
    password::check(&mut invalid, "/new_password", &new, shortest, &personal);
    invalid.check()?;
    let right = step_up::verify(app, hasher, &user, Some(present)).await?;
    let hash = hasher.hash("/new_password", new).await?;
    let tx = app.store().begin().await?;
    tx.users().hold(user.id).await?;
    let user = own(app, &tx, actor, "profile.change_password").await?;
    let lane = failures::lane(app, &tx, &user, source).await?;
    if !right || !lane.is_open(&user, app.clock().now()) {
        lane.note(app, &tx, &user).await?;
        tx.commit().await?;
        let detail = "This is not the present password.";
        return Err(Invalid::one("/present_password", "password_wrong", detail));
    }
    tx.users().set_password(user.id, Some(&hash)).await?;
    mail::queue(app, &tx, &user, Letter::Notice(Notice::PasswordChanged)).await?;
    let value = go_on(app, &tx, &user, token, user.mfa_enrolled).await?;
    audit::record(app, &tx, &actor.unkept(), act("profile.change_password", &user)).await?;
    tx.commit().await?;
    Ok(value)
}

/// Takes one step of registering an authenticator (I-32).
///
/// # Errors
/// [`Error::StepUpRequired`], 422 naming the wrong code.
pub async fn enrol_mfa(app: &App, actor: &Actor, token: &str, input: &EnrolmentInput) -> Result<Enrolment, Error> {
    let tx = app.store().begin().await?;
    let user = own(app, &tx, actor, "profile.enrol_mfa").await?;
    if user.federated_only {
        let detail = "The second factor of this account is the identity provider's.";
        return Err(Error::conflict("federated_only", detail));
    }
    match enrolment::step(app, &tx, &user, input).await? {
        Step::Refused(error) => {
            tx.commit().await?;
            Err(error)
        }
        Step::Begun(authenticator) => {
            tx.commit().await?;
            Ok(Enrolment::Begun(authenticator))
        }
        Step::Ended(recovery) => {
            let value = go_on(app, &tx, &user, token, true).await?;
            audit::record(app, &tx, &actor.unkept(), act("profile.enrol_mfa", &user)).await?;
            tx.commit().await?;
            Ok(Enrolment::Ended(recovery, value))
        }
    }
}

/// Sends the code that registering an authenticator needs after one was discarded (I-36), inside a session.
///
/// # Errors
/// [`Error::NotSignedIn`], [`Error::TooMany`] for mails of an address.
pub async fn send_enrolment_code(app: &App, token: &str) -> Result<(), Error> {
    let user = session::current(app, token).await?.user;
    let tx = app.store().begin().await?;
    limits::count_mail(app, &tx, &user.email_address).await?;
    mail::queue(app, &tx, &user, Letter::EnrolmentCode).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes new recovery codes; the old ones stop working (I-34).
///
/// # Errors
/// [`Error::StepUpRequired`], 409 `mfa_not_enrolled`.
pub async fn regenerate_recovery_codes(app: &App, actor: &Actor) -> Result<Vec<String>, Error> {
    let tx = app.store().begin().await?;
    let user = own(app, &tx, actor, "profile.regenerate_recovery_codes").await?;
    if !user.mfa_enrolled {
        let detail = "Register an authenticator first.";
        return Err(Error::conflict("mfa_not_enrolled", detail));
    }
    let codes = codes::new_recovery(app, &tx, user.id).await?;
    mail::queue(app, &tx, &user, Letter::Notice(Notice::RecoveryCodesRenewed)).await?;
    let entry = act("profile.regenerate_recovery_codes", &user);
    audit::record(app, &tx, &actor.unkept(), entry).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Ends everything of the user but this session, which goes on under a new value (S-31).
async fn go_on(app: &App, tx: &Tx, user: &UserRow, token: &str, factor: bool) -> Result<Zeroizing<String>, Error> {
    let value = step_up::renewed(app, tx, token, factor).await?;
    let hash = app.vault().token_hash("session", &value);
    tx.sessions().delete_others(user.id, &hash).await?;
    tx.users().end_beside_sessions(user.id).await?;
    Ok(value)
}
