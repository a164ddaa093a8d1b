//! Documents a second.

use std::time::Instant;

use serde_json::{Value, json};

use crate::rounded;

#[path = "../../documents/tests/common/mod.rs"]
mod common;

const DOCUMENTS: u32 = 200;

/// Invoices of an ordinary tenant: two subscriptions with nine lines each of storage and as many of machines.
pub fn measure() -> Value {
    let renderer = cms_documents::Renderer::new().unwrap();
    // Fonts are read once.
    renderer.render_pdf(&common::invoice(2, 9)).unwrap();
    let start = Instant::now();
    for at in 0..DOCUMENTS {
        let mut document = common::invoice(2, 9);
        document.number = Some(format!("INV-2026-{at:06}"));
        document.total_amount = format!("{}.50", 1000 + at);
        std::hint::black_box(renderer.render_pdf(&document).unwrap());
        if at % 25 == 24 {
            cms_documents::evict_cache();
        }
    }
    json!({ "pdf_per_s": rounded(f64::from(DOCUMENTS) / start.elapsed().as_secs_f64()) })
}
