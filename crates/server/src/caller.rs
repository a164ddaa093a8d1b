//! Who calls: an extractor that only an active account passes (S-13).

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use app::{Actor, Error};
use persistence_key::RequestKey;

use crate::source::source_address;
use crate::{ApiError, State};

/// The idempotency key of a request, left by the middleware for the actor.
pub mod persistence_key {
    pub use app::actor::RequestKey;
}

/// An active account, read from its credential once a request.
#[derive(Clone, Debug)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let known = request.extensions().get::<Self>().cloned();
            let mut caller = match known {
                Some(caller) => caller,
                None => read(&request).await?,
            };
            caller.0.idempotency = request.extensions().get::<RequestKey>().cloned();
            request.extensions_mut().insert(caller.clone());
            Ok(caller)
        })
    }
}

/// Value of the session cookie, if the request has one.
pub fn session_token(request: &HttpRequest, state: &State) -> Option<String> {
    request
        .cookie(state.origin.session_cookie())
        .map(|cookie| cookie.value().to_owned())
}

/// The access token of a request: one `Authorization` header with the scheme `Bearer`.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Id of the request, as the log has it.
pub fn request_id(request: &HttpRequest) -> String {
    request
        .extensions()
        .get::<tracing_actix_web::RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default()
}

async fn read(request: &HttpRequest) -> Result<Caller, ApiError> {
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::internal("no state"))?;
    let (id, source) = (request_id(request), source_address(request));
    let actor = if request.headers().contains_key(AUTHORIZATION) {
        let token = bearer_token(request.headers()).ok_or(Error::NotSignedIn)?;
        app::service_accounts::actor(&state.app, token, id, source).await?
    } else {
        let token = session_token(request, state).ok_or(Error::NotSignedIn)?;
        app::sign_in::session::actor(&state.app, &token, id, source).await?
    };
    Ok(Caller(actor))
}
