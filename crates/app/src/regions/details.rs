//! Regions as screens show them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::RegionId;
use persistence::region::{RegionNameRow, RegionRow};
use persistence::usage::{RegionUsage, UnmappedRow, WindowRow};
use persistence::{PageOf, PageRequest, Tx};

use super::health::{self, Health};
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// A region with what hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionDetails {
    /// The region.
    pub region: RegionRow,
    /// When a credential was stored; none while there is none (U-11).
    pub credential_set_at: Option<DateTime<Utc>>,
    /// When the credential expires.
    pub credential_expires_on: Option<String>,
    /// Stored usage.
    pub usage: RegionUsage,
    /// Usage without a subscription (U-41).
    pub unmapped: Vec<UnmappedRow>,
    /// Meters with usage that no published item prices.
    pub unpriced_meters: Vec<String>,
    /// Health (U-75).
    pub health: Health,
}

/// Names of the live regions, for pickers.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list_names(app: &App, actor: &Actor) -> Result<Vec<RegionNameRow>, Error> {
    let tx = app.store().read().await?;
    authorize(app, &tx, actor, "region.list_names").await?;
    Ok(tx.regions().names().await?)
}

/// A page of regions with what hangs on them.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, page: &PageRequest) -> Result<PageOf<RegionDetails>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "region.list").await?;
    let rows = tx.regions().list(scope, page).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(details(app, &tx, row).await?);
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

/// One region.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn read(app: &App, actor: &Actor, id: RegionId) -> Result<RegionDetails, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "region.read").await?;
    let row = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    details(app, &tx, row).await
}

/// Coverage of reported days between two days, newest first (U-76).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn read_health(
    app: &App,
    actor: &Actor,
    id: RegionId,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    page: &PageRequest,
) -> Result<PageOf<WindowRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "region.read_health").await?;
    tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    Ok(tx.usage().windows(id, first, last, page).await?)
}

/// What hangs on a region.
pub(super) async fn details(app: &App, tx: &Tx, region: RegionRow) -> Result<RegionDetails, Error> {
    let credential = tx.secrets().find(&super::connect::place(region.id)).await?;
    let expires_on = credential.as_ref().and_then(|credential| credential.expires_on.clone());
    let failures = tx.jobs().failures_in_a_row(region.id).await?;
    Ok(RegionDetails {
        credential_set_at: credential.map(|credential| credential.set_at),
        health: health::of(&region, expires_on.as_deref(), failures, app.clock().now()),
        credential_expires_on: expires_on,
        usage: tx.usage().of_region(region.id).await?,
        unmapped: tx.usage().unmapped(region.id).await?,
        unpriced_meters: tx.usage().unpriced_meters(region.id).await?,
        region,
    })
}
