//! `/distributors`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::entity_details::AdministratorsInput;
use api_types::organisation::{DistributorInput, DistributorView};
use app::organisation::administrators;
use app::organisation::distributors as use_cases;
use domain::ids::DistributorId;
use domain::role::Anchor;
use persistence::organisation::DistributorFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::entity_views::{self, DetailsQuery};
use super::views;
use crate::etag::{IfMatch, etag};
use crate::list::{ListQuery, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(create)
        .service(read)
        .service(update)
        .service(remove)
        .service(set_administrators);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `true` also lists archived ones.
    archived: Option<bool>,
}

/// List distributors
///
/// The distributors in your scope, sorted by `name` (or `created_at`).
#[utoipa::path(
    operation_id = "distributor_list", tag = "Distributors", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<DistributorView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/distributors")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "created_at"])?;
    let filter = DistributorFilter {
        archived: query.archived.unwrap_or(false),
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::distributor)))
}

/// Read a distributor
///
/// With `details=true` also its tree, administrators, planned move and what Delete would do.
#[utoipa::path(
    operation_id = "distributor_read", tag = "Distributors", params(("distributor_id" = uuid::Uuid, Path, description = "The distributor."), DetailsQuery),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = DistributorView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/distributors/{distributor_id}")]
async fn read(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    query: Query<DetailsQuery>,
) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, path_id(&request, "distributor_id")?).await?;
    let details = entity_views::asked(&state, &caller, Anchor::Distributor(row.id), &query).await?;
    let version = etag(row.version);
    let mut view = views::distributor(row);
    view.details = details;
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}

/// Add a distributor
///
/// Only the platform adds distributors.
#[utoipa::path(
    operation_id = "distributor_create", tag = "Distributors", request_body = DistributorInput, security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = DistributorView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/distributors")]
async fn create(state: Data<State>, caller: Caller, body: Json<DistributorInput>) -> Result<HttpResponse, ApiError> {
    let row = use_cases::create(&state.app, &caller.0, &views::distributor_input(body.into_inner())).await?;
    let location = format!("/api/v1/distributors/{}", row.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(row.version)));
    Ok(answer.json(views::distributor(row)))
}

/// Save a distributor
///
/// Replaces name, currency and details; `If-Match` names the version that was read.
#[utoipa::path(
    operation_id = "distributor_update", tag = "Distributors", request_body = DistributorInput,
    params(("distributor_id" = uuid::Uuid, Path, description = "The distributor."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = DistributorView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/distributors/{distributor_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<DistributorInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "distributor_id")?;
    let input = views::distributor_input(body.into_inner());
    use_cases::update(&state.app, &caller.0, id, version.0, &input).await?;
    shown(&state, &caller, id).await
}

/// Delete a distributor
///
/// Refused with 409 while something hangs on it. What never had a document or user is removed; anything else is archived
/// with its users disabled, so documents keep their names.
#[utoipa::path(
    operation_id = "distributor_delete", tag = "Distributors", params(("distributor_id" = uuid::Uuid, Path, description = "The distributor.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/distributors/{distributor_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "distributor_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Assign the administrators of a distributor
///
/// Assigns users, invites people and lets administrators go; everything happens or nothing. Needs a fresh proof of
/// identity.
#[utoipa::path(
    operation_id = "distributor_set_administrators", tag = "Distributors", request_body = AdministratorsInput,
    params(("distributor_id" = uuid::Uuid, Path, description = "The distributor.")),
    security(("session" = [])),
    responses((status = 200, body = DistributorView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/distributors/{distributor_id}/administrators")]
async fn set_administrators(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<AdministratorsInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "distributor_id")?;
    let input = entity_views::administrators_input(body.into_inner());
    administrators::set(&state.app, &caller.0, Anchor::Distributor(id), &input).await?;
    shown(&state, &caller, id).await
}

/// The view with its details, after an act on the distributor.
async fn shown(state: &State, caller: &Caller, id: DistributorId) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, id).await?;
    let version = etag(row.version);
    let mut view = views::distributor(row);
    view.details = Some(entity_views::read(state, caller, Anchor::Distributor(id)).await?);
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}
