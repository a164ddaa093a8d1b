//! Liveness, readiness and figures (R-61, S-91).

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::State;

/// The process lives.
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// The database answers.
#[get("/readyz")]
pub async fn readyz(state: Data<State>) -> HttpResponse {
    match state.app.store().ping().await {
        Ok(()) => HttpResponse::Ok().content_type("text/plain").body("ready"),
        Err(_) => HttpResponse::ServiceUnavailable()
            .content_type("text/plain")
            .body("not ready"),
    }
}

/// Figures in the Prometheus text form, to the loopback address only (S-91).
#[get("/metrics")]
pub async fn metrics(state: Data<State>, request: actix_web::HttpRequest) -> HttpResponse {
    let local = request.peer_addr().is_some_and(|peer| peer.ip().is_loopback());
    match &state.metrics {
        Some(metrics) if local => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4")
            .body(metrics.render()),
        _ => HttpResponse::NotFound().content_type("text/plain").body("not found"),
    }
}
