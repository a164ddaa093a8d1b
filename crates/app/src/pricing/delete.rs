//! Deleting a price list (P-18).

use domain::ids::PriceListId;
use domain::period::Period;
use serde_json::json;

use super::{act, facts};
use crate::authorize::authorize;
use crate::invoices::stale;
use crate::{Actor, App, Error, audit};

/// Removes a list that never had a published version; any other is retired from the next month on.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when `expected` is not the version of the list.
pub async fn delete(app: &App, actor: &Actor, id: PriceListId, expected: Option<i64>) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "price_list.delete").await?;
    let row = tx.price_lists().find(scope, id).await?.ok_or(Error::NotFound)?;
    if !tx.price_lists().touch(id, expected).await? {
        return Err(Error::Stale);
    }
    let versions = tx.price_lists().versions(&[id]).await?;
    let after = if versions.iter().all(persistence::price_list::VersionRow::is_draft) {
        tx.price_lists().delete(id).await?;
        None
    } else {
        let next = Period::of(app.clock().now()).next();
        let from = row.retired_from.map_or(next, |earlier| earlier.min(next));
        tx.price_lists().retire(id, from).await?;
        stale::prices_changed(&tx, row.target, from).await?;
        Some(json!({ "retired_from": from }))
    };
    audit::record(app, &tx, actor, act("price_list.delete", id, Some(facts(&row)), after)).await?;
    tx.commit().await?;
    Ok(())
}
