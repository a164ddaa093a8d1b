//! `/sign-in-options`, `/federation` and `/profile/identities`: signing in at an identity provider (S-33, S-34).

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::ContentType;
use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, delete, get, post};
use api_types::identity_provider::{FederationRedirect, FederationStart, LinkStart, SignInOptions};
use app::sign_in::Admitted;
use app::sign_in::federation::{self, Came, Landing, Params, Start, Started};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::session::cookies::{self, source};
use super::views;
use crate::caller::{request_id, session_token};
use crate::list::path_id;
use crate::source::source_address;
use crate::{ApiError, Caller, State};

/// The cookie of a trip lasts as long as the trip.
const TRIP_MINUTES: i64 = 10;

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(options)
        .service(start)
        .service(callback)
        .service(link)
        .service(unlink);
}

/// List what the sign-in page offers
///
/// The enabled identity providers by name; signing in with a password is always offered.
#[utoipa::path(
    operation_id = "sign_in_options_read", tag = "Session",
    responses((status = 200, body = SignInOptions))
)]
#[get("/sign-in-options")]
async fn options(state: Data<State>) -> Result<HttpResponse, ApiError> {
    let enabled = app::identity_providers::enabled(&state.app).await?;
    let identity_providers = enabled.into_iter().map(|(id, name)| views::reference(id, name));
    Ok(HttpResponse::Ok().json(SignInOptions {
        identity_providers: identity_providers.collect(),
    }))
}

/// Begin a sign-in at an identity provider
///
/// The browser then goes to the address of the answer. `activation` takes the token of the invitation link, `step_up` is
/// a fresh proof for the present session.
#[utoipa::path(
    operation_id = "federation_start", tag = "Session", request_body = FederationStart,
    responses((status = 200, body = FederationRedirect), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/federation")]
async fn start(
    state: Data<State>,
    request: HttpRequest,
    body: Json<FederationStart>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let input = Start {
        provider_id: body.identity_provider_id,
        purpose: body.purpose,
        token: body.token,
        return_to: body.return_to,
    };
    let token = session_token(&request, &state).filter(|_| input.purpose == "step_up");
    let actor = match &token {
        Some(token) => {
            let read = app::sign_in::session::actor(&state.app, token, request_id(&request), source_address(&request));
            Some(read.await?)
        }
        None => None,
    };
    let signed_in = actor.as_ref().zip(token.as_deref());
    let started = federation::start(&state.app, &input, signed_in, &source(&request, &state)).await?;
    Ok(redirect(&state, &started))
}

/// What a provider sends the browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CallbackQuery {
    /// Code to exchange.
    code: Option<String>,
    /// What was sent along.
    state: Option<String>,
    /// Issuer, where the provider names it.
    iss: Option<String>,
}

/// Come back from an identity provider
///
/// Answers a page that loads the app. Used once, by the browser that began, within ten minutes.
#[utoipa::path(
    operation_id = "federation_callback", tag = "Session", params(CallbackQuery),
    responses((status = 200, description = "A page that loads the app.", content_type = "text/html", body = String))
)]
#[get("/federation/callback")]
async fn callback(
    state: Data<State>,
    request: HttpRequest,
    query: Query<CallbackQuery>,
) -> Result<HttpResponse, ApiError> {
    let query = query.into_inner();
    let params = Params {
        code: query.code,
        state: query.state,
        iss: query.iss,
    };
    let cookie = request
        .cookie(state.origin.oidc_cookie())
        .map(|cookie| cookie.value().to_owned());
    let landing = federation::back(&state.app, &params, cookie.as_deref(), &source(&request, &state)).await?;
    Ok(landed(&state, landing))
}

/// Link an identity to the own account
///
/// The browser then goes to the address of the answer. Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "profile_link_identity", tag = "Profile", request_body = LinkStart, security(("session" = [])),
    responses((status = 200, body = FederationRedirect), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/profile/identities")]
async fn link(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    body: Json<LinkStart>,
) -> Result<HttpResponse, ApiError> {
    let token = session_token(&request, &state).unwrap_or_default();
    let signed_in = (&caller.0, token.as_str());
    let from = source(&request, &state);
    let started = federation::link(&state.app, body.identity_provider_id, signed_in, &from).await?;
    Ok(redirect(&state, &started))
}

/// Unlink an own identity
///
/// Refused for the last one of somebody who has no other way to sign in. Needs a fresh proof of identity.
#[utoipa::path(
    operation_id = "profile_unlink_identity", tag = "Profile",
    params(("identity_id" = uuid::Uuid, Path, description = "The linked identity.")),
    security(("session" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/profile/identities/{identity_id}")]
async fn unlink(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    federation::unlink(&state.app, &caller.0, path_id(&request, "identity_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn redirect(state: &State, started: &Started) -> HttpResponse {
    let mut cookie = trip_cookie(state, &started.cookie);
    cookie.set_max_age(Duration::minutes(TRIP_MINUTES));
    HttpResponse::Ok().cookie(cookie).json(FederationRedirect {
        location: started.location.clone(),
    })
}

/// The way back is cross-site, so this cookie is `Lax`; it is of no use without the trip's `state` (S-33).
fn trip_cookie(state: &State, value: &str) -> Cookie<'static> {
    Cookie::build(state.origin.oidc_cookie(), value.to_owned())
        .path("/")
        .http_only(true)
        .secure(state.origin.secure)
        .same_site(SameSite::Lax)
        .finish()
}

/// A page of our own that loads the app: only then does the browser send the session's `Strict` cookie (S-33).
fn landed(state: &State, landing: Landing) -> HttpResponse {
    let mut response = match landing.came {
        Came::Admitted(Admitted::Session(opened)) => cookies::opened_session(state, HttpResponse::Ok(), *opened).0,
        Came::Admitted(Admitted::Half(half)) => cookies::half_cookie(state, &half),
        Came::Renewed(token) => {
            let mut response = HttpResponse::Ok();
            response.cookie(cookies::session(state, &token));
            response
        }
        Came::Nothing => HttpResponse::Ok(),
    };
    let mut gone = trip_cookie(state, "");
    gone.make_removal();
    response.cookie(gone);
    page(response, &landing.path)
}

fn page(mut response: HttpResponseBuilder, path: &str) -> HttpResponse {
    let path = path.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    response.content_type(ContentType::html()).body(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Signing in</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={path}\"></head><body><p><a href=\"{path}\">Continue</a></p></body></html>"
    ))
}
