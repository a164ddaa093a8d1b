//! Versions of records on the wire (G-9, R-48).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};

use crate::ApiError;

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version an edit was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request
            .headers()
            .get(IF_MATCH)
            .map(|value| value.to_str().unwrap_or_default().to_owned());
        ready(match header {
            None => Err(ApiError::http(
                StatusCode::PRECONDITION_REQUIRED,
                "precondition_required",
                "Send the etag of the record you edit in If-Match.",
            )),
            Some(text) => Ok(Self(version(&text))),
        })
    }
}

/// The version of a tag; one that is not ours matches no record.
fn version(text: &str) -> i64 {
    text.trim().trim_matches('"').parse().unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_back_as_its_version() {
        assert_eq!(version(&etag(7)), 7);
        assert_eq!(version("\"abc\""), -1);
        assert_eq!(version("*"), -1);
    }
}
