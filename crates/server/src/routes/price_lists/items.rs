//! `/price-lists/{price_list_id}/items`: the items of the draft.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, post, put};
use api_types::pricing::{PricingItemInput, PricingItemView};
use app::pricing as use_cases;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::etag::IfMatch;
use crate::list::path_id;
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(create).service(update).service(remove);
}

/// Add a price to the draft
///
/// The draft is made from the newest version when there is none.
#[utoipa::path(
    operation_id = "pricing_item_create", tag = "Pricing", request_body = PricingItemInput,
    params(("price_list_id" = uuid::Uuid, Path, description = "The price list.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 201, body = PricingItemView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/price-lists/{price_list_id}/items")]
async fn create(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<PricingItemInput>,
) -> Result<HttpResponse, ApiError> {
    let list = path_id(&request, "price_list_id")?;
    let made = use_cases::create_item(&state.app, &caller.0, list, &views::item_input(body.into_inner())).await?;
    Ok(HttpResponse::Created().json(views::item(made)))
}

/// Save a price of the draft
///
/// `If-Match` holds the `etag` of the price list.
#[utoipa::path(
    operation_id = "pricing_item_update", tag = "Pricing", request_body = PricingItemInput,
    params(("price_list_id" = uuid::Uuid, Path, description = "The price list."), ("item_id" = uuid::Uuid, Path, description = "The item."),
        ("If-Match" = String, Header, description = "`etag` of the price list.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = PricingItemView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/price-lists/{price_list_id}/items/{item_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<PricingItemInput>,
) -> Result<HttpResponse, ApiError> {
    let (list, item) = (path_id(&request, "price_list_id")?, path_id(&request, "item_id")?);
    let input = views::item_input(body.into_inner());
    let saved = use_cases::update_item(&state.app, &caller.0, list, item, Some(version.0), &input).await?;
    Ok(HttpResponse::Ok().json(views::item(saved)))
}

/// Remove a price from the draft
#[utoipa::path(
    operation_id = "pricing_item_delete", tag = "Pricing",
    params(("price_list_id" = uuid::Uuid, Path, description = "The price list."), ("item_id" = uuid::Uuid, Path, description = "The item.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/price-lists/{price_list_id}/items/{item_id}")]
async fn remove(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: Option<IfMatch>,
) -> Result<HttpResponse, ApiError> {
    let (list, item) = (path_id(&request, "price_list_id")?, path_id(&request, "item_id")?);
    let expected = version.map(|version| version.0);
    use_cases::delete_item(&state.app, &caller.0, list, item, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
