//! Creating a service account with its first key (I-65, I-67, PM-11, S-07).

use domain::ids::ServiceAccountId;
use domain::text::{self, TextInvalid};
use persistence::service_account::NewServiceAccount;
use serde_json::json;
use uuid::Uuid;

use super::keys::{last_day, new_key};
use super::{NewKey, act, networks, with_keys};
use crate::authorize::{permitted, stepped_up, switched_on};
use crate::users::granted;
use crate::{Actor, App, Error, Invalid, audit, ids};

/// Longest name, in characters.
const NAME_LENGTH: usize = 100;

/// A service account as entered.
#[derive(Clone, Debug)]
pub struct ServiceAccountInput {
    /// Name.
    pub name: String,
    /// Identifier of the role.
    pub role: String,
    /// Entity of the role's level.
    pub anchor_id: Option<Uuid>,
    /// Networks it may call from.
    pub source_networks: Vec<String>,
    /// Last day of the first key.
    pub expires_on: String,
}

/// Creates a service account; role and anchor are bounded by the actor as those of a user are (S-07).
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 403 `role_not_grantable`, [`Error::StepUpRequired`].
pub async fn create(app: &App, actor: &Actor, input: &ServiceAccountInput) -> Result<NewKey, Error> {
    let tx = app.store().begin().await?;
    permitted(actor, "service_account.create")?;
    switched_on(&tx, actor, "service_account.create").await?;
    stepped_up(app, actor, "service_account.create")?;
    let (role, anchor) = granted(&tx, actor, &input.role, input.anchor_id).await?;
    let mut invalid = Invalid::new();
    let name = invalid.keep("/name", text::line(&input.name, NAME_LENGTH), TextInvalid::code);
    let source_networks = networks::checked(&input.source_networks, &mut invalid);
    let expires_on = last_day(app, &input.expires_on, &mut invalid);
    invalid.check()?;
    let id: ServiceAccountId = ids::new_id(app);
    let new = NewServiceAccount {
        id,
        name: name.unwrap_or_default(),
        role,
        anchor,
        source_networks,
        created_by: actor.user_id,
        at: app.clock().now(),
    };
    let mut entry = act("service_account.create", id, anchor);
    entry.after = Some(json!({
        "name": new.name, "role": role, "anchor_id": anchor.id(), "source_networks": new.source_networks,
        "expires_on": expires_on,
    }));
    tx.service_accounts().insert(new).await?;
    let key = new_key(app, &tx, id, expires_on).await?;
    // The answer holds a secret, so a repeated request is a new one.
    audit::record(app, &tx, &actor.unkept(), entry).await?;
    let row = tx.service_accounts().find(actor.scope(), id).await?;
    let account = with_keys(app, &tx, row.ok_or(Error::NotFound)?).await?;
    tx.commit().await?;
    Ok(NewKey { account, key })
}
