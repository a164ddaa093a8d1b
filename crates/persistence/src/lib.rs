//! Storage on SQLite and PostgreSQL behind one code path.
//!
//! # Rules of this crate
//! - [`Store::begin`] opens a writing transaction, [`Store::read`] a reading one; [`Tx::commit`] ends it, dropping it
//!   rolls back. Aggregates are reached from the transaction: `tx.regions().find(scope, id)`.
//! - Every lookup takes a [`domain::scope::Scope`]; a record outside it is `Ok(None)`, like one that never existed.
//! - Entities and SeaORM types never appear in a public signature. Rows that contradict the types are
//!   [`StoreError::Inconsistent`], naming table, column and row.
//! - Instants are BIGINT microseconds ([`time`]), decimals canonical text, money BIGINT minor units.
//! - Lists page by key: fetch one more than asked, see [`page`].
//! - The usage path uses the drivers directly ([`Store`] knows the pools); no object a row there.

pub mod alert;
pub mod audit;
pub mod budget;
pub mod error;
mod executor;
mod expired;
pub mod idempotency;
pub mod identity_provider;
pub mod invoice;
pub mod job;
pub mod meter;
mod named;
pub mod organisation;
pub mod outbox;
pub mod page;
pub mod price_list;
pub mod region;
pub(crate) mod scope;
pub mod secret;
pub mod service_account;
pub mod setting;
pub(crate) mod sql;
pub mod store;
pub mod subscription;
pub mod time;
pub mod usage;
pub mod user;

pub use error::StoreError;
pub use page::{PageOf, PageRequest};
pub use store::{Backend, Look, Store, Tx};
