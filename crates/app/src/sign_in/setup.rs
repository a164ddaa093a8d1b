//! The first platform administrator (I-68, I-69, S-39).

use chrono::TimeDelta;
use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::text;
use persistence::StoreError;
use persistence::user::{NewUser, UserFields};
use zeroize::Zeroizing;

use super::hasher::Hasher;
use super::{Admitted, Source, admit, password};
use crate::users::FieldsInput;
use crate::vault::Vault;
use crate::{App, Error, Invalid, ids, settings};

/// What the set-up page sends.
#[derive(Clone, Debug)]
pub struct FirstAdministrator {
    /// One-time token.
    pub token: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email_address: String,
    /// Password.
    pub password: String,
    /// MFA Required.
    pub mfa_required: bool,
}

/// Whether the set-up page is open.
///
/// # Errors
/// [`Error::NotFound`] once the first administrator exists.
pub async fn state(app: &App) -> Result<(), Error> {
    let tx = app.store().read().await?;
    if tx.first_start().is_closed().await? {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}

/// Makes a new one-time token, valid for 24 hours; none once the first administrator exists.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_token(app: &App) -> Result<Option<Zeroizing<String>>, Error> {
    let tx = app.store().begin().await?;
    if tx.first_start().is_closed().await? {
        return Ok(None);
    }
    let token = Vault::new_token().map_err(Error::internal)?;
    let hash = app.vault().token_hash("bootstrap", &token);
    tx.first_start()
        .set_token(hash, app.clock().now() + TimeDelta::hours(24))
        .await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Creates the first platform administrator and signs in.
///
/// # Errors
/// [`Error::NotFound`] once one exists; [`Error::Invalid`] naming each wrong field, `/token` among them.
pub async fn create(app: &App, hasher: &Hasher, input: FirstAdministrator, source: &Source) -> Result<Admitted, Error> {
    state(app).await?;
    let tx = app.store().read().await?;
    let shortest = settings::read_integer(&tx, "security.password_minimum_length").await?;
    drop(tx);
    let (fields, address) = checked(&input, shortest)?;
    let hash = hasher.hash("/password", input.password).await?;
    let tx = app.store().begin().await?;
    if tx.first_start().is_closed().await? {
        return Err(Error::NotFound);
    }
    let now = app.clock().now();
    let token_hash = app.vault().token_hash("bootstrap", &input.token);
    if tx
        .first_start()
        .token_expires_at(&token_hash)
        .await?
        .is_none_or(|end| end <= now)
    {
        return Err(Invalid::one(
            "/token",
            "token_invalid",
            "This token is wrong or expired. Start the server again.",
        ));
    }
    let id: UserId = ids::new_id(app);
    match tx.first_start().close(id, now).await {
        Err(StoreError::Duplicate { .. }) => return Err(Error::NotFound),
        other => other?,
    }
    let user = NewUser {
        id,
        email_address: address,
        first_name: fields.first_name,
        last_name: fields.last_name,
        phone_number: None,
        role: Role::PlatformAdministrator,
        anchor: Anchor::Platform,
        password_hash: Some(hash),
        active: true,
        mfa_required: input.mfa_required,
        federated_only: false,
        shadow: false,
        at: now,
    };
    tx.users().insert(user).await?;
    let everything = domain::scope::Scope::system("the first administrator was just made");
    let user = tx.users().find(everything, id).await?.ok_or(Error::NotFound)?;
    let admitted = admit(app, &tx, user, source, "first_administrator.create", false).await?;
    tx.commit().await?;
    Ok(admitted)
}

/// Names and address, or each wrong field by name, the password among them.
fn checked(input: &FirstAdministrator, shortest: i64) -> Result<(UserFields, String), Error> {
    let entered = FieldsInput {
        first_name: input.first_name.clone(),
        last_name: input.last_name.clone(),
        ..FieldsInput::default()
    };
    let mut invalid = Invalid::new();
    let fields = entered.read(&mut invalid);
    let address = text::email_address(&input.email_address);
    let address = invalid.keep("/email_address", address, text::TextInvalid::code);
    let personal = [input.first_name.as_str(), &input.last_name, &input.email_address];
    password::check(&mut invalid, "/password", &input.password, shortest, &personal);
    invalid.check()?;
    Ok((fields, address.unwrap_or_default()))
}
