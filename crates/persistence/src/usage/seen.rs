//! Platform subscriptions and meters that appear in usage (U-41 to U-43, P-3).

use chrono::{DateTime, Utc};
use domain::ids::{PlatformSubscriptionId, RegionId};
use uuid::Uuid;

use super::Usage;
use crate::time::to_micros;
use crate::{StoreError, sql};

/// Parked usage of a platform subscription that is not registered (U-41).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedRow {
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Rows in force.
    pub rows: u64,
    /// Earliest usage, seconds since 1970 UTC.
    pub first_usage_s: Option<i64>,
    /// End of the latest usage, seconds since 1970 UTC.
    pub last_usage_s: Option<i64>,
}

impl Usage<'_> {
    /// Notes platform subscriptions with usage in a region.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn note_subscriptions(
        &self,
        region: RegionId,
        seen: &[Uuid],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO seen_subscription (region_id, platform_subscription_id, first_seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        for id in seen {
            sql::execute(
                self.0,
                text,
                vec![region.uuid().into(), (*id).into(), to_micros(at).into()],
            )
            .await?;
        }
        Ok(())
    }

    /// Platform subscriptions noted in a region before.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn noted_subscriptions(&self, region: RegionId) -> Result<Vec<Uuid>, StoreError> {
        let text = "SELECT platform_subscription_id AS id FROM seen_subscription WHERE region_id = $1";
        let rows = sql::all(self.0, text, vec![region.uuid().into()]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }

    /// Notes meters as reported by a region and adds those that are not in the catalogue (P-3); answers the new ones.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn note_meters(
        &self,
        region: RegionId,
        meters: &[String],
        at: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let here = "INSERT INTO seen_meter (region_id, meter_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let text = "INSERT INTO meter (meter_id, name, category, unit, unit_kind, description, known, created_at) \
                    VALUES ($1, $1, 'Other', 'unknown', 'count', '', 0, $2) ON CONFLICT DO NOTHING";
        let mut new = Vec::new();
        for meter in meters {
            if sql::execute(self.0, text, vec![meter.clone().into(), to_micros(at).into()]).await? == 1 {
                new.push(meter.clone());
            }
            sql::execute(self.0, here, vec![region.uuid().into(), meter.clone().into()]).await?;
        }
        Ok(new)
    }

    /// Usage in force of a region that no subscription is registered for, ignored ones left out (U-41, U-42).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn unmapped(&self, region: RegionId) -> Result<Vec<UnmappedRow>, StoreError> {
        let text = "SELECT n.platform_subscription_id AS id, COUNT(*) AS found, MIN(r.usage_start_s) AS first_s, MAX(r.usage_end_s) AS last_s \
                    FROM seen_subscription n JOIN usage_record r ON r.platform_subscription_id = n.platform_subscription_id \
                    JOIN usage_window w ON w.id = r.window_id AND w.region_id = n.region_id AND w.in_force = 1 \
                    WHERE n.region_id = $1 AND n.ignored = 0 AND NOT EXISTS (SELECT 1 FROM subscription s \
                    WHERE s.region_id = n.region_id AND s.platform_subscription_id = n.platform_subscription_id) \
                    GROUP BY n.platform_subscription_id ORDER BY n.platform_subscription_id";
        let rows = sql::all(self.0, text, vec![region.uuid().into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(UnmappedRow {
                    platform_subscription_id: PlatformSubscriptionId::new(row.try_get("", "id")?),
                    rows: sql::count(row.try_get("", "found")?),
                    first_usage_s: row.try_get("", "first_s")?,
                    last_usage_s: row.try_get("", "last_s")?,
                })
            })
            .collect()
    }
}
