//! The own account under Profile (I-7). Everything needs a session; what is marked *step-up* also needs a fresh proof.
//!
//! | Method | Path | Body | Answer |
//! |---|---|---|---|
//! | GET | `/profile` | – | 200 [`ProfileView`] with `ETag` |
//! | PUT | `/profile` (`If-Match`) | [`ProfileInput`] | 200 [`ProfileView`] |
//! | GET | `/profile/sessions` | – | 200 [`OwnSessions`] |
//! | DELETE | `/profile/sessions/{session_id}` | – | 204; 404 for a session of somebody else |
//! | POST | `/profile/email-address` (step-up) | [`EmailAddressInput`](crate::user::EmailAddressInput) | 200 [`ProfileView`] with `pending_email_address`; a link goes to the new address |
//! | POST | `/profile/password` (step-up) | [`PasswordInput`] | 204; the other sessions end, the cookie changes |
//! | POST | `/profile/authenticator` (step-up) | [`EnrolmentInput`] | 200 [`EnrolmentView`]: without codes the secret, with two consecutive codes the recovery codes; then the cookie changes |
//! | POST | `/profile/recovery-codes` (step-up) | `{}` | 200 [`RecoveryCodes`] |
//!
//! Signing out everywhere is `DELETE /sessions` (see [`session`](crate::session)).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
pub struct ProfileView {
    /// Identity.
    pub id: Uuid,
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address used to sign in.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
    /// Address that waits for its confirmation; until then the present one counts (I-8).
    #[cfg_attr(feature = "openapi", schema(example = "ada.berg@aurora.example"))]
    pub pending_email_address: Option<String>,
    /// Phone.
    #[cfg_attr(feature = "openapi", schema(example = "+49 40 000000"))]
    pub phone_number: Option<String>,
    /// Locale figures are written in, such as `en-GB`; absent for the neutral `4 812.40`.
    #[cfg_attr(feature = "openapi", schema(example = "en-GB"))]
    pub locale: Option<String>,
    /// Zone instants are shown in; absent for UTC.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(example = "distributor_administrator"))]
    pub role: String,
    /// Entity the role is held on; absent for platform roles.
    pub anchor: Option<Reference>,
    /// An administrator asks for a one-time code at sign-in.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub mfa_required: bool,
    /// An authenticator is registered.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub mfa_enrolled: bool,
    /// Signs in only through an identity provider.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub federated_only: bool,
    /// A password is set.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub has_password: bool,
    /// Recovery codes that still work.
    #[cfg_attr(feature = "openapi", schema(example = 10))]
    pub recovery_codes_left: u32,
    /// Linked identities, the oldest first.
    #[serde(default)]
    pub identities: Vec<crate::identity_provider::LinkedIdentity>,
    /// Version for `If-Match`.
    #[cfg_attr(feature = "openapi", schema(example = "\"3\""))]
    pub etag: String,
}

/// What a person changes about their own account without a fresh proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileInput {
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

/// The own sessions, the newest first; at most ten (I-60).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSessions {
    /// The sessions.
    pub items: Vec<OwnSession>,
}

/// One own session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSession {
    /// Identity; no secret.
    pub id: Uuid,
    /// Whether this request came with it.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub current: bool,
    /// When it was opened.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:00:00Z"))]
    pub created_at: String,
    /// Last use, at most a minute old.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T11:20:00Z"))]
    pub last_used_at: String,
    /// When it ends whatever happens.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T22:00:00Z"))]
    pub expires_at: String,
    /// Address it was opened from.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.7"))]
    pub source_address: Option<String>,
    /// Browser as it calls itself.
    #[cfg_attr(feature = "openapi", schema(example = "Mozilla/5.0"))]
    pub user_agent: Option<String>,
}

/// A new own password (I-22).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordInput {
    /// The present password.
    pub present_password: String,
    /// The new one: at least 15 characters, 8 with an authenticator.
    pub new_password: String,
}

impl std::fmt::Debug for PasswordInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordInput").finish_non_exhaustive()
    }
}

/// A step of registering an authenticator (I-32): without codes it starts, with both it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolmentInput {
    /// First of two consecutive codes.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "287082"))]
    pub first_code: Option<String>,
    /// The code that followed it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "081804"))]
    pub second_code: Option<String>,
    /// Code sent to the own address; needed at sign-in after an administrator discarded an authenticator (I-36).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "7K3QX-9MZ2B"))]
    pub mailed_code: Option<String>,
}

/// Answer to a step of registering an authenticator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentView {
    /// After the first step: what the authenticator is given. Shown once.
    pub authenticator: Option<NewAuthenticator>,
    /// After the second step: the recovery codes. Shown once; empty before.
    #[cfg_attr(feature = "openapi", schema(example = json!([])))]
    pub recovery_codes: Vec<String>,
    /// After the second step of an enrolment at sign-in: the session that was opened.
    pub session: Option<crate::session::SessionView>,
}

impl std::fmt::Debug for EnrolmentView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentView").finish_non_exhaustive()
    }
}

/// What an authenticator app is given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAuthenticator {
    /// The secret in base 32, for typing.
    #[cfg_attr(feature = "openapi", schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))]
    pub secret: String,
    /// `otpauth://` address, the content of the picture.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "otpauth://totp/CMS:ada%40aurora.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=CMS")
    )]
    pub uri: String,
    /// QR code of the address as an SVG picture in a `data:` address, for the `src` of an `img`.
    #[cfg_attr(feature = "openapi", schema(example = "data:image/svg+xml;base64,PHN2Zy8+"))]
    pub qr_code: String,
}

impl std::fmt::Debug for NewAuthenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAuthenticator").finish_non_exhaustive()
    }
}

/// Recovery codes, shown once (I-33).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Ten codes; each works once instead of a code of the authenticator.
    #[cfg_attr(feature = "openapi", schema(example = json!(["7K3QX-9MZ2B-0A1CD-EFGHJ-KMNPQ"])))]
    pub recovery_codes: Vec<String>,
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryCodes").finish_non_exhaustive()
    }
}
