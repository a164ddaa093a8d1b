//! Why a task failed, in words for a person.

use std::fmt;

/// The message that ends a task.
#[derive(Debug)]
pub struct Failure(String);

/// What a task gives back.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure that has been reported already: the output ends with its closing line.
    pub const fn reported() -> Self {
        Self(String::new())
    }

    /// True if there is nothing more to say.
    pub const fn is_reported(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Says which file or program an error is about.
pub trait About<T> {
    /// Puts `what` before the error's own words.
    fn about(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> About<T> for Result<T, E> {
    fn about(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
