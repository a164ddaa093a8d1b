//! Distributors, partners and tenants (PM-30).
//!
//! The three kinds have the same routes; `distributors` stands for all three. Views of one entity carry
//! [`EntityDetails`](crate::entity_details::EntityDetails), items of a list do not.
//!
//! | Method | Path | Body | Answer |
//! |---|---|---|---|
//! | GET | `/distributors` | – | 200 page; `search`, `sort` by `name` or `created_at`, `archived`; partners also `distributor_id`, tenants also `partner_id` |
//! | POST | `/distributors` | [`DistributorInput`] | 201; 409 `name_taken` |
//! | GET | `/distributors/{distributor_id}` | – | 200 with `ETag`; `?details=true` fills `details` |
//! | PUT | `/distributors/{distributor_id}` (`If-Match`) | [`DistributorInput`] | 200; 409 `name_taken`, 412 |
//! | DELETE | `/distributors/{distributor_id}` | – | 204; 409 with the code of the first of [`Deletion::blockers`](crate::entity_details::Deletion) |
//! | POST | `/distributors/{distributor_id}/administrators` (step-up) | [`AdministratorsInput`](crate::entity_details::AdministratorsInput) | 200 the view; 422 names each wrong entry, 403 `self_change_refused`, `above_own_level`, `switched_off`, 409 `email_taken` |
//! | PUT | `/partners/{partner_id}/move` (step-up) | [`MoveInput`](crate::entity_details::MoveInput) | 200 the view with `pending_move`; 422 `/parent_id` `unknown_reference`, `same_parent`, `/effective_month` `month_not_coming`; 409 `name_taken` |
//! | PUT | `/tenants/{tenant_id}/move` (step-up) | [`MoveInput`](crate::entity_details::MoveInput) | as for partners |

use crate::common::Reference;
use crate::entity_details::EntityDetails;
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
    /// Mail address of the contact person; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "jo.lind@harbour.example"))]
    pub contact_email_address: String,
    /// Postal address.
    pub address: Address,
    /// Address on documents; absent: the postal address.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub billing_address: Option<Address>,
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
    /// Users with its administrator role (PM-26); none is shown with a warning.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub administrator_count: u64,
    /// When it was archived.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub archived_at: Option<String>,
    /// What only the page of one entity shows; absent in lists.
    #[serde(default)]
    pub details: Option<EntityDetails>,
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
    /// Users with its administrator role (PM-26); none is shown with a warning.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub administrator_count: u64,
    /// When it was archived.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub archived_at: Option<String>,
    /// What only the page of one entity shows; absent in lists.
    #[serde(default)]
    pub details: Option<EntityDetails>,
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
    /// Users with its administrator role (PM-26); none is shown with a warning.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub administrator_count: u64,
    /// When it was archived.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub archived_at: Option<String>,
    /// What only the page of one entity shows; absent in lists.
    #[serde(default)]
    pub details: Option<EntityDetails>,
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
