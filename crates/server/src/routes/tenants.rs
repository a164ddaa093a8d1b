//! `/tenants`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::entity_details::{AdministratorsInput, MoveInput};
use api_types::organisation::{TenantInput, TenantView};
use app::organisation::tenants as use_cases;
use app::organisation::{administrators, moves};
use domain::ids::TenantId;
use domain::role::Anchor;
use persistence::organisation::TenantFilter;
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
    /// Only those of this partner.
    partner_id: Option<String>,
    /// `true` also lists archived ones.
    archived: Option<bool>,
}

/// List tenants
///
/// The tenants in your scope, sorted by `name` (or `created_at`).
#[utoipa::path(
    operation_id = "tenant_list", tag = "Tenants", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<TenantView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/tenants")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "created_at"])?;
    let filter = TenantFilter {
        distributor_id: id_parameter(query.distributor_id.as_deref(), "distributor_id")?,
        partner_id: id_parameter(query.partner_id.as_deref(), "partner_id")?,
        archived: query.archived.unwrap_or(false),
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::tenant)))
}

/// Read a tenant
///
/// With `details=true` also its tree, administrators, planned move and what Delete would do.
#[utoipa::path(
    operation_id = "tenant_read", tag = "Tenants", params(("tenant_id" = uuid::Uuid, Path, description = "The tenant."), DetailsQuery),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = TenantView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/tenants/{tenant_id}")]
async fn read(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    query: Query<DetailsQuery>,
) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, path_id(&request, "tenant_id")?).await?;
    let details = entity_views::asked(&state, &caller, Anchor::Tenant(row.id), &query).await?;
    let version = etag(row.version);
    let mut view = views::tenant(row);
    view.details = details;
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}

/// Add a tenant
///
/// The parent has to be in your scope.
#[utoipa::path(
    operation_id = "tenant_create", tag = "Tenants", request_body = TenantInput, security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = TenantView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/tenants")]
async fn create(state: Data<State>, caller: Caller, body: Json<TenantInput>) -> Result<HttpResponse, ApiError> {
    let row = use_cases::create(&state.app, &caller.0, &views::tenant_input(body.into_inner())).await?;
    let location = format!("/api/v1/tenants/{}", row.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(row.version)));
    Ok(answer.json(views::tenant(row)))
}

/// Save a tenant
///
/// Replaces name, currency and details; `If-Match` names the version that was read.
#[utoipa::path(
    operation_id = "tenant_update", tag = "Tenants", request_body = TenantInput,
    params(("tenant_id" = uuid::Uuid, Path, description = "The tenant."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = TenantView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/tenants/{tenant_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<TenantInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "tenant_id")?;
    let input = views::tenant_input(body.into_inner());
    use_cases::update(&state.app, &caller.0, id, version.0, &input).await?;
    shown(&state, &caller, id).await
}

/// Delete a tenant
///
/// Refused with 409 while something hangs on it. What never had a document or user is removed; anything else is archived
/// with its users disabled, so documents keep their names.
#[utoipa::path(
    operation_id = "tenant_delete", tag = "Tenants", params(("tenant_id" = uuid::Uuid, Path, description = "The tenant.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/tenants/{tenant_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "tenant_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Assign the administrators of a tenant
///
/// Assigns users, invites people and lets administrators go; everything happens or nothing. Needs a fresh proof of
/// identity.
#[utoipa::path(
    operation_id = "tenant_set_administrators", tag = "Tenants", request_body = AdministratorsInput,
    params(("tenant_id" = uuid::Uuid, Path, description = "The tenant.")),
    security(("session" = [])),
    responses((status = 200, body = TenantView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/tenants/{tenant_id}/administrators")]
async fn set_administrators(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<AdministratorsInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "tenant_id")?;
    let input = entity_views::administrators_input(body.into_inner());
    administrators::set(&state.app, &caller.0, Anchor::Tenant(id), &input).await?;
    shown(&state, &caller, id).await
}

/// Move a tenant
///
/// To another partner, from the first instant of a coming month; no parent withdraws a planned move. Needs a fresh proof
/// of identity.
#[utoipa::path(
    operation_id = "tenant_move", tag = "Tenants", request_body = MoveInput,
    params(("tenant_id" = uuid::Uuid, Path, description = "The tenant.")),
    security(("session" = [])),
    responses((status = 200, body = TenantView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/tenants/{tenant_id}/move")]
async fn plan_move(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<MoveInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "tenant_id")?;
    let input = entity_views::move_input(body.into_inner());
    moves::plan(&state.app, &caller.0, Anchor::Tenant(id), &input).await?;
    shown(&state, &caller, id).await
}

/// The view with its details, after an act on the tenant.
async fn shown(state: &State, caller: &Caller, id: TenantId) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, id).await?;
    let version = etag(row.version);
    let mut view = views::tenant(row);
    view.details = Some(entity_views::read(state, caller, Anchor::Tenant(id)).await?);
    Ok(HttpResponse::Ok().insert_header(("ETag", version)).json(view))
}
