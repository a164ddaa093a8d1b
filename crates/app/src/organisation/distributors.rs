//! Distributors.

use domain::ids::DistributorId;
use domain::role::Anchor;
use persistence::organisation::{DistributorFilter, DistributorRow, EntityFields};
use persistence::{PageOf, PageRequest, Tx};
use serde_json::Value;

use super::{Profile, checked_fields, deletion, name_taken, recorded};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, ids};

/// A distributor as entered.
#[derive(Clone, Debug)]
pub struct DistributorInput {
    /// Name, unique below the parent.
    pub name: String,
    /// Currency; absent: Default Tenant Currency.
    pub currency: Option<String>,
    /// Details.
    pub profile: Profile,
}

/// A page of the distributors in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: DistributorFilter,
    page: &PageRequest,
) -> Result<PageOf<DistributorRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "distributor.list").await?;
    Ok(tx.distributors().list(scope, filter, page).await?)
}

/// One distributor.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: DistributorId) -> Result<DistributorRow, Error> {
    let look = app.store().look();
    let scope = authorize(app, &look, actor, "distributor.read").await?;
    look.distributors().find(scope, id).await?.ok_or(Error::NotFound)
}

/// Adds a distributor.
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(app: &App, actor: &Actor, input: &DistributorInput) -> Result<DistributorRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "distributor.create").await?;
    let fields = checked(&tx, input).await?;
    let id: DistributorId = ids::new_id(app);
    tx.distributors()
        .insert(id, &fields, app.clock().now())
        .await
        .map_err(name_taken)?;
    let row = tx.distributors().find(scope, id).await?.ok_or(Error::NotFound)?;
    audit::record(
        app,
        &tx,
        actor,
        act("distributor.create", &row, None, Some(facts(&row))),
    )
    .await?;
    tx.commit().await?;
    Ok(row)
}

/// Replaces the data of a distributor that was read as version `expected`; the parent stays (moves are an own operation).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: DistributorId,
    expected: i64,
    input: &DistributorInput,
) -> Result<DistributorRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "distributor.update").await?;
    let before = tx.distributors().find(scope, id).await?.ok_or(Error::NotFound)?;
    let fields = checked(&tx, input).await?;
    if !tx
        .distributors()
        .update(scope, id, expected, &fields)
        .await
        .map_err(name_taken)?
    {
        return Err(Error::Stale);
    }
    let after = tx.distributors().find(scope, id).await?.ok_or(Error::NotFound)?;
    let edited = recorded::edited(facts(&after), &before.fields.profile, &after.fields.profile);
    audit::record(
        app,
        &tx,
        actor,
        act("distributor.update", &after, Some(facts(&before)), Some(edited)),
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a distributor that nothing hangs on: removes it when it left no trace, else archives it and disables its users
/// (PM-16).
///
/// # Errors
/// [`Error::NotFound`], 409 with the code of the first blocker.
pub async fn delete(app: &App, actor: &Actor, id: DistributorId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "distributor.delete").await?;
    let row = tx
        .distributors()
        .find(scope, id)
        .await?
        .filter(|row| row.archived_at.is_none())
        .ok_or(Error::NotFound)?;
    deletion::carry_out(app, &tx, scope, Anchor::Distributor(id)).await?;
    audit::record(
        app,
        &tx,
        actor,
        act("distributor.delete", &row, Some(facts(&row)), None),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn checked(tx: &Tx, input: &DistributorInput) -> Result<EntityFields, Error> {
    let mut invalid = Invalid::new();
    let fields = checked_fields(tx, &mut invalid, &input.name, input.currency.as_deref(), &input.profile).await?;
    invalid.check()?;
    Ok(fields)
}

fn act(operation: &str, row: &DistributorRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "distributor",
        target_id: row.id.to_string(),
        distributor_id: Some(row.id),
        before,
        after,
        ..Act::default()
    }
}

/// What the audit record keeps; personal fields appear only as part of the change (I-75).
fn facts(row: &DistributorRow) -> Value {
    recorded::facts(&row.fields.name, &row.fields.currency, &row.fields.profile, &[])
}
