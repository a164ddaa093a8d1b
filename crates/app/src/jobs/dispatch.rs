//! Which work each kind of job does (U-60).

use super::{Done, JobError, Running};
use crate::App;

/// Runs the work of a claimed job.
pub(super) async fn dispatch(_app: &App, running: &Running) -> Result<Done, JobError> {
    match running.kind() {
        other => Err(JobError::configuration(format!("This server does not know jobs of the kind {other}."))),
    }
}
