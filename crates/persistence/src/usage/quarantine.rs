//! Rows kept aside with a reason (U-44).

use chrono::{DateTime, Utc};
use domain::ids::RegionId;
use domain::scope::Scope;
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::Usage;
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, sql};

/// A row to keep aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuarantined {
    /// Identity.
    pub id: Uuid,
    /// Reason (U-44).
    pub reason: &'static str,
    /// Subscription as received.
    pub platform_subscription_id: Option<String>,
    /// Meter as received.
    pub meter_id: Option<String>,
    /// The row as received.
    pub received: String,
    /// SHA-256 of the row as received.
    pub content_hash: Vec<u8>,
}

/// A row kept aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Identity.
    pub id: Uuid,
    /// Region.
    pub region_id: RegionId,
    /// Name of the region.
    pub region: String,
    /// Reported day.
    pub reported_on: String,
    /// Reason (U-44).
    pub reason: String,
    /// Subscription as received.
    pub platform_subscription_id: Option<String>,
    /// Meter as received.
    pub meter_id: Option<String>,
    /// The row as received.
    pub received: String,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}

impl Usage<'_> {
    /// Keeps a row aside; one that is there already is left alone.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn quarantine(&self, window_id: i64, row: &NewQuarantined, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO quarantined_record (id, window_id, reason, platform_subscription_id, meter_id, received, content_hash, read_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let values: Vec<Value> = vec![
            row.id.into(),
            window_id.into(),
            row.reason.into(),
            row.platform_subscription_id.clone().into(),
            row.meter_id.clone().into(),
            row.received.clone().into(),
            row.content_hash.clone().into(),
            to_micros(at).into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Hashes of the unresolved rows kept aside of a window.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn quarantined_hashes(&self, window_id: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let text = "SELECT content_hash FROM quarantined_record WHERE window_id = $1 AND resolved_at IS NULL";
        let rows = sql::all(self.0, text, vec![window_id.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "content_hash")?)).collect()
    }

    /// Forgets a row kept aside that the present reading no longer holds (U-45).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn forget_quarantined(&self, window_id: i64, content_hash: &[u8]) -> Result<(), StoreError> {
        let text = "DELETE FROM quarantined_record WHERE window_id = $1 AND content_hash = $2 AND resolved_at IS NULL";
        sql::execute(self.0, text, vec![window_id.into(), content_hash.to_vec().into()]).await?;
        Ok(())
    }

    /// A page of rows kept aside, newest first; they belong to the platform (PM-5).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list_quarantine(
        &self,
        scope: Scope,
        region: Option<RegionId>,
        page: &PageRequest,
    ) -> Result<PageOf<QuarantinedRow>, StoreError> {
        if !scope.is_everything() {
            return Ok(PageOf {
                items: Vec::new(),
                next: None,
                total: Some(0),
            });
        }
        let filter = if region.is_some() {
            "AND w.region_id = $1"
        } else {
            "AND $1 IS NULL"
        };
        let id: Value = region.map(RegionId::uuid).into();
        let from = "FROM quarantined_record q JOIN usage_window w ON w.id = q.window_id JOIN region g ON g.id = w.region_id \
                    WHERE q.resolved_at IS NULL";
        let text = format!("SELECT COUNT(*) AS found {from} {filter}");
        let total = sql::one(self.0, &text, vec![id.clone()]).await?;
        let total = total
            .map(|row| row.try_get::<i64>("", "found"))
            .transpose()?
            .map_or(0, sql::count);
        let after = page
            .after
            .as_ref()
            .and_then(|after| Uuid::parse_str(after.first()?).ok())
            .unwrap_or(Uuid::max());
        let text = format!(
            "SELECT q.id AS id, w.region_id AS region_id, g.name AS region, w.reported_on AS reported_on, q.reason AS reason, \
             q.platform_subscription_id AS platform, q.meter_id AS meter_id, q.received AS received, q.read_at AS read_at \
             {from} {filter} AND q.id < $2 ORDER BY q.id DESC LIMIT $3"
        );
        let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
        let rows = sql::all(self.0, &text, vec![id, after.into(), limit.into()]).await?;
        let rows = rows.iter().map(quarantined).collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.id.to_string()]
        }))
    }
}

fn quarantined(row: &QueryResult) -> Result<QuarantinedRow, StoreError> {
    Ok(QuarantinedRow {
        id: row.try_get("", "id")?,
        region_id: RegionId::new(row.try_get("", "region_id")?),
        region: row.try_get("", "region")?,
        reported_on: row.try_get("", "reported_on")?,
        reason: row.try_get("", "reason")?,
        platform_subscription_id: row.try_get("", "platform")?,
        meter_id: row.try_get("", "meter_id")?,
        received: row.try_get("", "received")?,
        read_at: from_micros(row.try_get("", "read_at")?, "quarantined_record", "read_at")?,
    })
}
