//! Whether a month is read completely (U-86, U-87) and what of it was kept aside (U-44).

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ids::{RegionId, TenantId};
use domain::period::Period;
use uuid::Uuid;

use super::Invoices;
use crate::{StoreError, sql};

/// What the completeness of a region's months depends on (U-86).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionCoverage {
    /// Region.
    pub region_id: RegionId,
    /// First day the region has usage of, if known.
    pub first_usage_on: Option<NaiveDate>,
    /// Days read again after a day (U-31).
    pub lookback_days: i64,
}

/// A region a tenant's month depends on (U-87).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TenantRegion {
    /// Tenant.
    pub tenant_id: TenantId,
    /// Region.
    pub region_id: RegionId,
}

/// A quarantined row of a tenant's subscription that nobody resolved (U-44).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Tenant of the subscription.
    pub tenant_id: TenantId,
    /// Day it was reported for.
    pub reported_on: String,
    /// The row as received.
    pub received: String,
}

impl Invoices<'_> {
    /// Every region with what its completeness depends on.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a date is not one.
    pub async fn region_coverages(&self) -> Result<Vec<RegionCoverage>, StoreError> {
        let rows = sql::all(
            self.0,
            "SELECT id, first_usage_on, lookback_days FROM region ORDER BY id",
            Vec::new(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get_by_index(0)?;
                let first: Option<String> = row.try_get_by_index(1)?;
                let first = first
                    .map(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d"))
                    .transpose();
                Ok(RegionCoverage {
                    region_id: id.into(),
                    first_usage_on: first.map_err(|_| StoreError::Inconsistent {
                        table: "region",
                        column: "first_usage_on",
                        row: id.to_string(),
                    })?,
                    lookback_days: row.try_get_by_index(2)?,
                })
            })
            .collect()
    }

    /// How many days from `first` to `last` of a region are read completely and not held back.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn days_read(&self, region: RegionId, first: NaiveDate, last: NaiveDate) -> Result<u64, StoreError> {
        let row = sql::one(
            self.0,
            "SELECT count(*) FROM usage_window WHERE region_id = $1 AND reported_on >= $2 AND reported_on <= $3 \
             AND in_force = 1 AND held_back = 0 AND read_at IS NOT NULL",
            vec![region.uuid().into(), first.to_string().into(), last.to_string().into()],
        )
        .await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0).map(sql::count))?)
    }

    /// The regions each tenant's month depends on: of its live subscriptions, and of those with lines on the document of
    /// the month (U-87).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn tenant_regions(&self, period: Period) -> Result<Vec<TenantRegion>, StoreError> {
        let rows = sql::all(
            self.0,
            "SELECT tenant_id, region_id FROM subscription WHERE archived_at IS NULL UNION \
             SELECT i.tenant_id, s.region_id FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id \
             JOIN subscription s ON s.id = l.subscription_id WHERE i.period = $1",
            vec![period.to_string().into()],
        )
        .await?;
        rows.iter()
            .map(|row| {
                Ok(TenantRegion {
                    tenant_id: row.try_get_by_index::<Uuid>(0)?.into(),
                    region_id: row.try_get_by_index::<Uuid>(1)?.into(),
                })
            })
            .collect()
    }

    /// Unresolved quarantined rows of registered subscriptions, reported from `first` to `last`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn quarantined(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<QuarantinedRow>, StoreError> {
        // Quarantined rows keep the subscription as text, because some are quarantined for what it says.
        let rows = sql::all(
            self.0,
            "SELECT w.region_id, q.platform_subscription_id, w.reported_on, q.received FROM quarantined_record q \
             JOIN usage_window w ON w.id = q.window_id WHERE q.resolved_at IS NULL AND q.platform_subscription_id \
             IS NOT NULL AND w.reported_on >= $1 AND w.reported_on <= $2 ORDER BY q.id",
            vec![first.to_string().into(), last.to_string().into()],
        )
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let subscriptions = sql::all(
            self.0,
            "SELECT region_id, platform_subscription_id, tenant_id FROM subscription",
            Vec::new(),
        )
        .await?;
        let mut tenants = HashMap::new();
        for row in subscriptions {
            let key = (row.try_get_by_index::<Uuid>(0)?, row.try_get_by_index::<Uuid>(1)?);
            tenants.insert(key, row.try_get_by_index::<Uuid>(2)?);
        }
        let mut found = Vec::new();
        for row in rows {
            let text: String = row.try_get_by_index(1)?;
            let Ok(subscription) = Uuid::parse_str(&text) else {
                continue;
            };
            if let Some(tenant) = tenants.get(&(row.try_get_by_index(0)?, subscription)) {
                found.push(QuarantinedRow {
                    tenant_id: (*tenant).into(),
                    reported_on: row.try_get_by_index(2)?,
                    received: row.try_get_by_index(3)?,
                });
            }
        }
        Ok(found)
    }
}
