//! The draft of a list: made from the newest version when there is none (P-12).

use domain::ids::{PriceListId, PriceListVersionId};
use persistence::Tx;
use persistence::price_list::{ItemRow, VersionRow};

use crate::{App, Error, ids};

/// The draft, if the list has one.
pub(super) async fn find(tx: &Tx, list: PriceListId) -> Result<Option<VersionRow>, Error> {
    let versions = tx.price_lists().versions(&[list]).await?;
    Ok(versions.into_iter().find(VersionRow::is_draft))
}

/// The draft, made as a copy of the version that starts latest when there is none. The caller holds the list.
pub(super) async fn ensure(app: &App, tx: &Tx, list: PriceListId) -> Result<PriceListVersionId, Error> {
    let versions = tx.price_lists().versions(&[list]).await?;
    if let Some(draft) = versions.iter().find(|version| version.is_draft()) {
        return Ok(draft.id);
    }
    let draft: PriceListVersionId = ids::new_id(app);
    tx.price_lists().insert_draft(draft, list, app.clock().now()).await?;
    if let Some(newest) = versions.iter().max_by_key(|version| version.effective_from) {
        let items = tx.price_lists().items(&[newest.id]).await?;
        let copies: Vec<ItemRow> = items
            .into_iter()
            .map(|item| ItemRow {
                id: ids::new_id(app),
                version_id: draft,
                ..item
            })
            .collect();
        tx.price_lists().insert_items(&copies).await?;
    }
    Ok(draft)
}
