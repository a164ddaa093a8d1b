//! Users (identity.md).
//!
//! Acts on an account are small routes of their own; each answers the account as it is then. All but `update`,
//! `resend-activation` and `revoke-sessions` need a fresh proof (403 `step_up_required`). None is done to oneself (403
//! `self_change_refused`), none to somebody above oneself (403 `above_own_level`), and the last platform administrator
//! who can sign in keeps the role (409 `last_administrator`).
//!
//! | Method | Path | Body | Answer |
//! |---|---|---|---|
//! | GET | `/users` | – | 200 page of [`UserView`]; filters `role`, `anchor_id`, `state` |
//! | POST | `/users` | [`UserInput`] | 201 [`UserView`] |
//! | GET | `/users/{user_id}` | – | 200 [`UserView`] with `ETag` |
//! | PUT | `/users/{user_id}` (`If-Match`) | [`UserUpdate`] | 200 [`UserView`] |
//! | DELETE | `/users/{user_id}` | – | 204 |
//! | POST | `/users/{user_id}/email-address` | [`EmailAddressInput`] | 200 with `pending_email_address` |
//! | PUT | `/users/{user_id}/role` | [`RoleInput`] | 200; 403 `role_not_grantable`, 422 `/anchor_id` |
//! | PUT | `/users/{user_id}/disabled` | [`SwitchInput`] | 200 |
//! | POST | `/users/{user_id}/lock` | `{}` | 200 |
//! | POST | `/users/{user_id}/unlock` | `{}` | 200 |
//! | PUT | `/users/{user_id}/mfa-required` | [`SwitchInput`] | 200 |
//! | POST | `/users/{user_id}/reset-mfa` | `{}` | 200; 409 `mfa_not_required` |
//! | PUT | `/users/{user_id}/federated-only` | [`SwitchInput`] | 200; 409 `no_identity_provider` |
//! | POST | `/users/{user_id}/send-password-reset` | `{}` | 200; 409 `not_active`, `federated_only` |
//! | POST | `/users/{user_id}/resend-activation` | `{}` | 200; 409 `already_active` |
//! | POST | `/users/{user_id}/revoke-sessions` | `{}` | 200 |

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
    /// Address that waits for its confirmation (I-8).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "ada.berg@aurora.example"))]
    pub pending_email_address: Option<String>,
    /// Locale figures are written in; absent for the neutral `4 812.40`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "en-GB"))]
    pub locale: Option<String>,
    /// Zone instants are shown in; absent for UTC.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
    /// An authenticator is registered.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub mfa_enrolled: bool,
    /// When a lockout by failures clears by itself; absent when not locked, or locked by an administrator.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:15:00Z"))]
    pub locked_until: Option<String>,
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
    /// MFA Required; when left out, yes for a platform administrator who is not Federated Only (S-25).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub mfa_required: Option<bool>,
    /// Federated Only.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub federated_only: bool,
}

/// What an administrator changes about a user without touching credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Phone.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "+49 40 000000"))]
    pub phone_number: Option<String>,
    /// Locale figures are written in; absent for the neutral `4 812.40`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "en-GB"))]
    pub locale: Option<String>,
    /// IANA time zone instants are shown in; absent for UTC.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
}

/// A new address; a link to it confirms it (I-8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailAddressInput {
    /// The new address.
    #[cfg_attr(feature = "openapi", schema(example = "ada.berg@aurora.example"))]
    pub email_address: String,
}

/// User Role with the entity it is held on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    /// Role.
    #[cfg_attr(feature = "openapi", schema(example = "partner_reader"))]
    pub role: String,
    /// Entity of the role's level; absent for platform roles.
    #[serde(default)]
    pub anchor_id: Option<Uuid>,
}

/// A switch of the account: Disabled, MFA Required or Federated Only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SwitchInput {
    /// Its new position.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub on: bool,
}
