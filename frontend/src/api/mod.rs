//! The REST API: the one client, what can go wrong, and data that is being read.

pub mod client;
pub mod errors;
pub mod load;

pub use client::{delete, get, post, post_empty, put};
pub use errors::ApiError;
pub use load::{Load, Loader, load};

use serde::Deserialize;

/// Any listed thing that has an id and a name: enough for a picker.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Identity.
    #[serde(alias = "meter_id")]
    pub id: String,
    /// What to show.
    #[serde(alias = "display_name")]
    pub name: String,
}
