//! Answers that stand in for a page of usage while a fault is switched on.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use serde_json::json;

use super::refusal;
use crate::faults::FaultKind;
use crate::server::Stamp;

/// Faults that answer something else than the page.
pub(super) fn instead(stamp: &Stamp, fault: &FaultKind) -> Option<HttpResponse> {
    match fault {
        FaultKind::Status { status, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let mut answer = HttpResponse::build(status);
            if let Some(after) = retry_after {
                answer.insert_header(("Retry-After", after.as_str()));
            }
            Some(answer.json(json!({ "error": { "code": "ServiceUnavailable", "message": "The service is busy." } })))
        }
        FaultKind::Html => Some(
            HttpResponse::Ok()
                .content_type("text/html")
                .body("<!DOCTYPE html><html><title>Sign in</title></html>"),
        ),
        FaultKind::Redirect => Some(
            HttpResponse::Found()
                .insert_header((LOCATION, "https://elsewhere.example/"))
                .finish(),
        ),
        FaultKind::TokenExpired => {
            stamp.tokens.expire_all();
            Some(refusal(
                StatusCode::UNAUTHORIZED,
                "ExpiredAuthenticationToken",
                "The access token expired.",
            ))
        }
        FaultKind::RoleGone => Some(refusal(
            StatusCode::FORBIDDEN,
            "AuthorizationFailed",
            "The client has no role here.",
        )),
        FaultKind::NotYet => Some(HttpResponse::Accepted().json(json!({ "value": [] }))),
        _ => None,
    }
}

/// A body that promises more than it brings.
pub(super) fn broken(body: &str) -> HttpResponse {
    let half = body.len().checked_div(2).unwrap_or_default();
    let first = actix_web::web::Bytes::from(body.get(..half).unwrap_or_default().to_owned());
    let cut = std::io::Error::other("the connection breaks");
    let mut parts = vec![Err(cut), Ok(first)];
    let stream = Parts(std::iter::from_fn(move || parts.pop()));
    HttpResponse::Ok()
        .content_type("application/json")
        .body(actix_web::body::SizedStream::new(
            u64::try_from(body.len()).unwrap_or_default(),
            stream,
        ))
}

/// An iterator as a stream of chunks.
struct Parts<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Parts<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}
