//! Jobs as their owners see them: list, details, cancel (U-64, U-68, PM-18).

use std::collections::HashMap;

use domain::ids::{JobId, RegionId, TenantId};
use persistence::job::{JobFilter, JobRow, LogLine};
use persistence::{PageOf, PageRequest, Tx};
use uuid::Uuid;

use crate::{Actor, App, Error, audit, authorize};

/// Lines of the log that are shown.
const LOG_LINES: i64 = 200;

/// A job with its log.
#[derive(Clone, Debug, PartialEq)]
pub struct JobDetails {
    /// The job.
    pub job: JobRow,
    /// Name of the region or tenant it works on.
    pub target: Option<(Uuid, String)>,
    /// Name of who asked.
    pub requested_by: Option<(Uuid, String)>,
    /// Newest lines of its log, oldest first.
    pub log: Vec<LogLine>,
}

/// Jobs the actor may see.
///
/// # Errors
/// Those of `job.list`.
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &JobFilter,
    page: &PageRequest,
) -> Result<PageOf<JobDetails>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize::authorize(app, &tx, actor, "job.list").await?;
    let rows = tx.jobs().list(scope, viewer(actor), filter, page).await?;
    let names = tx.jobs().names(&rows.items).await?;
    Ok(rows.map(|job| named(job, &names, Vec::new())))
}

/// A job with its log.
///
/// # Errors
/// Those of `job.read`; [`Error::NotFound`].
pub async fn read(app: &App, actor: &Actor, id: JobId) -> Result<JobDetails, Error> {
    let tx = app.store().read().await?;
    let scope = authorize::authorize(app, &tx, actor, "job.read").await?;
    let job = tx.jobs().find(scope, viewer(actor), id).await?.ok_or(Error::NotFound)?;
    details(&tx, job).await
}

/// Asks a job to stop at its next checkpoint (U-68).
///
/// # Errors
/// Those of `job.cancel`; [`Error::NotFound`]; [`Error::Conflict`] `job_ended`.
pub async fn cancel(app: &App, actor: &Actor, id: JobId) -> Result<JobDetails, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize::authorize(app, &tx, actor, "job.cancel").await?;
    tx.jobs().find(scope, viewer(actor), id).await?.ok_or(Error::NotFound)?;
    if !tx.jobs().cancel(id).await? {
        return Err(Error::conflict("job_ended", "The job has ended already."));
    }
    let act = audit::Act {
        operation: "job.cancel".to_owned(),
        target_kind: "job",
        target_id: id.to_string(),
        ..audit::Act::default()
    };
    audit::record(app, &tx, actor, act).await?;
    let job = tx.jobs().find(scope, viewer(actor), id).await?.ok_or(Error::NotFound)?;
    let details = details(&tx, job).await?;
    tx.commit().await?;
    Ok(details)
}

async fn details(tx: &Tx, job: JobRow) -> Result<JobDetails, Error> {
    let log = tx.jobs().log_lines(job.id, LOG_LINES).await?;
    let names = tx.jobs().names(std::slice::from_ref(&job)).await?;
    Ok(named(job, &names, log))
}

fn named(job: JobRow, names: &HashMap<Uuid, String>, log: Vec<LogLine>) -> JobDetails {
    let name = |id: Uuid| Some((id, names.get(&id)?.clone()));
    let target = job.region_id.map(RegionId::uuid).or(job.tenant_id.map(TenantId::uuid));
    JobDetails {
        target: target.and_then(name),
        requested_by: job.requested_by.and_then(name),
        job,
        log,
    }
}

fn viewer(actor: &Actor) -> Option<Uuid> {
    actor.id()
}
