//! Subscriptions: register, edit, archive (usage.md section 6).

use domain::ids::{PlatformSubscriptionId, RegionId, SubscriptionId, TenantId};
use domain::scope::Scope;
use domain::text::{self, TextInvalid};
use persistence::subscription::{NewSubscription, SubscriptionFilter, SubscriptionRow};
use persistence::{PageOf, PageRequest, StoreError, Tx};
use serde_json::{Value, json};

use crate::audit::{self, Act};
use crate::authorize::{authorize, permitted, stepped_up, switched_on};
use crate::invoices::stale;
use crate::{Actor, App, Error, Invalid, ids};

/// A platform subscription to register (U-49).
#[derive(Clone, Debug)]
pub struct SubscriptionInput {
    /// Name.
    pub name: String,
    /// Tenant that is invoiced.
    pub tenant_id: TenantId,
    /// Ready region.
    pub region_id: RegionId,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Entra tenant or AD FS directory.
    pub directory_id: String,
    /// Initial owner.
    pub owner: String,
    /// Free text.
    pub description: String,
}

/// New texts of a subscription (U-50).
#[derive(Clone, Debug)]
pub struct SubscriptionUpdate {
    /// Name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Initial owner.
    pub owner: String,
}

/// A page of the subscriptions in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: SubscriptionFilter,
    page: &PageRequest,
) -> Result<PageOf<SubscriptionRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "subscription.list").await?;
    Ok(tx.subscriptions().list(scope, filter, page).await?)
}

/// One subscription.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: SubscriptionId) -> Result<SubscriptionRow, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "subscription.read").await?;
    tx.subscriptions().find(scope, id).await?.ok_or(Error::NotFound)
}

/// Registers an existing platform subscription; its open usage is billed to the tenant from now on (U-42).
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, [`Error::SwitchedOff`], 409 `already_registered`.
pub async fn create(app: &App, actor: &Actor, input: &SubscriptionInput) -> Result<SubscriptionRow, Error> {
    let tx = app.store().begin().await?;
    let scope = permitted(actor, "subscription.create")?;
    let tenant = tx
        .tenants()
        .find(scope, input.tenant_id)
        .await?
        .filter(|tenant| tenant.archived_at.is_none());
    if tenant.is_none() {
        return Err(Invalid::unknown_reference("/tenant_id"));
    }
    switched_on(&tx, actor, "subscription.create").await?;
    stepped_up(app, actor, "subscription.create")?;
    let new = checked(app, &tx, input).await?;
    if tx
        .subscriptions()
        .is_registered(new.region_id, new.platform_subscription_id)
        .await?
    {
        return Err(already_registered());
    }
    tx.subscriptions()
        .insert(&new, app.clock().now())
        .await
        .map_err(|error| match error {
            StoreError::Duplicate { .. } => already_registered(),
            other => other.into(),
        })?;
    let subject = format!("region:{}:{}", new.region_id, new.platform_subscription_id);
    tx.alerts()
        .close("subscription_missing", &subject, app.clock().now())
        .await?;
    stale::mapping_changed(&tx, new.tenant_id).await?;
    let row = tx.subscriptions().find(scope, new.id).await?.ok_or(Error::NotFound)?;
    audit::record(
        app,
        &tx,
        actor,
        act("subscription.create", &row, None, Some(facts(&row))),
    )
    .await?;
    tx.commit().await?;
    Ok(row)
}

/// Replaces the texts of a subscription that was read as version `expected` (U-50).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: SubscriptionId,
    expected: i64,
    input: &SubscriptionUpdate,
) -> Result<SubscriptionRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "subscription.update").await?;
    let before = tx.subscriptions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let (name, owner, description) = texts(&mut invalid, &input.name, &input.owner, &input.description);
    invalid.check()?;
    if !tx
        .subscriptions()
        .update(scope, id, expected, &name, &description, &owner)
        .await?
    {
        return Err(Error::Stale);
    }
    if before.name != name {
        stale::mapping_changed(&tx, before.tenant_id).await?;
    }
    let after = tx.subscriptions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let entry = act("subscription.update", &after, Some(facts(&before)), Some(facts(&after)));
    audit::record(app, &tx, actor, entry).await?;
    tx.commit().await?;
    Ok(after)
}

/// Archives a subscription. Nothing on the stamp changes; its open usage stays billable (U-52).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(app: &App, actor: &Actor, id: SubscriptionId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "subscription.delete").await?;
    let row = tx.subscriptions().find(scope, id).await?.ok_or(Error::NotFound)?;
    tx.subscriptions().archive(scope, id, app.clock().now()).await?;
    audit::record(
        app,
        &tx,
        actor,
        act("subscription.delete", &row, Some(facts(&row)), None),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn checked(app: &App, tx: &Tx, input: &SubscriptionInput) -> Result<NewSubscription, Error> {
    let mut invalid = Invalid::new();
    let (name, owner, description) = texts(&mut invalid, &input.name, &input.owner, &input.description);
    let directory_id = invalid
        .keep("/directory_id", text::line(&input.directory_id, 200), TextInvalid::code)
        .unwrap_or_default();
    // Every role may see the names of regions (PM-5), so the region is looked up without the actor's branch.
    let everything = Scope::system("regions are the platform's; every role may choose one");
    match tx.regions().find(everything, input.region_id).await? {
        None => invalid.add(
            "/region_id",
            "unknown_reference",
            "Nothing with this id is visible to you.",
        ),
        Some(region) if region.state != "ready" => {
            invalid.add(
                "/region_id",
                "region_not_ready",
                "The connection of this region has not been tested successfully yet.",
            );
        }
        Some(_) => {}
    }
    if input.platform_subscription_id.uuid().is_nil() {
        invalid.add(
            "/platform_subscription_id",
            "required",
            "Enter the id of the subscription on the stamp.",
        );
    }
    invalid.check()?;
    Ok(NewSubscription {
        id: ids::new_id(app),
        tenant_id: input.tenant_id,
        region_id: input.region_id,
        platform_subscription_id: input.platform_subscription_id,
        name,
        description,
        directory_id,
        owner,
        auto_created: false,
    })
}

fn texts(invalid: &mut Invalid, name: &str, owner: &str, description: &str) -> (String, String, String) {
    let name = invalid
        .keep("/name", text::line(name, 200), TextInvalid::code)
        .unwrap_or_default();
    let owner = invalid
        .keep("/owner", text::line(owner, 254), TextInvalid::code)
        .unwrap_or_default();
    let description = invalid
        .keep("/description", text::paragraph(description, 2_000), TextInvalid::code)
        .unwrap_or_default();
    (name, owner, description)
}

fn already_registered() -> Error {
    Error::conflict(
        "already_registered",
        "This platform subscription is registered in the region already.",
    )
}

fn act(operation: &str, row: &SubscriptionRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "subscription",
        target_id: row.id.to_string(),
        distributor_id: Some(row.distributor_id),
        partner_id: Some(row.partner_id),
        tenant_id: Some(row.tenant_id),
        before,
        after,
        ..Act::default()
    }
}

fn facts(row: &SubscriptionRow) -> Value {
    json!({
        "name": row.name,
        "tenant_id": row.tenant_id,
        "region_id": row.region_id,
        "platform_subscription_id": row.platform_subscription_id,
        "directory_id": row.directory_id,
        "description": row.description,
    })
}
