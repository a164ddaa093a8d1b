//! Who a stamp is and signing in there: audiences, tokens of Entra ID and AD FS, and the check of a token.

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{Parameters, refusal};
use crate::server::{Identity, Stamp};

/// What tokens of a side are for.
pub(super) fn audience(stamp: &Stamp, side: &str) -> String {
    let word = if side == "admin" {
        "adminmanagement"
    } else {
        "management"
    };
    let system = if stamp.config.identity == Identity::Adfs {
        "adfs."
    } else {
        ""
    };
    format!(
        "https://{word}.{system}{}.internal/{}",
        stamp.config.estate.region, stamp.provider
    )
}

/// Where the identity system signs in.
pub(crate) fn login_endpoint(stamp: &Stamp) -> String {
    match stamp.config.identity {
        Identity::Entra { .. } => format!("{}/login/", stamp.origin),
        Identity::Adfs => format!("{}/adfs", stamp.origin),
    }
}

pub(super) async fn entra_token(stamp: Data<Stamp>, path: Path<String>, form: Form<Parameters>) -> HttpResponse {
    let Identity::Entra { directory } = stamp.config.identity else {
        return HttpResponse::NotFound().finish();
    };
    if path.as_str() != directory.to_string() {
        return token_refusal("invalid_tenant", "AADSTS90002: Tenant not found.", 90002);
    }
    let scope = form.get("scope").and_then(|scope| scope.strip_suffix("/.default"));
    let Some(target) = form.get("resource").map(String::as_str).or(scope) else {
        return token_refusal("invalid_request", "AADSTS900144: resource is missing.", 900_144);
    };
    if ![audience(&stamp, "admin"), audience(&stamp, "user")].contains(&target.to_owned()) {
        return token_refusal(
            "invalid_resource",
            "AADSTS500011: The resource principal was not found.",
            500_011,
        );
    }
    if let Some(refused) = credentials(&stamp, &form) {
        return refused;
    }
    let token = stamp.tokens.issue(target);
    HttpResponse::Ok().json(json!({
        "token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "3599", "expires_on": "1893456000",
        "not_before": "1577836800", "resource": target, "access_token": token,
    }))
}

pub(super) async fn adfs_token(stamp: Data<Stamp>, form: Form<Parameters>) -> HttpResponse {
    if stamp.config.identity != Identity::Adfs {
        return HttpResponse::NotFound().finish();
    }
    let Some(target) = form.get("resource") else {
        return token_refusal("invalid_request", "MSIS9602: resource is missing.", 9602);
    };
    if let Some(refused) = credentials(&stamp, &form) {
        return refused;
    }
    let token = stamp.tokens.issue(target);
    HttpResponse::Ok().json(json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600 }))
}

fn credentials(stamp: &Stamp, form: &Parameters) -> Option<HttpResponse> {
    let client = form.get("client_id").map(String::as_str);
    if client != Some(stamp.config.client_id.as_str()) {
        let text = "AADSTS700016: Application was not found in the directory.";
        return Some(token_refusal("unauthorized_client", text, 700_016));
    }
    let secret = form.get("client_secret").map(String::as_str);
    if secret != Some(stamp.config.client_secret.as_str()) {
        let text = "AADSTS7000215: Invalid client secret provided. Trace ID: 11e8a0c4";
        return Some(token_refusal("invalid_client", text, 7_000_215));
    }
    None
}

fn token_refusal(error: &str, text: &str, code: u32) -> HttpResponse {
    HttpResponse::Unauthorized().json(json!({
        "error": error, "error_description": text, "error_codes": [code], "timestamp": "2026-11-03 08:15:02Z",
        "trace_id": "11e8a0c4-0000-4000-8000-0000000000aa", "correlation_id": "22f9a0c4-0000-4000-8000-0000000000bb",
    }))
}

/// The refusal of a request whose token is not for this side.
pub(super) fn unauthorised(stamp: &Stamp, request: &HttpRequest, side: &str) -> Option<HttpResponse> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    match stamp.tokens.audience(token) {
        Some(known) if known == audience(stamp, side) => None,
        Some(_) => Some(refusal(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for the wrong audience.",
        )),
        None => Some(refusal(
            StatusCode::UNAUTHORIZED,
            "ExpiredAuthenticationToken",
            "The access token expired or is invalid.",
        )),
    }
}
