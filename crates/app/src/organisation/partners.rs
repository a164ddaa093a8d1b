//! Partners.

use domain::ids::{DistributorId, PartnerId};
use domain::role::Anchor;
use persistence::organisation::{EntityFields, PartnerFilter, PartnerRow};
use persistence::{PageOf, PageRequest, Tx};
use serde_json::Value;

use super::{Profile, checked_fields, deletion, name_taken, recorded};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, ids};

/// A partner as entered.
#[derive(Clone, Debug)]
pub struct PartnerInput {
    /// Name, unique below the parent.
    pub name: String,
    /// Parent.
    pub distributor_id: DistributorId,
    /// Currency; absent: Default Tenant Currency.
    pub currency: Option<String>,
    /// Details.
    pub profile: Profile,
}

/// A page of the partners in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: PartnerFilter,
    page: &PageRequest,
) -> Result<PageOf<PartnerRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "partner.list").await?;
    Ok(tx.partners().list(scope, filter, page).await?)
}

/// One partner.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: PartnerId) -> Result<PartnerRow, Error> {
    let look = app.store().look();
    let scope = authorize(app, &look, actor, "partner.read").await?;
    look.partners().find(scope, id).await?.ok_or(Error::NotFound)
}

/// Adds a partner.
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(app: &App, actor: &Actor, input: &PartnerInput) -> Result<PartnerRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "partner.create").await?;
    let parent = tx.distributors().find(scope, input.distributor_id).await?;
    if parent.is_none_or(|parent| parent.archived_at.is_some()) {
        return Err(Invalid::unknown_reference("/distributor_id"));
    }
    let fields = checked(&tx, input).await?;
    let id: PartnerId = ids::new_id(app);
    tx.partners()
        .insert(id, input.distributor_id, &fields, app.clock().now())
        .await
        .map_err(name_taken)?;
    let row = tx.partners().find(scope, id).await?.ok_or(Error::NotFound)?;
    audit::record(app, &tx, actor, act("partner.create", &row, None, Some(facts(&row)))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Replaces the data of a partner that was read as version `expected`; the parent stays (moves are an own operation).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: PartnerId,
    expected: i64,
    input: &PartnerInput,
) -> Result<PartnerRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "partner.update").await?;
    let before = tx.partners().find(scope, id).await?.ok_or(Error::NotFound)?;
    if before.distributor_id != input.distributor_id {
        return Err(Invalid::one(
            "/distributor_id",
            "parent_fixed",
            "An edit does not move it to another parent.",
        ));
    }
    let fields = checked(&tx, input).await?;
    if !tx
        .partners()
        .update(scope, id, expected, &fields)
        .await
        .map_err(name_taken)?
    {
        return Err(Error::Stale);
    }
    let after = tx.partners().find(scope, id).await?.ok_or(Error::NotFound)?;
    let edited = recorded::edited(facts(&after), &before.fields.profile, &after.fields.profile);
    audit::record(
        app,
        &tx,
        actor,
        act("partner.update", &after, Some(facts(&before)), Some(edited)),
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a partner that nothing hangs on: removes it when it left no trace, else archives it and disables its users
/// (PM-16).
///
/// # Errors
/// [`Error::NotFound`], 409 with the code of the first blocker.
pub async fn delete(app: &App, actor: &Actor, id: PartnerId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "partner.delete").await?;
    let row = tx
        .partners()
        .find(scope, id)
        .await?
        .filter(|row| row.archived_at.is_none())
        .ok_or(Error::NotFound)?;
    deletion::carry_out(app, &tx, scope, Anchor::Partner(id)).await?;
    audit::record(app, &tx, actor, act("partner.delete", &row, Some(facts(&row)), None)).await?;
    tx.commit().await?;
    Ok(())
}

async fn checked(tx: &Tx, input: &PartnerInput) -> Result<EntityFields, Error> {
    let mut invalid = Invalid::new();
    let fields = checked_fields(tx, &mut invalid, &input.name, input.currency.as_deref(), &input.profile).await?;
    invalid.check()?;
    Ok(fields)
}

fn act(operation: &str, row: &PartnerRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "partner",
        target_id: row.id.to_string(),
        distributor_id: Some(row.distributor_id),
        partner_id: Some(row.id),
        before,
        after,
        ..Act::default()
    }
}

/// What the audit record keeps; personal fields appear only as part of the change (I-75).
fn facts(row: &PartnerRow) -> Value {
    recorded::facts(&row.fields.name, &row.fields.currency, &row.fields.profile, &[])
}
