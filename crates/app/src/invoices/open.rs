//! What stands in the way of archiving a tenant (PM-16).

use domain::ids::TenantId;
use persistence::Tx;

use crate::Error;

/// Number of previews of a tenant.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn previews(tx: &Tx, tenant: TenantId) -> Result<u64, Error> {
    Ok(tx.invoices().count_previews(tenant).await?)
}

/// Number of issued invoices of a tenant with something left to pay.
///
/// # Errors
/// [`Error::Internal`] of the database.
pub async fn unsettled(tx: &Tx, tenant: TenantId) -> Result<u64, Error> {
    Ok(tx.invoices().count_unsettled(tenant).await?)
}
