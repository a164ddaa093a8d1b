//! Writes a sample invoice as PDF, CSV and JSON into the folder named on the command line.
#![allow(clippy::expect_used, missing_docs, reason = "a tool for looking at documents")]

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).expect("folder"));
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).expect("write");
    let invoice = common::invoice(3, 9);
    write("invoice.pdf", cms_documents::render_pdf(&invoice).expect("pdf"));
    write("invoice.csv", cms_documents::render_csv(&invoice));
    write("invoice.json", cms_documents::render_json(&invoice).expect("json"));
    write(
        "coloured.pdf",
        cms_documents::render_pdf(&common::coloured()).expect("pdf"),
    );
    write(
        "preview.pdf",
        cms_documents::render_pdf(&common::preview()).expect("pdf"),
    );
    write(
        "hostile.pdf",
        cms_documents::render_pdf(&common::hostile()).expect("pdf"),
    );
}
