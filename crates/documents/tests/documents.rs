//! Bytes of documents: the same every time (B-84), machine formats (B-89 to B-92), refusals (S-66).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    missing_docs,
    reason = "test code"
)]

mod common;

use cms_documents::*;

#[test]
fn b_84_the_same_document_gives_the_same_bytes_on_every_thread_and_with_an_empty_cache() {
    let document = common::coloured();
    let first = render_pdf(&document).unwrap();
    assert!(first.starts_with(b"%PDF-"));
    evict_cache();
    assert_eq!(render_pdf(&document).unwrap(), first);
    let hashes: Vec<String> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let own = Renderer::new().unwrap();
                    content_hash(&own.render_pdf(&document).unwrap())
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    assert!(hashes.iter().all(|hash| *hash == content_hash(&first)));
    let mut other = document;
    other.total_amount = "44150.42".into();
    assert_ne!(render_pdf(&other).unwrap(), first);
}

#[test]
fn the_stored_figures_survive_serialisation_and_render_the_same() {
    let document = common::invoice(1, 1);
    let stored = serde_json::to_string(&document).unwrap();
    let read: InvoiceDocument = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, document);
    assert_eq!(render_csv(&read), render_csv(&document));
}

#[test]
fn content_hash_is_the_sha_256_of_the_bytes() {
    assert_eq!(
        content_hash(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect()
}

#[test]
fn b_89_csv_has_one_row_per_line_and_full_precision_whatever_the_locale() {
    let mut document = common::invoice(2, 3);
    document.locale = "de-CH".into();
    let bytes = render_csv(&document);
    let rows = rows(&bytes);
    // Two subscriptions of 3 + 3 + 1 lines and a credit, one credit of the tenant, one late line.
    assert_eq!(rows.len(), 1 + 2 * 8 + 1 + 1);
    assert_eq!(rows[0], LINE_COLUMNS);
    assert!(rows.iter().all(|row| row.len() == LINE_COLUMNS.len()));
    let column = |name: &str| LINE_COLUMNS.iter().position(|column| *column == name).unwrap();
    assert_eq!(rows[4][column("quantity")], "98304.123456789012");
    assert_eq!(rows[4][column("rate")], "0.000125");
    assert_eq!(rows[8][column("line_kind")], "credit");
    assert_eq!(rows[8][column("amount")], "-64.98", "decimal columns are never guarded");
    let late = rows.last().unwrap();
    assert_eq!(late[column("line_kind")], "late_usage");
    assert_eq!(late[column("usage_period")], "2026-09");
    assert_eq!(late[column("corrects")], "INV-2026-000031");
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\r\n") && !text.starts_with('\u{feff}'));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn b_92_text_that_a_spreadsheet_would_run_is_guarded_in_every_text_column() {
    let mut document = common::invoice(1, 0);
    let evil = "=HYPERLINK(\"http://x\",\"y\")";
    document.recipient.name = evil.into();
    document.groups[0].name = evil.into();
    document.groups[0].categories[0].name = evil.into();
    let line = &mut document.groups[0].categories[0].lines[0];
    for text in [
        &mut line.description,
        &mut line.meter_name,
        &mut line.meter_id,
        &mut line.sku,
        &mut line.unit,
    ] {
        *text = evil.into();
    }
    line.resources[0].resource_uri = "@SUM(A1)".into();
    document.groups[0].credits[0].description = "\t+1".into();
    let lines = rows(&render_csv(&document));
    assert_eq!(lines[1].iter().filter(|cell| **cell == format!("'{evil}")).count(), 8);
    for row in lines.iter().chain(&rows(&render_resources_csv(&document))) {
        for cell in row {
            let negative_figure =
                cell.starts_with('-') && cell[1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            assert!(
                negative_figure || !cell.starts_with(['=', '+', '-', '@', '\t']),
                "{cell}"
            );
        }
    }
}

#[test]
fn b_89_resources_have_their_own_csv_linked_by_line() {
    let rows = rows(&render_resources_csv(&common::invoice(2, 0)));
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0], RESOURCE_COLUMNS);
    assert_eq!(rows[1][5], "/subscriptions/1/virtualMachines/web1");
    assert_eq!(rows[1][7], "257.80");
}

#[test]
fn g_3_json_money_names_its_currency_and_a_preview_has_no_number() {
    let read = |document: &InvoiceDocument| -> serde_json::Value {
        serde_json::from_slice(&render_json(document).unwrap()).unwrap()
    };
    let issued = read(&common::coloured());
    assert_eq!(issued["number"], "INV-2026-000042");
    assert_eq!(
        issued["net_amount"],
        serde_json::json!({"amount": "36792.01", "currency": "EUR"})
    );
    assert_eq!(issued["tax"]["amount"]["amount"], "7358.40");
    let line = &issued["groups"][0]["categories"][0]["lines"][0];
    assert_eq!(line["amount"]["currency"], "EUR");
    assert_eq!(line["quantity"], "1488.0000");
    assert_eq!(line["explanation"][1]["rule"], "P-25");
    assert_eq!(line["resources"][0]["amount"]["amount"], "257.80");
    assert_eq!(issued["appearance"], serde_json::Value::Null);
    assert!(read(&common::preview())["number"].is_null());
}

#[test]
fn figures_periods_and_colours_in_a_wrong_form_are_refused() {
    let refused = |change: fn(&mut InvoiceDocument)| {
        let mut document = common::invoice(1, 1);
        change(&mut document);
        render_pdf(&document).unwrap_err()
    };
    assert_eq!(
        refused(|d| d.total_amount = "1,00".into()),
        DocumentError::Decimal { field: "total_amount" }
    );
    assert_eq!(
        refused(|d| d.groups[0].categories[0].lines[0].quantity = "1e3".into()),
        DocumentError::Decimal { field: "quantity" }
    );
    assert_eq!(refused(|d| d.period = "2026-13".into()), DocumentError::Period);
    let colour = DocumentError::Colour {
        field: "body_font_colour",
    };
    assert_eq!(refused(|d| d.appearance.body_font_colour = "red".into()), colour);
    assert_eq!(refused(|d| d.appearance.body_font_colour = "#12345\"".into()), colour);
}

#[test]
fn s_66_documents_beyond_the_limits_are_refused_before_layout() {
    let mut document = common::invoice(1, MAX_LINES);
    assert_eq!(render_pdf(&document), Err(DocumentError::TooLarge { what: "lines" }));
    document = common::invoice(1, 1);
    document.recipient.name = "x".repeat(MAX_TEXT + 1);
    assert_eq!(render_pdf(&document), Err(DocumentError::TooLarge { what: "text" }));
    document = common::invoice(1, 1);
    document.payment_details = "x\n".repeat(MAX_PAYMENT_LINES + 1);
    assert_eq!(
        render_pdf(&document),
        Err(DocumentError::TooLarge {
            what: "payment_details"
        })
    );
}
