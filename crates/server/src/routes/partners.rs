//! `/partners`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::entity_details::{AdministratorsInput, MoveInput};
use api_types::organisation::{PartnerInput, PartnerView};
use app::organisation::partners as use_cases;
use app::organisation::{administrators, moves};
use domain::ids::PartnerId;
use domain::role::Anchor;
use persistence::organisation::PartnerFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::entity_views::{self, DetailsQuery};
use super::views;
use crate::etag::{IfMatch, etag};
use crate::list::{ListQuery, id_parameter, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(create)
        .service(read)
        .service(update)
        .service(remove)
        .service(set_administrators)
        .service(plan_move);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this distributor.
    distributor_id: Option<String>,
    /// `true` also lists archived ones.
    archived: Option<bool>,
}

/// List partners
///
/// The partners in your scope, sorted by `name` (or `created_at`).
#[utoipa::path(
    operation_id = "partner_list", tag = "Partners", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<PartnerView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/partners")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "created_at"])?;
    let filter = PartnerFilter {
        distributor_id: id_parameter(query.distributor_id.as_deref(), "distributor_id")?,
        archived: query.archived.unwrap_or(false),
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::partner)))
}

/// Read a partner
///
/// With `details=true` also its tree, administrators, planned move and what Delete would do.
#[utoipa::path(
    operation_id = "partner_read", tag = "Partners", params(("partner_id" = uuid::Uuid, Path, description = "The partner."), DetailsQuery),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = PartnerView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/partners/{partner_id}")]
async fn read(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    query: Query<DetailsQuery>,
) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, path_id(&request, "partner_id")?).await?;
    let details = entity_views::asked(&state, &caller, Anchor::Partner(row.id), &query).await?;
    let version = etag(row.version);
    let mut view = views::partner(row);
    view.details = details;
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}

/// Add a partner
///
/// The parent has to be in your scope.
#[utoipa::path(
    operation_id = "partner_create", tag = "Partners", request_body = PartnerInput, security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = PartnerView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/partners")]
async fn create(state: Data<State>, caller: Caller, body: Json<PartnerInput>) -> Result<HttpResponse, ApiError> {
    let row = use_cases::create(&state.app, &caller.0, &views::partner_input(body.into_inner())).await?;
    let location = format!("/api/v1/partners/{}", row.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(row.version)));
    Ok(answer.json(views::partner(row)))
}

/// Save a partner
///
/// Replaces name, currency and details; `If-Match` names the version that was read.
#[utoipa::path(
    operation_id = "partner_update", tag = "Partners", request_body = PartnerInput,
    params(("partner_id" = uuid::Uuid, Path, description = "The partner."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = PartnerView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/partners/{partner_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<PartnerInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "partner_id")?;
    let input = views::partner_input(body.into_inner());
    use_cases::update(&state.app, &caller.0, id, version.0, &input).await?;
    shown(&state, &caller, id).await
}

/// Delete a partner
///
/// Refused with 409 while something hangs on it. What never had a document or user is removed; anything else is archived
/// with its users disabled, so documents keep their names.
#[utoipa::path(
    operation_id = "partner_delete", tag = "Partners", params(("partner_id" = uuid::Uuid, Path, description = "The partner.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/partners/{partner_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "partner_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Assign the administrators of a partner
///
/// Assigns users, invites people and lets administrators go; everything happens or nothing. Needs a fresh proof of
/// identity.
#[utoipa::path(
    operation_id = "partner_set_administrators", tag = "Partners", request_body = AdministratorsInput,
    params(("partner_id" = uuid::Uuid, Path, description = "The partner.")),
    security(("session" = [])),
    responses((status = 200, body = PartnerView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/partners/{partner_id}/administrators")]
async fn set_administrators(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<AdministratorsInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "partner_id")?;
    let input = entity_views::administrators_input(body.into_inner());
    administrators::set(&state.app, &caller.0, Anchor::Partner(id), &input).await?;
    shown(&state, &caller, id).await
}

/// Move a partner
///
/// To another distributor, from the first instant of a coming month; no parent withdraws a planned move. Needs a fresh proof
/// of identity.
#[utoipa::path(
    operation_id = "partner_move", tag = "Partners", request_body = MoveInput,
    params(("partner_id" = uuid::Uuid, Path, description = "The partner.")),
    security(("session" = [])),
    responses((status = 200, body = PartnerView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/partners/{partner_id}/move")]
async fn plan_move(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<MoveInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "partner_id")?;
    let input = entity_views::move_input(body.into_inner());
    moves::plan(&state.app, &caller.0, Anchor::Partner(id), &input).await?;
    shown(&state, &caller, id).await
}

/// The view with its details, after an act on the partner.
async fn shown(state: &State, caller: &Caller, id: PartnerId) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, id).await?;
    let version = etag(row.version);
    let mut view = views::partner(row);
    view.details = Some(entity_views::read(state, caller, Anchor::Partner(id)).await?);
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}
