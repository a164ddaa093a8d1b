//! Between password and second factor: a state that reaches only the steps of the second factor (I-31, S-27).

use chrono::{DateTime, TimeDelta, Utc};
use domain::scope::Scope;
use persistence::Tx;
use persistence::user::{NewHalfSession, UserRow};
use zeroize::Zeroizing;

use super::enrolment::{self, EnrolmentInput, NewAuthenticator, Step};
use super::session::{self, OpenedSession};
use super::{Source, codes, failures, nobody, totp};
use crate::audit::{self, Act};
use crate::mail::{self, Letter, Notice};
use crate::vault::Vault;
use crate::{App, Error};

/// The state lasts this long (I-31).
const MINUTES: i64 = 10;
/// Tries in it (I-31).
const TRIES: i64 = 5;
/// Step that asks for a code.
pub const CODE: &str = "code";
/// Step that asks for an enrolment.
pub const ENROLMENT: &str = "enrolment";

/// A half-way state that was just opened.
#[derive(Debug)]
pub struct OpenedHalf {
    /// Value of its cookie.
    pub token: Zeroizing<String>,
    /// [`CODE`] or [`ENROLMENT`].
    pub step: &'static str,
    /// Whether the enrolment needs the mailed code.
    pub mailed_code_needed: bool,
    /// Its end.
    pub expires_at: DateTime<Utc>,
}

/// What an enrolment at sign-in led to.
#[derive(Debug)]
pub enum Enrolled {
    /// It began.
    Begun(NewAuthenticator),
    /// It ended: recovery codes and the session.
    Ended(Vec<String>, Box<OpenedSession>),
}

/// Opens a half-way state in the transaction that proved the password.
pub(super) async fn open(
    app: &App,
    tx: &Tx,
    user: &UserRow,
    source: &Source,
    step: &'static str,
) -> Result<OpenedHalf, Error> {
    let now = app.clock().now();
    let token = Vault::new_token().map_err(Error::internal)?;
    let expires_at = now + TimeDelta::minutes(MINUTES);
    let new = NewHalfSession {
        token_hash: app.vault().token_hash("half", &token),
        user_id: user.id,
        step,
        at: now,
        expires_at,
        source_address: source.address.clone(),
        user_agent: source.short_agent(),
    };
    tx.half_sessions().insert(new).await?;
    Ok(OpenedHalf {
        token,
        step,
        mailed_code_needed: step == ENROLMENT && user.mfa_discarded,
        expires_at,
    })
}

/// The second step of a sign-in: a code of the authenticator, or a recovery code instead.
///
/// # Errors
/// [`Error::NotSignedIn`] when the state ended; 422 `/code` `code_wrong`.
pub async fn enter_code(app: &App, token: &str, code: &str, source: &Source) -> Result<OpenedSession, Error> {
    let hash = app.vault().token_hash("half", token);
    let tx = app.store().begin().await?;
    let user = tried(app, &tx, &hash, CODE).await?;
    let proved = prove_code(app, &tx, &user, code).await;
    if let Err(error) = proved {
        let act = Act {
            operation: "sign_in.refused".to_owned(),
            target_kind: "user",
            target_id: user.id.to_string(),
            ..Act::default()
        };
        audit::record(app, &tx, &nobody(source), act).await?;
        tx.commit().await?;
        return Err(error);
    }
    let opened = session::open(app, &tx, user, source, "sign_in", true).await?;
    let session = app.vault().token_hash("session", &opened.token);
    tx.federation_states().hand_on(&hash, &session).await?;
    tx.half_sessions().delete(&hash).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Registers an authenticator at sign-in and signs in with it.
///
/// # Errors
/// [`Error::NotSignedIn`] when the state ended; 422 naming the wrong code.
pub async fn enrol(app: &App, token: &str, input: &EnrolmentInput, source: &Source) -> Result<Enrolled, Error> {
    let hash = app.vault().token_hash("half", token);
    let tx = app.store().begin().await?;
    let user = tried(app, &tx, &hash, ENROLMENT).await?;
    match enrolment::step(app, &tx, &user, input).await? {
        Step::Refused(error) => {
            tx.commit().await?;
            Err(error)
        }
        Step::Begun(authenticator) => {
            tx.commit().await?;
            Ok(Enrolled::Begun(authenticator))
        }
        Step::Ended(recovery) => {
            tx.sessions().delete_of_user(user.id).await?;
            let everything = Scope::system("the half-way state proves whose it is");
            let user = tx.users().find(everything, user.id).await?.ok_or(Error::NotSignedIn)?;
            let opened = session::open(app, &tx, user, source, "sign_in", true).await?;
            let session = app.vault().token_hash("session", &opened.token);
            tx.federation_states().hand_on(&hash, &session).await?;
            tx.commit().await?;
            Ok(Enrolled::Ended(recovery, Box::new(opened)))
        }
    }
}

/// Sends the code that an enrolment after a discarded one needs (I-36), to whoever holds the half-way state.
///
/// # Errors
/// [`Error::NotSignedIn`] when the state ended, [`Error::TooMany`] for mails of an address.
pub async fn send_code(app: &App, token: &str) -> Result<(), Error> {
    let hash = app.vault().token_hash("half", token);
    let tx = app.store().begin().await?;
    let state = tx.half_sessions().find(&hash).await?.ok_or(Error::NotSignedIn)?;
    let everything = Scope::system("the half-way state proves whose it is");
    let user = tx.users().find(everything, state.user_id).await?;
    let user = user
        .filter(|_| state.expires_at > app.clock().now())
        .ok_or(Error::NotSignedIn)?;
    super::limits::count_mail(app, &tx, &user.email_address).await?;
    mail::queue(app, &tx, &user, Letter::EnrolmentCode).await?;
    tx.commit().await?;
    Ok(())
}

/// Proves a code of a registered authenticator, or a recovery code. Failures are counted in `tx`, which is to be
/// committed also when this refuses.
///
/// # Errors
/// 422 `/code` `code_wrong`; [`Error::NotSignedIn`] while codes are locked.
pub(super) async fn prove_code(app: &App, tx: &Tx, user: &UserRow, code: &str) -> Result<(), Error> {
    let now = app.clock().now();
    if user.mfa_reset_required || user.code_locked_until.is_some_and(|until| until > now) {
        return Err(enrolment::code_wrong("/code"));
    }
    let secret = enrolment::secret(app, tx, user.id).await?;
    if let Some(step) = totp::matching_step(&secret, code, now)
        && tx.users().use_step(user.id, step).await?
    {
        return Ok(());
    }
    if codes::use_recovery(app, tx, user.id, code).await? {
        tx.users().set_code_failures(user.id, 0, None, false).await?;
        mail::queue(app, tx, user, Letter::Notice(Notice::RecoveryCodeUsed)).await?;
        return Ok(());
    }
    failures::note_code(app, tx, user).await?;
    Err(enrolment::code_wrong("/code"))
}

/// Counts the try and answers whose state it is; the fifth try is the last.
async fn tried(app: &App, tx: &Tx, hash: &[u8], step: &str) -> Result<UserRow, Error> {
    let state = tx.half_sessions().count_try(hash).await?.ok_or(Error::NotSignedIn)?;
    if state.expires_at <= app.clock().now() || state.tries > TRIES || state.step != step {
        return Err(Error::NotSignedIn);
    }
    tx.users().hold(state.user_id).await?;
    let everything = Scope::system("the half-way state proves whose it is");
    let user = tx.users().find(everything, state.user_id).await?;
    user.filter(|user| user.active && !user.disabled && !user.locked_by_administrator)
        .ok_or(Error::NotSignedIn)
}
