//! The document as the template wants it: every figure and word already written for the locale, user text cleaned.
//!
//! The template only places these strings. It receives them as JSON data, so nothing a user typed is ever read as markup (S-66).

use serde::Serialize;

use crate::error::DocumentError;
use crate::labels::Labels;
use crate::model::{Appearance, DocumentKind, InvoiceDocument, Party};
use crate::text;
use crate::writer::Writer;

/// Characters after which a word in a wide column may be broken.
pub(crate) const WIDE_WORD: usize = 28;
/// The same for narrow columns.
pub(crate) const NARROW_WORD: usize = 12;

/// Root of the template's data.
#[derive(Debug, Serialize)]
pub(crate) struct Paper {
    lang: &'static str,
    labels: &'static Labels,
    preview: bool,
    title: &'static str,
    number: Option<String>,
    issued_on: Option<String>,
    due_on: Option<String>,
    period: String,
    seller: PartyBlock,
    recipient: PartyBlock,
    widths: Widths,
    sections: Vec<Section>,
    net: String,
    tax_label: String,
    tax: String,
    total: String,
    notes: Vec<String>,
    exchange_rates: Vec<String>,
    payment_details: Vec<String>,
    annex: Vec<AnnexLine>,
    colours: Colours,
    logo: bool,
}

#[derive(Debug, Serialize)]
struct PartyBlock {
    name: String,
    lines: Vec<String>,
    tax_id: Option<String>,
}

/// Widths of the columns of figures in tenths of a millimetre, from the longest figure: measuring thousands of cells is slow.
#[derive(Debug, Serialize)]
struct Widths {
    quantity: usize,
    unit: usize,
    rate: usize,
    amount: usize,
}

/// A group of the line table: its heading row, of level 1 to 3, and the lines under it.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) level: usize,
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) subtotal: Option<String>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) description: String,
    pub(crate) details: Vec<String>,
    pub(crate) quantity: String,
    pub(crate) unit: String,
    pub(crate) rate: String,
    pub(crate) amount: String,
    pub(crate) whole: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct AnnexLine {
    pub(crate) name: String,
    pub(crate) amount: String,
    pub(crate) steps: Vec<AnnexStep>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AnnexStep {
    pub(crate) rule: String,
    pub(crate) label: String,
    pub(crate) inputs: String,
    pub(crate) result: String,
}

#[derive(Debug, Serialize)]
struct Colours {
    header: String,
    header_text: String,
    body: String,
    body_text: String,
    footer: String,
    footer_text: String,
    group: String,
    group_text: String,
}

/// Writes every figure and word of a document.
pub(crate) fn paper(document: &InvoiceDocument) -> Result<Paper, DocumentError> {
    let writer = Writer::new(document);
    let labels = writer.labels;
    let sections = writer.sections()?;
    Ok(Paper {
        lang: writer.locale.language.code(),
        labels,
        preview: document.is_preview(),
        title: match document.kind {
            DocumentKind::Invoice => labels.invoice,
            DocumentKind::CreditNote => labels.credit_note,
        },
        number: document.shown_number().map(|number| text::line(number, WIDE_WORD)),
        issued_on: document.issued_on.map(|date| writer.locale.date(date)),
        due_on: document.due_on.map(|date| writer.locale.date(date)),
        period: writer.locale.period(&document.period)?,
        seller: party(&document.seller),
        recipient: party(&document.recipient),
        widths: widths(&sections),
        sections,
        net: writer.money(&document.net_amount, "net_amount")?,
        tax_label: writer.tax_label()?,
        tax: writer.money(&document.tax.amount, "tax_amount")?,
        total: writer.money(&document.total_amount, "total_amount")?,
        notes: writer.notes(),
        exchange_rates: document
            .exchange_rates
            .iter()
            .map(|rate| writer.exchange_rate(rate))
            .collect::<Result<_, _>>()?,
        payment_details: text::lines(&document.payment_details, WIDE_WORD),
        annex: if document.annex { writer.annex()? } else { Vec::new() },
        colours: colours(&document.appearance)?,
        logo: document.appearance.logo.is_some(),
    })
}

fn party(party: &Party) -> PartyBlock {
    let mut lines: Vec<String> = Vec::new();
    let name = text::line(&party.name, WIDE_WORD);
    let legal_name = party
        .legal_name
        .as_deref()
        .map(|legal| text::line(legal, WIDE_WORD))
        .filter(|legal| !legal.is_empty());
    let shown = match legal_name {
        Some(legal) if legal != name => {
            lines.push(name);
            legal
        }
        _ => name,
    };
    lines.extend(party.address_lines.iter().map(|line| text::line(line, WIDE_WORD)));
    lines.push(text::line(&party.country, WIDE_WORD));
    lines.retain(|line| !line.is_empty());
    PartyBlock {
        name: shown,
        lines,
        tax_id: party
            .tax_id
            .as_deref()
            .map(|id| text::line(id, WIDE_WORD))
            .filter(|id| !id.is_empty()),
    }
}

fn widths(sections: &[Section]) -> Widths {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    // 1.62 mm a digit at the table's size, and 3.6 mm between columns.
    let width = |longest: Option<usize>, least: usize, most: usize| {
        let tenths = longest
            .unwrap_or_default()
            .saturating_mul(162)
            .saturating_div(10)
            .saturating_add(36);
        tenths.clamp(least, most)
    };
    let chars = |text: &String| text.chars().count();
    let subtotals = sections.iter().filter_map(|section| section.subtotal.as_ref());
    Widths {
        quantity: width(rows().map(|row| chars(&row.quantity)).max(), 190, 480),
        unit: width(rows().map(|row| chars(&row.unit).min(NARROW_WORD)).max(), 160, 240),
        rate: width(rows().map(|row| chars(&row.rate)).max(), 180, 340),
        amount: width(
            rows().map(|row| chars(&row.amount)).chain(subtotals.map(chars)).max(),
            260,
            480,
        ),
    }
}

fn colours(appearance: &Appearance) -> Result<Colours, DocumentError> {
    Ok(Colours {
        header: colour(&appearance.header_background_colour, "header_background_colour")?,
        header_text: colour(&appearance.header_font_colour, "header_font_colour")?,
        body: colour(&appearance.body_background_colour, "body_background_colour")?,
        body_text: colour(&appearance.body_font_colour, "body_font_colour")?,
        footer: colour(&appearance.footer_background_colour, "footer_background_colour")?,
        footer_text: colour(&appearance.footer_font_colour, "footer_font_colour")?,
        group: colour(&appearance.grouping_background_colour, "grouping_background_colour")?,
        group_text: colour(&appearance.grouping_font_colour, "grouping_font_colour")?,
    })
}

fn colour(text: &str, field: &'static str) -> Result<String, DocumentError> {
    match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Ok(text.to_owned())
        }
        _ => Err(DocumentError::Colour { field }),
    }
}
