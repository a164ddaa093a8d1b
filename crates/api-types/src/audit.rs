//! The audit record.
//!
//! | Operation | Method and path | Body | Answer |
//! |---|---|---|---|
//! | `audit.list` | `GET /audit?actor_id=&operation=&target_kind=&target_id=&from=&to=&limit=&cursor=` | – | `Page<AuditEntryView>`, newest first |
//! | `audit.export` | `GET /audit/export?from=&to=` | – | `application/x-ndjson`: sealed entries with their hashes, the head last |
//! | `audit.verify` | `POST /audit/verify` | – | [`AuditVerification`] |

use serde::{Deserialize, Serialize};

/// One entry: who did what to what (I-70).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntryView {
    /// Number of the entry as it was written.
    #[cfg_attr(feature = "openapi", schema(example = 4711))]
    pub id: i64,
    /// Place in the chain; none until the entry is sealed.
    #[cfg_attr(feature = "openapi", schema(example = 4711))]
    pub sequence: Option<i64>,
    /// When, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T12:00:00.000000Z"))]
    pub at: String,
    /// `user`, `service_account` or `system`.
    #[cfg_attr(feature = "openapi", schema(example = "user"))]
    pub actor_kind: String,
    /// Who; none for the system.
    pub actor_id: Option<uuid::Uuid>,
    /// Name of the actor as it is now, where the actor is in your scope.
    #[cfg_attr(feature = "openapi", schema(example = "Ada Berg"))]
    pub actor_name: Option<String>,
    /// `session`, `access_token`, `api_key` or `console`.
    #[cfg_attr(feature = "openapi", schema(example = "session"))]
    pub credential_kind: String,
    /// What was done.
    #[cfg_attr(feature = "openapi", schema(example = "tenant.update"))]
    pub operation: String,
    /// Kind of what it was done to.
    #[cfg_attr(feature = "openapi", schema(example = "tenant"))]
    pub target_kind: String,
    /// Id of what it was done to; for settings the key.
    #[cfg_attr(feature = "openapi", schema(example = "01939d5c-7a10-7c5e-a5f4-2f1d5a3c1e2b"))]
    pub target_id: String,
    /// State before, where there was one; secrets and personal fields as `changed`.
    pub before: Option<serde_json::Value>,
    /// State after, where there is one.
    pub after: Option<serde_json::Value>,
    /// Reason the actor gave.
    pub reason: Option<String>,
    /// Request the act belongs to.
    pub request_id: Option<String>,
    /// Address it came from.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.7"))]
    pub source_address: Option<String>,
    /// Whether identity had been proved freshly.
    pub step_up: bool,
}

/// What recomputing the chain found (I-73).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerification {
    /// Whether every sealed entry is as it was sealed.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub intact: bool,
    /// Sealed entries that were checked.
    #[cfg_attr(feature = "openapi", schema(example = 4711))]
    pub checked: i64,
    /// Entries that wait to be sealed.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub unsealed: i64,
    /// Place in the chain of the first entry that does not match.
    pub first_break: Option<i64>,
    /// Hash of the last sealed entry; 64 zeros before the first.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "0000000000000000000000000000000000000000000000000000000000000000")
    )]
    pub head: String,
}
