//! The API as its clients see it, on each database (`TEST_DATABASE_URL` adds PostgreSQL).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]

mod audit;
mod billing;
mod federation;
mod harness;
mod idempotency;
mod issuer;
mod killed;
mod mail;
mod organisation;
mod permissions;
mod profile;
mod races;
mod recovery;
mod relations;
mod requests;
mod second_factor;
mod service_accounts;
mod settings;
mod sign_in;
mod tokens;
mod totp;
mod users;
