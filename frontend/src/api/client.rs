//! Every call to the server goes through here.

use super::errors::{self, ApiError};
use crate::proof;
use crate::state;
use api_types::common::Problem;
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a resource; `path` starts after `/api/v1`.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    read(&send(Method::GET, path, None, None).await?)
}

/// Sends a body and reads the answer.
pub async fn post<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, ApiError> {
    read(&send(Method::POST, path, Some(write(body)?), None).await?)
}

/// Asks for an action that needs no body and gives none back.
pub async fn post_empty(path: &str) -> Result<(), ApiError> {
    send(Method::POST, path, Some("{}".to_owned()), None).await.map(drop)
}

/// Sends a body; the answer's body is of no use.
pub async fn post_done<B: Serialize>(path: &str, body: &B) -> Result<(), ApiError> {
    send(Method::POST, path, Some(write(body)?), None).await.map(drop)
}

/// Sets one property of a resource and reads the resource as it is then.
pub async fn set<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, ApiError> {
    read(&send(Method::PUT, path, Some(write(body)?), None).await?)
}

/// Sets something; the answer's body is of no use.
pub async fn set_done<B: Serialize>(path: &str, body: &B) -> Result<(), ApiError> {
    send(Method::PUT, path, Some(write(body)?), None).await.map(drop)
}

/// Replaces the version `etag` of a resource.
pub async fn put<B: Serialize, T: DeserializeOwned>(path: &str, etag: &str, body: &B) -> Result<T, ApiError> {
    read(&send(Method::PUT, path, Some(write(body)?), Some(etag)).await?)
}

/// Deletes a resource; the answer's body is of no use.
pub async fn delete(path: &str, etag: Option<&str>) -> Result<(), ApiError> {
    send(Method::DELETE, path, None, etag).await.map(drop)
}

fn write<B: Serialize>(body: &B) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|_| ApiError::Unreadable)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|_| ApiError::Unreadable)
}

/// One call; where the server wants a fresh proof of identity, asks for it and repeats the call once (S-28).
async fn send(method: Method, path: &str, body: Option<String>, etag: Option<&str>) -> Result<String, ApiError> {
    let first = once(method.clone(), path, body.clone(), etag).await;
    match first {
        Err(error) if error.code() == "step_up_required" => {
            if proof::ask().await {
                once(method, path, body, etag).await
            } else {
                Err(error)
            }
        }
        answer => answer,
    }
}

/// Sends a request. Not generic, so that it exists once in the program.
async fn once(method: Method, path: &str, body: Option<String>, etag: Option<&str>) -> Result<String, ApiError> {
    let changes = method != Method::GET;
    let mut request = RequestBuilder::new(&format!("/api/v1{path}"))
        .method(method)
        .header("Accept", "application/json");
    if changes {
        request = request.header("X-CMS-Request", "1");
    }
    if let Some(etag) = etag {
        request = request.header("If-Match", etag);
    }
    let ready = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let answer = match ready {
        Ok(ready) => ready.send().await,
        Err(_) => return Err(ApiError::Unreadable),
    };
    let Ok(answer) = answer else {
        state::set_online(false);
        return Err(ApiError::Offline);
    };
    state::set_online(true);
    let status = answer.status();
    let Ok(text) = answer.text().await else {
        state::set_online(false);
        return Err(ApiError::Offline);
    };
    if (200..300).contains(&status) {
        return Ok(text);
    }
    Err(refusal(&answer, status, &text))
}

fn refusal(answer: &Response, status: u16, text: &str) -> ApiError {
    let mut problem = serde_json::from_str::<Problem>(text).unwrap_or_else(|_| Problem {
        r#type: String::new(),
        title: answer.status_text(),
        status,
        detail: String::new(),
        code: String::new(),
        request_id: answer.headers().get("x-request-id").unwrap_or_default(),
        errors: Vec::new(),
    });
    errors::place(&mut problem);
    let signing_in = answer.url().ends_with("/api/v1/session") || answer.url().ends_with("/api/v1/activation");
    if status == 401 && !signing_in {
        state::signed_out();
    }
    ApiError::Refused(Box::new(problem))
}
