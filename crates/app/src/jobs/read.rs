//! Jobs as their owners see them: list, details, cancel (U-64, U-68, PM-18).

use domain::ids::{JobId, UserId};
use persistence::job::{JobFilter, JobRow, LogLine};
use persistence::{PageOf, PageRequest};

use crate::{Actor, App, Error, audit, authorize};

/// Lines of the log that are shown.
const LOG_LINES: i64 = 200;

/// A job with its log.
#[derive(Clone, Debug, PartialEq)]
pub struct JobDetails {
    /// The job.
    pub job: JobRow,
    /// Newest lines of its log, oldest first.
    pub log: Vec<LogLine>,
}

/// Jobs the actor may see.
///
/// # Errors
/// Those of `job.list`.
pub async fn list(app: &App, actor: &Actor, filter: &JobFilter, page: &PageRequest) -> Result<PageOf<JobRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize::authorize(app, &tx, actor, "job.list").await?;
    Ok(tx.jobs().list(scope, viewer(actor), filter, page).await?)
}

/// A job with its log.
///
/// # Errors
/// Those of `job.read`; [`Error::NotFound`].
pub async fn read(app: &App, actor: &Actor, id: JobId) -> Result<JobDetails, Error> {
    let tx = app.store().read().await?;
    let scope = authorize::authorize(app, &tx, actor, "job.read").await?;
    let job = tx.jobs().find(scope, viewer(actor), id).await?.ok_or(Error::NotFound)?;
    let log = tx.jobs().log_lines(id, LOG_LINES).await?;
    Ok(JobDetails { job, log })
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
    let log = tx.jobs().log_lines(id, LOG_LINES).await?;
    tx.commit().await?;
    Ok(JobDetails { job, log })
}

fn viewer(actor: &Actor) -> Option<uuid::Uuid> {
    actor.user_id.map(UserId::uuid)
}
