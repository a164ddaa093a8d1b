//! Regions: create, connect, test, edit, collect, remove (usage.md sections 1, 2 and 8).

mod connect;
mod connection_test;
mod details;
mod edit;
mod health;
mod session;
mod update_usage;
mod validate;

pub(crate) use connect::credential;
pub use connect::{ConnectionInput, set_connection};
pub use connection_test::{ConnectionResult, ConnectionStep, test_connection};
pub use details::{RegionDetails, list, list_names, read, read_health};
pub use edit::{RegionInput, create, delete, update};
pub(crate) use session::{OpenError, open_session};
pub use update_usage::{UpdateUsage, UpdateUsageStarted, update_usage};

/// Lock of everything that writes the usage of a region (U-62).
pub(crate) fn lock_key(region: domain::ids::RegionId) -> String {
    format!("region:{region}")
}
