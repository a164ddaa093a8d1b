//! `/identity-providers`.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::Page;
use api_types::identity_provider::{IdentityProviderInput, IdentityProviderView};
use app::identity_providers as use_cases;
use app::identity_providers::{Provider, ProviderInput};
use outbound::Secret;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::etag::{IfMatch, etag};
use crate::list::{ListQuery, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(update).service(remove);
}

/// List identity providers
///
/// Sorted by `name`. Secrets are never shown, only whether one is set.
#[utoipa::path(
    operation_id = "identity_provider_list", tag = "Identity providers", params(ListQuery), security(("session" = [])),
    responses((status = 200, body = Page<IdentityProviderView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/identity-providers")]
async fn list(state: Data<State>, caller: Caller, list: Query<ListQuery>) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name"])?;
    let rows = use_cases::list(&state.app, &caller.0, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, |provider| view(&state, provider))))
}

/// Add an identity provider
///
/// Needs a fresh proof of identity. Register the `redirect_uri` of the answer at the provider.
#[utoipa::path(
    operation_id = "identity_provider_create", tag = "Identity providers", request_body = IdentityProviderInput, security(("session" = [])),
    responses((status = 201, body = IdentityProviderView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/identity-providers")]
async fn create(
    state: Data<State>,
    caller: Caller,
    body: Json<IdentityProviderInput>,
) -> Result<HttpResponse, ApiError> {
    let provider = use_cases::create(&state.app, &caller.0, &input(body.into_inner())).await?;
    let location = format!("/api/v1/identity-providers/{}", provider.row.id);
    Ok(HttpResponse::Created()
        .insert_header(("Location", location))
        .insert_header(("ETag", etag(provider.row.version)))
        .json(view(&state, provider)))
}

/// Save an identity provider
///
/// A new scheme, host or port of the issuer clears the stored secret. One that is turned on, or moved while on, has to
/// answer and to name itself as entered. Turned off, the provider's sessions end. Needs a
/// fresh proof of identity.
#[utoipa::path(
    operation_id = "identity_provider_update", tag = "Identity providers", request_body = IdentityProviderInput,
    params(
        ("identity_provider_id" = uuid::Uuid, Path, description = "The provider."),
        ("If-Match" = String, Header, description = "`etag` of the view.")
    ),
    security(("session" = [])),
    responses((status = 200, body = IdentityProviderView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/identity-providers/{identity_provider_id}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: IfMatch,
    body: Json<IdentityProviderInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "identity_provider_id")?;
    let provider = use_cases::update(&state.app, &caller.0, id, version.0, &input(body.into_inner())).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", etag(provider.row.version)))
        .json(view(&state, provider)))
}

/// Delete an identity provider
///
/// Removes its secret and linked identities and ends its sessions. Refused while Federated Only users have no other way
/// to sign in. Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "identity_provider_delete", tag = "Identity providers",
    params(("identity_provider_id" = uuid::Uuid, Path, description = "The provider.")),
    security(("session" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/identity-providers/{identity_provider_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "identity_provider_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(state: &State, provider: Provider) -> IdentityProviderView {
    let row = provider.row;
    IdentityProviderView {
        id: row.id.uuid(),
        name: row.fields.name,
        kind: row.fields.kind,
        issuer: row.fields.issuer,
        client_id: row.fields.client_id,
        client_secret_set: provider.secret_set_at.is_some(),
        client_secret_set_at: provider.secret_set_at.map(views::instant),
        scopes: row.fields.scopes,
        algorithm: row.fields.algorithm,
        directory: row.fields.directory,
        enabled: row.fields.enabled,
        redirect_uri: use_cases::redirect_uri(&state.app),
        user_count: views::count(row.user_count),
        created_at: views::instant(row.created_at),
        etag: etag(row.version),
    }
}

fn input(body: IdentityProviderInput) -> ProviderInput {
    ProviderInput {
        name: body.name,
        kind: body.kind,
        issuer: body.issuer,
        client_id: body.client_id,
        client_secret: body.client_secret.map(Secret::new),
        scopes: body.scopes,
        algorithm: body.algorithm,
        directory: body.directory,
        enabled: body.enabled,
    }
}
