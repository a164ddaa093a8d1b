//! Dashboard.

use crate::common::Money;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The first page after sign-in: figures of the own scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardView {
    /// Live distributors.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub distributors: u64,
    /// Live partners.
    #[cfg_attr(feature = "openapi", schema(example = 9))]
    pub partners: u64,
    /// Live tenants.
    #[cfg_attr(feature = "openapi", schema(example = 27))]
    pub tenants: u64,
    /// Live subscriptions.
    #[cfg_attr(feature = "openapi", schema(example = 100))]
    pub subscriptions: u64,
    /// Regions; platform roles only.
    pub regions: Vec<DashboardRegion>,
    /// Last months, oldest first.
    pub months: Vec<DashboardMonth>,
    /// Newest jobs.
    pub recent_jobs: Vec<crate::job::JobView>,
}

/// A region on the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardRegion {
    /// Identity.
    pub id: Uuid,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub name: String,
    /// Health.
    #[cfg_attr(feature = "openapi", schema(example = "healthy"))]
    pub health: String,
    /// Newest successful collection.
    pub last_success_at: Option<String>,
}

/// Invoices of one month, by currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardMonth {
    /// Month.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10"))]
    pub period: String,
    /// Documents in preview.
    #[cfg_attr(feature = "openapi", schema(example = 20))]
    pub previews: u64,
    /// Issued or paid documents.
    #[cfg_attr(feature = "openapi", schema(example = 7))]
    pub issued: u64,
    /// Total amounts by currency.
    pub totals: Vec<Money>,
}
