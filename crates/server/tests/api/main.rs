//! The API as its clients see it, on each database (`TEST_DATABASE_URL` adds PostgreSQL).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    missing_docs,
    reason = "test code"
)]

mod alerts;
mod audit;
mod billing;
mod break_glass;
mod counterpart;
mod federation;
mod harness;
mod idempotency;
mod issuer;
mod killed;
mod mail;
mod master_key;
mod organisation;
mod permissions;
mod process;
mod profile;
mod provider_answers;
mod races;
mod recovery;
mod refusals;
mod relations;
mod requests;
mod second_factor;
mod service_accounts;
mod settings;
mod sign_in;
mod starttls;
mod storage;
mod tokens;
mod totp;
mod users;
