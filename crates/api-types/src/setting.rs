//! System settings (settings.md).

use serde::{Deserialize, Serialize};
/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingView {
    /// Key.
    #[cfg_attr(feature = "openapi", schema(example = "invoices.seller_name"))]
    pub key: String,
    /// Section of the screen.
    #[cfg_attr(feature = "openapi", schema(example = "Invoices"))]
    pub section: String,
    /// Exact label.
    #[cfg_attr(feature = "openapi", schema(example = "Seller Name"))]
    pub label: String,
    /// Type (ST-4).
    #[cfg_attr(feature = "openapi", schema(example = "line"))]
    pub r#type: String,
    /// Value; secrets as `{"set": true}`.
    #[cfg_attr(feature = "openapi", schema(example = json!("Aurora Platform AG")))]
    pub value: serde_json::Value,
    /// What is accepted.
    #[cfg_attr(feature = "openapi", schema(example = "1-200 characters"))]
    pub bounds: String,
    /// What it does.
    #[cfg_attr(feature = "openapi", schema(example = "Legal name of the seller on documents"))]
    pub drives: String,
}

/// The settings of all sections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingsPage {
    /// In screen order.
    pub items: Vec<SettingView>,
    /// Version for `If-Match`.
    pub etag: String,
}

/// Changed keys of one section (ST-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsUpdate {
    /// New value by key.
    pub values: std::collections::BTreeMap<String, serde_json::Value>,
}
