//! Acts on one user: each a small operation of its own, answered with the user as it is then.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post, put};
use api_types::user::{EmailAddressInput, RoleInput, SwitchInput, UserView};
use app::users as use_cases;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer;
use crate::list::path_id;
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(change_email)
        .service(set_role)
        .service(set_disabled)
        .service(lock)
        .service(unlock)
        .service(require_mfa)
        .service(reset_mfa)
        .service(set_federated_only)
        .service(send_password_reset)
        .service(resend_activation)
        .service(revoke_sessions);
}

/// Change the address of a user
///
/// A link to the new address confirms it; the present one is told and counts until then.
#[utoipa::path(
    operation_id = "user_change_email", tag = "Users", request_body = EmailAddressInput,
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/email-address")]
async fn change_email(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<EmailAddressInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(
        use_cases::change_email(&state.app, &caller.0, id, &body.email_address).await?,
    ))
}

/// Change the role of a user
///
/// User Role with the distributor, partner or tenant it is held on. All sessions of the user end.
#[utoipa::path(
    operation_id = "user_set_role", tag = "Users", request_body = RoleInput,
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/users/{user_id}/role")]
async fn set_role(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<RoleInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(
        use_cases::set_role(&state.app, &caller.0, id, &body.role, body.anchor_id).await?,
    ))
}

/// Disable or enable a user
///
/// Disabled suspends the account; its sessions end at once. Enabling restores it as it was.
#[utoipa::path(
    operation_id = "user_set_disabled", tag = "Users", request_body = SwitchInput,
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/users/{user_id}/disabled")]
async fn set_disabled(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<SwitchInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(
        use_cases::set_disabled(&state.app, &caller.0, id, body.on).await?,
    ))
}

/// Lock a user out
///
/// Until an administrator unlocks the account.
#[utoipa::path(
    operation_id = "user_lock", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/lock")]
async fn lock(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::lock(&state.app, &caller.0, id).await?))
}

/// Unlock a user
///
/// Clears any lockout and the count of failures.
#[utoipa::path(
    operation_id = "user_unlock", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/unlock")]
async fn unlock(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::unlock(&state.app, &caller.0, id).await?))
}

/// Require a second factor of a user
///
/// On: an earlier enrolment is discarded and the user registers at the next sign-in. Off: an enrolment stays.
#[utoipa::path(
    operation_id = "user_require_mfa", tag = "Users", request_body = SwitchInput,
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/users/{user_id}/mfa-required")]
async fn require_mfa(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<SwitchInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(
        use_cases::require_mfa(&state.app, &caller.0, id, body.on).await?,
    ))
}

/// Reset the second factor of a user
///
/// The user registers an authenticator again at the next sign-in, with a code by mail.
#[utoipa::path(
    operation_id = "user_reset_mfa", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/reset-mfa")]
async fn reset_mfa(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::reset_mfa(&state.app, &caller.0, id).await?))
}

/// Let a user sign in through an identity provider only
///
/// On: the password is erased. Off: the user gets a link to set one.
#[utoipa::path(
    operation_id = "user_set_federated_only", tag = "Users", request_body = SwitchInput,
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/users/{user_id}/federated-only")]
async fn set_federated_only(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<SwitchInput>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(
        use_cases::set_federated_only(&state.app, &caller.0, id, body.on).await?,
    ))
}

/// Send a user a link to set a new password
///
/// Nobody sets or sees the password of somebody else.
#[utoipa::path(
    operation_id = "user_send_password_reset", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/send-password-reset")]
async fn send_password_reset(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::send_password_reset(&state.app, &caller.0, id).await?))
}

/// Send an invitation again
///
/// Link and code replace the earlier ones.
#[utoipa::path(
    operation_id = "user_resend_activation", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/resend-activation")]
async fn resend_activation(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::resend_activation(&state.app, &caller.0, id).await?))
}

/// Sign a user out everywhere
///
/// Ends all sessions of the user.
#[utoipa::path(
    operation_id = "user_revoke_sessions", tag = "Users",
    params(("user_id" = uuid::Uuid, Path, description = "The user.")), security(("session" = [])),
    responses((status = 200, body = UserView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/users/{user_id}/revoke-sessions")]
async fn revoke_sessions(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let id = path_id(&request, "user_id")?;
    Ok(answer(use_cases::revoke_sessions(&state.app, &caller.0, id).await?))
}
