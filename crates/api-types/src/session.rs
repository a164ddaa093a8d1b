//! Sign-in, the own session, the first administrator and invitations.

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// E-mail address and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Sets the password of an invited user (I-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// Token of the invitation link.
    pub token: String,
    /// At least 15 characters.
    pub password: String,
}
