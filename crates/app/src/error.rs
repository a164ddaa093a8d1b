//! One error vocabulary for everything above storage; the server turns it into problem documents (G-7).

use std::fmt::Display;

use persistence::StoreError;

/// What is wrong with one field of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// RFC 6901 pointer into the body, or the parameter's name.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// Sentence that says what to mend.
    pub detail: String,
}

/// Collects field errors, so that one answer names them all.
#[derive(Debug, Default)]
pub struct Invalid {
    errors: Vec<FieldError>,
}

impl Invalid {
    /// Nothing wrong yet.
    pub const fn new() -> Self {
        Self { errors: Vec::new() }
    }

    /// Notes one wrong field.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Display) {
        self.errors.push(FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.to_string(),
        });
    }

    /// Keeps the value or notes its error; `code` names it.
    pub fn keep<T, E: Display>(
        &mut self,
        pointer: &str,
        read: Result<T, E>,
        code: impl FnOnce(&E) -> &'static str,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(pointer, code(&error), &error);
                None
            }
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Refuses when something was noted.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything noted.
    pub fn check(self) -> Result<(), Error> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.errors))
        }
    }

    /// One wrong field as an error.
    pub fn one(pointer: impl Into<String>, code: &'static str, detail: impl Display) -> Error {
        let mut invalid = Self::new();
        invalid.add(pointer, code, detail);
        Error::Invalid(invalid.errors)
    }

    /// An id in query or body that is missing or outside the scope: the same answer for both (check 4 of PM-6).
    pub fn unknown_reference(pointer: impl Into<String>) -> Error {
        Self::one(pointer, "unknown_reference", "Nothing with this id is visible to you.")
    }
}

/// Errors of use cases, in the order of the checks of PM-6.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 401: no or bad credentials; `code` is `not_signed_in` unless said otherwise.
    #[error("you are not signed in")]
    NotSignedIn,
    /// 401 of the sign-in form, the same for every reason (S-23).
    #[error("address or password is wrong")]
    SignInRefused,
    /// 401 of the exchange of a key, the same for every reason (S-36).
    #[error("the key is not accepted")]
    KeyRefused,
    /// 403 `account_state`.
    #[error("the account cannot be used")]
    AccountState,
    /// 403 `not_permitted`: the role never has this operation.
    #[error("your role does not allow this")]
    NotPermitted,
    /// 404 `not_found`: missing or outside the scope.
    #[error("nothing with this id is visible to you")]
    NotFound,
    /// 403 `switched_off`, naming the setting.
    #[error("this is switched off by {0}")]
    SwitchedOff(String),
    /// 403 `step_up_required`.
    #[error("confirm that it is you")]
    StepUpRequired,
    /// 403 with the code of a rule.
    #[error("{detail}")]
    Refused {
        /// Code of the rule.
        code: &'static str,
        /// Sentence for people.
        detail: String,
    },
    /// 422: invalid values.
    #[error("some values are not valid")]
    Invalid(Vec<FieldError>),
    /// 409 with its code.
    #[error("{detail}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// Sentence for people.
        detail: String,
    },
    /// 412: the record changed since it was read.
    #[error("the record was changed in the meantime")]
    Stale,
    /// 429 with `Retry-After`.
    #[error("too many requests")]
    TooMany {
        /// Seconds until the next try may succeed.
        retry_after_s: u64,
    },
    /// 503 with `Retry-After`.
    #[error("the service is busy")]
    Busy,
    /// 500: a defect or an outage; the text never leaves the log.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A conflict with its code.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
        }
    }

    /// A defect or outage with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            other => Self::Internal(Box::new(other)),
        }
    }
}
