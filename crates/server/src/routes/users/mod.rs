//! `/users`.

mod acts;

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::user::{UserInput, UserUpdate, UserView};
use app::users as use_cases;
use persistence::user::UserFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

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
        .service(remove);
    acts::configure(config);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only this role.
    role: Option<String>,
    /// Only users of this entity.
    anchor_id: Option<String>,
    /// Only `active` or only `invited` ones.
    state: Option<String>,
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
    let active = match query.state.as_deref() {
        None | Some("") => None,
        Some("active") => Some(true),
        Some("invited") => Some(false),
        Some(_) => return Err(ApiError::malformed("state_invalid", "state is active or invited.")),
    };
    let filter = UserFilter {
        role,
        active,
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
    Ok(answer(user))
}

/// A user with its version.
fn answer(user: use_cases::User) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("ETag", etag(user.row.version)))
        .json(views::user(user))
}

/// Save a user
///
/// Names, phone, locale and time zone; address, role and credentials are operations of their own.
#[utoipa::path(
    operation_id = "user_update", tag = "Users", request_body = UserUpdate,
    params(("user_id" = uuid::Uuid, Path, description = "The user."), ("If-Match" = String, Header, description = "`etag` of the view.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/users/{user_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<UserUpdate>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = use_cases::FieldsInput {
        first_name: body.first_name,
        last_name: body.last_name,
        phone_number: body.phone_number,
        locale: body.locale,
        time_zone: body.time_zone,
    };
    let id = path_id(&request, "user_id")?;
    let user = use_cases::update(&state.app, &caller.0, id, version.0, &input).await?;
    Ok(answer(user))
}

/// Delete a user
///
/// The person is erased for ever; a tombstone stays for the audit record and the address is free again.
#[utoipa::path(
    operation_id = "user_delete", tag = "Users", params(("user_id" = uuid::Uuid, Path, description = "The user.")),
    security(("session" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/users/{user_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "user_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
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
        mfa_required: body.mfa_required,
        federated_only: body.federated_only,
    };
    let user = use_cases::create(&state.app, &caller.0, &input).await?;
    let location = format!("/api/v1/users/{}", user.row.id);
    Ok(HttpResponse::Created()
        .insert_header(("Location", location))
        .json(views::user(user)))
}
