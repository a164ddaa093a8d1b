//! Claiming, keeping and ending jobs: lease and fence.

use domain::ids::{JobId, RegionId, TenantId};
use sea_orm::QueryResult;
use serde_json::Value;
use uuid::Uuid;

use super::{Jobs, PAYLOAD_VERSION};
use crate::{Backend, StoreError, Tx, sql};

/// What proves that a worker still owns a job: every write of the job is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job_id: JobId,
    /// Number of this claim; a later claim has a higher one.
    pub fence: i64,
}

/// A job a worker has claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Proof of ownership.
    pub claim: Claim,
    /// Kind (U-60).
    pub kind: String,
    /// What it does, for people.
    pub title: String,
    /// Input.
    pub payload: Value,
    /// Which start this is, from 1.
    pub attempt: i64,
    /// User who asked.
    pub requested_by: Option<Uuid>,
    /// Tenant it works on.
    pub tenant_id: Option<TenantId>,
    /// Region it works on.
    pub region_id: Option<RegionId>,
}

/// What a heartbeat learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Cancel was asked.
    pub cancel_requested: bool,
    /// The deadline has passed (U-67).
    pub overdue: bool,
}

/// How a job ended (U-61).
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// `succeeded`, `completed_with_errors`, `failed` or `cancelled`.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<&'static str>,
    /// What happened, for people.
    pub message: Option<String>,
    /// Counters.
    pub result: Value,
}

