//! Which work each kind of job does (U-60).

use super::{Done, JobError, Running};
use crate::App;

/// Runs the work of a claimed job.
pub(super) async fn dispatch(app: &App, running: &Running) -> Result<Done, JobError> {
    match running.kind() {
        "usage_collection" | "usage_update" => crate::usage::collect::run(app, running).await,
        "invoice_generation" => crate::invoices::run_generation(app, running).await,
        "document_rendering" => crate::invoices::run_rendering(app, running).await,
        other => Err(JobError::configuration(format!(
            "This server does not know jobs of the kind {other}."
        ))),
    }
}
