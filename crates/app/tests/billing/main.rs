//! Prices and invoices on both databases, through the use cases (pricing.md, billing.md).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::large_futures,
    missing_docs,
    reason = "test code"
)]

mod blocking;
mod dashboard;
mod documents;
mod generating;
mod issuing;
mod prices;
mod world;
