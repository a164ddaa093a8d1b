//! Usage: reported windows, their rows in force, staged and replaced ones, quarantine (usage.md sections 3 to 5).
//!
//! Rows are written many to a statement and read through the driver's row, never as an object each. On PostgreSQL a
//! batch travels as one array a column; on SQLite as prepared statements of many rows.

mod apply;
mod batch;
mod pages;
mod quarantine;
mod read;
mod repeated;
mod seen;
mod stored;
mod totals;
mod window;

pub use batch::{NewUsageRow, Target};
pub use pages::{UsagePage, WindowInForce};
pub use quarantine::{NewQuarantined, QuarantinedRow};
pub use read::{RecordRow, UsageFilter};
pub use repeated::KeyRow;
pub use seen::UnmappedRow;
pub use stored::StoredRow;
pub use totals::{DaySum, PeriodCounts, ResourceSum, UsageInput};
pub use window::{FinishedWindow, RegionUsage, WindowRow, WindowState};

use crate::Tx;

/// Usage of a transaction.
#[derive(Debug)]
pub struct Usage<'tx>(&'tx Tx);

impl Tx {
    /// The usage.
    pub fn usage(&self) -> Usage<'_> {
        Usage(self)
    }
}
