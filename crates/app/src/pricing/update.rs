//! Changing the texts of a price list.

use domain::ids::PriceListId;
use domain::text::{self, TextInvalid};

use super::{PriceListDetails, act, facts, name_taken, read};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, audit};

/// Replaces name and description of a list that was read as version `expected`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`], 409 `name_taken`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: PriceListId,
    expected: i64,
    display_name: &str,
    description: &str,
) -> Result<PriceListDetails, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "price_list.update").await?;
    let before = tx.price_lists().find(scope, id).await?.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let name = invalid.keep("/display_name", text::line(display_name, 200), TextInvalid::code);
    let description = text::paragraph(description, 2_000);
    let description = invalid.keep("/description", description, TextInvalid::code);
    invalid.check()?;
    let (name, description) = (name.unwrap_or_default(), description.unwrap_or_default());
    if !tx
        .price_lists()
        .update_texts(id, expected, &name, &description)
        .await
        .map_err(name_taken)?
    {
        return Err(Error::Stale);
    }
    let details = read::load(app, &tx, scope, id).await?;
    let change = act("price_list.update", id, Some(facts(&before)), Some(facts(&details.row)));
    audit::record(app, &tx, actor, change).await?;
    tx.commit().await?;
    Ok(details)
}
