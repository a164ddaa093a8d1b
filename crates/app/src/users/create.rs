//! Inviting a user (I-10, I-11, PM-11, S-17).

use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::text::{self, TextInvalid};
use persistence::user::{NewUser, UserFields, UserRow};
use persistence::{StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use super::grant::granted;
use super::{FieldsInput, User, act, named};
use crate::audit;
use crate::authorize::{permitted, stepped_up, switched_on};
use crate::mail::{self, Letter};
use crate::{Actor, App, Error, Invalid, ids, settings};

/// A user as entered.
#[derive(Clone, Debug)]
pub struct UserInput {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email_address: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Identifier of the role.
    pub role: String,
    /// Entity of the role's level.
    pub anchor_id: Option<Uuid>,
    /// MFA Required; none for the default of the role (S-25).
    pub mfa_required: Option<bool>,
    /// Federated Only.
    pub federated_only: bool,
}

/// Invites a user: the account is made and one invitation mail put into the outbox (I-11). An address that somebody
/// outside the branch has gets the same answer and an entry that nobody ever signs in with (S-17).
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 403 `role_not_grantable`, 409 `email_taken`, `no_identity_provider`.
pub async fn create(app: &App, actor: &Actor, input: &UserInput) -> Result<User, Error> {
    let tx = app.store().begin().await?;
    permitted(actor, "user.create")?;
    switched_on(&tx, actor, "user.create").await?;
    stepped_up(app, actor, "user.create")?;
    let (role, anchor) = granted(&tx, actor, &input.role, input.anchor_id).await?;
    let row = invite(app, &tx, actor, input, (role, anchor)).await?;
    let user = named(app, &tx, row).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes the account of a grant that was checked, puts the mail into the outbox and records it.
///
/// # Errors
/// As [`create`].
pub(crate) async fn invite(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    input: &UserInput,
    (role, anchor): (Role, Anchor),
) -> Result<UserRow, Error> {
    let (fields, address) = checked(input)?;
    if input.federated_only && !tx.has_enabled_identity_provider().await? {
        return Err(no_identity_provider());
    }
    let owner = owner_of(tx, actor, &address).await?;
    let id: UserId = ids::new_id(app);
    let user = NewUser {
        id,
        email_address: address,
        first_name: fields.first_name,
        last_name: fields.last_name,
        phone_number: fields.phone_number,
        role,
        anchor,
        password_hash: None,
        active: !settings::read_switch(tx, "users.require_user_activation").await?,
        mfa_required: input
            .mfa_required
            .unwrap_or(role == Role::PlatformAdministrator && !input.federated_only),
        federated_only: input.federated_only,
        shadow: owner.is_some(),
        at: app.clock().now(),
    };
    tx.users().insert(user).await.map_err(taken_meanwhile)?;
    let row = tx.users().find(actor.scope(), id).await?.ok_or(Error::NotFound)?;
    match &owner {
        Some(owner) => mail::queue(app, tx, owner, Letter::AddressInUse).await?,
        None => mail::queue(app, tx, &row, Letter::Invitation).await?,
    }
    let mut entry = act("user.create", id, anchor);
    entry.after = Some(json!({
        "role": role, "anchor_id": anchor.id(), "mfa_required": row.mfa_required, "federated_only": row.federated_only,
    }));
    audit::record(app, tx, actor, entry).await?;
    Ok(row)
}

/// Names, phone and address, or each wrong field by name.
fn checked(input: &UserInput) -> Result<(UserFields, String), Error> {
    let entered = FieldsInput {
        first_name: input.first_name.clone(),
        last_name: input.last_name.clone(),
        phone_number: input.phone_number.clone(),
        locale: None,
        time_zone: None,
    };
    let mut invalid = Invalid::new();
    let fields = entered.read(&mut invalid);
    let address = text::email_address(&input.email_address);
    let address = invalid.keep("/email_address", address, TextInvalid::code);
    invalid.check()?;
    Ok((fields, address.unwrap_or_default()))
}

/// Who has an address outside the actor's scope; within it the conflict is named (S-17).
pub(super) async fn owner_of(tx: &Tx, actor: &Actor, address: &str) -> Result<Option<UserRow>, Error> {
    if tx.users().address_in_scope(actor.scope(), address).await? {
        return Err(email_taken());
    }
    Ok(tx.users().find_for_sign_in(address).await?.map(|(owner, _)| owner))
}

pub(super) fn no_identity_provider() -> Error {
    Error::conflict(
        "no_identity_provider",
        "Federated Only needs an enabled identity provider.",
    )
}

fn email_taken() -> Error {
    Error::conflict("email_taken", "A user with this address exists already.")
}

/// Two requests with one new address at the same moment: the second is to be repeated, and then sees the first.
fn taken_meanwhile(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::Busy,
        other => other.into(),
    }
}
