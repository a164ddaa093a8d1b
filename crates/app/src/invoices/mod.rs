//! Invoices: generate, list, read, explain, issue, delete and the documents made of them (billing.md).

pub mod open;
pub mod stale;
