//! `/session`, `/setup` and what mailed links open: everything that needs no session yet (PM-22).

mod by_mail;
pub mod cookies;
pub mod second_factor;

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use api_types::session::{FirstAdministrator, SecondFactor, SessionView, SetupState, SignIn};
use app::sign_in::{self, session, setup};
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::caller::session_token;
use crate::{ApiError, Caller, State};
use cookies::source;

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(session_read)
        .service(session_create)
        .service(second_factor::session_enter_code)
        .service(second_factor::session_enrol)
        .service(second_factor::session_send_code)
        .service(second_factor::session_step_up)
        .service(session_delete)
        .service(session_delete_all)
        .service(setup_read)
        .service(setup_create)
        .service(by_mail::activation_read_link)
        .service(by_mail::activation_send_again)
        .service(by_mail::activation_create)
        .service(by_mail::password_reset_request)
        .service(by_mail::password_reset_create)
        .service(by_mail::email_confirmation_create);
}

/// Describe the own session
///
/// Who is signed in and which operations the role may use now.
#[utoipa::path(
    operation_id = "session_read", tag = "Session",
    responses((status = 200, body = SessionView), (status = 401, body = api_types::common::Problem))
)]
#[get("/session")]
async fn session_read(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = session_token(&request, &state).ok_or(app::Error::NotSignedIn)?;
    let described = session::current(&state.app, &token).await?;
    Ok(HttpResponse::Ok().json(views::session(described)))
}

/// Sign in
///
/// Answers alike for an unknown address, a wrong password and an account that cannot be used.
#[utoipa::path(
    operation_id = "session_create", tag = "Session", request_body = SignIn,
    responses(
        (status = 200, body = SessionView, description = "Signed in; the cookie is set."),
        (status = 202, body = SecondFactor, description = "The password was right; a step is left."),
        (status = 401, body = api_types::common::Problem),
        (status = 429, body = api_types::common::Problem, description = "Too many tries; see Retry-After.")
    )
)]
#[post("/session")]
async fn session_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    let source = source(&request, &state);
    let admitted = sign_in::sign_in(&state.app, &state.hasher, &body.email_address, &body.password, &source).await?;
    Ok(cookies::admitted(&state, HttpResponse::Ok(), admitted))
}

/// Sign out
#[utoipa::path(operation_id = "session_delete", tag = "Session", responses((status = 204)))]
#[delete("/session")]
async fn session_delete(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(token) = session_token(&request, &state) {
        session::sign_out(&state.app, &token).await?;
    }
    Ok(ended(&state))
}

/// Sign out everywhere
///
/// Ends every session of the signed-in user, this one included.
#[utoipa::path(
    operation_id = "session_delete_all", tag = "Session", security(("session" = [])),
    responses((status = 204), (status = 401, body = api_types::common::Problem))
)]
#[delete("/sessions")]
async fn session_delete_all(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    session::sign_out_everywhere(&state.app, &caller.0).await?;
    Ok(ended(&state))
}

fn ended(state: &State) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.cookie(cookies::gone(state, state.origin.session_cookie()));
    response.cookie(cookies::gone(state, state.origin.half_cookie()));
    response.finish()
}

/// Ask whether the first administrator can be created
///
/// 404 once there is one.
#[utoipa::path(
    operation_id = "setup_read", tag = "Session",
    responses((status = 200, body = SetupState), (status = 404, body = api_types::common::Problem))
)]
#[get("/setup")]
async fn setup_read(state: Data<State>) -> Result<HttpResponse, ApiError> {
    setup::state(&state.app).await?;
    Ok(HttpResponse::Ok().json(SetupState { open: true }))
}

/// Create the first platform administrator
///
/// Takes the one-time token that the server printed; afterwards this address is 404 for ever.
#[utoipa::path(
    operation_id = "setup_create", tag = "Session", request_body = FirstAdministrator,
    responses(
        (status = 201, body = SessionView),
        (status = 202, body = SecondFactor, description = "Created; an authenticator is left to register."),
        (status = 404, body = api_types::common::Problem),
        (status = 422, body = api_types::common::Problem)
    )
)]
#[post("/setup")]
async fn setup_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<FirstAdministrator>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = setup::FirstAdministrator {
        token: body.token,
        first_name: body.first_name,
        last_name: body.last_name,
        email_address: body.email_address,
        password: body.password,
        mfa_required: body.mfa_required,
    };
    let admitted = setup::create(&state.app, &state.hasher, input, &source(&request, &state)).await?;
    Ok(cookies::admitted(&state, HttpResponse::Created(), admitted))
}
