//! `/service-accounts` and `/token`.

use actix_web::web::{Data, Json, Query};
use actix_web::{Either, HttpRequest, HttpResponse, get, post};
use api_types::Page;
use api_types::service_account::{
    KeyRotation, NewServiceAccountKey, ServiceAccountInput, ServiceAccountKeyView, ServiceAccountRevocation,
    ServiceAccountView, TokenAnswer, TokenRequest,
};
use app::service_accounts as use_cases;
use app::service_accounts::{NewKey, ServiceAccount};
use persistence::service_account::ApiKeyRow;
use utoipa_actix_web::service_config::ServiceConfig;

use super::session::cookies::source;
use super::views::instant;
use crate::list::{ListQuery, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(create)
        .service(rotate_key)
        .service(revoke)
        .service(token_create);
}

/// List service accounts
///
/// The service accounts whose entity is in your scope, revoked ones included, sorted by `name` (or `created_at`).
#[utoipa::path(
    operation_id = "service_account_list", tag = "Service accounts", params(ListQuery), security(("session" = [])),
    responses((status = 200, body = Page<ServiceAccountView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/service-accounts")]
async fn list(state: Data<State>, caller: Caller, list: Query<ListQuery>) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "created_at"])?;
    let rows = use_cases::list(&state.app, &caller.0, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

/// Create a service account
///
/// With a first key, which is in this answer and nowhere else. Role and entity are within your own. Needs a fresh proof of
/// identity.
#[utoipa::path(
    operation_id = "service_account_create", tag = "Service accounts", request_body = ServiceAccountInput, security(("session" = [])),
    responses((status = 201, body = NewServiceAccountKey), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/service-accounts")]
async fn create(state: Data<State>, caller: Caller, body: Json<ServiceAccountInput>) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = use_cases::ServiceAccountInput {
        name: body.name,
        role: body.role,
        anchor_id: body.anchor_id,
        source_networks: body.source_networks,
        expires_on: body.expires_on,
    };
    let made = use_cases::create(&state.app, &caller.0, &input).await?;
    Ok(HttpResponse::Created().json(shown_once(made)))
}

/// Make a second key
///
/// It is in this answer and nowhere else. The present key goes on until it ends or is revoked; two keys are live at most
/// (409 `two_live_keys`). Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "service_account_rotate_key", tag = "Service accounts", request_body = KeyRotation,
    params(("service_account_id" = uuid::Uuid, Path, description = "The service account.")), security(("session" = [])),
    responses((status = 201, body = NewServiceAccountKey), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/service-accounts/{service_account_id}/rotate-key")]
async fn rotate_key(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<KeyRotation>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "service_account_id")?;
    let made = use_cases::rotate_key(&state.app, &caller.0, id, &body.expires_on).await?;
    Ok(HttpResponse::Created().json(shown_once(made)))
}

/// Revoke a service account, or one of its keys
///
/// With `key_id` that key, without it (or without a body) the account with all its keys. Access tokens end with their key,
/// at once and for ever. Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "service_account_revoke", tag = "Service accounts", request_body = Option<ServiceAccountRevocation>,
    params(("service_account_id" = uuid::Uuid, Path, description = "The service account.")), security(("session" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/service-accounts/{service_account_id}/revoke")]
async fn revoke(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Either<Json<ServiceAccountRevocation>, actix_web::web::Bytes>,
) -> Result<HttpResponse, ApiError> {
    let key_id = match body {
        Either::Left(body) => body.into_inner().key_id,
        Either::Right(bytes) if bytes.is_empty() => None,
        Either::Right(_) => return Err(ApiError::malformed("body_invalid", "The body cannot be read.")),
    };
    let id = path_id(&request, "service_account_id")?;
    use_cases::revoke(&state.app, &caller.0, id, key_id.as_deref()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Exchange a key for an access token
///
/// For programs: the token goes into the header `Authorization: Bearer` and works for ten minutes.
#[utoipa::path(
    operation_id = "token_create", tag = "Service accounts", request_body = TokenRequest,
    responses(
        (status = 200, body = TokenAnswer),
        (status = 401, body = api_types::common::Problem, description = "The key is unknown, has ended, is revoked or used from elsewhere."),
        (status = 429, body = api_types::common::Problem, description = "Too many refused tries; see Retry-After.")
    )
)]
#[post("/token")]
async fn token_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<TokenRequest>,
) -> Result<HttpResponse, ApiError> {
    let issued = use_cases::exchange(&state.app, &body.key, &source(&request, &state)).await?;
    Ok(HttpResponse::Ok().json(TokenAnswer {
        access_token: issued.token.to_string(),
        token_type: "Bearer".to_owned(),
        expires_in: issued.expires_in,
    }))
}

fn shown_once(made: NewKey) -> NewServiceAccountKey {
    NewServiceAccountKey {
        service_account: view(made.account),
        key: made.key.to_string(),
    }
}

fn view(account: ServiceAccount) -> ServiceAccountView {
    let row = account.row;
    ServiceAccountView {
        id: row.id.uuid(),
        name: row.name,
        role: row.role.identifier().to_owned(),
        anchor_id: row.anchor.id(),
        source_networks: row.source_networks,
        keys: account.keys.into_iter().map(key_view).collect(),
        created_at: instant(row.created_at),
        revoked_at: row.revoked_at.map(instant),
    }
}

fn key_view(key: ApiKeyRow) -> ServiceAccountKeyView {
    ServiceAccountKeyView {
        key_id: key.key_id,
        expires_on: key.expires_on,
        last_used_at: key.last_used_at.map(instant),
        last_used_from: key.last_used_from,
    }
}
