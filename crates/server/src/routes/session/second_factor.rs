//! The second step of a sign-in, and fresh proofs inside a session.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post};
use api_types::profile::{EnrolmentInput, EnrolmentView, NewAuthenticator};
use api_types::session::{CodeInput, SessionView, StepUp};
use app::sign_in::half::{self, Enrolled};
use app::sign_in::{enrolment, step_up};

use super::cookies::{self, half_token, source};
use crate::caller::session_token;
use crate::routes::views;
use crate::{ApiError, Caller, State};

/// Enter the code of the second factor
///
/// After `POST /session` answered 202 with the step `code`: a code of the authenticator, or a recovery code instead.
#[utoipa::path(
    operation_id = "session_enter_code", tag = "Session", request_body = CodeInput,
    responses(
        (status = 200, body = SessionView, description = "Signed in; the cookie is set."),
        (status = 401, body = api_types::common::Problem, description = "The half-way state has ended; begin again."),
        (status = 422, body = api_types::common::Problem)
    )
)]
#[post("/session/code")]
pub async fn session_enter_code(
    state: Data<State>,
    request: HttpRequest,
    body: Json<CodeInput>,
) -> Result<HttpResponse, ApiError> {
    let token = half_token(&request, &state).ok_or(app::Error::NotSignedIn)?;
    let opened = half::enter_code(&state.app, &token, &body.code, &source(&request, &state)).await?;
    let (mut response, described) = cookies::opened_session(&state, HttpResponse::Ok(), opened);
    Ok(response.json(views::session(described)))
}

/// Register an authenticator at sign-in
///
/// After `POST /session` answered 202 with the step `enrolment`. Without codes the answer is the secret; with two
/// consecutive codes it is the recovery codes and the session.
#[utoipa::path(
    operation_id = "session_enrol", tag = "Session", request_body = EnrolmentInput,
    responses(
        (status = 200, body = EnrolmentView),
        (status = 401, body = api_types::common::Problem, description = "The half-way state has ended; begin again."),
        (status = 422, body = api_types::common::Problem)
    )
)]
#[post("/session/enrolment")]
pub async fn session_enrol(
    state: Data<State>,
    request: HttpRequest,
    body: Json<EnrolmentInput>,
) -> Result<HttpResponse, ApiError> {
    let token = half_token(&request, &state).ok_or(app::Error::NotSignedIn)?;
    let input = enrolment_input(body.into_inner());
    match half::enrol(&state.app, &token, &input, &source(&request, &state)).await? {
        Enrolled::Begun(begun) => Ok(HttpResponse::Ok().json(begun_enrolment(&begun))),
        Enrolled::Ended(recovery_codes, opened) => {
            let (mut response, described) = cookies::opened_session(&state, HttpResponse::Ok(), *opened);
            Ok(response.json(EnrolmentView {
                authenticator: None,
                recovery_codes,
                session: Some(views::session(described)),
            }))
        }
    }
}

/// Send the code for registering an authenticator again
///
/// To the own address, after an administrator discarded the earlier authenticator. Works half-signed-in and in a session.
#[utoipa::path(
    operation_id = "session_send_code", tag = "Session",
    responses((status = 202), (status = 401, body = api_types::common::Problem), (status = 429, body = api_types::common::Problem))
)]
#[post("/session/enrolment-code")]
pub async fn session_send_code(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(token) = half_token(&request, &state) {
        half::send_code(&state.app, &token).await?;
    } else {
        let token = session_token(&request, &state).ok_or(app::Error::NotSignedIn)?;
        app::profile::send_enrolment_code(&state.app, &token).await?;
    }
    Ok(HttpResponse::Accepted().finish())
}

/// Prove again that it is you
///
/// Needed before operations that answer `step_up_required`: a code where an authenticator is registered, else the
/// password. Counts for ten minutes in this session, which goes on under a new cookie.
#[utoipa::path(
    operation_id = "session_step_up", tag = "Session", request_body = StepUp, security(("session" = [])),
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = api_types::common::Problem),
        (status = 422, body = api_types::common::Problem)
    )
)]
#[post("/session/step-up")]
pub async fn session_step_up(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<StepUp>,
) -> Result<HttpResponse, ApiError> {
    let token = session_token(&request, &state).ok_or(app::Error::NotSignedIn)?;
    let body = body.into_inner();
    let proof = step_up::Proof {
        code: body.code,
        password: body.password,
    };
    let source = source(&request, &state);
    let stepped = step_up::step_up(&state.app, &state.hasher, &caller.0, &token, proof, &source).await?;
    Ok(cookies::renewed(&state, &stepped.0, &views::session(stepped.1)))
}

/// A step of an enrolment as entered.
pub fn enrolment_input(body: EnrolmentInput) -> enrolment::EnrolmentInput {
    enrolment::EnrolmentInput {
        first_code: body.first_code,
        second_code: body.second_code,
        mailed_code: body.mailed_code,
    }
}

/// The answer to the first step.
pub fn begun_enrolment(begun: &enrolment::NewAuthenticator) -> EnrolmentView {
    EnrolmentView {
        authenticator: Some(NewAuthenticator {
            secret: begun.secret.to_string(),
            uri: begun.uri.to_string(),
            qr_code: begun.qr_code.clone(),
        }),
        recovery_codes: Vec::new(),
        session: None,
    }
}
