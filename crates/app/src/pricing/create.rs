//! Adding a price list (P-7, P-9).

use domain::currency::Currency;
use domain::ids::{PriceListId, PriceListVersionId};
use domain::text::{self, TextInvalid};
use persistence::Tx;
use persistence::price_list::{PriceListRow, PriceListTarget};
use uuid::Uuid;

use super::{PriceListDetails, act, facts, name_taken, read};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, audit, ids, settings};

/// A price list as entered.
#[derive(Clone, Debug)]
pub struct NewPriceList {
    /// Unique name.
    pub display_name: String,
    /// Free text.
    pub description: Option<String>,
    /// `region` or `tenant`.
    pub scope_kind: String,
    /// Region or tenant.
    pub target_id: Uuid,
    /// None: the platform's currency for a region, the tenant's for a tenant.
    pub currency: Option<String>,
}

/// Adds a list with an empty draft.
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(app: &App, actor: &Actor, input: &NewPriceList) -> Result<PriceListDetails, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "price_list.create").await?;
    let row = checked(app, &tx, input).await?;
    tx.price_lists().insert(&row).await.map_err(name_taken)?;
    let draft: PriceListVersionId = ids::new_id(app);
    tx.price_lists().insert_draft(draft, row.id, row.created_at).await?;
    audit::record(
        app,
        &tx,
        actor,
        act("price_list.create", row.id, None, Some(facts(&row))),
    )
    .await?;
    let details = read::load(app, &tx, scope, row.id).await?;
    tx.commit().await?;
    Ok(details)
}

async fn checked(app: &App, tx: &Tx, input: &NewPriceList) -> Result<PriceListRow, Error> {
    let mut invalid = Invalid::new();
    let display_name = text::line(&input.display_name, 200);
    let display_name = invalid.keep("/display_name", display_name, TextInvalid::code);
    let description = text::paragraph(input.description.as_deref().unwrap_or_default(), 2_000);
    let description = invalid.keep("/description", description, TextInvalid::code);
    let target = match input.scope_kind.as_str() {
        "region" => Some(PriceListTarget::Region(input.target_id.into())),
        "tenant" => Some(PriceListTarget::Tenant(input.target_id.into())),
        _ => None,
    };
    if target.is_none() {
        invalid.add("/scope_kind", "scope_kind_unknown", "Choose region or tenant.");
    }
    let found = match target {
        Some(target) => tx.price_lists().target(target).await?,
        None => None,
    };
    if target.is_some() && found.is_none() {
        invalid.add(
            "/target_id",
            "unknown_reference",
            "Nothing with this id is visible to you.",
        );
    }
    let own = found.as_ref().and_then(|found| found.currency.clone());
    let currency = match input
        .currency
        .as_deref()
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .or(own.as_deref())
    {
        Some(code) => code.to_owned(),
        None => settings::read_text(tx, "billing.default_platform_currency").await?,
    };
    let currency = invalid.keep("/currency", Currency::from_code(&currency), |error| error.code());
    invalid.check()?;
    let incomplete = || Error::internal("a price list was checked without all its parts");
    Ok(PriceListRow {
        id: ids::new_id::<PriceListId>(app),
        display_name: display_name.ok_or_else(incomplete)?,
        description: description.ok_or_else(incomplete)?,
        target: target.ok_or_else(incomplete)?,
        target_name: found.ok_or_else(incomplete)?.name,
        currency: currency.ok_or_else(incomplete)?.code().to_owned(),
        retired_from: None,
        version: 1,
        created_at: app.clock().now(),
    })
}
