//! Distributors, partners and tenants as one shape for their pages and their form.

use api_types::common::Reference;
use api_types::entity_details::EntityDetails;
use api_types::organisation::{DistributorView, PartnerView, Profile, TenantView};
use uuid::Uuid;

/// What the three views have in common, and what only some of them have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Identity.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Currency.
    pub currency: String,
    /// Details.
    pub profile: Profile,
    /// Directly above; absent for a distributor.
    pub parent: Option<Reference>,
    /// Two levels above; tenants only.
    pub grandparent: Option<Reference>,
    /// What is directly below: partners, tenants or subscriptions.
    pub below: u64,
    /// Billing data; tenants only.
    pub billing: Option<Billing>,
    /// Users with its administrator role (PM-26).
    pub administrators: u64,
    /// When it was archived.
    pub archived_at: Option<String>,
    /// Its tree, its administrators and what Delete would do.
    pub details: Option<EntityDetails>,
    /// When it was added.
    pub created_at: String,
    /// Version.
    pub etag: String,
}

/// What only a tenant has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billing {
    /// Own payment terms.
    pub terms: Option<i64>,
    /// How tax is charged.
    pub treatment: String,
    /// Own rate.
    pub rate: Option<String>,
    /// Label of the tax line.
    pub label: Option<String>,
    /// Note when no tax is charged.
    pub note: Option<String>,
}

impl From<DistributorView> for Entity {
    fn from(view: DistributorView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            currency: view.currency,
            profile: view.profile,
            parent: None,
            grandparent: None,
            below: view.partner_count,
            billing: None,
            administrators: view.administrator_count,
            archived_at: view.archived_at,
            details: view.details,
            created_at: view.created_at,
            etag: view.etag,
        }
    }
}

impl From<PartnerView> for Entity {
    fn from(view: PartnerView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            currency: view.currency,
            profile: view.profile,
            parent: Some(view.distributor),
            grandparent: None,
            below: view.tenant_count,
            billing: None,
            administrators: view.administrator_count,
            archived_at: view.archived_at,
            details: view.details,
            created_at: view.created_at,
            etag: view.etag,
        }
    }
}

impl From<TenantView> for Entity {
    fn from(view: TenantView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            currency: view.currency,
            profile: view.profile,
            parent: Some(view.partner),
            grandparent: Some(view.distributor),
            below: view.subscription_count,
            billing: Some(Billing {
                terms: view.payment_terms_days,
                treatment: view.tax_treatment,
                rate: view.tax_rate,
                label: view.tax_label,
                note: view.tax_note,
            }),
            administrators: view.administrator_count,
            archived_at: view.archived_at,
            details: view.details,
            created_at: view.created_at,
            etag: view.etag,
        }
    }
}
