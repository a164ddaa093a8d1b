//! What the pages behind mailed links do: activation, a new password, a confirmed address. Opening a link changes
//! nothing; each page acts with a POST or PUT (S-24).

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post, put};
use api_types::session::{Activation, LinkState, LinkToken, MailRequest, PasswordReset, SessionView};
use app::sign_in::{activation, confirm, reset};

use super::cookies::{self, source};
use crate::{ApiError, State};

/// Activate an invited account
///
/// Sets the password with the token of the invitation link, and the code of the mail where one is asked for, and signs
/// in; 202 when a second factor is left.
#[utoipa::path(
    operation_id = "activation_create", tag = "Session", request_body = Activation,
    responses(
        (status = 200, body = SessionView),
        (status = 202, body = api_types::session::SecondFactor),
        (status = 422, body = api_types::common::Problem)
    )
)]
#[post("/activation")]
pub async fn activation_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<Activation>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = activation::Activation {
        token: body.token,
        password: body.password,
        email_address: body.email_address,
        code: body.code,
    };
    let admitted = activation::activate(&state.app, &state.hasher, input, &source(&request, &state)).await?;
    Ok(cookies::admitted(&state, HttpResponse::Ok(), admitted))
}

/// Ask what an invitation link needs
///
/// Whether it still works and what the activation page has to ask for.
#[utoipa::path(
    operation_id = "activation_read_link", tag = "Session", request_body = LinkToken,
    responses((status = 200, body = LinkState))
)]
#[post("/activation/link")]
pub async fn activation_read_link(state: Data<State>, body: Json<LinkToken>) -> Result<HttpResponse, ApiError> {
    let found = activation::state(&state.app, &body.token).await?;
    Ok(HttpResponse::Ok().json(LinkState {
        state: found.state.to_owned(),
        code_required: found.code_required,
        federated_only: found.federated_only,
    }))
}

/// Ask for a new invitation
///
/// The answer is the same for every address.
#[utoipa::path(
    operation_id = "activation_send_again", tag = "Session", request_body = MailRequest,
    responses((status = 202), (status = 429, body = api_types::common::Problem))
)]
#[post("/activation/send-again")]
pub async fn activation_send_again(
    state: Data<State>,
    request: HttpRequest,
    body: Json<MailRequest>,
) -> Result<HttpResponse, ApiError> {
    activation::send_again(&state.app, &body.email_address, &source(&request, &state)).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Ask for a link to set a new password
///
/// The answer is the same for every address.
#[utoipa::path(
    operation_id = "password_reset_request", tag = "Session", request_body = MailRequest,
    responses((status = 202), (status = 429, body = api_types::common::Problem))
)]
#[post("/password-reset")]
pub async fn password_reset_request(
    state: Data<State>,
    request: HttpRequest,
    body: Json<MailRequest>,
) -> Result<HttpResponse, ApiError> {
    reset::request(&state.app, &body.email_address, &source(&request, &state)).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Set a new password
///
/// With the token of the mailed link. All sessions end; the second factor stays.
#[utoipa::path(
    operation_id = "password_reset_create", tag = "Session", request_body = PasswordReset,
    responses((status = 204), (status = 422, body = api_types::common::Problem))
)]
#[put("/password-reset")]
pub async fn password_reset_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<PasswordReset>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let source = source(&request, &state);
    reset::reset(&state.app, &state.hasher, &body.token, body.password, &source).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Confirm a changed address
///
/// With the token of the link that was sent to it. All sessions of the user end.
#[utoipa::path(
    operation_id = "email_confirmation_create", tag = "Session", request_body = LinkToken,
    responses((status = 204), (status = 422, body = api_types::common::Problem))
)]
#[post("/email-confirmation")]
pub async fn email_confirmation_create(
    state: Data<State>,
    request: HttpRequest,
    body: Json<LinkToken>,
) -> Result<HttpResponse, ApiError> {
    confirm::confirm(&state.app, &body.token, &source(&request, &state)).await?;
    Ok(HttpResponse::NoContent().finish())
}
