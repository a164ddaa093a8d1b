//! Claims one job a step and sees it to its end.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::ids::JobId;
use domain::role::Anchor;
use persistence::alert::Raise;
use persistence::job::{Claim, Claimed, Ending};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::dispatch::dispatch;
use super::running::{Done, JobError, Running};
use crate::{App, Error, ids};

/// Seconds a claim lasts without a heartbeat.
const LEASE_S: i64 = 10;
/// Time between heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(3);
/// How long an overdue job may take to reach a checkpoint before it is stopped.
const GRACE: Duration = Duration::from_secs(5);
/// Starts after which a job whose workers keep dying is given up.
const MAXIMUM_ATTEMPTS: i64 = 5;

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// Nothing was due.
    Idle,
    /// A job ran to its end.
    Ended {
        /// The job.
        job_id: JobId,
        /// Its state (U-61).
        state: &'static str,
    },
    /// A job ran until another worker took it over; nothing of it was written since.
    Lost {
        /// The job.
        job_id: JobId,
    },
}

/// A worker. Dropping a step in the middle is like the death of the process: the work stops, the lease runs out, and
/// another worker takes the job over.
#[derive(Debug)]
pub struct Runner {
    app: App,
    owner: String,
    current: Mutex<Option<Claim>>,
}

impl Runner {
    /// A worker of this process.
    pub fn new(app: App) -> Self {
        let owner = format!("{}-{}", std::process::id(), ids::new_id::<uuid::Uuid>(&app).simple());
        Self {
            app,
            owner,
            current: Mutex::new(None),
        }
    }

    /// Claims the job that is due for longest, if any, and runs it to its end.
    ///
    /// # Errors
    /// An error of the database; the job is taken up again when its lease has run out.
    pub async fn step(&self) -> Result<StepOutcome, Error> {
        let Some(claimed) = self.claim().await? else {
            return Ok(StepOutcome::Idle);
        };
        self.hold(Some(claimed.claim));
        let attempts_left = claimed.attempt <= MAXIMUM_ATTEMPTS;
        let running = Running::new(self.app.clone(), claimed);
        let outcome = if attempts_left {
            let (app, work) = (self.app.clone(), running.clone());
            Box::pin(supervise(&running, async move { dispatch(&app, &work).await })).await
        } else {
            Err(JobError::Failed {
                reason: "worker_lost",
                message: format!("The job was started {MAXIMUM_ATTEMPTS} times and its worker ended each time."),
            })
        };
        let ended = finish(&self.app, &running, outcome).await;
        self.hold(None);
        ended
    }

    /// Gives the lease of the present job back, when the server stops.
    ///
    /// # Errors
    /// An error of the database.
    pub async fn give_back(&self) -> Result<(), Error> {
        let claim = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(claim) = claim {
            let tx = self.app.store().begin().await?;
            tx.jobs().give_back(claim).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn claim(&self) -> Result<Option<Claimed>, Error> {
        let look = self.app.store().read().await?;
        if !look.jobs().is_any_due().await? {
            return Ok(None);
        }
        drop(look);
        let tx = self.app.store().begin().await?;
        let hours = crate::settings::read_integer(&tx, "jobs.job_maximum_runtime_hours").await?;
        let claimed = tx.jobs().claim(&self.owner, LEASE_S, hours).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    fn hold(&self, claim: Option<Claim>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = claim;
    }
}

/// Runs the work of one job in a task of its own, beside a task for the heartbeat that the work cannot starve. Both end
/// with this future.
async fn supervise(
    running: &Running,
    work: impl Future<Output = Result<Done, JobError>> + Send + 'static,
) -> Result<Done, JobError> {
    // What was asked before this start counts at its first checkpoint.
    running.beat(LEASE_S).await?;
    let mut works = JoinSet::new();
    works.spawn(work);
    let mut beats = JoinSet::new();
    let beating = running.clone();
    beats.spawn(async move { keep(&beating).await });
    tokio::select! {
        ended = works.join_next() => ended_work(ended),
        _ = beats.join_next() => {
            match tokio::time::timeout(GRACE, works.join_next()).await {
                Ok(ended) => ended_work(ended),
                Err(_) => Err(running.checkpoint().err().unwrap_or(JobError::Lost)),
            }
        }
    }
}

/// Beats until the claim is lost or the deadline has passed.
async fn keep(running: &Running) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    beat.tick().await;
    loop {
        beat.tick().await;
        match running.beat(LEASE_S).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(job_id = %running.job_id(), error = %error, "heartbeat failed"),
        }
    }
}

fn ended_work(ended: Option<Result<Result<Done, JobError>, tokio::task::JoinError>>) -> Result<Done, JobError> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(_)) | None => Err(JobError::Failed {
            reason: "internal",
            message: "The work of the job ended unexpectedly; the log of the server has the details.".to_owned(),
        }),
    }
}

