//! What is not the API: files of the web app, health, metrics, headers of every answer.

pub mod files;
pub mod guard;
pub mod health;
pub mod rates;
pub mod span;
