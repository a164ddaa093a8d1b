//! Jobs: the queue, its leases and fences (R-50 to R-56, U-60 to U-68).
//!
//! The database's clock decides about leases and deadlines, so that servers whose clocks differ agree.

mod entity;
mod read;
mod run;

use chrono::TimeDelta;
use domain::ids::{JobId, RegionId, TenantId};
use sea_orm::Value as Sql;
use serde_json::Value;
use uuid::Uuid;

pub use read::{JobFilter, JobRow, LogLine};
pub use run::{Beat, Claim, Claimed, Ending};

use crate::{StoreError, Tx, sql};

/// The form of payloads this build reads and writes.
const PAYLOAD_VERSION: i64 = 1;

/// A job to queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Identity.
    pub id: JobId,
    /// Kind (U-60).
    pub kind: &'static str,
    /// What it does, for people.
    pub title: String,
    /// Input; no secrets (S-61).
    pub payload: Value,
    /// Business key that makes a double impossible for ever, such as a schedule's occurrence.
    pub business_key: Option<String>,
    /// Jobs with the same lock run one after the other (U-62).
    pub lock_key: Option<String>,
    /// An open job with the same kind and key is joined instead (U-62).
    pub join_key: Option<String>,
    /// User who asked; none for schedules.
    pub requested_by: Option<Uuid>,
    /// Tenant it works on.
    pub tenant_id: Option<TenantId>,
    /// Region it works on.
    pub region_id: Option<RegionId>,
}

/// A scheduled job that was queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// State (U-61).
    pub state: String,
    /// How long ago it ended; nothing while it has not.
    pub ended_for: TimeDelta,
}

impl Occurrence {
    /// Whether the job failed as a whole or in part.
    pub fn needs_another(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "completed_with_errors")
    }
}

/// Jobs of a transaction.
#[derive(Debug)]
pub struct Jobs<'tx>(&'tx Tx);

impl Tx {
    /// The jobs.
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs(self)
    }
}

impl Jobs<'_> {
    /// The open job of the same kind and join key, if there is one (U-62).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn open_with(&self, kind: &str, join_key: &str) -> Result<Option<JobId>, StoreError> {
        let text = "SELECT id FROM job WHERE kind = $1 AND join_key = $2 AND state IN ('queued', 'running')";
        let row = sql::one(self.0, text, vec![kind.into(), join_key.into()]).await?;
        Ok(row
            .map(|row| row.try_get::<Uuid>("", "id"))
            .transpose()?
            .map(JobId::new))
    }

    /// Queues a job, or answers false when an open job with its join key, or a job with its business key, is there.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(&self, new: &NewJob) -> Result<bool, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "INSERT INTO job (id, kind, title, payload, payload_version, business_key, lock_key, join_key, state, run_after, attempt, \
             fence, requested_by, tenant_id, region_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', {now}, 0, 0, $9, $10, $11, {now}) ON CONFLICT DO NOTHING"
        );
        let values = vec![
            new.id.uuid().into(),
            new.kind.into(),
            new.title.clone().into(),
            new.payload.to_string().into(),
            PAYLOAD_VERSION.into(),
            new.business_key.clone().into(),
            new.lock_key.clone().into(),
            new.join_key.clone().into(),
            new.requested_by.into(),
            new.tenant_id.map(TenantId::uuid).into(),
            new.region_id.map(RegionId::uuid).into(),
        ];
        Ok(sql::execute(self.0, &text, values).await? == 1)
    }

    /// The job with a business key, if it was queued ever.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn occurrence(&self, kind: &str, business_key: &str) -> Result<Option<Occurrence>, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "SELECT state, COALESCE({now} - finished_at, 0) AS ended_for FROM job WHERE kind = $1 AND business_key = $2"
        );
        let row = sql::one(self.0, &text, vec![kind.into(), business_key.into()]).await?;
        row.map(|row| {
            let ended_for = TimeDelta::microseconds(row.try_get("", "ended_for")?);
            Ok(Occurrence {
                state: row.try_get("", "state")?,
                ended_for,
            })
        })
        .transpose()
    }

    /// Asks a job to stop: a queued one is cancelled at once, a running one at its next checkpoint (U-68). False when it
    /// has ended already.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn cancel(&self, id: JobId) -> Result<bool, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let queued = format!(
            "UPDATE job SET state = 'cancelled', cancel_requested = 1, finished_at = {now} WHERE id = $1 AND state = 'queued'"
        );
        let id: Sql = id.uuid().into();
        if sql::execute(self.0, &queued, vec![id.clone()]).await? == 1 {
            return Ok(true);
        }
        let running = "UPDATE job SET cancel_requested = 1 WHERE id = $1 AND state = 'running'";
        Ok(sql::execute(self.0, running, vec![id]).await? == 1)
    }

    /// Whether a job could be claimed now; a cheap look before [`Jobs::claim`] takes the writer.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_any_due(&self) -> Result<bool, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "SELECT id FROM job WHERE (state = 'queued' AND run_after <= {now}) OR (state = 'running' AND lease_until <= {now}) LIMIT 1"
        );
        Ok(sql::one(self.0, &text, Vec::new()).await?.is_some())
    }

    /// Whether a job that writes under this lock is running or waits (U-9).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_open_for_lock(&self, lock_key: &str) -> Result<bool, StoreError> {
        let text = "SELECT id FROM job WHERE lock_key = $1 AND state IN ('queued', 'running') LIMIT 1";
        Ok(sql::one(self.0, text, vec![lock_key.into()]).await?.is_some())
    }
}
