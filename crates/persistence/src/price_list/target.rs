//! What a list prices: region or tenant.

use super::{PriceListTarget, PriceLists};
use crate::{StoreError, sql};

/// A region or tenant as far as prices are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRow {
    /// Name.
    pub name: String,
    /// Currency of a tenant; regions have none.
    pub currency: Option<String>,
}

impl PriceLists<'_> {
    /// A live region or tenant. Price lists are the platform's, so there is no scope to look in.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn target(&self, target: PriceListTarget) -> Result<Option<TargetRow>, StoreError> {
        let query = match target {
            PriceListTarget::Region(_) => "SELECT name FROM region WHERE id = $1 AND archived_at IS NULL",
            PriceListTarget::Tenant(_) => "SELECT name, currency FROM tenant WHERE id = $1 AND archived_at IS NULL",
        };
        let Some(row) = sql::one(self.0, query, vec![target.uuid().into()]).await? else {
            return Ok(None);
        };
        let currency = match target {
            PriceListTarget::Region(_) => None,
            PriceListTarget::Tenant(_) => Some(row.try_get_by_index(1)?),
        };
        Ok(Some(TargetRow {
            name: row.try_get_by_index(0)?,
            currency,
        }))
    }

    /// Holds the target until the transaction ends, so that its lists are published one after the other (P-9).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn lock_target(&self, target: PriceListTarget) -> Result<(), StoreError> {
        let update = match target {
            PriceListTarget::Region(_) => "UPDATE region SET version = version WHERE id = $1",
            PriceListTarget::Tenant(_) => "UPDATE tenant SET version = version WHERE id = $1",
        };
        sql::execute(self.0, update, vec![target.uuid().into()]).await?;
        Ok(())
    }
}
