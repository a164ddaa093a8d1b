//! `/jobs`.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use api_types::Page;
use api_types::job::{JobLogLine, JobView};
use app::jobs::{self as use_cases, JobDetails};
use persistence::job::JobFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views::{count, instant, reference};
use crate::list::{ListQuery, id_parameter, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(read).service(cancel);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only this kind, such as `usage_update`.
    kind: Option<String>,
    /// Only this state.
    state: Option<String>,
    /// Only those of this region.
    region_id: Option<String>,
}

/// List jobs
///
/// The jobs you may see, newest first with `sort=-created_at`.
#[utoipa::path(
    operation_id = "job_list", tag = "Jobs", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<JobView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/jobs")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let mut page = list.page(&state.app, &["created_at"])?;
    page.descending = page.descending || list.sort.is_none();
    let Filter {
        kind,
        state: in_state,
        region_id,
    } = query.into_inner();
    let filter = JobFilter {
        kind,
        state: in_state,
        region_id: id_parameter(region_id.as_deref(), "region_id")?,
    };
    let rows = use_cases::list(&state.app, &caller.0, &filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

/// Read a job
///
/// Progress, result and the newest lines of its log; poll it to follow the job.
#[utoipa::path(
    operation_id = "job_read", tag = "Jobs", params(("job_id" = uuid::Uuid, Path, description = "The job.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = JobView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/jobs/{job_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let details = use_cases::read(&state.app, &caller.0, path_id(&request, "job_id")?).await?;
    Ok(HttpResponse::Ok().json(view(details)))
}

/// Cancel a job
///
/// A queued job ends at once, a running one at its next checkpoint; what is finished stays.
#[utoipa::path(
    operation_id = "job_cancel", tag = "Jobs", params(("job_id" = uuid::Uuid, Path, description = "The job.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = JobView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/jobs/{job_id}/cancel")]
async fn cancel(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let details = use_cases::cancel(&state.app, &caller.0, path_id(&request, "job_id")?).await?;
    Ok(HttpResponse::Ok().json(view(details)))
}

/// A job on the wire.
pub fn view(details: JobDetails) -> JobView {
    let job = details.job;
    let rows = (job.progress_unit == "rows").then(|| count(job.progress_done));
    let seconds = job
        .started_at
        .zip(job.finished_at)
        .map(|(start, end)| count((end - start).num_seconds()).max(1));
    JobView {
        id: job.id.uuid(),
        kind: job.kind,
        state: job.state,
        reason: job.reason,
        message: job.message,
        target: details.target.map(|(id, name)| reference(id, name)),
        title: job.title,
        progress_done: count(job.progress_done),
        progress_total: job.progress_total.map(count),
        progress_unit: job.progress_unit,
        rate_per_s: rows
            .zip(seconds)
            .map(|(rows, seconds)| rows.checked_div(seconds).unwrap_or_default()),
        cancel_requested: job.cancel_requested,
        requested_by: details.requested_by.map(|(id, name)| reference(id, name)),
        created_at: instant(job.created_at),
        started_at: job.started_at.map(instant),
        finished_at: job.finished_at.map(instant),
        result: job.result,
        log: details
            .log
            .into_iter()
            .map(|line| JobLogLine {
                at: instant(line.at),
                level: line.level,
                message: line.message,
            })
            .collect(),
    }
}
