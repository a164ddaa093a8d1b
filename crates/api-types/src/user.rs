//! Users (identity.md).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
pub struct UserView {
    /// Identity.
    pub id: Uuid,
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(example = "distributor_administrator"))]
    pub role: String,
    /// Entity the role is held on.
    pub anchor: Option<Reference>,
    /// `invited` or `active`.
    #[cfg_attr(feature = "openapi", schema(example = "active"))]
    pub state: String,
    /// Suspended.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub disabled: bool,
    /// Sign-in blocked.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub locked_out: bool,
    /// Needs a one-time password.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub mfa_required: bool,
    /// Signs in only through an identity provider.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub federated_only: bool,
    /// When the user was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// A user to add; an invitation is sent by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserInput {
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
    /// Phone.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(example = "distributor_administrator"))]
    pub role: String,
    /// Entity of the role's level; absent for platform roles.
    #[serde(default)]
    pub anchor_id: Option<Uuid>,
}
