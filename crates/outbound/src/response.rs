//! The answer, read whole and bounded.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use crate::classify::body_error;
use crate::error::{Broken, OutboundError};

/// An answer. Its contents are foreign: they are parsed, never shown (S-75).
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`Broken::Json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, OutboundError> {
        serde_json::from_slice(&self.body).map_err(|_| OutboundError::Broken(Broken::Json))
    }

    /// The media type without its parameters, lower case; empty when there is none.
    pub fn media_type(&self) -> String {
        let value = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether this is a page for people: by its type or by its first character (F-11).
    pub fn is_html(&self) -> bool {
        matches!(self.media_type().as_str(), "text/html" | "application/xhtml+xml")
            || self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
    }
}

/// Reads an answer: refuses redirects, bounds the unpacked size, and every wait for the next piece.
pub(crate) async fn read(answer: reqwest::Response, limit: usize, idle: Duration) -> Result<Response, OutboundError> {
    let status = answer.status();
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return Err(OutboundError::RedirectRefused);
    }
    let length = answer.content_length().and_then(|length| usize::try_from(length).ok());
    if length.is_some_and(|length| length > limit) {
        return Err(OutboundError::BodyTooLarge);
    }
    let headers = answer.headers().clone();
    let mut body = Vec::with_capacity(length.unwrap_or(0));
    let mut pieces = answer.bytes_stream();
    loop {
        let piece = tokio::time::timeout(idle, pieces.next())
            .await
            .map_err(|_| OutboundError::IdleTimedOut)?;
        let Some(piece) = piece else { break };
        let piece = piece.map_err(|error| body_error(&error))?;
        if body.len().saturating_add(piece.len()) > limit {
            return Err(OutboundError::BodyTooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Response { status, headers, body })
}
