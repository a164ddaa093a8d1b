//! `/price-lists` and the items of their drafts.

mod items;
mod views;

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::pricing::{PriceListInput, PriceListUpdate, PriceListView, PublishInput, Published};
use app::pricing as use_cases;
use domain::ids::PriceListId;
use domain::period::Period;
use persistence::price_list::PriceListFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

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
        .service(publish)
        .service(remove)
        .configure(items::configure);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `region` or `tenant`.
    #[param(example = "region")]
    scope_kind: Option<String>,
    /// Only those of this region or tenant.
    target_id: Option<String>,
}

/// List price lists
///
/// With their versions, without items; sorted by `display_name` (or `created_at`).
#[utoipa::path(
    operation_id = "price_list_list", tag = "Pricing", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<PriceListView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/price-lists")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["display_name", "created_at"])?;
    let filter = PriceListFilter {
        scope_kind: query.scope_kind.as_deref().filter(|kind| !kind.is_empty()),
        target_id: id_parameter(query.target_id.as_deref(), "target_id")?,
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::price_list)))
}

/// Read a price list
///
/// With the items of its draft, of the version in force and of versions that start later.
#[utoipa::path(
    operation_id = "price_list_read", tag = "Pricing", params(("price_list_id" = uuid::Uuid, Path, description = "The price list.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = PriceListView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/price-lists/{price_list_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let found = use_cases::read(&state.app, &caller.0, path_id(&request, "price_list_id")?).await?;
    let tag = etag(found.row.version);
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", tag))
        .json(views::price_list(found)))
}

/// Add a price list
///
/// It starts with an empty draft.
#[utoipa::path(
    operation_id = "price_list_create", tag = "Pricing", request_body = PriceListInput, security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = PriceListView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/price-lists")]
async fn create(state: Data<State>, caller: Caller, body: Json<PriceListInput>) -> Result<HttpResponse, ApiError> {
    let made = use_cases::create(&state.app, &caller.0, &views::price_list_input(body.into_inner())).await?;
    let location = format!("/api/v1/price-lists/{}", made.row.id);
    let answer = &mut HttpResponse::Created();
    answer
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(made.row.version)));
    Ok(answer.json(views::price_list(made)))
}

/// Save a price list
///
/// Replaces name and description; prices are changed in the draft and published.
#[utoipa::path(
    operation_id = "price_list_update", tag = "Pricing", request_body = PriceListUpdate,
    params(("price_list_id" = uuid::Uuid, Path, description = "The price list."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = PriceListView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/price-lists/{price_list_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<PriceListUpdate>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "price_list_id")?;
    let saved = use_cases::update(
        &state.app,
        &caller.0,
        id,
        version.0,
        &body.display_name,
        &body.description,
    )
    .await?;
    let tag = etag(saved.row.version);
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", tag))
        .json(views::price_list(saved)))
}

/// Publish the draft
///
/// Valid from the month named, else from the next one. 409 `list_overlap` when another list of the target is in force
/// then, 409 `affects_issued_invoices` when an issued amount would change. Previews from that month on become stale.
#[utoipa::path(
    operation_id = "price_list_publish", tag = "Pricing", request_body = PublishInput,
    params(("price_list_id" = uuid::Uuid, Path, description = "The price list.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Published), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/price-lists/{price_list_id}/publish")]
async fn publish(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: Option<IfMatch>,
    body: Json<PublishInput>,
) -> Result<HttpResponse, ApiError> {
    let id: PriceListId = path_id(&request, "price_list_id")?;
    let from = body
        .effective_from
        .as_deref()
        .filter(|month| !month.is_empty())
        .map(Period::parse)
        .transpose();
    let from = from.map_err(|error| app::Invalid::one("/effective_from", error.code(), error))?;
    let expected = version.map(|version| version.0);
    let published = use_cases::publish(&state.app, &caller.0, id, expected, from).await?;
    Ok(HttpResponse::Ok().json(views::published(published)))
}

/// Delete a price list
///
/// One that was never published is removed; any other is retired from the next month on.
#[utoipa::path(
    operation_id = "price_list_delete", tag = "Pricing", params(("price_list_id" = uuid::Uuid, Path, description = "The price list.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/price-lists/{price_list_id}")]
async fn remove(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: Option<IfMatch>,
) -> Result<HttpResponse, ApiError> {
    let expected = version.map(|version| version.0);
    use_cases::delete(&state.app, &caller.0, path_id(&request, "price_list_id")?, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
