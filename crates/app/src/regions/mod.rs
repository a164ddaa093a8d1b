//! Regions: create, connect, test, edit, collect, remove (usage.md sections 1, 2 and 8).

mod connect;
mod details;
mod edit;
mod health;
mod update_usage;
mod validate;

pub use connect::{ConnectionInput, ConnectionResult, ConnectionStep, set_connection, test_connection};
pub(crate) use connect::{OpenError, credential, open_session};
pub use details::{RegionDetails, list, list_names, read, read_health};
pub use edit::{RegionInput, create, delete, update};
pub use update_usage::{UpdateUsage, UpdateUsageStarted, update_usage};

/// Lock of everything that writes the usage of a region (U-62).
pub(crate) fn lock_key(region: domain::ids::RegionId) -> String {
    format!("region:{region}")
}
