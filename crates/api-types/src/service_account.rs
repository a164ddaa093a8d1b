//! Service accounts and their keys.
//!
//! | Operation | Method and path | Body | Answer |
//! |---|---|---|---|
//! | `service_account.list` | `GET /service-accounts?limit=&cursor=` | – | `Page<ServiceAccountView>` |
//! | `service_account.create` | `POST /service-accounts` | [`ServiceAccountInput`] | 201 [`NewServiceAccountKey`] |
//! | `service_account.rotate_key` | `POST /service-accounts/{service_account_id}/rotate-key` | [`KeyRotation`] | 201 [`NewServiceAccountKey`] |
//! | `service_account.revoke` | `POST /service-accounts/{service_account_id}/revoke` | – or [`ServiceAccountRevocation`] | 204 |
//! | (no session) | `POST /token` | [`TokenRequest`] | [`TokenAnswer`] |

use serde::{Deserialize, Serialize};

/// A service account (I-65).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceAccountView {
    /// Id.
    pub id: uuid::Uuid,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "Data warehouse"))]
    pub name: String,
    /// One of the eight roles.
    #[cfg_attr(feature = "openapi", schema(example = "tenant_reader"))]
    pub role: String,
    /// Entity the role is held on; none for the platform.
    pub anchor_id: Option<uuid::Uuid>,
    /// Networks it may call from; empty for any.
    #[cfg_attr(feature = "openapi", schema(example = json!(["192.0.2.0/24"])))]
    pub source_networks: Vec<String>,
    /// Its live keys, newest first; at most two.
    pub keys: Vec<ServiceAccountKeyView>,
    /// When it was created, RFC 3339.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T12:00:00.000000Z"))]
    pub created_at: String,
    /// When it was revoked, RFC 3339.
    pub revoked_at: Option<String>,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceAccountKeyView {
    /// Id; part of the key.
    #[cfg_attr(feature = "openapi", schema(example = "9f86d081884c7d65"))]
    pub key_id: String,
    /// Last day it works, `YYYY-MM-DD`.
    #[cfg_attr(feature = "openapi", schema(example = "2027-11-21"))]
    pub expires_on: String,
    /// When it was exchanged last, RFC 3339.
    pub last_used_at: Option<String>,
    /// Address that exchanged it last.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.7"))]
    pub last_used_from: Option<String>,
}

/// A new service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountInput {
    /// Name, 1-100 characters.
    #[cfg_attr(feature = "openapi", schema(example = "Data warehouse"))]
    pub name: String,
    /// One of the eight roles, not above your own (PM-11).
    #[cfg_attr(feature = "openapi", schema(example = "tenant_reader"))]
    pub role: String,
    /// Entity of the role; none for the platform.
    pub anchor_id: Option<uuid::Uuid>,
    /// Networks it may call from, such as `192.0.2.0/24`; empty for any.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["192.0.2.0/24"])))]
    pub source_networks: Vec<String>,
    /// Last day of the first key, `YYYY-MM-DD`, at most 365 days ahead.
    #[cfg_attr(feature = "openapi", schema(example = "2027-11-21"))]
    pub expires_on: String,
}

/// A second key; the present one goes on until it ends or is revoked. Two are live at most (409 `two_live_keys`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Last day of the new key, `YYYY-MM-DD`, at most 365 days ahead.
    #[cfg_attr(feature = "openapi", schema(example = "2027-11-21"))]
    pub expires_on: String,
}

/// What to revoke.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountRevocation {
    /// One key of the account; none for the account with all its keys.
    #[serde(default)]
    pub key_id: Option<String>,
}

/// The account and its new key, which is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewServiceAccountKey {
    /// The account.
    pub service_account: ServiceAccountView,
    /// `cms_`, the key id and 256 random bits. Never shown again.
    #[cfg_attr(feature = "openapi", schema(example = "cms_9f86d081884c7d65_…"))]
    pub key: String,
}

/// A key to exchange.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The key as it was shown.
    #[cfg_attr(feature = "openapi", schema(example = "cms_9f86d081884c7d65_…"))]
    pub key: String,
}

/// An access token for the header `Authorization: Bearer` (S-37).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// The token.
    pub access_token: String,
    /// Always `Bearer`.
    #[cfg_attr(feature = "openapi", schema(example = "Bearer"))]
    pub token_type: String,
    /// Seconds until it ends.
    #[cfg_attr(feature = "openapi", schema(example = 600))]
    pub expires_in: u32,
}
