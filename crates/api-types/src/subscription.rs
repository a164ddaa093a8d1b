//! Subscriptions (usage.md section 6).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubscriptionView {
    /// Identity.
    pub id: Uuid,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "erp-prod"))]
    pub name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
    /// Tenant that is invoiced.
    pub tenant: Reference,
    /// Region.
    pub region: Reference,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: Uuid,
    /// Entra tenant (or AD FS directory).
    pub directory_id: String,
    /// Initial owner.
    #[cfg_attr(feature = "openapi", schema(example = "ops@harbour.example"))]
    pub owner: String,
    /// State.
    #[cfg_attr(feature = "openapi", schema(example = "enabled"))]
    pub state: String,
    /// Made from detected usage.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub auto_created: bool,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// An existing platform subscription to register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubscriptionInput {
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "erp-prod"))]
    pub name: String,
    /// Tenant.
    pub tenant_id: Uuid,
    /// Ready region.
    pub region_id: Uuid,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: Uuid,
    /// Entra tenant.
    pub directory_id: String,
    /// Initial owner.
    #[cfg_attr(feature = "openapi", schema(example = "ops@harbour.example"))]
    pub owner: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
}

/// New state of a subscription's texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubscriptionUpdate {
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "erp-prod"))]
    pub name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub description: String,
    /// Initial owner.
    #[cfg_attr(feature = "openapi", schema(example = "ops@harbour.example"))]
    pub owner: String,
}
