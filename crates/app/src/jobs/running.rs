//! A job while it runs: what its work may do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::ids::{JobId, RegionId, TenantId};
use persistence::job::{Claim, Claimed};
use persistence::{StoreError, Tx};
use serde_json::Value;
use uuid::Uuid;

use crate::{App, Error};

/// What a finished job tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Counters.
    pub result: Value,
    /// Parts that failed; the job is then `completed_with_errors` (U-65).
    pub errors: Vec<String>,
    /// What happened, for people.
    pub message: Option<String>,
}

/// Why a job stopped.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The work failed; `reason` is one of U-61.
    #[error("{message}")]
    Failed {
        /// `source_error`, `configuration`, `not_allowed` or `internal`.
        reason: &'static str,
        /// What happened and what to mend.
        message: String,
    },
    /// Another worker owns the job now: nothing more may be written.
    #[error("the job was taken over by another worker")]
    Lost,
    /// Cancel was asked (U-68).
    #[error("cancelled")]
    Cancelled,
    /// Job Maximum Runtime has passed (U-67).
    #[error("the job ran longer than Job Maximum Runtime")]
    TimedOut,
    /// A use case or the database failed.
    #[error(transparent)]
    App(#[from] Error),
}

impl JobError {
    /// The source or a stamp failed.
    pub fn source(message: impl Into<String>) -> Self {
        Self::Failed {
            reason: "source_error",
            message: message.into(),
        }
    }

    /// Something has to be set up first.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::Failed {
            reason: "configuration",
            message: message.into(),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// The work's hold on its job. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Running {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    app: App,
    claimed: Claimed,
    lost: AtomicBool,
    cancelled: AtomicBool,
    overdue: AtomicBool,
}

impl Running {
    pub(super) fn new(app: App, claimed: Claimed) -> Self {
        let inner = Inner {
            app,
            claimed,
            lost: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            overdue: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The job.
    pub fn job_id(&self) -> JobId {
        self.inner.claimed.claim.job_id
    }

    /// Proof of ownership, for statements that go past [`Running::begin`].
    pub fn claim(&self) -> Claim {
        self.inner.claimed.claim
    }

    /// Kind (U-60).
    pub fn kind(&self) -> &str {
        &self.inner.claimed.kind
    }

    /// Title.
    pub fn title(&self) -> &str {
        &self.inner.claimed.title
    }

    /// Input.
    pub fn payload(&self) -> &Value {
        &self.inner.claimed.payload
    }

    /// Which start this is, from 1.
    pub fn attempt(&self) -> i64 {
        self.inner.claimed.attempt
    }

    /// User who asked; none for schedules.
    pub fn requested_by(&self) -> Option<Uuid> {
        self.inner.claimed.requested_by
    }

    /// Tenant it works on.
    pub fn tenant_id(&self) -> Option<TenantId> {
        self.inner.claimed.tenant_id
    }

    /// Region it works on.
    pub fn region_id(&self) -> Option<RegionId> {
        self.inner.claimed.region_id
    }

    /// A writing transaction that has proved that the job is still this worker's.
    ///
    /// # Errors
    /// [`JobError::Lost`] when it is not; then nothing may be written.
    pub async fn begin(&self) -> Result<Tx, JobError> {
        let tx = self.inner.app.store().begin().await?;
        if let Some(tx) = tx.fenced(self.claim()).await? {
            return Ok(tx);
        }
        self.inner.lost.store(true, Ordering::Relaxed);
        Err(JobError::Lost)
    }

    /// Tells how far the work is (U-64).
    ///
    /// # Errors
    /// [`JobError::Lost`] or an error of the database.
    pub async fn progress(&self, done: i64, total: Option<i64>, unit: &str) -> Result<(), JobError> {
        let tx = self.begin().await?;
        tx.jobs().progress(self.job_id(), done, total, unit).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds a line to the job's log: `information`, `warning` or `error` (U-64).
    ///
    /// # Errors
    /// [`JobError::Lost`] or an error of the database.
    pub async fn log(&self, level: &str, message: &str) -> Result<(), JobError> {
        let tx = self.begin().await?;
        tx.jobs().log(self.job_id(), level, message).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stops the work when that was asked: call it between parts, at most 5 seconds apart.
    ///
    /// # Errors
    /// [`JobError::Lost`], [`JobError::TimedOut`] or [`JobError::Cancelled`].
    pub fn checkpoint(&self) -> Result<(), JobError> {
        if self.inner.lost.load(Ordering::Relaxed) {
            Err(JobError::Lost)
        } else if self.inner.overdue.load(Ordering::Relaxed) {
            Err(JobError::TimedOut)
        } else if self.inner.cancelled.load(Ordering::Relaxed) {
            Err(JobError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// One heartbeat: prolongs the lease and notes what was asked; false when the work has to end.
    pub(super) async fn beat(&self, lease_s: i64) -> Result<bool, Error> {
        let tx = self.inner.app.store().begin().await?;
        let hours = crate::settings::read_integer(&tx, "jobs.job_maximum_runtime_hours").await?;
        let beat = tx.jobs().heartbeat(self.claim(), lease_s, hours).await?;
        tx.commit().await?;
        match beat {
            None => self.inner.lost.store(true, Ordering::Relaxed),
            Some(beat) => {
                self.inner.cancelled.store(beat.cancel_requested, Ordering::Relaxed);
                self.inner.overdue.store(beat.overdue, Ordering::Relaxed);
            }
        }
        Ok(beat.is_some_and(|beat| !beat.overdue))
    }
}
