//! Adding, changing and removing items of the draft (P-12, P-20).

use domain::ids::{PriceListId, PriceListVersionId, PricingItemId};
use persistence::price_list::ItemRow;
use persistence::{StoreError, Tx};
use serde_json::{Value, json};

use super::read::{ItemDetails, named};
use super::{ItemInput, MeterTable, act, draft, item_input};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, audit, ids};

/// Adds an item to the draft of a list.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] naming each wrong field, among them `item_duplicate` (P-13).
pub async fn create_item(app: &App, actor: &Actor, list: PriceListId, input: &ItemInput) -> Result<ItemDetails, Error> {
    let tx = app.store().begin().await?;
    hold(app, &tx, actor, "pricing_item.create", (list, None), None).await?;
    let meters = MeterTable::new(tx.meters().all().await?);
    let draft = draft::ensure(app, &tx, list).await?;
    let row = item_input::checked(input, &meters, ids::new_id(app), draft)?;
    refuse_double(&tx, &row).await?;
    tx.price_lists()
        .insert_items(std::slice::from_ref(&row))
        .await
        .map_err(double)?;
    audit::record(
        app,
        &tx,
        actor,
        act("pricing_item.create", list, None, Some(facts(&row))),
    )
    .await?;
    tx.commit().await?;
    Ok(named(row, &meters))
}

/// Replaces an item of the draft. An item of the newest version is changed in the draft, which is made from it (P-12);
/// `expected` is the version the list was read as.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field.
pub async fn update_item(
    app: &App,
    actor: &Actor,
    list: PriceListId,
    item: PricingItemId,
    expected: Option<i64>,
    input: &ItemInput,
) -> Result<ItemDetails, Error> {
    let tx = app.store().begin().await?;
    hold(app, &tx, actor, "pricing_item.update", (list, Some(item)), expected).await?;
    let before = in_draft(app, &tx, list, item).await?;
    let meters = MeterTable::new(tx.meters().all().await?);
    let row = item_input::checked(input, &meters, before.id, before.version_id)?;
    refuse_double(&tx, &row).await?;
    tx.price_lists().update_item(&row).await.map_err(double)?;
    let change = act("pricing_item.update", list, Some(facts(&before)), Some(facts(&row)));
    audit::record(app, &tx, actor, change).await?;
    tx.commit().await?;
    Ok(named(row, &meters))
}

/// Removes an item from the draft.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub async fn delete_item(
    app: &App,
    actor: &Actor,
    list: PriceListId,
    item: PricingItemId,
    expected: Option<i64>,
) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    hold(app, &tx, actor, "pricing_item.delete", (list, Some(item)), expected).await?;
    let before = in_draft(app, &tx, list, item).await?;
    tx.price_lists().delete_item(before.id).await?;
    audit::record(
        app,
        &tx,
        actor,
        act("pricing_item.delete", list, Some(facts(&before)), None),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Authorises and takes hold of the list, so that its draft is changed by one at a time. An item that no version of the
/// list has is not found; one that the list shows no longer comes after the question whether the list was changed.
async fn hold(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    operation: &'static str,
    (list, item): (PriceListId, Option<PricingItemId>),
    expected: Option<i64>,
) -> Result<(), Error> {
    let scope = authorize(app, tx, actor, operation).await?;
    tx.price_lists().find(scope, list).await?.ok_or(Error::NotFound)?;
    if let Some(item) = item {
        find_anywhere(tx, list, item).await?;
    }
    if tx.price_lists().touch(list, expected).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

async fn find_anywhere(tx: &Tx, list: PriceListId, id: PricingItemId) -> Result<(), Error> {
    let versions = tx.price_lists().versions(&[list]).await?;
    let ids: Vec<PriceListVersionId> = versions.iter().map(|version| version.id).collect();
    let found = tx.price_lists().item(&ids, id).await?;
    found.map(|_| ()).ok_or(Error::NotFound)
}

/// The item as the list shows it: in the draft, else in the newest published version.
async fn shown(tx: &Tx, list: PriceListId, id: PricingItemId) -> Result<ItemRow, Error> {
    let versions = tx.price_lists().versions(&[list]).await?;
    let newest = || versions.iter().max_by_key(|version| version.effective_from);
    let shown = versions.iter().find(|version| version.is_draft()).or_else(newest);
    let version = shown.ok_or(Error::NotFound)?;
    tx.price_lists().item(&[version.id], id).await?.ok_or(Error::NotFound)
}

/// The item in the draft: itself, or its copy when it belongs to the newest published version and there was no draft.
async fn in_draft(app: &App, tx: &Tx, list: PriceListId, id: PricingItemId) -> Result<ItemRow, Error> {
    let original = shown(tx, list, id).await?;
    let draft: PriceListVersionId = draft::ensure(app, tx, list).await?;
    if original.version_id == draft {
        return Ok(original);
    }
    let copies = tx.price_lists().items(&[draft]).await?;
    let same = |copy: &ItemRow| copy.meter_id == original.meter_id && copy.sku == original.sku;
    copies.into_iter().find(same).ok_or(Error::NotFound)
}

async fn refuse_double(tx: &Tx, row: &ItemRow) -> Result<(), Error> {
    let items = tx.price_lists().items(&[row.version_id]).await?;
    let twice = items
        .iter()
        .any(|item| item.id != row.id && item.meter_id == row.meter_id && item.sku == row.sku);
    if twice { Err(twice_error()) } else { Ok(()) }
}

fn double(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => twice_error(),
        other => other.into(),
    }
}

fn twice_error() -> Error {
    Invalid::one(
        "/sku",
        "item_duplicate",
        "The draft has an item of this meter and SKU already.",
    )
}

fn facts(row: &ItemRow) -> Value {
    json!({
        "item_id": row.id,
        "meter_id": row.meter_id,
        "sku": row.sku,
        "rate": row.rate,
        "rate_period": row.rate_period,
        "unit": row.unit,
        "unit_divisor": row.unit_divisor,
        "tier_mode": row.tier_mode,
        "tiers": row.tiers,
        "credits": row.credits,
    })
}