impl Jobs<'_> {
    /// Claims the job that is due for longest: a queued one, or a running one whose lease has run out. Its lock must be free
    /// or its own. The fence grows by one; `maximum_runtime_hours` counts from the first start (U-67).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the payload is not JSON.
    pub async fn claim(
        &self,
        owner: &str,
        lease_s: i64,
        maximum_runtime_hours: i64,
    ) -> Result<Option<Claimed>, StoreError> {
        match self.due().await? {
            Some((id, lock_key)) => self.take(id, lock_key, owner, lease_s, maximum_runtime_hours).await,
            None => Ok(None),
        }
    }

    /// Claims a job that was queued in the same transaction; nothing when its lock is held.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the payload is not JSON.
    pub async fn claim_this(
        &self,
        id: JobId,
        owner: &str,
        lease_s: i64,
        maximum_runtime_hours: i64,
    ) -> Result<Option<Claimed>, StoreError> {
        let text = "SELECT lock_key FROM job WHERE id = $1 AND state = 'queued'";
        let Some(row) = sql::one(self.0, text, vec![id.uuid().into()]).await? else {
            return Ok(None);
        };
        self.take(
            id.uuid(),
            row.try_get("", "lock_key")?,
            owner,
            lease_s,
            maximum_runtime_hours,
        )
        .await
    }

    async fn take(
        &self,
        id: Uuid,
        lock_key: Option<String>,
        owner: &str,
        lease_s: i64,
        maximum_runtime_hours: i64,
    ) -> Result<Option<Claimed>, StoreError> {
        if let Some(lock_key) = lock_key
            && !self.take_lock(&lock_key, id).await?
        {
            return Ok(None);
        }
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "UPDATE job SET state = 'running', owner = $2, lease_until = {now} + $3, fence = fence + 1, attempt = attempt + 1, \
             started_at = COALESCE(started_at, {now}), deadline_at = COALESCE(started_at, {now}) + $4 WHERE id = $1 \
             RETURNING kind, title, payload, attempt, fence, requested_by, tenant_id, region_id"
        );
        let lease = lease_s.saturating_mul(1_000_000);
        let runtime = maximum_runtime_hours.saturating_mul(3_600_000_000);
        let values = vec![id.into(), owner.into(), lease.into(), runtime.into()];
        let row = sql::one(self.0, &text, values).await?;
        row.map(|row| claimed(id, &row)).transpose()
    }

    async fn due(&self) -> Result<Option<(Uuid, Option<String>)>, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let skip = match self.0.backend() {
            Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let text = format!(
            "SELECT id, lock_key FROM job WHERE ((state = 'queued' AND run_after <= {now}) OR (state = 'running' AND lease_until <= {now})) \
             AND payload_version <= $1 AND (lock_key IS NULL OR NOT EXISTS \
             (SELECT 1 FROM job_lock WHERE job_lock.lock_key = job.lock_key AND job_lock.job_id <> job.id)) \
             ORDER BY run_after, id LIMIT 1 {skip}"
        );
        let row = sql::one(self.0, &text, vec![PAYLOAD_VERSION.into()]).await?;
        row.map(|row| Ok((row.try_get("", "id")?, row.try_get("", "lock_key")?)))
            .transpose()
    }

    /// Takes a lock; two claimers at the same moment meet at its primary key, and only one gets it.
    async fn take_lock(&self, lock_key: &str, job_id: Uuid) -> Result<bool, StoreError> {
        let text = "INSERT INTO job_lock (lock_key, job_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        sql::execute(self.0, text, vec![lock_key.into(), job_id.into()]).await?;
        let held = "SELECT 1 AS one FROM job_lock WHERE lock_key = $1 AND job_id = $2";
        Ok(sql::one(self.0, held, vec![lock_key.into(), job_id.into()])
            .await?
            .is_some())
    }

    /// The first statement of every transaction of a job: false when the claim was lost; then nothing may be written
    ///
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn fence(&self, claim: Claim) -> Result<bool, StoreError> {
        let text = fence_sql(self.0.backend());
        let values = vec![claim.job_id.uuid().into(), claim.fence.into()];
        Ok(sql::execute(self.0, &text, values).await? == 1)
    }

    /// Prolongs the lease and learns what was asked meanwhile; nothing when the claim was lost.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn heartbeat(
        &self,
        claim: Claim,
        lease_s: i64,
        maximum_runtime_hours: i64,
    ) -> Result<Option<Beat>, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "UPDATE job SET lease_until = {now} + $3, deadline_at = started_at + $4 \
             WHERE id = $1 AND fence = $2 AND state = 'running' AND lease_until > {now} \
             RETURNING cancel_requested, CASE WHEN deadline_at <= {now} THEN 1 ELSE 0 END AS overdue"
        );
        let values = vec![
            claim.job_id.uuid().into(),
            claim.fence.into(),
            lease_s.saturating_mul(1_000_000).into(),
            maximum_runtime_hours.saturating_mul(3_600_000_000).into(),
        ];
        let Some(row) = sql::one(self.0, &text, values).await? else {
            return Ok(None);
        };
        let overdue = match self.0.backend() {
            Backend::Postgres => i64::from(row.try_get::<i32>("", "overdue")?),
            Backend::Sqlite => row.try_get::<i64>("", "overdue")?,
        };
        Ok(Some(Beat {
            cancel_requested: row.try_get::<i64>("", "cancel_requested")? == 1,
            overdue: overdue == 1,
        }))
    }

    /// Sets the progress (U-64). Part of a transaction that began with [`Jobs::fence`].
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn progress(&self, id: JobId, done: i64, total: Option<i64>, unit: &str) -> Result<(), StoreError> {
        let text = "UPDATE job SET progress_done = $2, progress_total = $3, progress_unit = $4 WHERE id = $1";
        sql::execute(
            self.0,
            text,
            vec![id.uuid().into(), done.into(), total.into(), unit.into()],
        )
        .await?;
        Ok(())
    }

    /// Adds a line to the log (U-64). Level: `information`, `warning` or `error`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn log(&self, id: JobId, level: &str, message: &str) -> Result<(), StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!("INSERT INTO job_log (job_id, at, level, message) VALUES ($1, {now}, $2, $3)");
        sql::execute(self.0, &text, vec![id.uuid().into(), level.into(), message.into()]).await?;
        Ok(())
    }

    /// Ends a job and releases its lock; false when the claim was lost, then nothing changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn finish(&self, claim: Claim, ending: &Ending) -> Result<bool, StoreError> {
        let now = sql::now_micros(self.0.backend());
        let text = format!(
            "UPDATE job SET state = $3, reason = $4, message = $5, result = $6, finished_at = {now}, lease_until = NULL, owner = NULL, \
             fence = fence + 1 WHERE id = $1 AND fence = $2 AND state = 'running' AND lease_until > {now}"
        );
        let values = vec![
            claim.job_id.uuid().into(),
            claim.fence.into(),
            ending.state.into(),
            ending.reason.into(),
            ending.message.clone().into(),
            ending.result.to_string().into(),
        ];
        if sql::execute(self.0, &text, values).await? != 1 {
            return Ok(false);
        }
        let unlock = "DELETE FROM job_lock WHERE job_id = $1";
        sql::execute(self.0, unlock, vec![claim.job_id.uuid().into()]).await?;
        Ok(true)
    }

    /// Gives the lease back when the server stops: another worker may take the job at once.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn give_back(&self, claim: Claim) -> Result<(), StoreError> {
        let text =
            "UPDATE job SET lease_until = 0, attempt = attempt - 1 WHERE id = $1 AND fence = $2 AND state = 'running'";
        sql::execute(self.0, text, vec![claim.job_id.uuid().into(), claim.fence.into()]).await?;
        Ok(())
    }
}

/// The statement of R-52 with `$1` job and `$2` fence; exactly one row or the claim is lost.
pub(crate) fn fence_sql(backend: Backend) -> String {
    let now = sql::now_micros(backend);
    format!("UPDATE job SET fence = fence WHERE id = $1 AND fence = $2 AND state = 'running' AND lease_until > {now}")
}

fn claimed(id: Uuid, row: &QueryResult) -> Result<Claimed, StoreError> {
    let payload: String = row.try_get("", "payload")?;
    Ok(Claimed {
        claim: Claim {
            job_id: id.into(),
            fence: row.try_get("", "fence")?,
        },
        kind: row.try_get("", "kind")?,
        title: row.try_get("", "title")?,
        payload: super::read::json(&payload, "payload", id)?,
        attempt: row.try_get("", "attempt")?,
        requested_by: row.try_get("", "requested_by")?,
        tenant_id: row.try_get::<Option<Uuid>>("", "tenant_id")?.map(TenantId::new),
        region_id: row.try_get::<Option<Uuid>>("", "region_id")?.map(RegionId::new),
    })
}

impl Tx {
    /// Whether `claim` still owns its job; see [`Jobs::fence`].
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn fenced(self, claim: Claim) -> Result<Option<Self>, StoreError> {
        let owned = self.jobs().fence(claim).await?;
        Ok(owned.then_some(self))
    }
}
