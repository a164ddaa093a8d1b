//! `/subscriptions`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::subscription::{SubscriptionInput, SubscriptionUpdate, SubscriptionView};
use app::subscriptions as use_cases;
use persistence::subscription::{SubscriptionFilter, SubscriptionRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views::{instant, reference};
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
        .service(remove);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(clippy::struct_field_names, reason = "the names of the parameters")]
struct Filter {
    /// Only those of this tenant.
    tenant_id: Option<String>,
    /// Only those of this partner.
    partner_id: Option<String>,
    /// Only those of this distributor.
    distributor_id: Option<String>,
    /// Only those of this region.
    region_id: Option<String>,
}

/// List subscriptions
///
/// The subscriptions in your scope, sorted by `name` (or `created_at`); the search also takes a platform subscription id.
#[utoipa::path(
    operation_id = "subscription_list", tag = "Subscriptions", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<SubscriptionView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/subscriptions")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "created_at"])?;
    let filter = SubscriptionFilter {
        tenant_id: id_parameter(query.tenant_id.as_deref(), "tenant_id")?,
        partner_id: id_parameter(query.partner_id.as_deref(), "partner_id")?,
        distributor_id: id_parameter(query.distributor_id.as_deref(), "distributor_id")?,
        region_id: id_parameter(query.region_id.as_deref(), "region_id")?,
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

/// Read a subscription
#[utoipa::path(
    operation_id = "subscription_read", tag = "Subscriptions", params(("subscription_id" = uuid::Uuid, Path, description = "The subscription.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = SubscriptionView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/subscriptions/{subscription_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let row = use_cases::read(&state.app, &caller.0, path_id(&request, "subscription_id")?).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(row.version)))
        .json(view(row)))
}

/// Register a subscription
///
/// Registers a platform subscription that exists in a ready region; its usage that is not invoiced yet is billed to the
/// tenant.
#[utoipa::path(
    operation_id = "subscription_create", tag = "Subscriptions", request_body = SubscriptionInput,
    security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = SubscriptionView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/subscriptions")]
async fn create(state: Data<State>, caller: Caller, body: Json<SubscriptionInput>) -> Result<HttpResponse, ApiError> {
    let row = use_cases::create(&state.app, &caller.0, &input(body.into_inner())).await?;
    let location = format!("/api/v1/subscriptions/{}", row.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(row.version)));
    Ok(answer.json(view(row)))
}

/// Save a subscription
///
/// Replaces name, description and owner; `If-Match` names the version that was read.
#[utoipa::path(
    operation_id = "subscription_update", tag = "Subscriptions", request_body = SubscriptionUpdate,
    params(
        ("subscription_id" = uuid::Uuid, Path, description = "The subscription."),
        ("If-Match" = String, Header, description = "`etag` of the view.")
    ),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = SubscriptionView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/subscriptions/{subscription_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<SubscriptionUpdate>,
) -> Result<HttpResponse, ApiError> {
    let SubscriptionUpdate {
        name,
        description,
        owner,
    } = body.into_inner();
    let input = use_cases::SubscriptionUpdate {
        name,
        description,
        owner,
    };
    let id = path_id(&request, "subscription_id")?;
    let row = use_cases::update(&state.app, &caller.0, id, version.0, &input).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(row.version)))
        .json(view(row)))
}

/// Delete a subscription
///
/// Archives the record. Nothing on the stamp changes, and open usage is still invoiced.
#[utoipa::path(
    operation_id = "subscription_delete", tag = "Subscriptions", params(("subscription_id" = uuid::Uuid, Path, description = "The subscription.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/subscriptions/{subscription_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "subscription_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn input(body: SubscriptionInput) -> use_cases::SubscriptionInput {
    use_cases::SubscriptionInput {
        name: body.name,
        tenant_id: body.tenant_id.into(),
        region_id: body.region_id.into(),
        platform_subscription_id: body.platform_subscription_id.into(),
        directory_id: body.directory_id,
        owner: body.owner,
        description: body.description.unwrap_or_default(),
    }
}

fn view(row: SubscriptionRow) -> SubscriptionView {
    SubscriptionView {
        id: row.id.uuid(),
        name: row.name,
        description: row.description,
        tenant: reference(row.tenant_id, row.tenant_name),
        region: reference(row.region_id, row.region_name),
        platform_subscription_id: row.platform_subscription_id.uuid(),
        directory_id: row.directory_id,
        owner: row.owner,
        state: row.state,
        auto_created: row.auto_created,
        created_at: instant(row.created_at),
        etag: etag(row.version),
    }
}
