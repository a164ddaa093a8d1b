//! Errors on the wire: RFC 9457 problem documents (G-7).
//!
//! [`ApiError`] is the one error of handlers. It answers without a body; the outermost middleware writes the problem
//! document, because only there the request id is known.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use api_types::common::{Problem, ProblemField};
use app::{Error, FieldError};

/// The error of every handler.
#[derive(Debug)]
pub enum ApiError {
    /// A use case refused.
    App(Error),
    /// 400: the request cannot be read.
    Malformed {
        /// Stable code.
        code: &'static str,
        /// Sentence for people.
        detail: String,
    },
    /// Any other status of HTTP itself.
    Http {
        /// Status.
        status: StatusCode,
        /// Stable code.
        code: &'static str,
        /// Sentence for people.
        detail: String,
    },
}

impl ApiError {
    /// 400 with a code.
    pub fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Malformed {
            code,
            detail: detail.into(),
        }
    }

    /// Another status with a code.
    pub fn http(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Http {
            status,
            code,
            detail: detail.into(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Malformed { code, .. } | Self::Http { code, .. } => code,
            Self::App(error) => app_code(error),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Malformed { detail, .. } | Self::Http { detail, .. } => detail.clone(),
            Self::App(error) => app_detail(error),
        }
    }

    fn fields(&self) -> Vec<ProblemField> {
        match self {
            Self::App(Error::Invalid(errors)) => errors.iter().map(field).collect(),
            _ => Vec::new(),
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::App(Error::TooMany { retry_after_s }) => Some(*retry_after_s),
            Self::App(
                Error::Busy
                | Error::Conflict {
                    code: "idempotency_in_progress",
                    ..
                },
            ) => Some(1),
            _ => None,
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Malformed { .. } => StatusCode::BAD_REQUEST,
            Self::Http { status, .. } => *status,
            Self::App(error) => app_status(error),
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::App(Error::Internal(cause)) = self {
            log_chain(cause.as_ref());
        }
        let mut response = HttpResponse::new(self.status_code());
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.parts());
        response
    }
}

/// What a problem document says besides the request id.
#[derive(Clone, Debug)]
pub struct ProblemParts {
    code: &'static str,
    detail: String,
    fields: Vec<ProblemField>,
}

impl ApiError {
    fn parts(&self) -> ProblemParts {
        ProblemParts {
            code: self.code(),
            detail: self.detail(),
            fields: self.fields(),
        }
    }
}

/// Gives an answer without body its problem document.
pub fn write_problem(response: HttpResponse, request_id: &str) -> HttpResponse {
    let status = response.status();
    let parts = response.extensions().get::<ProblemParts>().cloned();
    let parts = parts.unwrap_or_else(|| ProblemParts {
        code: status_code(status),
        detail: status
            .canonical_reason()
            .unwrap_or("The request was refused.")
            .to_owned(),
        fields: Vec::new(),
    });
    let problem = Problem {
        r#type: format!("/docs/errors#{}", parts.code),
        title: title(parts.code),
        status: status.as_u16(),
        detail: parts.detail,
        code: parts.code.to_owned(),
        request_id: request_id.to_owned(),
        errors: parts.fields,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut written = response.set_body(actix_web::body::BoxBody::new(body));
    written
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    written
}

fn field(error: &FieldError) -> ProblemField {
    ProblemField {
        pointer: error.pointer.clone(),
        code: error.code.to_owned(),
        detail: error.detail.clone(),
    }
}

/// `not_found` → `Not found`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn status_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        status if status.is_client_error() => "malformed",
        _ => "internal",
    }
}

fn app_status(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn | Error::SignInRefused | Error::KeyRefused => StatusCode::UNAUTHORIZED,
        Error::AccountState
        | Error::NotPermitted
        | Error::SwitchedOff(_)
        | Error::StepUpRequired
        | Error::Refused { .. } => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Stale => StatusCode::PRECONDITION_FAILED,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn app_code(error: &Error) -> &'static str {
    match error {
        Error::NotSignedIn => "not_signed_in",
        Error::SignInRefused => "sign_in_refused",
        Error::KeyRefused => "key_refused",
        Error::AccountState => "account_state",
        Error::NotPermitted => "not_permitted",
        Error::NotFound => "not_found",
        Error::SwitchedOff(_) => "switched_off",
        Error::StepUpRequired => "step_up_required",
        Error::Refused { code, .. } | Error::Conflict { code, .. } => code,
        Error::Invalid(_) => "invalid",
        Error::Stale => "stale",
        Error::TooMany { .. } => "too_many_requests",
        Error::Busy => "busy",
        Error::Internal(_) => "internal",
    }
}

fn app_detail(error: &Error) -> String {
    match error {
        Error::NotSignedIn => "Sign in first.".into(),
        Error::SignInRefused => "Address or password is wrong, or the account cannot be used now.".into(),
        Error::KeyRefused => "The key is unknown, has ended, is revoked, or is used from another network.".into(),
        Error::AccountState => "The account cannot be used in its present state.".into(),
        Error::NotPermitted => "Your role does not have this operation.".into(),
        Error::NotFound => "Nothing with this id is visible to you.".into(),
        Error::SwitchedOff(key) => format!("The platform has switched this off ({key})."),
        Error::StepUpRequired => "Sign in again to confirm that it is you; this act needs a fresh proof.".into(),
        Error::Refused { detail, .. } | Error::Conflict { detail, .. } => detail.clone(),
        Error::Invalid(errors) if errors.len() == 1 => "One value is not valid.".into(),
        Error::Invalid(errors) => format!("{} values are not valid.", errors.len()),
        Error::Stale => "The record was changed in the meantime. Load it again and repeat the edit.".into(),
        Error::TooMany { retry_after_s } => format!("Too many tries. Wait {retry_after_s} seconds."),
        Error::Busy => "The service is busy. Try again in a moment.".into(),
        Error::Internal(_) => "Something failed here. Quote the request id when you report it.".into(),
    }
}

fn log_chain(cause: &(dyn std::error::Error + 'static)) {
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(inner) = next {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        next = inner.source();
    }
    tracing::error!(error = %chain, "internal error");
}
