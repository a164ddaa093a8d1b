//! What makes previews stale (B-8); each is called in the transaction of the change.

use domain::ids::{RegionId, TenantId};
use domain::period::Period;
use persistence::Tx;
use persistence::price_list::PriceListTarget;

use crate::Error;

/// Usage of a region was added, changed or removed in the months `first` to `last`.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn usage_changed(tx: &Tx, region: RegionId, first: Period, last: Period) -> Result<(), Error> {
    Ok(tx.invoices().usage_changed(region, first, last).await?)
}

/// The prices of a region or tenant changed from a month on.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn prices_changed(tx: &Tx, target: PriceListTarget, from: Period) -> Result<(), Error> {
    let (region, tenant) = match target {
        PriceListTarget::Region(id) => (Some(id), None),
        PriceListTarget::Tenant(id) => (None, Some(id)),
    };
    Ok(tx.invoices().prices_changed(region, tenant, from).await?)
}

/// A subscription of a tenant was registered, renamed or moved: its usage may belong to another document now.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn mapping_changed(tx: &Tx, tenant: TenantId) -> Result<(), Error> {
    Ok(tx.invoices().prices_changed(None, Some(tenant), first_month()?).await?)
}

/// Settings were saved: those that rates per month are divided by change figures (ST-13).
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn settings_changed(tx: &Tx, mut keys: impl Iterator<Item = &str>) -> Result<(), Error> {
    let priced = [
        "billing.use_monthly_variable_pricing",
        "billing.reference_hours_per_month",
    ];
    let touched = keys.any(|key| priced.contains(&key));
    if touched {
        tx.invoices().prices_changed(None, None, first_month()?).await?;
    }
    Ok(())
}

/// Earlier than every preview.
fn first_month() -> Result<Period, Error> {
    Period::new(1, 1).map_err(Error::internal)
}

/// The tax data, currency or parent of a tenant changed.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn tenant_changed(tx: &Tx, tenant: TenantId) -> Result<(), Error> {
    Ok(tx.invoices().tenant_changed(tenant).await?)
}
