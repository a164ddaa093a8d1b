//! What stands on the pages, read from the laid out frames.

use typst::World;
use typst::diag::FileError;
use typst::layout::{Frame, FrameItem};

use crate::renderer::{Renderer, paper_bytes};
use crate::samples::{self, HOSTILE};
use crate::{DocumentError, InvoiceDocument};

/// The text of each page without blanks and invisible characters, so that wrapping plays no part.
fn pages(document: &InvoiceDocument) -> Vec<String> {
    let renderer = Renderer::shared().unwrap();
    let data = paper_bytes(document).unwrap();
    let laid_out = renderer.lay_out(document, data).unwrap();
    let mut pages = Vec::new();
    for page in laid_out.pages() {
        let mut text = String::new();
        collect(&page.frame, &mut text);
        pages.push(squeezed(&text));
    }
    pages
}

fn collect(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, text),
            FrameItem::Text(run) => text.push_str(&run.text),
            _ => {}
        }
    }
}

fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{2068}' | '\u{2069}'))
        .collect()
}

#[test]
fn b_85_an_invoice_shows_number_dates_parties_totals_and_page_x_of_y() {
    let pages = pages(&samples::invoice(3, 9));
    let all = pages.concat();
    for expected in [
        "INV-2026-000042",
        "5 Nov 2026",
        "5 Dec 2026",
        "October 2026",
        "Nordwind Cloud Services AG",
        "Contoso Manufacturing GmbH",
        "DE123456789",
        "EUR 36,792.01",
        "VAT 20%",
        "EUR 7,358.40",
        "EUR 44,150.41",
        "1 CHF = 1.0648 EUR",
        "Payable within 30 days",
        "Europe/Zurich; usage is counted in UTC",
        "tiered",
        "unpriced",
        "Discount 10%",
        "98,304.123456789",
        "EUR \u{2212}64.98",
        "Late usage for September 2026",
        "corrects INV-2026-000031",
    ] {
        assert!(all.contains(&squeezed(expected)), "{expected} is missing");
    }
    assert!(pages.len() > 1);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&squeezed(&format!("Page {} of {}", at + 1, pages.len()))));
        assert!(
            page.contains(&squeezed("IBAN CH93 0076 2011 6238 5295 7")),
            "payment details on page {}",
            at + 1
        );
        assert!(
            page.contains("DescriptionQuantityUnitRateAmount"),
            "B-87: the table's head repeats"
        );
    }
    assert!(!all.contains("Preview"));
}

#[test]
fn b_87_the_group_rows_repeat_when_their_lines_go_on_over_the_page() {
    let pages = pages(&samples::invoice(1, 90));
    assert!(pages.len() >= 3, "{}", pages.len());
    assert!(pages[0].contains("erp-prodEUR12,345.67"));
    assert!(
        pages[1].contains("erp-prodEUR12,345.67StorageEUR110.61Pageblob"),
        "{}",
        pages[1]
    );
}

#[test]
fn b_86_a_preview_has_the_word_on_every_page_and_never_a_number() {
    let document = samples::preview();
    assert!(document.number.is_some(), "even when one was passed in");
    let pages = pages(&document);
    assert!(pages.len() > 1);
    for page in &pages {
        assert!(page.contains("Preview"));
        assert!(!page.contains("INV-2026-000042"));
    }
}

#[test]
fn s_66_hostile_text_stands_there_literally() {
    let document = samples::hostile();
    let all = pages(&document).concat();
    let (right_to_left, left_to_right): (Vec<&str>, Vec<&str>) =
        HOSTILE.iter().copied().partition(|text| text.contains(['ש', 'خ']));
    // Words of right-to-left lines stand in visual order, so they are looked for one by one.
    let words = right_to_left.iter().flat_map(|text| text.split(' '));
    let words = words.filter(|word| !word.contains('״'));
    for text in left_to_right.into_iter().chain(words) {
        let times = all.matches(&squeezed(text)).count();
        assert!(times >= 3, "{text} stands there {times} times");
    }
    assert!(all.contains(&"W".repeat(200)));
}

#[test]
fn b_96_german_labels_and_figures_and_the_annex_of_b_87() {
    let all = pages(&samples::coloured()).concat();
    for expected in [
        "Rechnung",
        "Rechnung an",
        "05.11.2026",
        "Oktober 2026",
        "44.150,41 EUR",
        "VAT 20 %",
        "gestaffelt",
        "Seite 1 von 2",
        "Anhang",
        "P-40",
        "286,4400000000",
        "Nachträgliche Nutzung für September 2026",
    ] {
        assert!(all.contains(&squeezed(expected)), "{expected} is missing");
    }
    let mut without = samples::coloured();
    without.annex = false;
    assert!(!pages(&without).concat().contains("Anhang"));
}

#[test]
fn s_66_the_world_of_a_document_has_no_other_file_package_or_clock() {
    use std::str::FromStr;
    use typst::syntax::package::PackageSpec;
    use typst::syntax::{RootedPath, VirtualPath, VirtualRoot};

    let renderer = Renderer::shared().unwrap();
    let document = samples::preview();
    let world = renderer.world(&document, Vec::new()).unwrap();
    let at = |root: VirtualRoot, path: &str| RootedPath::new(root, VirtualPath::new(path).unwrap()).intern();
    let package = PackageSpec::from_str("@preview/example:1.0.0").unwrap();
    for id in [
        at(VirtualRoot::Project, "etc/passwd"),
        at(VirtualRoot::Project, "logo.png"),
        at(VirtualRoot::Package(package.clone()), "typst.toml"),
        at(VirtualRoot::Package(package), "invoice.json"),
    ] {
        assert_eq!(world.file(id), Err(FileError::AccessDenied));
        assert_eq!(world.source(id).err(), Some(FileError::AccessDenied));
    }
    assert_eq!(world.today(None), None, "a preview has no date of issue");
}

#[test]
fn a_credit_note_and_an_empty_document_are_laid_out() {
    let mut document = samples::invoice(0, 0);
    document.kind = crate::DocumentKind::CreditNote;
    document.credits.clear();
    document.late_groups.clear();
    document.payment_details.clear();
    document.exchange_rates.clear();
    document.appearance.logo = Some(samples::LOGO.to_vec());
    let all = pages(&document).concat();
    assert!(all.contains("CreditNote"));
    assert!(all.contains("Nousageinthisperiod."));
    assert!(!all.contains("Payablewithin"), "terms belong to invoices");
}

#[test]
fn a_broken_logo_is_refused_not_drawn() {
    let mut document = samples::invoice(0, 0);
    document.appearance.logo = Some(b"<svg onload=alert(1)>".to_vec());
    let renderer = Renderer::shared().unwrap();
    assert_eq!(renderer.render_pdf(&document), Err(DocumentError::Logo));
    let mut cut = samples::LOGO.to_vec();
    cut.truncate(30);
    document.appearance.logo = Some(cut);
    assert!(matches!(renderer.render_pdf(&document), Err(DocumentError::Layout(_))));
}
