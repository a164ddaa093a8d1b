//! `Idempotency-Key`: a POST that is repeated has its effect once and its answer again.
//!
//! The middleware looks the key up before the handler runs and stores the answer after it; the use case itself notes
//! the key in the transaction of its effect (`app::audit::record`), so neither can exist without the other.

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpResponse};
use app::actor::RequestKey;
use app::idempotency::{self as records, StoredAnswer};
use sha2::{Digest, Sha256};

use crate::{ApiError, Caller, State};

/// Largest body that can be repeated, as for all JSON (S-50).
const BODY_BYTES: usize = 1024 * 1024;
/// Headers that belong to an answer.
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, LOCATION, ETAG];

/// The middleware; requests without a key pass through.
///
/// # Errors
/// 400 for a malformed key, 422 for a key used with another body, 409 while a twin is in work.
pub async fn repeatable<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let header = request.headers().get("idempotency-key").cloned();
    let Some(header) = header.filter(|_| request.method() == Method::POST) else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let state = request
        .app_data::<Data<State>>()
        .cloned()
        .ok_or_else(|| ApiError::from(no_state()))?;
    let caller = Caller::from_request(request.request(), &mut Payload::None).await;
    let Ok(Caller(actor)) = caller else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let Some(actor_id) = actor.id() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let key = match key(&state, actor_id, &header, &mut request).await {
        Ok(key) => key,
        Err(error) => return Ok(request.error_response(error)),
    };
    let known = records::find(&state.app, &key).await.map_err(ApiError::from);
    match known.and_then(|known| known.map(|stored| replay(&key, stored)).transpose()) {
        Ok(Some(answer)) => return Ok(request.into_response(answer)),
        Ok(None) => {}
        Err(error) => return Ok(request.error_response(error)),
    }
    request.extensions_mut().insert(key.clone());
    let response = next.call(request).await?.map_into_boxed_body();
    keep(&state, &key, response).await
}

async fn key(
    state: &State,
    actor_id: uuid::Uuid,
    header: &HeaderValue,
    request: &mut ServiceRequest,
) -> Result<RequestKey, actix_web::Error> {
    let key_hash = state.app.vault().keyed("idempotency", checked(header)?.as_bytes());
    let body = read_body(request).await?;
    let route = format!("{} {}", request.method(), request.path());
    Ok(RequestKey {
        actor_id,
        route,
        key_hash,
        fingerprint: fingerprint(request, &body),
    })
}

fn no_state() -> app::Error {
    app::Error::internal("no state")
}

fn checked(header: &HeaderValue) -> Result<&str, ApiError> {
    let text = header.to_str().unwrap_or_default();
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (16..=128).contains(&text.len()) {
        Ok(text)
    } else {
        Err(ApiError::malformed(
            "idempotency_key_invalid",
            "Idempotency-Key takes 16 to 128 visible ASCII characters.",
        ))
    }
}

async fn read_body(request: &mut ServiceRequest) -> Result<Bytes, actix_web::Error> {
    let bytes = collect(request.take_payload()).await?;
    request.set_payload(Payload::from(bytes.clone()));
    Ok(bytes)
}

async fn collect(mut payload: Payload) -> Result<Bytes, actix_web::Error> {
    use futures_util::StreamExt;
    let mut collected = Vec::new();
    while let Some(chunk) = payload.next().await {
        collected.extend_from_slice(&chunk?);
        if collected.len() > BODY_BYTES {
            return Err(ApiError::http(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large.").into());
        }
    }
    Ok(Bytes::from(collected))
}

fn fingerprint(request: &ServiceRequest, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(request.uri().path());
    hash.update([0]);
    hash.update(request.query_string());
    hash.update([0]);
    hash.update(body);
    hash.finalize().to_vec()
}

fn replay(key: &RequestKey, stored: StoredAnswer) -> Result<HttpResponse, ApiError> {
    if stored.fingerprint != key.fingerprint {
        return Err(app::Invalid::one(
            "Idempotency-Key",
            "idempotency_key_reused",
            "This key was used for another request. Take a new one.",
        )
        .into());
    }
    let status = StatusCode::from_u16(stored.status).ok().filter(|_| stored.status != 0);
    let status = status.ok_or_else(|| {
        ApiError::from(app::Error::conflict(
            "idempotency_in_progress",
            "The first request with this key is in work.",
        ))
    })?;
    let mut answer = HttpResponse::build(status);
    answer.insert_header(("Idempotency-Replayed", "true"));
    let headers: Vec<(String, String)> = serde_json::from_str(&stored.headers).unwrap_or_default();
    for (name, value) in headers {
        answer.insert_header((name, value));
    }
    Ok(answer.body(stored.body))
}

/// Stores the answer of a success; a refusal keeps nothing, so it may be repeated.
async fn keep(
    state: &State,
    key: &RequestKey,
    response: ServiceResponse<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(actix_web::Error::from)?;
    let headers: Vec<(&str, &str)> = KEPT
        .iter()
        .filter_map(|name| Some((name.as_str(), head.headers().get(name)?.to_str().ok()?)))
        .collect();
    let headers = serde_json::to_string(&headers).unwrap_or_default();
    let status = head.status().as_u16();
    records::store(&state.app, key, status, &headers, &body)
        .await
        .map_err(ApiError::from)?;
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
}
