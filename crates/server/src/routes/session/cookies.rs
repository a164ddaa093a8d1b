//! The cookies of sign-in (S-29): opaque, not readable by scripts, same site only.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use api_types::session::SecondFactor;
use app::sign_in::Admitted;
use app::sign_in::Source;
use app::sign_in::half::OpenedHalf;
use app::sign_in::session::OpenedSession;
use serde::Serialize;

use crate::State;
use crate::caller::request_id;
use crate::routes::views;
use crate::source::source_address;

/// A browser stays known for this long; it is no session.
const DEVICE_DAYS: i64 = 365;

/// Where a request comes from.
pub fn source(request: &HttpRequest, state: &State) -> Source {
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Source {
        address: source_address(request),
        user_agent: agent.map(str::to_owned),
        request_id: request_id(request),
        device: value(request, state.origin.device_cookie()),
    }
}

/// Value of the half-way cookie.
pub fn half_token(request: &HttpRequest, state: &State) -> Option<String> {
    value(request, state.origin.half_cookie())
}

fn value(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}

/// The session, or the step that is left (202).
pub fn admitted(state: &State, response: HttpResponseBuilder, admitted: Admitted) -> HttpResponse {
    match admitted {
        Admitted::Session(opened) => {
            let (response, described) = opened_session(state, response, *opened);
            let mut response = response;
            response.json(views::session(described))
        }
        Admitted::Half(half) => {
            let (mut response, view) = half_way(state, &half);
            response.json(view)
        }
    }
}

/// Sets the cookies of an opened session and answers what it is described as.
pub fn opened_session(
    state: &State,
    mut response: HttpResponseBuilder,
    opened: OpenedSession,
) -> (HttpResponseBuilder, app::sign_in::session::DescribedSession) {
    response.cookie(session(state, opened.token.as_str()));
    if let Some(token) = &opened.device {
        let mut device = cookie(state, state.origin.device_cookie(), token);
        device.set_max_age(Duration::days(DEVICE_DAYS));
        response.cookie(device);
    }
    response.cookie(gone(state, state.origin.half_cookie()));
    (response, opened.described)
}

/// A session cookie.
pub fn session(state: &State, token: &str) -> Cookie<'static> {
    cookie(state, state.origin.session_cookie(), token)
}

/// The removal of a cookie.
pub fn gone(state: &State, name: &'static str) -> Cookie<'static> {
    let mut gone = cookie(state, name, "");
    gone.make_removal();
    gone
}

/// An answer that gives the session a new value.
pub fn renewed(state: &State, token: &str, body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().cookie(session(state, token)).json(body)
}

/// An answer that sets the cookie of a half-way state, for a page of a way back from an identity provider.
pub fn half_cookie(state: &State, half: &OpenedHalf) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.cookie(cookie(state, state.origin.half_cookie(), &half.token));
    response
}

fn half_way(state: &State, half: &OpenedHalf) -> (HttpResponseBuilder, SecondFactor) {
    let mut response = HttpResponse::Accepted();
    response.cookie(cookie(state, state.origin.half_cookie(), &half.token));
    let view = SecondFactor {
        step: half.step.to_owned(),
        mailed_code_needed: half.mailed_code_needed,
        expires_at: views::instant(half.expires_at),
    };
    (response, view)
}

fn cookie(state: &State, name: &'static str, value: &str) -> Cookie<'static> {
    Cookie::build(name, value.to_owned())
        .path("/")
        .http_only(true)
        .secure(state.origin.secure)
        .same_site(SameSite::Strict)
        .finish()
}
