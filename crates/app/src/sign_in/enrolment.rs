//! Registering an authenticator: the secret once, then two consecutive codes (I-32).

use chrono::TimeDelta;
use domain::ids::UserId;
use persistence::Tx;
use persistence::secret::SecretPlace;
use persistence::user::UserRow;
use zeroize::Zeroizing;

use super::codes::{self, Checked};
use super::totp;
use crate::mail::{self, Letter, Notice};
use crate::{App, Error, Invalid, secrets};

/// An enrolment that was begun can be ended for this long.
const PENDING_MINUTES: i64 = 10;

/// What the page shows once.
#[derive(Clone)]
pub struct NewAuthenticator {
    /// The secret in base 32.
    pub secret: Zeroizing<String>,
    /// `otpauth://` address.
    pub uri: Zeroizing<String>,
    /// Its QR code in a `data:` address.
    pub qr_code: String,
}

impl std::fmt::Debug for NewAuthenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAuthenticator").finish_non_exhaustive()
    }
}

/// What a person enters while enrolling.
#[derive(Clone, Default)]
pub struct EnrolmentInput {
    /// First of two consecutive codes.
    pub first_code: Option<String>,
    /// The code that followed.
    pub second_code: Option<String>,
    /// Code by mail, after an authenticator was discarded.
    pub mailed_code: Option<String>,
}

impl std::fmt::Debug for EnrolmentInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentInput").finish_non_exhaustive()
    }
}

/// What a step led to.
#[derive(Debug)]
pub enum Step {
    /// The enrolment began.
    Begun(NewAuthenticator),
    /// It ended; the recovery codes, shown once.
    Ended(Vec<String>),
    /// Refused; what was counted is to be committed all the same.
    Refused(Error),
}

/// Takes one step: without codes the enrolment begins, with both it ends.
///
/// # Errors
/// [`Error::Internal`] of storage; refusals are [`Step::Refused`].
pub async fn step(app: &App, tx: &Tx, user: &UserRow, input: &EnrolmentInput) -> Result<Step, Error> {
    match (&input.first_code, &input.second_code) {
        (None, None) => begin(app, tx, user, input.mailed_code.as_deref()).await,
        (first, second) => {
            let (first, second) = (first.as_deref().unwrap_or(""), second.as_deref().unwrap_or(""));
            end(app, tx, user, first, second).await
        }
    }
}

async fn begin(app: &App, tx: &Tx, user: &UserRow, mailed_code: Option<&str>) -> Result<Step, Error> {
    if user.mfa_discarded {
        let typed = mailed_code.unwrap_or("");
        match codes::check_mailed(app, tx, user.id, codes::ENROLMENT, typed).await? {
            Checked::Right => {}
            Checked::Wrong => return Ok(Step::Refused(code_wrong("/mailed_code"))),
            Checked::Expired => return Ok(Step::Refused(code_expired("/mailed_code"))),
        }
    }
    let secret = totp::new_secret()?;
    secrets::put(app, tx, &pending(user.id), &secret, None).await?;
    let uri = totp::uri(&user.email_address, &secret);
    Ok(Step::Begun(NewAuthenticator {
        secret: totp::base32(&secret),
        qr_code: totp::qr_code(&uri)?,
        uri,
    }))
}

async fn end(app: &App, tx: &Tx, user: &UserRow, first: &str, second: &str) -> Result<Step, Error> {
    let now = app.clock().now();
    let begun = tx.secrets().find(&pending(user.id)).await?;
    let in_time = begun.is_some_and(|row| row.set_at + TimeDelta::minutes(PENDING_MINUTES) > now);
    let Some(secret) = secrets::find(app, tx, &pending(user.id)).await?.filter(|_| in_time) else {
        let detail = "Begin again: the secret shown before is not kept any longer.";
        return Ok(Step::Refused(Invalid::one("/first_code", "code_expired", detail)));
    };
    let Some(step) = totp::matching_step(&secret, second, now) else {
        return Ok(Step::Refused(code_wrong("/second_code")));
    };
    if !totp::is_code_of(&secret, first, step.saturating_sub(1)) {
        return Ok(Step::Refused(code_wrong("/first_code")));
    }
    secrets::put(app, tx, &kept(user.id), &secret, None).await?;
    tx.secrets().destroy(&pending(user.id)).await?;
    tx.users().enrol(user.id, now, step).await?;
    let recovery = codes::new_recovery(app, tx, user.id).await?;
    tx.users().end_beside_sessions(user.id).await?;
    mail::queue(app, tx, user, Letter::Notice(Notice::AuthenticatorRegistered)).await?;
    Ok(Step::Ended(recovery))
}

/// Discards authenticator and recovery codes (I-35).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn discard(app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
    forget(app, tx, user.id).await?;
    tx.users().discard_enrolment(user.id).await?;
    Ok(())
}

/// Destroys the secrets and codes of a user.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn forget(app: &App, tx: &Tx, id: UserId) -> Result<(), Error> {
    tx.secrets().destroy(&kept(id)).await?;
    tx.secrets().destroy(&pending(id)).await?;
    tx.recovery_codes().replace(id, &[], app.clock().now()).await?;
    Ok(())
}

/// The secret of a registered authenticator.
///
/// # Errors
/// [`Error::Internal`] when there is none or it does not open.
pub(super) async fn secret(app: &App, tx: &Tx, id: UserId) -> Result<Zeroizing<Vec<u8>>, Error> {
    let kept = secrets::find(app, tx, &kept(id)).await?;
    kept.ok_or_else(|| Error::internal("an authenticator without its secret"))
}

fn kept(id: UserId) -> SecretPlace {
    place(id, "authenticator")
}

fn pending(id: UserId) -> SecretPlace {
    place(id, "authenticator_begun")
}

fn place(id: UserId, name: &'static str) -> SecretPlace {
    SecretPlace {
        owner_kind: "user",
        owner_id: id.to_string(),
        name,
    }
}

pub(super) fn code_wrong(pointer: &str) -> Error {
    Invalid::one(pointer, "code_wrong", "This code is wrong. Enter the one shown now.")
}

pub(super) fn code_expired(pointer: &str) -> Error {
    Invalid::one(pointer, "code_expired", "This code has expired. Ask for a new one.")
}
