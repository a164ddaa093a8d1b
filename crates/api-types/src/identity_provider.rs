//! Identity providers and federated sign-in (I-40 to I-46, S-33, S-34).
//!
//! | Method | Path | Body | Answer |
//! |---|---|---|---|
//! | GET | `/sign-in-options` (no session) | – | 200 [`SignInOptions`] |
//! | GET | `/identity-providers` | – | 200 page of [`IdentityProviderView`]; sorted by `name` |
//! | POST | `/identity-providers` (step-up) | [`IdentityProviderInput`] | 201 [`IdentityProviderView`]; 409 `name_taken` |
//! | PUT | `/identity-providers/{identity_provider_id}` (step-up, `If-Match`) | [`IdentityProviderInput`] | 200; a new scheme, host or port of the issuer clears the stored secret (S-57); turned off, it ends the sessions it opened (I-44) |
//! | DELETE | `/identity-providers/{identity_provider_id}` (step-up) | – | 204; 409 `last_administrator`, `federated_users` |
//! | POST | `/federation` (no session) | [`FederationStart`] | 200 [`FederationRedirect`] and a cookie; the browser then goes to the address |
//! | GET | `/federation/callback` (no session) | – | a page that loads the app: at `return_to`, or at `/sign-in?second_factor=code` (or `enrolment`), or at `/sign-in?federation=refused` (or `expired`, `failed`) |
//! | POST | `/profile/identities` (step-up) | [`LinkStart`] | 200 [`FederationRedirect`]; the way back ends at `/profile?federation=linked` (or `refused`, `taken`, `expired`, `failed`) |
//! | DELETE | `/profile/identities/{identity_id}` (step-up) | – | 204; 409 `last_identity` |
//!
//! The own linked identities stand in the own profile as `identities`.

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identity provider (I-40).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdentityProviderView {
    /// Identity.
    pub id: Uuid,
    /// Name on the sign-in page.
    #[cfg_attr(feature = "openapi", schema(example = "Aurora staff"))]
    pub name: String,
    /// `entra`, `adfs` or `openid_connect`.
    #[cfg_attr(feature = "openapi", schema(example = "openid_connect"))]
    pub kind: String,
    /// Issuer, exactly as its tokens name it.
    #[cfg_attr(feature = "openapi", schema(example = "https://login.aurora.example"))]
    pub issuer: String,
    /// Client id at the provider.
    #[cfg_attr(feature = "openapi", schema(example = "cms"))]
    pub client_id: String,
    /// Whether a secret is stored; it is never shown (S-58).
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub client_secret_set: bool,
    /// When it was stored.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:00:00Z"))]
    pub client_secret_set_at: Option<String>,
    /// Scopes asked for beside `openid`.
    #[cfg_attr(feature = "openapi", schema(example = json!(["profile"])))]
    pub scopes: Vec<String>,
    /// Algorithm of its tokens: `RS256`, `PS256`, `ES256` or `EdDSA`.
    #[cfg_attr(feature = "openapi", schema(example = "RS256"))]
    pub algorithm: String,
    /// Allowed directory of an Entra provider: its tenant id, or `any`.
    #[cfg_attr(feature = "openapi", schema(example = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"))]
    pub directory: Option<String>,
    /// Shown on the sign-in page.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub enabled: bool,
    /// Address to register at the provider as the way back.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "https://cms.example/api/v1/federation/callback")
    )]
    pub redirect_uri: String,
    /// Users with a linked identity.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub user_count: u64,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// An identity provider to add or the new state of one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IdentityProviderInput {
    /// Name on the sign-in page.
    #[cfg_attr(feature = "openapi", schema(example = "Aurora staff"))]
    pub name: String,
    /// `entra`, `adfs` or `openid_connect`.
    #[cfg_attr(feature = "openapi", schema(example = "openid_connect"))]
    pub kind: String,
    /// Issuer, exactly as its tokens name it.
    #[cfg_attr(feature = "openapi", schema(example = "https://login.aurora.example"))]
    pub issuer: String,
    /// Client id at the provider.
    #[cfg_attr(feature = "openapi", schema(example = "cms"))]
    pub client_id: String,
    /// A new secret; absent keeps the stored one while scheme, host and port of the issuer stay.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Scopes asked for beside `openid`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["profile"])))]
    pub scopes: Vec<String>,
    /// `RS256`, `PS256`, `ES256` or `EdDSA`; absent: `RS256`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "RS256"))]
    pub algorithm: Option<String>,
    /// Entra only and needed there: the tenant id, or `any` for every directory.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub directory: Option<String>,
    /// Shown on the sign-in page.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub enabled: bool,
}

impl std::fmt::Debug for IdentityProviderInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityProviderInput")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// What the sign-in page offers (I-41).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInOptions {
    /// Enabled identity providers by name.
    pub identity_providers: Vec<Reference>,
}

/// Begins a sign-in at a provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FederationStart {
    /// The provider.
    pub identity_provider_id: Uuid,
    /// `sign_in`, `activation` (with `token`) or `step_up` (with a session).
    #[cfg_attr(feature = "openapi", schema(example = "sign_in"))]
    pub purpose: String,
    /// Token of the invitation link, which the sign-in then links (I-14).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub token: Option<String>,
    /// Path of the app to go to afterwards; absent: `/`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "/invoices"))]
    pub return_to: Option<String>,
}

impl std::fmt::Debug for FederationStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FederationStart")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// Begins linking an identity to the own account (I-43).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkStart {
    /// The provider.
    pub identity_provider_id: Uuid,
}

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FederationRedirect {
    /// Address at the provider.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "https://login.aurora.example/auth?client_id=cms")
    )]
    pub location: String,
}

/// A linked identity (I-42).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkedIdentity {
    /// Identity of the link.
    pub id: Uuid,
    /// Name of the provider; the issuer when no provider has it any more.
    #[cfg_attr(feature = "openapi", schema(example = "Aurora staff"))]
    pub provider_name: String,
    /// Issuer.
    #[cfg_attr(feature = "openapi", schema(example = "https://login.aurora.example"))]
    pub issuer: String,
    /// When it was linked.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:00:00Z"))]
    pub linked_at: String,
    /// Last sign-in with it.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-22T10:00:00Z"))]
    pub last_used_at: Option<String>,
}
