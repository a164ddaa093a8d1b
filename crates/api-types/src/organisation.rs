//! Distributors, partners and tenants (PM-30).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Address {
    /// Street lines.
    #[cfg_attr(feature = "openapi", schema(example = json!(["Quay 4"])))]
    pub lines: Vec<String>,
    /// City.
    #[cfg_attr(feature = "openapi", schema(example = "Hamburg"))]
    pub city: String,
    /// Postal code.
    #[cfg_attr(feature = "openapi", schema(example = "20457"))]
    pub postal_code: String,
    /// State or region; may be empty.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub region: String,
}

/// Details of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Name on documents.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Freight GmbH"))]
    pub legal_name: String,
    /// Contact person.
    #[cfg_attr(feature = "openapi", schema(example = "Jo Lind"))]
    pub contact_person: String,
    /// Phone.
    #[cfg_attr(feature = "openapi", schema(example = "+49 40 000000"))]
    pub phone: String,
    /// Postal address.
    pub address: Address,
    /// ISO 3166-1 alpha-2.
    #[cfg_attr(feature = "openapi", schema(example = "DE"))]
    pub country: String,
    /// Language and formats; absent: inherited.
    #[cfg_attr(feature = "openapi", schema(example = "de-DE"))]
    pub locale: Option<String>,
    /// 0 to 10 mail addresses.
    #[cfg_attr(feature = "openapi", schema(example = json!(["billing@harbour.example"])))]
    pub billing_contacts: Vec<String>,
    /// Tax number; may be empty.
    #[cfg_attr(feature = "openapi", schema(example = "DE123456789"))]
    pub tax_id: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = ""))]
    pub notes: String,
}

/// A distributor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DistributorView {
    /// Identity.
    pub id: Uuid,
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "Aurora Distribution"))]
    pub name: String,
    /// Currency.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub currency: String,
    /// Details.
    pub profile: Profile,
    /// Live partners.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub partner_count: u64,
    /// Live tenants below.
    #[cfg_attr(feature = "openapi", schema(example = 9))]
    pub tenant_count: u64,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// A distributor to add or the new state of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DistributorInput {
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "Aurora Distribution"))]
    pub name: String,
    /// Absent: Default Tenant Currency.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    #[serde(default)]
    pub currency: Option<String>,
    /// Details.
    pub profile: Profile,
}

/// A partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartnerView {
    /// Identity.
    pub id: Uuid,
    /// Name, unique below its distributor.
    #[cfg_attr(feature = "openapi", schema(example = "Fjord Cloud"))]
    pub name: String,
    /// Parent.
    pub distributor: Reference,
    /// Currency.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub currency: String,
    /// Details.
    pub profile: Profile,
    /// Live tenants.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub tenant_count: u64,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// A partner to add or the new state of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartnerInput {
    /// Name, unique below its distributor.
    #[cfg_attr(feature = "openapi", schema(example = "Fjord Cloud"))]
    pub name: String,
    /// Parent; cannot be changed by an edit.
    pub distributor_id: Uuid,
    /// Absent: Default Tenant Currency.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    #[serde(default)]
    pub currency: Option<String>,
    /// Details.
    pub profile: Profile,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantView {
    /// Identity.
    pub id: Uuid,
    /// Name, unique below its partner.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Freight"))]
    pub name: String,
    /// Parent.
    pub partner: Reference,
    /// Parent of the partner.
    pub distributor: Reference,
    /// Currency of its invoices.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    pub currency: String,
    /// Own payment terms; absent: the setting.
    #[cfg_attr(feature = "openapi", schema(example = 30))]
    pub payment_terms_days: Option<i64>,
    /// `standard`, `exempt` or `reverse_charge`.
    #[cfg_attr(feature = "openapi", schema(example = "standard"))]
    pub tax_treatment: String,
    /// Own rate in percent.
    #[cfg_attr(feature = "openapi", schema(example = "20"))]
    pub tax_rate: Option<String>,
    /// Label of the tax line.
    #[cfg_attr(feature = "openapi", schema(example = "VAT"))]
    pub tax_label: Option<String>,
    /// Note printed when no tax is charged.
    pub tax_note: Option<String>,
    /// Details.
    pub profile: Profile,
    /// Live subscriptions.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub subscription_count: u64,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01T09:00:00Z"))]
    pub created_at: String,
    /// Version for `If-Match`.
    pub etag: String,
}

/// A tenant to add or the new state of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TenantInput {
    /// Name, unique below its partner.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Freight"))]
    pub name: String,
    /// Parent; cannot be changed by an edit.
    pub partner_id: Uuid,
    /// Absent: Default Tenant Currency.
    #[cfg_attr(feature = "openapi", schema(example = "EUR"))]
    #[serde(default)]
    pub currency: Option<String>,
    /// 0 to 365; absent: the setting.
    #[cfg_attr(feature = "openapi", schema(example = 30))]
    #[serde(default)]
    pub payment_terms_days: Option<i64>,
    /// Absent: `standard`.
    #[cfg_attr(feature = "openapi", schema(example = "standard"))]
    #[serde(default)]
    pub tax_treatment: Option<String>,
    /// 0 to 100, at most four decimals.
    #[cfg_attr(feature = "openapi", schema(example = "20"))]
    #[serde(default)]
    pub tax_rate: Option<String>,
    /// Label of the tax line.
    #[cfg_attr(feature = "openapi", schema(example = "VAT"))]
    #[serde(default)]
    pub tax_label: Option<String>,
    /// Note printed when no tax is charged.
    #[serde(default)]
    pub tax_note: Option<String>,
    /// Details.
    pub profile: Profile,
}
