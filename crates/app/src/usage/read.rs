//! Usage rows and quarantine as screens show them (U-44, U-54).

use domain::ids::RegionId;
use persistence::usage::{QuarantinedRow, RecordRow, UsageFilter};
use persistence::{PageOf, PageRequest};

use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// A page of the rows in force of the actor's subscriptions.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &UsageFilter,
    page: &PageRequest,
) -> Result<PageOf<RecordRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "usage.list").await?;
    Ok(tx.usage().records(scope, filter, page).await?)
}

/// A page of rows kept aside.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list_quarantine(
    app: &App,
    actor: &Actor,
    region: Option<RegionId>,
    page: &PageRequest,
) -> Result<PageOf<QuarantinedRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "usage.list_quarantine").await?;
    Ok(tx.usage().list_quarantine(scope, region, page).await?)
}
