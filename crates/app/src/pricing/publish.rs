//! Publishing the draft (P-6, P-11, P-13, P-14, P-24).

use domain::ids::PriceListId;
use domain::period::Period;
use persistence::price_list::{PriceListRow, VersionRow};
use persistence::{StoreError, Tx};
use pricing::{PricingItem, Warning, check_version};
use serde_json::json;

use super::{MeterTable, VersionDetails, act, draft, issued_lines, pricing_item, read};
use crate::authorize::authorize;
use crate::invoices::prices::AsIfPublished;
use crate::invoices::stale;
use crate::{Actor, App, Error, Invalid, audit};

/// The published version and what to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version with its items.
    pub version: VersionDetails,
    /// Codes of what is worth a look (P-6, P-24).
    pub warnings: Vec<&'static str>,
}

/// Publishes the draft of a list from a month on; none: the next month.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; 409 `no_draft`, `price_list_retired`, `effective_from_taken`, `list_overlap` or
/// `affects_issued_invoices`; [`Error::Invalid`] for `items_missing` and items that are not valid.
pub async fn publish(
    app: &App,
    actor: &Actor,
    id: PriceListId,
    expected: Option<i64>,
    effective_from: Option<Period>,
) -> Result<Published, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "price_list.publish").await?;
    let row = tx.price_lists().find(scope, id).await?.ok_or(Error::NotFound)?;
    tx.price_lists().lock_target(row.target).await?;
    if !tx.price_lists().touch(id, expected).await? {
        return Err(Error::Stale);
    }
    let Some(version) = draft::find(&tx, id).await? else {
        return Err(Error::conflict(
            "no_draft",
            "There is no draft to publish. Change an item first.",
        ));
    };
    let now = app.clock().now();
    let from = effective_from.unwrap_or_else(|| Period::of(now).next());
    let meters = MeterTable::new(tx.meters().all().await?);
    let warnings = checked_items(&tx, &version, &meters).await?;
    refuse_overlap(&tx, &row, from).await?;
    if from <= Period::of(now) {
        let as_if = AsIfPublished {
            version: version.id,
            effective_from: from,
        };
        refuse_issued(&issued_lines::affected(&tx, now, row.target, as_if, &meters).await?)?;
    }
    tx.price_lists().publish(version.id, from, now).await.map_err(taken)?;
    stale::prices_changed(&tx, row.target, from).await?;
    let facts = json!({ "version_id": version.id, "effective_from": from });
    audit::record(app, &tx, actor, act("price_list.publish", id, None, Some(facts))).await?;
    let details = read::load(app, &tx, scope, id).await?;
    let published = details.versions.into_iter().find(|shown| shown.row.id == version.id);
    let mut published = published.ok_or_else(|| Error::internal("the published version is gone"))?;
    if published.items.is_empty() {
        let items = tx.price_lists().items(&[version.id]).await?;
        published.items = items.into_iter().map(|item| read::named(item, &meters)).collect();
    }
    tx.commit().await?;
    Ok(Published {
        version: published,
        warnings: warnings.into_iter().map(Warning::code).collect(),
    })
}

async fn checked_items(tx: &Tx, version: &VersionRow, meters: &MeterTable) -> Result<Vec<Warning>, Error> {
    let rows = tx.price_lists().items(&[version.id]).await?;
    let items = rows
        .iter()
        .map(|row| pricing_item(row, meters))
        .collect::<Result<Vec<PricingItem>, _>>()?;
    check_version(&items).map_err(|(index, error)| {
        let pointer = index.map_or_else(|| "/items".to_owned(), |index| format!("/items/{index}"));
        Invalid::one(pointer, error.code(), error)
    })
}

/// No other list of the target may be in force in any month from `from` on, nor may this one be retired then (P-13).
async fn refuse_overlap(tx: &Tx, row: &PriceListRow, from: Period) -> Result<(), Error> {
    if row.retired_from.is_some_and(|retired| retired <= from) {
        return Err(Error::conflict(
            "price_list_retired",
            "The list is retired by then. Make a new one.",
        ));
    }
    for other in tx.price_lists().of_target(row.target).await? {
        if other.id == row.id || other.retired_from.is_some_and(|retired| retired <= from) {
            continue;
        }
        let versions = tx.price_lists().versions(&[other.id]).await?;
        // A list whose versions all start after its retirement is never in force.
        let ever = |version: &VersionRow| {
            let start = version.effective_from;
            start.is_some_and(|start| other.retired_from.is_none_or(|retired| start < retired))
        };
        if versions.iter().any(ever) {
            let detail = format!(
                "{} prices the same target in that time. Retire it first.",
                other.display_name
            );
            return Err(Error::conflict("list_overlap", detail));
        }
    }
    Ok(())
}

fn refuse_issued(invoices: &[String]) -> Result<(), Error> {
    if invoices.is_empty() {
        return Ok(());
    }
    let detail = format!("It would change amounts of issued invoices: {}.", invoices.join(", "));
    Err(Error::conflict("affects_issued_invoices", detail))
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict(
            "effective_from_taken",
            "A version of this list starts in that month already.",
        ),
        other => other.into(),
    }
}
