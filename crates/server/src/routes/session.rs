//! `/session`, `/setup` and `/activation`: what needs no session yet (PM-22).

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::USER_AGENT;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use api_types::session::{Activation, FirstAdministrator, SessionView, SetupState, SignIn};
use app::sign_in::session::OpenedSession;
use app::sign_in::{self, Source, activation, session, setup};
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::caller::{request_id, session_token, source_address};
use crate::{ApiError, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(session_read)
        .service(session_create)
        .service(session_delete)
        .service(setup_read)
        .service(setup_create)
        .service(activation_create);
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
    let source = source(&request);
    let opened = sign_in::sign_in(&state.app, &state.hasher, &body.email_address, &body.password, &source).await?;
    Ok(answer(&state, HttpResponse::Ok(), opened))
}

/// Sign out
#[utoipa::path(operation_id = "session_delete", tag = "Session", responses((status = 204)))]
#[delete("/session")]
async fn session_delete(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(token) = session_token(&request, &state) {
        session::sign_out(&state.app, &token).await?;
    }
    let mut gone = cookie(&state, String::new());
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
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
    };
    let opened = setup::create(&state.app, &state.hasher, input, &source(&request)).await?;
    Ok(answer(&state, HttpResponse::Created(), opened))
}

/// Activate an invited account
///
/// Sets the password with the token of the invitation link and signs in.
#[utoipa::path(
    operation_id = "activation_create", tag = "Session", request_body = Activation,
    responses((status = 200, body = SessionView), (status = 422, body = api_types::common::Problem))
)]
#[post("/activation")]
async fn activation_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<Activation>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let source = source(&request);
    let opened = activation::activate(&state.app, &state.hasher, &body.token, body.password, &source).await?;
    Ok(answer(&state, HttpResponse::Ok(), opened))
}

fn source(request: &HttpRequest) -> Source {
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Source {
        address: source_address(request),
        user_agent: agent.map(str::to_owned),
        request_id: request_id(request),
    }
}

fn answer(state: &State, mut response: actix_web::HttpResponseBuilder, opened: OpenedSession) -> HttpResponse {
    let cookie = cookie(state, opened.token.as_str().to_owned());
    response.cookie(cookie).json(views::session(opened.described))
}

/// S-29: opaque, not readable by scripts, same site only.
fn cookie(state: &State, value: String) -> Cookie<'static> {
    Cookie::build(state.origin.session_cookie(), value)
        .path("/")
        .http_only(true)
        .secure(state.origin.secure)
        .same_site(SameSite::Strict)
        .finish()
}
