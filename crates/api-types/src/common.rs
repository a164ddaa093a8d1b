//! Pieces that every resource uses.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An amount with its currency (G-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// Exactly the currency's minor unit digits, no separators.
    #[cfg_attr(feature = "openapi", schema(example = "1234.50"))]
    pub amount: String,
    /// ISO 4217 code.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub currency: String,
}

/// A link to another record: its id and what to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reference {
    /// Identity.
    pub id: Uuid,
    /// Name shown.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Freight"))]
    pub name: String,
}

/// An error answer, RFC 9457 (G-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Path of the documentation.
    #[cfg_attr(feature = "openapi", schema(example = "/docs/errors#not_found"))]
    pub r#type: String,
    /// Short sentence for people.
    #[cfg_attr(feature = "openapi", schema(example = "Not found"))]
    pub title: String,
    /// HTTP status.
    #[cfg_attr(feature = "openapi", schema(example = 404))]
    pub status: u16,
    /// What happened and what to do.
    #[cfg_attr(feature = "openapi", schema(example = "Nothing with this id is visible to you."))]
    pub detail: String,
    /// Stable code for programs.
    #[cfg_attr(feature = "openapi", schema(example = "not_found"))]
    pub code: String,
    /// Identifies the request in the log.
    #[cfg_attr(feature = "openapi", schema(example = "0192f0a0-0000-7000-8000-000000000001"))]
    pub request_id: String,
    /// One entry for each wrong field.
    pub errors: Vec<ProblemField>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemField {
    /// RFC 6901 pointer into the body, or the parameter's name.
    #[cfg_attr(feature = "openapi", schema(example = "/name"))]
    pub pointer: String,
    /// Stable code.
    #[cfg_attr(feature = "openapi", schema(example = "required"))]
    pub code: String,
    /// Sentence to show beside the field.
    #[cfg_attr(feature = "openapi", schema(example = "Enter a name."))]
    pub detail: String,
}
