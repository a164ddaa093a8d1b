//! Measures how long one thread takes for an invoice; run it in release. Argument: documents of each size, 50 when absent.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool for measuring"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

fn main() {
    let count: u32 = std::env::args()
        .nth(1)
        .map_or(50, |count| count.parse().expect("count"));
    let renderer = cms_documents::Renderer::new().expect("renderer");
    for lines in [2_usize, 9, 25] {
        let start = Instant::now();
        let mut bytes = 0_usize;
        for at in 0..count {
            let mut document = common::invoice(2, lines);
            document.number = Some(format!("INV-2026-{at:06}"));
            document.total_amount = format!("{}.50", 1000 + at);
            bytes += renderer.render_pdf(&document).expect("pdf").len();
            if at % 25 == 24 {
                cms_documents::evict_cache();
            }
        }
        let each = start.elapsed() / count;
        println!("2 subscriptions, {lines} storage lines each: {each:?} a document, {bytes} bytes in all");
    }
}
