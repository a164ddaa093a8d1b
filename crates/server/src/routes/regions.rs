//! `/regions` and `/region-names`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::region::{
    ConnectionInput, ConnectionTest, RegionInput, RegionName, RegionUpdate, RegionView, UpdateUsage,
    UpdateUsageStarted, WindowView,
};
use app::regions as use_cases;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

mod views;

use crate::etag::{IfMatch, etag};
use crate::list::{ListQuery, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_names)
        .service(list)
        .service(create)
        .service(read)
        .service(update)
        .service(set_connection)
        .service(test_connection)
        .service(update_usage)
        .service(read_health)
        .service(remove);
}

/// Range of reported days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Range {
    /// First reported day, `YYYY-MM-DD`.
    first_on: Option<String>,
    /// Last reported day, inclusive.
    last_on: Option<String>,
}

/// List region names
///
/// Names and readiness of all regions, for pickers.
#[utoipa::path(
    operation_id = "region_list_names", tag = "Regions", security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Vec<RegionName>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/region-names")]
async fn list_names(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let rows = use_cases::list_names(&state.app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(views::name).collect::<Vec<_>>()))
}

/// List regions
///
/// Regions with health, coverage and open questions, sorted by `name`.
#[utoipa::path(
    operation_id = "region_list", tag = "Regions", params(ListQuery), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<RegionView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/regions")]
async fn list(state: Data<State>, caller: Caller, list: Query<ListQuery>) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name"])?;
    let rows = use_cases::list(&state.app, &caller.0, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::region)))
}

/// Read a region
#[utoipa::path(
    operation_id = "region_read", tag = "Regions", params(("region_id" = uuid::Uuid, Path, description = "The region.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = RegionView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/regions/{region_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let details = use_cases::read(&state.app, &caller.0, path_id(&request, "region_id")?).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(details.region.version)))
        .json(views::region(details)))
}

/// Add a region
///
/// It is not ready before its connection was tested; the credential is write-only.
#[utoipa::path(
    operation_id = "region_create", tag = "Regions", request_body = RegionInput, security(("session" = [])),
    responses((status = 201, body = RegionView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/regions")]
async fn create(state: Data<State>, caller: Caller, body: Json<RegionInput>) -> Result<HttpResponse, ApiError> {
    let (input, connection) = views::input(body.into_inner());
    let details = use_cases::create(&state.app, &caller.0, &input, &connection).await?;
    let location = format!("/api/v1/regions/{}", details.region.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(details.region.version)));
    Ok(answer.json(views::region(details)))
}

/// Save a region
///
/// Replaces name, details and schedule; `If-Match` names the version that was read.
#[utoipa::path(
    operation_id = "region_update", tag = "Regions", request_body = RegionUpdate,
    params(("region_id" = uuid::Uuid, Path, description = "The region."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = RegionView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/regions/{region_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<RegionUpdate>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "region_id")?;
    let details = use_cases::update(&state.app, &caller.0, id, version.0, &views::update(body.into_inner())).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(details.region.version)))
        .json(views::region(details)))
}

/// Set endpoints and credentials
///
/// A changed host, scheme or port destroys the stored credential unless a new one is given; the region has to be tested
/// again.
#[utoipa::path(
    operation_id = "region_set_connection", tag = "Regions", request_body = ConnectionInput,
    params(("region_id" = uuid::Uuid, Path, description = "The region."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = [])),
    responses((status = 200, body = RegionView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/regions/{region_id}/connection")]
async fn set_connection(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<ConnectionInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "region_id")?;
    let input = views::connection(body.into_inner());
    let details = use_cases::set_connection(&state.app, &caller.0, id, version.0, &input).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(details.region.version)))
        .json(views::region(details)))
}

/// Test the connection
///
/// Name, address, TLS, metadata, token, role and usage, up to the first step that fails; a success makes the region ready.
/// The credential goes to the confirmed `login_endpoint` only. While the stamp names another one, the test ends before the
/// token and answers it as `login_to_confirm`: setting the connection with it confirms it.
#[utoipa::path(
    operation_id = "region_test_connection", tag = "Regions", params(("region_id" = uuid::Uuid, Path, description = "The region.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = ConnectionTest), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/regions/{region_id}/test-connection")]
async fn test_connection(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let result = use_cases::test_connection(&state.app, &caller.0, path_id(&request, "region_id")?).await?;
    Ok(HttpResponse::Ok().json(views::test(result)))
}

/// Update usage
///
/// Starts a job that reads the reported days of the range, or joins the open job that does. Today and later are cut off.
#[utoipa::path(
    operation_id = "region_update_usage", tag = "Regions", request_body = UpdateUsage,
    params(("region_id" = uuid::Uuid, Path, description = "The region.")), security(("session" = []), ("access_token" = [])),
    responses((status = 202, body = UpdateUsageStarted), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/regions/{region_id}/update-usage")]
async fn update_usage(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<UpdateUsage>,
) -> Result<HttpResponse, ApiError> {
    let UpdateUsage { first_on, last_on } = body.into_inner();
    let input = use_cases::UpdateUsage { first_on, last_on };
    let started = use_cases::update_usage(&state.app, &caller.0, path_id(&request, "region_id")?, &input).await?;
    let location = format!("/api/v1/jobs/{}", started.job_id);
    Ok(HttpResponse::Accepted()
        .insert_header(("Location", location))
        .json(views::started(started)))
}

/// Read coverage
///
/// The reported days of a region, newest first: read, imported, being read or held back.
#[utoipa::path(
    operation_id = "region_read_health", tag = "Regions",
    params(("region_id" = uuid::Uuid, Path, description = "The region."), ListQuery, Range),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<WindowView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/regions/{region_id}/health")]
async fn read_health(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    paging: Query<ListQuery>,
    range: Query<Range>,
) -> Result<HttpResponse, ApiError> {
    let page = paging.page(&state.app, &["reported_on"])?;
    let first = day(range.first_on.as_deref(), "first_on")?;
    let last = day(range.last_on.as_deref(), "last_on")?;
    let id = path_id(&request, "region_id")?;
    let rows = use_cases::read_health(&state.app, &caller.0, id, first, last, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::window)))
}

/// Delete a region
///
/// Refused while it has subscriptions, usage or a running job; its credential is destroyed.
#[utoipa::path(
    operation_id = "region_delete", tag = "Regions", params(("region_id" = uuid::Uuid, Path, description = "The region.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/regions/{region_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "region_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn day(text: Option<&str>, name: &str) -> Result<Option<NaiveDate>, ApiError> {
    let wrong = |_| app::Invalid::one(name, "date_invalid", "Enter a date as YYYY-MM-DD.").into();
    text.filter(|text| !text.is_empty())
        .map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(wrong))
        .transpose()
}
