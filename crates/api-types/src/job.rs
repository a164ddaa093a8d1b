//! Jobs (usage.md section 7).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A long-running task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobView {
    /// Identity.
    pub id: Uuid,
    /// Kind (U-60).
    #[cfg_attr(feature = "openapi", schema(example = "usage_update"))]
    pub kind: String,
    /// `queued`, `running`, `succeeded`, `completed_with_errors`, `failed` or `cancelled`.
    #[cfg_attr(feature = "openapi", schema(example = "running"))]
    pub state: String,
    /// Why it failed (U-61).
    pub reason: Option<String>,
    /// What happened, for people.
    pub message: Option<String>,
    /// Region or tenant it works on.
    pub target: Option<Reference>,
    /// What it does.
    #[cfg_attr(feature = "openapi", schema(example = "Update Usage zrh1, 1 to 31 Oct 2026"))]
    pub title: String,
    /// Units done.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub progress_done: u64,
    /// Units in all, if known.
    #[cfg_attr(feature = "openapi", schema(example = 31))]
    pub progress_total: Option<u64>,
    /// Unit of progress.
    #[cfg_attr(feature = "openapi", schema(example = "days"))]
    pub progress_unit: String,
    /// Rows a second so far.
    #[cfg_attr(feature = "openapi", schema(example = 8000))]
    pub rate_per_s: Option<u64>,
    /// Whether Cancel was asked.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub cancel_requested: bool,
    /// Who asked.
    pub requested_by: Option<Reference>,
    /// When it was asked for.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-05T09:00:00Z"))]
    pub created_at: String,
    /// First start.
    pub started_at: Option<String>,
    /// End.
    pub finished_at: Option<String>,
    /// Counters of the finished job.
    pub result: serde_json::Value,
    /// Newest lines; left out in lists.
    pub log: Vec<JobLogLine>,
}

/// A line of a job's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobLogLine {
    /// When.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-05T09:00:01Z"))]
    pub at: String,
    /// `information`, `warning` or `error`.
    #[cfg_attr(feature = "openapi", schema(example = "information"))]
    pub level: String,
    /// Text.
    #[cfg_attr(feature = "openapi", schema(example = "Read 2026-10-01: 4100 rows, 4100 added."))]
    pub message: String,
}
