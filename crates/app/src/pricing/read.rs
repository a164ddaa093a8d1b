//! Reading price lists with their versions and items.

use domain::ids::PriceListId;
use domain::period::Period;
use domain::scope::Scope;
use persistence::price_list::{ItemRow, PriceListFilter, PriceListRow, VersionRow};
use persistence::{PageOf, PageRequest, Tx};
use pricing::version_in_force;

use super::MeterTable;
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// A price list with its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceListDetails {
    /// The list.
    pub row: PriceListRow,
    /// Versions, newest first.
    pub versions: Vec<VersionDetails>,
}

/// A version with its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionDetails {
    /// The version.
    pub row: VersionRow,
    /// Whether it is valid in the current month (P-11).
    pub in_force: bool,
    /// Items of the draft and of the version in force; empty for the others and in lists.
    pub items: Vec<ItemDetails>,
}

/// An item with the name of its meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDetails {
    /// The item.
    pub row: ItemRow,
    /// Name of the meter.
    pub meter_name: String,
}

/// A page of price lists, without items.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: PriceListFilter<'_>,
    page: &PageRequest,
) -> Result<PageOf<PriceListDetails>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "price_list.list").await?;
    let found = tx.price_lists().list(scope, filter, page).await?;
    let ids: Vec<PriceListId> = found.items.iter().map(|row| row.id).collect();
    let versions = tx.price_lists().versions(&ids).await?;
    let month = Period::of(app.clock().now());
    Ok(found.map(|row| {
        let own = versions
            .iter()
            .filter(|version| version.price_list_id == row.id)
            .cloned()
            .collect();
        PriceListDetails {
            versions: newest_first(own, row.retired_from, month),
            row,
        }
    }))
}

/// One price list with the items of its draft and of the version in force.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: PriceListId) -> Result<PriceListDetails, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "price_list.read").await?;
    load(app, &tx, scope, id).await
}

/// The list as it is in this transaction.
pub(super) async fn load(app: &App, tx: &Tx, scope: Scope, id: PriceListId) -> Result<PriceListDetails, Error> {
    let row = tx.price_lists().find(scope, id).await?.ok_or(Error::NotFound)?;
    let month = Period::of(app.clock().now());
    let versions = tx.price_lists().versions(&[id]).await?;
    let mut versions = newest_first(versions, row.retired_from, month);
    let meters = MeterTable::new(tx.meters().all().await?);
    for version in &mut versions {
        // A version that starts later is shown too: its items are what will be in force next.
        let coming = version.row.effective_from.is_none_or(|from| from > month);
        if version.in_force || coming {
            let items = tx.price_lists().items(&[version.row.id]).await?;
            version.items = items.into_iter().map(|row| named(row, &meters)).collect();
        }
    }
    Ok(PriceListDetails { row, versions })
}

/// An item with its meter's name.
pub(super) fn named(row: ItemRow, meters: &MeterTable) -> ItemDetails {
    let meter = meters.find(&row.meter_id);
    ItemDetails {
        meter_name: meter.map_or_else(|| row.meter_id.clone(), |meter| meter.name.clone()),
        row,
    }
}

fn newest_first(mut versions: Vec<VersionRow>, retired_from: Option<Period>, month: Period) -> Vec<VersionDetails> {
    let published: Vec<&VersionRow> = versions.iter().filter(|version| !version.is_draft()).collect();
    let starts: Vec<Period> = published.iter().filter_map(|version| version.effective_from).collect();
    let in_force = version_in_force(&starts, retired_from, month);
    let in_force = in_force
        .and_then(|index| published.get(index))
        .map(|version| version.id);
    versions.sort_by_key(|version| std::cmp::Reverse((version.is_draft(), version.effective_from, version.id)));
    versions
        .into_iter()
        .map(|row| VersionDetails {
            in_force: Some(row.id) == in_force,
            row,
            items: Vec::new(),
        })
        .collect()
}
