//! `/profile`: the own account.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use api_types::profile::{
    EnrolmentInput, EnrolmentView, OwnSession, OwnSessions, PasswordInput, ProfileInput, ProfileView, RecoveryCodes,
};
use api_types::user::EmailAddressInput;
use app::profile as use_cases;
use app::profile::{Enrolment, OwnAccount};
use app::users::FieldsInput;
use utoipa_actix_web::service_config::ServiceConfig;

use super::session::cookies::{self, source};
use super::session::second_factor::{begun_enrolment, enrolment_input};
use super::views;
use crate::caller::session_token;
use crate::etag::{IfMatch, etag};
use crate::list::path_id;
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(read)
        .service(update)
        .service(list_sessions)
        .service(revoke_session)
        .service(change_email)
        .service(change_password)
        .service(enrol_mfa)
        .service(regenerate_recovery_codes);
}

/// Read the own account
#[utoipa::path(
    operation_id = "profile_read", tag = "Profile", security(("session" = [])),
    responses((status = 200, body = ProfileView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/profile")]
async fn read(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    Ok(answer(use_cases::read(&state.app, &caller.0).await?))
}

/// Save the own account
///
/// Names, phone, locale and time zone.
#[utoipa::path(
    operation_id = "profile_update", tag = "Profile", request_body = ProfileInput, security(("session" = [])),
    params(("If-Match" = String, Header, description = "`etag` of the view.")),
    responses((status = 200, body = ProfileView), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/profile")]
async fn update(
    state: Data<State>,
    caller: Caller,
    version: IfMatch,
    body: Json<ProfileInput>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = FieldsInput {
        first_name: body.first_name,
        last_name: body.last_name,
        phone_number: body.phone_number,
        locale: body.locale,
        time_zone: body.time_zone,
    };
    Ok(answer(
        use_cases::update(&state.app, &caller.0, version.0, &input).await?,
    ))
}

/// List the own sessions
#[utoipa::path(
    operation_id = "profile_list_sessions", tag = "Profile", security(("session" = [])),
    responses((status = 200, body = OwnSessions), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/profile/sessions")]
async fn list_sessions(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let token = token(&state, &request)?;
    let sessions = use_cases::list_sessions(&state.app, &caller.0, &token).await?;
    let items = sessions.into_iter().map(|(row, current)| OwnSession {
        id: row.id,
        current,
        created_at: views::instant(row.created_at),
        last_used_at: views::instant(row.last_used_at),
        expires_at: views::instant(row.expires_at),
        source_address: row.source_address,
        user_agent: row.user_agent,
    });
    Ok(HttpResponse::Ok().json(OwnSessions { items: items.collect() }))
}

/// End one of the own sessions
#[utoipa::path(
    operation_id = "profile_revoke_session", tag = "Profile", security(("session" = [])),
    params(("session_id" = uuid::Uuid, Path, description = "The session.")),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/profile/sessions/{session_id}")]
async fn revoke_session(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::revoke_session(&state.app, &caller.0, path_id(&request, "session_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change the own address
///
/// A link to the new address confirms it; the present one is told and counts until then.
#[utoipa::path(
    operation_id = "profile_change_email", tag = "Profile", request_body = EmailAddressInput, security(("session" = [])),
    responses((status = 200, body = ProfileView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/profile/email-address")]
async fn change_email(
    state: Data<State>,
    caller: Caller,
    body: Json<EmailAddressInput>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(
        use_cases::change_email(&state.app, &caller.0, &body.email_address).await?,
    ))
}

/// Change the own password
///
/// Needs the present one. The other sessions end; this one goes on under a new cookie.
#[utoipa::path(
    operation_id = "profile_change_password", tag = "Profile", request_body = PasswordInput, security(("session" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/profile/password")]
async fn change_password(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<PasswordInput>,
) -> Result<HttpResponse, ApiError> {
    let token = token(&state, &request)?;
    let body = body.into_inner();
    let passwords = (body.present_password, body.new_password);
    let source = source(&request, &state);
    let (app, hasher) = (&state.app, &state.hasher);
    let value = use_cases::change_password(app, hasher, &caller.0, &token, passwords, &source).await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookies::session(&state, &value))
        .finish())
}

/// Register an authenticator
///
/// Without codes the answer is the secret, shown once; with two consecutive codes it is the recovery codes. Then the
/// other sessions end and this one goes on under a new cookie.
#[utoipa::path(
    operation_id = "profile_enrol_mfa", tag = "Profile", request_body = EnrolmentInput, security(("session" = [])),
    responses((status = 200, body = EnrolmentView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/profile/authenticator")]
async fn enrol_mfa(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<EnrolmentInput>,
) -> Result<HttpResponse, ApiError> {
    let token = token(&state, &request)?;
    let input = enrolment_input(body.into_inner());
    match use_cases::enrol_mfa(&state.app, &caller.0, &token, &input).await? {
        Enrolment::Begun(begun) => Ok(HttpResponse::Ok().json(begun_enrolment(&begun))),
        Enrolment::Ended(recovery_codes, value) => {
            let view = EnrolmentView {
                authenticator: None,
                recovery_codes,
                session: None,
            };
            Ok(cookies::renewed(&state, &value, &view))
        }
    }
}

/// Make new recovery codes
///
/// Shown once; the earlier ones stop working.
#[utoipa::path(
    operation_id = "profile_regenerate_recovery_codes", tag = "Profile", security(("session" = [])),
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/profile/recovery-codes")]
async fn regenerate_recovery_codes(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let recovery_codes = use_cases::regenerate_recovery_codes(&state.app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}

/// The session's token; a program has none, and no profile either (PM-19).
fn token(state: &State, request: &HttpRequest) -> Result<String, ApiError> {
    Ok(session_token(request, state).ok_or(app::Error::NotPermitted)?)
}

fn answer(account: OwnAccount) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("ETag", etag(account.row.version)))
        .json(views::own_account(account))
}
