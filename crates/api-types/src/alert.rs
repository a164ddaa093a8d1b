//! Alerts (usage.md section 8).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A stored notice about something that needs attention (U-80).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertView {
    /// Identity.
    pub id: Uuid,
    /// Kind (U-81).
    #[cfg_attr(feature = "openapi", schema(example = "credential_expiring"))]
    pub kind: String,
    /// `information`, `warning` or `critical`.
    #[cfg_attr(feature = "openapi", schema(example = "warning"))]
    pub severity: String,
    /// `open`, `acknowledged` or `closed`.
    #[cfg_attr(feature = "openapi", schema(example = "open"))]
    pub state: String,
    /// What needs attention.
    #[cfg_attr(
        feature = "openapi",
        schema(
            example = "The key 6f1d2c3b4a59687a of the service account Data warehouse works until 2026-12-22. Rotate it in time."
        )
    )]
    pub message: String,
    /// What it is about, such as `job:` and its id.
    #[cfg_attr(feature = "openapi", schema(example = "api_key:6f1d2c3b4a59687a"))]
    pub subject: String,
    /// Entity it belongs to; absent: the platform.
    pub owner: Option<Reference>,
    /// When it opened.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:00:00Z"))]
    pub opened_at: String,
    /// When it closed.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-23T10:00:00Z"))]
    pub closed_at: Option<String>,
}
