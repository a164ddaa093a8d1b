//! Usage: collection, import, lists (usage.md sections 3 to 5 and 10).

mod batch;
pub(crate) mod collect;
mod collect_day;
mod compare;
mod counters;
mod finish;
mod import;
mod read;
mod reading;
mod unmapped;

pub use import::{BadRow, ImportFile, ImportSummary, import};
pub use read::{list, list_quarantine};
