//! Use cases, one to a file, in the words of the glossary. Knows neither HTTP nor SQL.
//!
//! Each use case takes the [`App`], the [`Actor`] and typed input; it begins a transaction, loads in the actor's scope,
//! asks [`authorize`], lets `domain` and the engines decide, stores, writes the audit entry and commits (S-05). What
//! leaves the database goes through the outbox.

pub mod actor;
pub mod alerts;
pub mod audit;
pub mod authorize;
pub mod clock;
pub mod context;
pub mod error;
pub mod idempotency;
pub mod identity_providers;
pub mod ids;
pub mod invoices;
pub mod jobs;
pub mod mail;
pub mod organisation;
pub mod page;
pub mod pricing;
pub mod profile;
pub mod regions;
pub mod reports;
pub(crate) mod secrets;
pub mod service_accounts;
pub mod settings;
pub mod sign_in;
pub mod storage;
pub mod subscriptions;
pub mod usage;
pub mod users;
pub mod vault;

pub use actor::{Actor, CredentialKind};
pub use clock::Clock;
pub use context::App;
pub use error::{Error, FieldError, Invalid};
