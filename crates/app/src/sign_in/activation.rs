//! Activation of an invited user by the link of the invitation mail, with a code where one is asked for (I-10 to I-14).

use chrono::TimeDelta;
use domain::ids::UserId;
use domain::scope::Scope;
use persistence::Tx;
use persistence::user::UserRow;
use zeroize::Zeroizing;

use super::codes::{self, Checked};
use super::enrolment::{code_expired, code_wrong};
use super::hasher::Hasher;
use super::links::{self, link_invalid};
use super::{Admitted, Source, admit, password, reset};
use crate::mail::Letter;
use crate::{App, Error, Invalid, settings};

/// Purpose of invitation links and codes.
pub const PURPOSE: &str = "invitation";
/// Detail of a link that the host's console made: whoever has it stands at the console, no code is asked for.
pub(super) const CONSOLE: &str = "console";

/// What a person enters to activate an account.
#[derive(Clone, Default)]
pub struct Activation {
    /// Token of the link.
    pub token: String,
    /// The new password.
    pub password: String,
    /// Address, when the code is asked for.
    pub email_address: Option<String>,
    /// Code of the mail.
    pub code: Option<String>,
}

impl std::fmt::Debug for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activation").finish_non_exhaustive()
    }
}

/// What the activation page has to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkState {
    /// `open`, `expired` or `invalid`.
    pub state: &'static str,
    /// Whether address and code are asked for.
    pub code_required: bool,
    /// Whether the account is activated at an identity provider (I-14).
    pub federated_only: bool,
}

/// Makes the invitation link of a user, valid for 24 hours, in place of older ones.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_link(app: &App, tx: &Tx, user_id: UserId, detail: Option<&str>) -> Result<Zeroizing<String>, Error> {
    links::new(app, tx, user_id, PURPOSE, TimeDelta::hours(24), detail, "activation").await
}

/// A new invitation link for the user with this address, for the console of the host while no mail server is set.
///
/// # Errors
/// [`Error::NotFound`] when no live user has the address.
pub async fn link_for(app: &App, address: &str) -> Result<Zeroizing<String>, Error> {
    let tx = app.store().begin().await?;
    let address = domain::text::email_address(address).map_err(|_| Error::NotFound)?;
    let (user, _) = tx.users().find_for_sign_in(&address).await?.ok_or(Error::NotFound)?;
    let link = new_link(app, &tx, user.id, Some(CONSOLE)).await?;
    tx.commit().await?;
    Ok(link)
}

/// Whether the activation of a user asks for a code (I-12).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn asks_for_code(tx: &Tx, user: &UserRow) -> Result<bool, Error> {
    let on = settings::read_switch(tx, "users.require_user_activation").await?
        && settings::read_switch(tx, "users.require_user_activation_code").await?;
    Ok(on && !user.active && !user.federated_only)
}

/// What the page behind a link has to ask for.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn state(app: &App, token: &str) -> Result<LinkState, Error> {
    let hash = app.vault().token_hash(PURPOSE, token);
    let tx = app.store().read().await?;
    match invited(app, &tx, &hash).await {
        Ok((user, console)) => Ok(LinkState {
            state: "open",
            code_required: !console && asks_for_code(&tx, &user).await?,
            federated_only: user.federated_only,
        }),
        Err(Error::Invalid(errors)) => Ok(LinkState {
            state: if errors.iter().any(|error| error.code == "link_expired") {
                "expired"
            } else {
                "invalid"
            },
            code_required: false,
            federated_only: false,
        }),
        Err(other) => Err(other),
    }
}

/// Asks for a new invitation; the answer is the same for every address (I-13).
///
/// # Errors
/// [`Error::TooMany`] for the source.
pub async fn send_again(app: &App, address: &str, source: &Source) -> Result<(), Error> {
    reset::asked(app, address, source, Letter::Invitation).await
}

/// Sets the password of the invited user and signs in, as far as the second factor lets.
///
/// # Errors
/// [`Error::Invalid`] at `/token` with `link_invalid` or `link_expired`, at `/password` with the password's code, at
/// `/code` with `code_wrong` or `code_expired`.
pub async fn activate(app: &App, hasher: &Hasher, input: Activation, source: &Source) -> Result<Admitted, Error> {
    let hash = app.vault().token_hash(PURPOSE, &input.token);
    let tx = app.store().read().await?;
    let (user, console) = invited(app, &tx, &hash).await?;
    if user.federated_only {
        return Err(link_invalid());
    }
    let shortest = password::shortest(&tx, user.mfa_enrolled).await?;
    let code_asked = !console && asks_for_code(&tx, &user).await?;
    drop(tx);
    let mut invalid = Invalid::new();
    let personal = [user.first_name.as_str(), &user.last_name, &user.email_address];
    password::check(&mut invalid, "/password", &input.password, shortest, &personal);
    let address = input.email_address.as_deref().map(domain::text::email_address);
    if code_asked && address != Some(Ok(user.email_address.clone())) {
        invalid.add(
            "/email_address",
            "email_wrong",
            "Enter the address the invitation went to.",
        );
    }
    invalid.check()?;
    let password_hash = hasher.hash("/password", input.password).await?;
    let tx = app.store().begin().await?;
    let (user, _) = invited(app, &tx, &hash).await?;
    if code_asked {
        let typed = input.code.as_deref().unwrap_or("");
        let refused = match codes::check_mailed(app, &tx, user.id, PURPOSE, typed).await? {
            Checked::Right => None,
            Checked::Wrong => Some(code_wrong("/code")),
            Checked::Expired => Some(code_expired("/code")),
        };
        if let Some(refused) = refused {
            tx.commit().await?;
            return Err(refused);
        }
    }
    if !tx.links().use_up(&hash, app.clock().now()).await? {
        return Err(link_invalid());
    }
    tx.users().activate(user.id, &password_hash).await?;
    tx.users().end_everything(user.id).await?;
    let everything = Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, user.id).await?.ok_or_else(link_invalid)?;
    let admitted = admit(app, &tx, user, source, "activation", false).await?;
    tx.commit().await?;
    Ok(admitted)
}

/// Whose invitation it is, and whether the console made it.
async fn invited(app: &App, tx: &Tx, hash: &[u8]) -> Result<(UserRow, bool), Error> {
    let link = links::open(app, tx, PURPOSE, hash).await?;
    let everything = Scope::system("the link proves whose it is");
    let user = tx.users().find(everything, link.user_id).await?;
    let user = user
        .filter(|user| !user.disabled && !user.locked_by_administrator && !user.shadow)
        .ok_or_else(link_invalid)?;
    Ok((user, link.detail.as_deref() == Some(CONSOLE)))
}
