//! The HTTP server: routes, the caller of a request, problem documents, the OpenAPI document and the binary `cms`.
//!
//! A handler turns HTTP into typed arguments, calls one use case of `app` and turns its result into a wire type; it
//! holds no query and no business rule. Handlers are registered once, with `utoipa-actix-web`, so the routes and the
//! OpenAPI document cannot differ (S-01).

pub mod build;
pub mod caller;
pub mod command;
pub mod config;
pub mod error;
pub mod etag;
pub mod idempotency;
pub mod list;
pub mod openapi;
pub mod operations;
pub mod refusals;
pub mod routes;
pub mod source;
pub mod state;
pub mod web;

pub use caller::Caller;
pub use error::ApiError;
pub use state::State;
