//! System settings (settings.md).
//!
//! | Operation | Method and path | Body | Answer |
//! |---|---|---|---|
//! | `setting.read` | `GET /settings` | – | [`SettingsPage`] |
//! | `setting.update` | `PUT /settings/{section}` (`If-Match`) | [`SettingsUpdate`] | [`SettingsPage`] |
//! | `setting.update_protected` | `PUT /protected-settings/{section}` (`If-Match`; Mail, Storage, Security) | [`SettingsUpdate`] | [`SettingsPage`] |
//! | `mail.test` | `POST /mail/test` | – | [`ConnectionTest`] |
//! | `storage.test` | `POST /storage/test` | – | [`ConnectionTest`] |
//!
//! The logo is a key like others: write `invoices.header_logo` as a data URL (`data:image/png;base64,…`), or as an empty
//! text to remove it; it reads as `{"set": true, "image": "data:image/png;base64,…"}`. A secret is written as a text, an
//! empty one removes it, an absent key keeps it; it reads as `{"set": true}`.

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
    /// What was saved but may not be wanted, such as `low_contrast`; only in the answer to a save.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<SettingWarning>,
}

/// A saved value that may not be wanted (ST-25).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingWarning {
    /// `low_contrast`.
    #[cfg_attr(feature = "openapi", schema(example = "low_contrast"))]
    pub code: String,
    /// The keys it is about.
    #[cfg_attr(feature = "openapi", schema(example = json!(["invoices.header_font_colour", "invoices.header_background_colour"])))]
    pub keys: Vec<String>,
    /// Sentence for people.
    pub detail: String,
}

/// Changed keys of one section (ST-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsUpdate {
    /// New value by key.
    pub values: std::collections::BTreeMap<String, serde_json::Value>,
}

/// Outcome of a test of a connection (ST-9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionTest {
    /// Whether it worked.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub succeeded: bool,
    /// Class of the failure as a stable word, such as `tls_failed`.
    pub code: Option<String>,
    /// What happened, for people.
    #[cfg_attr(feature = "openapi", schema(example = "A mail was sent to ada@platform.example."))]
    pub message: String,
}
