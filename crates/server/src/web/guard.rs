//! What every request passes: host, origin of writing requests, encodings; and the headers of every answer
//! (S-32, S-38, S-40, S-41, S-51).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::caller::{bearer_token, request_id, session_token};
use crate::error::write_problem;
use crate::{ApiError, State};

const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// S-41: nothing inline, nothing from elsewhere.
const APP_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The explorer's own page sets styles through the object model of its vendored script.
const EXPLORER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Characters of a key of a service account.
const KEY_LENGTH: usize = 85;

/// The outermost middleware: refuses what may not come in, and finishes every answer.
///
/// # Errors
/// None: refusals are answers.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let refused = refusal(&request);
    let path = request.path().to_owned();
    let state = request.app_data::<Data<State>>().cloned();
    let response = match refused {
        Some(error) => request.error_response(error),
        None => match next.call(request).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(error) => return Err(error),
        },
    };
    let id = request_id(response.request());
    let (inner, mut response) = response.into_parts();
    if response.status().is_client_error() || response.status().is_server_error() {
        let described = response.headers().get(actix_web::http::header::CONTENT_TYPE).is_some();
        if !described || response.error().is_some() {
            response = write_problem(response, &id);
        }
    }
    finish(
        response.headers_mut(),
        &path,
        state.is_some_and(|state| state.origin.secure),
        &id,
    );
    Ok(ServiceResponse::new(inner, response))
}

/// Why a request may not come in.
fn refusal(request: &ServiceRequest) -> Option<ApiError> {
    let state = request.app_data::<Data<State>>()?;
    let headers = request.headers();
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let health = matches!(request.path(), "/healthz" | "/readyz" | "/metrics");
    if !health && text(&HOST).is_some_and(|host| host != state.origin.host) {
        let detail = "This host name is not served here.";
        return Some(ApiError::http(StatusCode::MISDIRECTED_REQUEST, "host_unknown", detail));
    }
    if text(&CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let detail = "Send the body without Content-Encoding.";
        return Some(ApiError::http(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding_refused",
            detail,
        ));
    }
    if headers.contains_key(AUTHORIZATION) && session_token(request.request(), state).is_some() {
        let detail = "Send a session cookie or an Authorization header, not both.";
        return Some(ApiError::malformed("two_credentials", detail));
    }
    if in_address(request.query_string()) {
        let detail = "Send credentials in a header, never in the address.";
        return Some(ApiError::malformed("credential_in_address", detail));
    }
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    if !reads && !by_program(request) && !same_origin(headers, &state.origin.url) {
        let detail = "Writing requests come from the app itself, with the header X-CMS-Request: 1.";
        return Some(ApiError::http(StatusCode::FORBIDDEN, "cross_site", detail));
    }
    None
}

/// Requests of programs carry no cookie a page of somebody else could use (S-32): no page can make a browser send a
/// `Bearer` header to another origin. The exchange of a key has its credential in the body.
fn by_program(request: &ServiceRequest) -> bool {
    bearer_token(request.headers()).is_some() || request.path() == "/api/v1/token"
}

/// Whether the address carries an access token or a key (S-38).
fn in_address(query: &str) -> bool {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.any(|(name, value)| name == "access_token" || (value.starts_with("cms_") && value.len() >= KEY_LENGTH))
}

/// S-32: the browser says that the page is ours, and a header says that a script of it asked.
fn same_origin(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let ours = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers
            .get(ORIGIN)
            .is_some_and(|value| value.to_str().is_ok_and(|text| text == origin)),
    };
    ours && text("x-cms-request") == Some("1")
}

fn finish(headers: &mut HeaderMap, path: &str, secure: bool, request_id: &str) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-read=()",
    );
    if secure {
        set(STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    if path.starts_with("/api/explorer") {
        set(CONTENT_SECURITY_POLICY, EXPLORER_POLICY);
    } else if path.starts_with("/api/") {
        set(CONTENT_SECURITY_POLICY, API_POLICY);
        set(CACHE_CONTROL, "no-store");
    } else {
        set(CONTENT_SECURITY_POLICY, APP_POLICY);
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
