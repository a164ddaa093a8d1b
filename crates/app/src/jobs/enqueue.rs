//! Queueing a job, or joining the open one that does the same (U-62).

use domain::ids::{JobId, RegionId, TenantId};
use persistence::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::{App, Error, ids};

/// A job to queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Kind (U-60).
    pub kind: &'static str,
    /// What it does, for people.
    pub title: String,
    /// Input; no secrets (S-61).
    pub payload: Value,
    /// Jobs with the same lock run one after the other, such as `region:<id>` (U-62).
    pub lock_key: Option<String>,
    /// An open job with the same kind and key is joined instead.
    pub join_key: Option<String>,
    /// Business key that makes a double impossible for ever, such as a schedule's occurrence.
    pub business_key: Option<String>,
    /// User or service account that asked; none for schedules.
    pub requested_by: Option<Uuid>,
    /// Tenant it works on.
    pub tenant_id: Option<TenantId>,
    /// Region it works on.
    pub region_id: Option<RegionId>,
}

/// The job that does what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// The job.
    pub job_id: JobId,
    /// Whether it was there already.
    pub joined: bool,
}

/// Queues a job in the transaction of the use case, so that a rolled back use case leaves none.
///
/// # Errors
/// [`Error::Conflict`] `job_exists` when the business key was used before.
pub async fn enqueue(app: &App, tx: &Tx, new: NewJob) -> Result<Enqueued, Error> {
    let row = stored(app, &new);
    if let Some(job_id) = open(tx, &new).await? {
        return Ok(Enqueued { job_id, joined: true });
    }
    if tx.jobs().insert(&row).await? {
        return Ok(Enqueued {
            job_id: row.id,
            joined: false,
        });
    }
    // Another request queued the same between the look and the insert.
    match open(tx, &new).await? {
        Some(job_id) => Ok(Enqueued { job_id, joined: true }),
        None => Err(Error::conflict("job_exists", "This job was queued before.")),
    }
}

async fn open(tx: &Tx, new: &NewJob) -> Result<Option<JobId>, Error> {
    match &new.join_key {
        Some(key) => Ok(tx.jobs().open_with(new.kind, key).await?),
        None => Ok(None),
    }
}

fn stored(app: &App, new: &NewJob) -> persistence::job::NewJob {
    persistence::job::NewJob {
        id: ids::new_id(app),
        kind: new.kind,
        title: new.title.clone(),
        payload: new.payload.clone(),
        business_key: new.business_key.clone(),
        lock_key: new.lock_key.clone(),
        join_key: new.join_key.clone(),
        requested_by: new.requested_by,
        tenant_id: new.tenant_id,
        region_id: new.region_id,
    }
}