async fn finish(app: &App, running: &Running, outcome: Result<Done, JobError>) -> Result<StepOutcome, Error> {
    let job_id = running.job_id();
    let Some(ending) = ending(job_id, outcome) else {
        return Ok(StepOutcome::Lost { job_id });
    };
    let tx = app.store().begin().await?;
    if !tx.jobs().finish(running.claim(), &ending).await? {
        return Ok(StepOutcome::Lost { job_id });
    }
    if let Some(message) = &ending.message {
        let level = if ending.state == "failed" {
            "error"
        } else {
            "information"
        };
        tx.jobs().log(job_id, level, message).await?;
    }
    if ending.state == "failed" {
        let message = format!("{}: {}", running.title(), ending.message.as_deref().unwrap_or_default());
        let raise = Raise {
            id: ids::new_id(app),
            kind: "job_failed",
            severity: "warning",
            subject_key: &format!("job:{job_id}"),
            message: &message,
            owner: Anchor::Platform,
        };
        tx.alerts().raise(raise, app.clock().now()).await?;
    }
    tx.commit().await?;
    Ok(StepOutcome::Ended {
        job_id,
        state: ending.state,
    })
}

fn ending(job_id: JobId, outcome: Result<Done, JobError>) -> Option<Ending> {
    let failed = |reason, message: String| {
        Some(Ending {
            state: "failed",
            reason: Some(reason),
            message: Some(message),
            result: json!({}),
        })
    };
    match outcome {
        Ok(done) => {
            let state = if done.errors.is_empty() {
                "succeeded"
            } else {
                "completed_with_errors"
            };
            let mut result = if done.result.is_null() { json!({}) } else { done.result };
            if let (false, Value::Object(fields)) = (done.errors.is_empty(), &mut result) {
                fields.insert("errors".to_owned(), json!(done.errors));
            }
            Some(Ending {
                state,
                reason: None,
                message: done.message,
                result,
            })
        }
        Err(JobError::Lost) => None,
        Err(JobError::Cancelled) => Some(Ending {
            state: "cancelled",
            reason: None,
            message: None,
            result: json!({}),
        }),
        Err(JobError::TimedOut) => failed("timed_out", JobError::TimedOut.to_string()),
        Err(JobError::Failed { reason, message }) => failed(reason, message),
        Err(JobError::App(error)) => {
            tracing::error!(%job_id, error = ?error, "job failed");
            failed("internal", error.to_string())
        }
    }
}

/// Queues a job, claims exactly it and runs `work` in the caller's task: for commands of the host that wait for the end.
///
/// # Errors
/// [`Error::Conflict`] `job_running` when its lock is held; the work's own error.
pub async fn run_inline<W, F>(app: &App, new: super::NewJob, work: W) -> Result<Done, JobError>
where
    W: FnOnce(Running) -> F,
    F: Future<Output = Result<Done, JobError>> + Send + 'static,
{
    let tx = app.store().begin().await?;
    let queued = super::enqueue(app, &tx, new).await?;
    let hours = crate::settings::read_integer(&tx, "jobs.job_maximum_runtime_hours").await?;
    let claimed = tx.jobs().claim_this(queued.job_id, "console", LEASE_S, hours).await?;
    let Some(claimed) = claimed else {
        return Err(Error::conflict(
            "job_running",
            "A job is working on this now. Try again when it has ended.",
        )
        .into());
    };
    tx.commit().await?;
    let running = Running::new(app.clone(), claimed);
    let outcome = supervise(&running, work(running.clone())).await;
    match outcome {
        Ok(done) => {
            finish(app, &running, Ok(done.clone())).await?;
            Ok(done)
        }
        Err(error) => {
            let told = match &error {
                JobError::Failed { reason, message } => JobError::Failed {
                    reason,
                    message: message.clone(),
                },
                JobError::Lost => JobError::Lost,
                JobError::Cancelled => JobError::Cancelled,
                JobError::TimedOut => JobError::TimedOut,
                JobError::App(error) => JobError::Failed {
                    reason: "internal",
                    message: error.to_string(),
                },
            };
            finish(app, &running, Err(told)).await?;
            Err(error)
        }
    }
}
