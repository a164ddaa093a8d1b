//! Documents: invoices and credit notes as PDF, CSV and JSON (billing.md section 12).
//!
//! Plain data in, bytes out. The same document gives the same bytes (B-84); nothing here opens a file or a socket, reads a clock or
//! draws a random number, and text typed by users reaches the typesetter as data only (S-66).

mod error;
mod labels;
mod limits;
mod locale;
mod machine;
mod model;
mod paper;
mod renderer;
mod text;
mod writer;

#[cfg(test)]
extern crate self as cms_documents;
#[cfg(test)]
mod layout_tests;
#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod samples;

use sha2::{Digest, Sha256};

pub use error::DocumentError;
pub use labels::{Labels, Language};
pub use limits::{MAX_LINES, MAX_LOGO_BYTES, MAX_PAYMENT_LINES, MAX_STEPS, MAX_TEXT};
pub use locale::Locale;
pub use machine::{LINE_COLUMNS, RESOURCE_COLUMNS, render_csv, render_json, render_resources_csv};
pub use model::*;
pub use renderer::{Renderer, evict_cache};

/// Renders a document with the renderer of this process; see [`Renderer::render_pdf`].
///
/// # Errors
/// As [`Renderer::render_pdf`].
pub fn render_pdf(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    Renderer::shared()?.render_pdf(document)
}

/// SHA-256 of a document's bytes as 64 lower-case hexadecimal digits (B-84).
pub fn content_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
