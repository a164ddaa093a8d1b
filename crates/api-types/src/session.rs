//! Sign-in, the own session, the first administrator and invitations.
//!
//! Signing in has two steps where a second factor is asked for (I-31). Nothing here needs a session except reading,
//! ending and proving it; the half-signed-in state is a cookie of its own, valid for ten minutes and five tries.
//!
//! | Method | Path | Body | Answer |
//! |---|---|---|---|
//! | GET | `/session` | – | 200 [`SessionView`]; 401 |
//! | POST | `/session` | [`SignIn`] | 200 [`SessionView`], or 202 [`SecondFactor`] when a step is left; 401 `sign_in_refused`; 429 |
//! | POST | `/session/code` | [`CodeInput`] | 200 [`SessionView`]; 422 `/code` `code_wrong`; 401 `not_signed_in` when the half-way state ended |
//! | POST | `/session/enrolment` | [`EnrolmentInput`](crate::profile::EnrolmentInput) | 200 [`EnrolmentView`](crate::profile::EnrolmentView); 422 `/mailed_code` `code_wrong`/`code_expired`, `/second_code` `code_wrong` |
//! | POST | `/session/enrolment-code` | `{}` | 202; a code goes to the own address |
//! | POST | `/session/step-up` | [`StepUp`] | 200 [`SessionView`], the cookie changes; 422 `/code` or `/password` |
//! | DELETE | `/session` | – | 204 |
//! | DELETE | `/sessions` | – | 204: sign out everywhere |
//! | POST | `/activation/link` | [`LinkToken`] | 200 [`LinkState`] |
//! | POST | `/activation` | [`Activation`] | 200 [`SessionView`] or 202 [`SecondFactor`]; 422 `/token` `link_expired`/`link_invalid`, `/code` `code_wrong`/`code_expired` |
//! | POST | `/activation/send-again` | [`MailRequest`] | 202, always the same |
//! | POST | `/password-reset` | [`MailRequest`] | 202, always the same |
//! | PUT | `/password-reset` | [`PasswordReset`] | 204; 422 `/token` `link_expired`/`link_invalid`, `/password` |
//! | POST | `/email-confirmation` | [`LinkToken`] | 204; 422 `/token` |
//!
//! Pages behind mailed links: `/activation?token=`, `/reset-password?token=`, `/confirm-email?token=`.
//!
//! An operation that needs a fresh proof answers 403 `step_up_required`; the web app then asks for what
//! [`SessionView::step_up_with`] names, sends it to `/session/step-up` and repeats the request.

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// E-mail address and password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Address of the user, any case.
    #[cfg_attr(feature = "openapi", schema(example = "admin@aurora.example"))]
    pub email_address: String,
    /// Password; any Unicode.
    pub password: String,
}

/// Who is signed in and what the web app may show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// The signed-in user.
    pub user: SessionUser,
    /// Operations of permissions.csv this role may use, switches considered (ST-8).
    pub operations: Vec<String>,
    /// The few settings every signed-in user may read.
    pub flags: SessionFlags,
    /// The session ends at this instant whatever happens.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T22:00:00Z"))]
    pub expires_at: String,
    /// Until when the last proof of identity counts for acts that need a fresh one (S-28).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:10:00Z"))]
    pub stepped_up_until: String,
    /// What the next proof is: `code`, `password` or `identity_provider`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "code"))]
    pub step_up_with: String,
    /// Recovery codes that still work, when an authenticator is registered; below three the app says so (I-33).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = 10))]
    pub recovery_codes_left: Option<u32>,
}

/// The password was right and a step is left (I-31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactor {
    /// `code`: send one to `/session/code`. `enrolment`: register an authenticator with `/session/enrolment`.
    #[cfg_attr(feature = "openapi", schema(example = "code"))]
    pub step: String,
    /// Whether the enrolment also needs a code sent to the own address (`/session/enrolment-code` sends it, I-36).
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub mailed_code_needed: bool,
    /// The half-way state ends at this instant.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:10:00Z"))]
    pub expires_at: String,
}

/// A code of the authenticator, or a recovery code instead.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeInput {
    /// Six digits, or a recovery code.
    #[cfg_attr(feature = "openapi", schema(example = "287082"))]
    pub code: String,
}

/// A fresh proof (S-28): the code where an authenticator is registered, else the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Code of the authenticator, or a recovery code.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "287082"))]
    pub code: Option<String>,
    /// Password.
    #[serde(default)]
    pub password: Option<String>,
}

/// Token of a mailed link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// Token of the link.
    pub token: String,
}

/// What the activation page has to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkState {
    /// `open`, `expired` or `invalid`.
    #[cfg_attr(feature = "openapi", schema(example = "open"))]
    pub state: String,
    /// Whether address and mailed code are asked for beside the password (I-12).
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub code_required: bool,
    /// Whether the account is activated at an identity provider instead (I-14).
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub federated_only: bool,
}

/// Asks for a mail; the answer is the same whether the address exists or not (S-23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MailRequest {
    /// Address of the account.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
}

/// A new password by the link of a reset mail (I-23).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Token of the link.
    pub token: String,
    /// At least 15 characters, 8 with an authenticator.
    pub password: String,
}

/// The signed-in user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionUser {
    /// Identity.
    pub id: Uuid,
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(example = "admin@aurora.example"))]
    pub email_address: String,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(example = "platform_administrator"))]
    pub role: String,
    /// Entity the role is held on; absent for platform roles.
    pub anchor: Option<Reference>,
    /// Locale figures are written in; absent for the neutral `4 812.40`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "de-CH"))]
    pub locale: Option<String>,
    /// Zone instants are shown in; absent for UTC.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Zurich"))]
    pub time_zone: Option<String>,
}

/// Settings that every signed-in user may read (ST-8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionFlags {
    /// Currency offered first.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub default_currency: String,
    /// Locale of documents.
    #[cfg_attr(feature = "openapi", schema(example = "en-GB"))]
    pub default_locale: String,
    /// Zone of calendar dates on documents.
    #[cfg_attr(feature = "openapi", schema(example = "UTC"))]
    pub billing_time_zone: String,
    /// Whether tenant roles see their documents.
    pub invoices_shown_to_tenants: bool,
}

/// Whether the first administrator can still be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// Always true; afterwards the address answers 404.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub open: bool,
}

/// The first platform administrator (I-68).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    /// One-time token printed when the server first started.
    pub token: String,
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address used to sign in.
    #[cfg_attr(feature = "openapi", schema(example = "admin@aurora.example"))]
    pub email_address: String,
    /// At least 15 characters.
    pub password: String,
    /// MFA Required; when left out, no.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub mfa_required: bool,
}

/// Sets the password of an invited user (I-12).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// Token of the invitation link.
    pub token: String,
    /// At least 15 characters.
    pub password: String,
    /// Address of the account, when the code is asked for.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: Option<String>,
    /// Code of the invitation mail, when it is asked for.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "7K3QX-9MZ2B"))]
    pub code: Option<String>,
}

/// Shows the kind only: these bodies carry passwords, codes or tokens (S-61).
macro_rules! secret_body {
    ($($body:ident),+) => {
        $(impl std::fmt::Debug for $body {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($body)).finish_non_exhaustive()
            }
        })+
    };
}

secret_body!(
    SignIn,
    FirstAdministrator,
    Activation,
    CodeInput,
    StepUp,
    LinkToken,
    PasswordReset
);
