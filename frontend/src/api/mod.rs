//! The REST API: the one client, what can go wrong, and data that is being read.

pub mod client;
pub mod errors;
pub mod load;

pub use client::{delete, get, post, post_done, post_empty, put, set, set_done};
pub use errors::ApiError;
pub use load::{Load, Loader, load, load_once};

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
