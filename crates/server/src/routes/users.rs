//! `/users`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use api_types::Page;
use api_types::user::{UserInput, UserView};
use app::users as use_cases;
use persistence::user::UserFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::etag::etag;
use crate::list::{ListQuery, id_parameter, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(read);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only this role.
    role: Option<String>,
    /// Only users of this entity.
    anchor_id: Option<String>,
}

/// List users
///
/// The users whose entity is in your scope, sorted by `name` (or `email_address`, `created_at`).
#[utoipa::path(
    operation_id = "user_list", tag = "Users", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<UserView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/users")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "email_address", "created_at"])?;
    let role = query
        .role
        .as_deref()
        .filter(|role| !role.is_empty())
        .map(str::parse)
        .transpose();
    let role = role.map_err(|_| ApiError::malformed("role_invalid", "role is one of the eight roles."))?;
    let filter = UserFilter {
        role,
        anchor_id: id_parameter(query.anchor_id.as_deref(), "anchor_id")?,
    };
    let rows = use_cases::list(&state.app, &caller.0, filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::user)))
}

/// Read a user
#[utoipa::path(
    operation_id = "user_read", tag = "Users", params(("user_id" = uuid::Uuid, Path, description = "The user.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/users/{user_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let user = use_cases::read(&state.app, &caller.0, path_id(&request, "user_id")?).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(user.row.version)))
        .json(views::user(user)))
}

/// Invite a user
///
/// The account starts as `invited`; the invitation goes out by mail. Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "user_create", tag = "Users", request_body = UserInput, security(("session" = [])),
    responses((status = 201, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users")]
async fn create(state: Data<State>, caller: Caller, body: Json<UserInput>) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = use_cases::UserInput {
        first_name: body.first_name,
        last_name: body.last_name,
        email_address: body.email_address,
        phone_number: body.phone_number,
        role: body.role,
        anchor_id: body.anchor_id,
    };
    let user = use_cases::create(&state.app, &caller.0, &input).await?;
    let location = format!("/api/v1/users/{}", user.row.id);
    Ok(HttpResponse::Created()
        .insert_header(("Location", location))
        .json(views::user(user)))
}
