//! Users: list, read and invite (I-1, I-11, PM-11).

use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::text::{self, TextInvalid};
use persistence::user::{NewUser, UserFilter, UserRow};
use persistence::{PageOf, PageRequest, StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::authorize::{authorize, permitted, stepped_up, switched_on};
use crate::sign_in::{activation, session};
use crate::{Actor, App, Error, Invalid, ids};

/// A user with the name of its anchor.
#[derive(Clone, Debug)]
pub struct User {
    /// The stored user.
    pub row: UserRow,
    /// Name of the anchor; none for platform roles.
    pub anchor_name: Option<String>,
}

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
}

/// A page of the users in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, filter: UserFilter, page: &PageRequest) -> Result<PageOf<User>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "user.list").await?;
    let rows = tx.users().list(scope, filter, page).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(named(&tx, row).await?);
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

/// One user.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: UserId) -> Result<User, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "user.read").await?;
    let row = tx.users().find(scope, id).await?.ok_or(Error::NotFound)?;
    named(&tx, row).await
}

/// Invites a user: the account is made and one invitation mail put into the outbox (I-11).
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 403 `role_not_grantable`, 409 `email_taken`.
pub async fn create(app: &App, actor: &Actor, input: &UserInput) -> Result<User, Error> {
    let tx = app.store().begin().await?;
    permitted(actor, "user.create")?;
    let (role, anchor) = granted(&tx, actor, input).await?;
    switched_on(&tx, actor, "user.create").await?;
    stepped_up(app, actor, "user.create")?;
    let mut invalid = Invalid::new();
    let first = invalid.keep("/first_name", text::line(&input.first_name, 200), TextInvalid::code);
    let last = invalid.keep("/last_name", text::line(&input.last_name, 200), TextInvalid::code);
    let address = invalid.keep(
        "/email_address",
        text::email_address(&input.email_address),
        TextInvalid::code,
    );
    let phone = input
        .phone_number
        .as_deref()
        .map(|phone| text::optional_line(phone, 50))
        .transpose();
    let phone = invalid.keep("/phone_number", phone, TextInvalid::code).flatten();
    invalid.check()?;
    let id: UserId = ids::new_id(app);
    let user = NewUser {
        id,
        email_address: address.unwrap_or_default(),
        first_name: first.unwrap_or_default(),
        last_name: last.unwrap_or_default(),
        phone_number: phone.filter(|phone| !phone.is_empty()),
        role,
        anchor,
        password_hash: None,
        active: false,
        at: app.clock().now(),
    };
    tx.users().insert(user).await.map_err(email_taken)?;
    invite(app, &tx, id).await?;
    audit::record(app, &tx, actor, act(id, role, anchor)).await?;
    let row = tx.users().find(actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let user = named(&tx, row).await?;
    tx.commit().await?;
    Ok(user)
}

/// PM-11: an administrator grants roles up to its own level inside its own branch.
async fn granted(tx: &Tx, actor: &Actor, input: &UserInput) -> Result<(Role, Anchor), Error> {
    let unknown = || Invalid::one("/role", "role_unknown", "Choose one of the eight roles.");
    let role: Role = input.role.parse().map_err(|_| unknown())?;
    let missing = || Invalid::one("/anchor_id", "anchor_invalid", "Choose the entity the role is held on.");
    let anchor = Anchor::of(role, input.anchor_id).ok_or_else(missing)?;
    if role.level() > actor.role.level() || !actor.role.is_administrator() {
        let detail = "Your own role does not reach as high as this one.".to_owned();
        return Err(Error::Refused {
            code: "role_not_grantable",
            detail,
        });
    }
    let scope = actor.scope();
    let live = match anchor {
        Anchor::Platform => scope.is_everything(),
        Anchor::Distributor(id) => tx
            .distributors()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
        Anchor::Partner(id) => tx
            .partners()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
        Anchor::Tenant(id) => tx
            .tenants()
            .find(scope, id)
            .await?
            .is_some_and(|row| row.archived_at.is_none()),
    };
    if live {
        Ok((role, anchor))
    } else {
        Err(Invalid::unknown_reference("/anchor_id"))
    }
}

/// The link itself is made when the mail is written or on the console; the outbox row holds no secret (S-61).
async fn invite(app: &App, tx: &Tx, id: UserId) -> Result<(), Error> {
    activation::new_link(app, tx, id).await?;
    let payload = json!({ "user_id": id, "purpose": "invitation" });
    tx.outbox()
        .put(
            ids::new_id(app),
            "invitation",
            &id.to_string(),
            &payload,
            app.clock().now(),
        )
        .await?;
    Ok(())
}

fn email_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict("email_taken", "A user with this address exists already."),
        other => other.into(),
    }
}

async fn named(tx: &Tx, row: UserRow) -> Result<User, Error> {
    let anchor_name = session::anchor_name(tx, row.anchor).await?;
    Ok(User { row, anchor_name })
}

fn act(id: UserId, role: Role, anchor: Anchor) -> Act {
    let (distributor_id, partner_id, tenant_id) = match anchor {
        Anchor::Platform => (None, None, None),
        Anchor::Distributor(id) => (Some(id), None, None),
        Anchor::Partner(id) => (None, Some(id), None),
        Anchor::Tenant(id) => (None, None, Some(id)),
    };
    Act {
        operation: "user.create".to_owned(),
        target_kind: "user",
        target_id: id.to_string(),
        distributor_id,
        partner_id,
        tenant_id,
        after: Some(json!({ "role": role, "anchor_id": anchor.id() })),
        ..Act::default()
    }
}
