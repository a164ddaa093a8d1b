//! Regions, collection, import and subscriptions against a simulated stamp, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]

mod collecting;
mod connecting;
mod importing;
mod scheduling;
mod subscribing;
mod world;
