//! Wire types of the REST API, shared by the server and the web app.
//!
//! Decimals, dates and instants travel as text (G-3, G-4, G-6); the pure crates give them meaning. With the feature
//! `openapi` each type describes itself for the `OpenAPI` document.

use serde::{Deserialize, Serialize};

pub mod alert;
pub mod audit;
pub mod colour;
pub mod common;
pub mod entity_details;
pub mod identity_provider;
pub mod invoice;
pub mod job;
pub mod organisation;
pub mod pricing;
pub mod profile;
pub mod region;
pub mod report;
pub mod service_account;
pub mod session;
pub mod setting;
pub mod subscription;
pub mod user;

/// One page of a list (G-11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Items of this page.
    pub items: Vec<T>,
    /// Opaque cursor of the next page; absent on the last one.
    pub next_cursor: Option<String>,
    /// Number of items over all pages, where counting is cheap.
    pub total: Option<u64>,
}
