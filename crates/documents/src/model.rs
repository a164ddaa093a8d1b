//! Everything that stands on a document, as plain data. All amounts are already computed; nothing here decides anything.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One invoice or credit note, ready to be rendered (B-84, B-85).
///
/// Amounts are decimal strings with exactly the minor unit digits of [`currency`](Self::currency); quantities, rates and
/// percentages are decimal strings in the written form of G-4. A credit note made from a negative total carries its amounts
/// positive already (B-23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDocument {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// State at the moment of rendering. A preview shows the word *Preview* on every page and never a number (B-86).
    pub status: DocumentStatus,
    /// Number taken at issue (B-44); ignored on previews.
    pub number: Option<String>,
    /// Billing period, `YYYY-MM` (B-1).
    pub period: String,
    /// Date of issue in the billing time zone (B-2).
    pub issued_on: Option<NaiveDate>,
    /// Due date (B-60).
    pub due_on: Option<NaiveDate>,
    /// Payment terms in calendar days (B-60).
    pub payment_terms_days: u32,
    /// Billing time zone, named on the document beside the note that usage is counted in UTC (B-2).
    pub time_zone: String,
    /// BCP 47 tag: the language rules labels, the whole tag grouping, decimal sign and dates (B-96).
    pub locale: String,
    /// ISO 4217 code, shown with every amount (B-96).
    pub currency: String,
    /// Who sends the document.
    pub seller: Party,
    /// Who receives the document.
    pub recipient: Party,
    /// Lines by subscription (B-21), in the order of the document.
    pub groups: Vec<SubscriptionGroup>,
    /// Credits of the tenant, after all subscriptions (B-21).
    pub credits: Vec<CreditLine>,
    /// Differences of earlier periods, oldest first (B-32).
    pub late_groups: Vec<LateGroup>,
    /// Sum of the lines (B-23).
    pub net_amount: String,
    /// The one tax line (B-51).
    pub tax: TaxLine,
    /// Net plus tax (B-51).
    pub total_amount: String,
    /// Exchange rates behind the figures (P-73).
    pub exchange_rates: Vec<ExchangeRate>,
    /// Payment instructions of the footer, shown literally, line breaks kept.
    pub payment_details: String,
    /// Whether an annex explains each line (B-87).
    pub annex: bool,
    /// Colours and logo.
    pub appearance: Appearance,
}

/// Kind of a document (glossary `kind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Invoice.
    Invoice,
    /// Credit note.
    CreditNote,
}

/// State of a document (B-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Not issued; no number.
    Preview,
    /// Issued.
    Issued,
    /// Paid; a total of 0.00 is paid from the moment of issue.
    Paid,
    /// Void.
    Void,
}

/// Seller or recipient as captured at issue (B-17).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name on screens.
    pub name: String,
    /// Legal name; printed first where it differs.
    pub legal_name: Option<String>,
    /// Lines of the postal address.
    pub address_lines: Vec<String>,
    /// Country as it is to be printed.
    pub country: String,
    /// Tax number.
    pub tax_id: Option<String>,
}

/// The lines of one subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionGroup {
    /// Identity of the subscription.
    pub subscription_id: String,
    /// Name of the subscription.
    pub name: String,
    /// Sum of its lines and credits.
    pub subtotal: String,
    /// Its service categories.
    pub categories: Vec<CategoryGroup>,
    /// Credits of the subscription (P-53).
    pub credits: Vec<CreditLine>,
}

/// The lines of one service category of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryGroup {
    /// Category of the meters.
    pub name: String,
    /// Sum of its lines.
    pub subtotal: String,
    /// Lines by meter name and SKU.
    pub lines: Vec<UsageLine>,
}

/// Kind of an invoice line (B-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Usage of the period.
    Usage,
    /// Credit of the period.
    Credit,
    /// Difference of an earlier period's usage.
    LateUsage,
    /// Difference of an earlier period's credit.
    LateCredit,
}

impl LineKind {
    /// The glossary identifier.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Credit => "credit",
            Self::LateUsage => "late_usage",
            Self::LateCredit => "late_credit",
        }
    }
}

/// One `usage` or `late_usage` line (B-22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageLine {
    /// Identity, the link between the CSV of lines and the CSV of resources.
    pub line_id: String,
    /// `usage` or `late_usage`.
    pub line_kind: LineKind,
    /// What it is for.
    pub description: String,
    /// Meter.
    pub meter_id: String,
    /// Name of the meter.
    pub meter_name: String,
    /// SKU; may be empty.
    pub sku: String,
    /// Unit of the quantity.
    pub unit: String,
    /// All digits; the paper shows at most 10 of them (B-22).
    pub quantity: String,
    /// Rate of one unit, the word `tiered`, or nothing for unpriced usage (P-16).
    pub rate: Option<String>,
    /// Credits of the pricing item, in the order they were applied (P-50).
    pub item_credits: Vec<ItemCredit>,
    /// Amount after item credits.
    pub amount: String,
    /// How the amount came about (P-95): JSON and annex.
    pub explanation: Vec<ExplanationStep>,
    /// Shares of the resources (P-43): JSON and the second CSV.
    pub resources: Vec<ResourceShare>,
}

/// Kind of a credit: percentages are titled *Discount*, the others *Credit* (B-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// Priced units.
    Quantity,
    /// Per cent.
    Percent,
    /// Amount in the document's currency.
    Amount,
}

/// A credit of a pricing item, shown under its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCredit {
    /// Kind of the credit.
    pub kind: CreditKind,
    /// Units, per cent or amount, by kind.
    pub value: String,
}

/// One `credit` or `late_credit` line (P-52).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditLine {
    /// Identity.
    pub line_id: String,
    /// `credit` or `late_credit`.
    pub line_kind: LineKind,
    /// Kind of the credit.
    pub kind: CreditKind,
    /// Per cent or amount, by kind.
    pub value: String,
    /// What it is for.
    pub description: String,
    /// Amount, normally negative.
    pub amount: String,
    /// How the amount came about (P-95).
    pub explanation: Vec<ExplanationStep>,
}

/// *Late usage for p* (B-32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateGroup {
    /// The earlier period, `YYYY-MM`.
    pub period: String,
    /// Numbers of the documents it corrects.
    pub corrects: Vec<String>,
    /// Sum of its lines.
    pub subtotal: String,
    /// Lines by subscription.
    pub groups: Vec<SubscriptionGroup>,
    /// Differences of the tenant's credits.
    pub credits: Vec<CreditLine>,
}

/// The tax line of a document (B-50, B-51).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// Label such as *VAT*; the language's own word when absent.
    pub label: Option<String>,
    /// Per cent.
    pub rate: String,
    /// Tax amount.
    pub amount: String,
    /// Note printed for exempt and reverse charge.
    pub note: Option<String>,
}

/// An exchange rate used (P-70, P-73).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRate {
    /// The platform currency: one unit of it …
    pub base_currency: String,
    /// … is worth so many units of this currency.
    pub currency: String,
    /// Units of `currency` for one unit of `base_currency`.
    pub rate: String,
    /// First day of the rate.
    pub valid_from_on: NaiveDate,
    /// Source, free text; may be empty.
    pub source: String,
}

/// One step from quantity to amount (P-95).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationStep {
    /// Rule that says so.
    pub rule: String,
    /// What is done.
    pub label: String,
    /// Values used, as name and value.
    pub inputs: Vec<ExplanationInput>,
    /// Exact result.
    pub exact: String,
    /// Display form.
    pub displayed: String,
}

/// A named value of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationInput {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// Share of one resource of a line (P-43).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceShare {
    /// Resource.
    pub resource_uri: String,
    /// Quantity, all digits.
    pub quantity: String,
    /// Its part of the line's amount.
    pub amount: String,
}

/// Colours `#RRGGBB` and logo of the documents (settings `invoices.*`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// Fill of the header.
    pub header_background_colour: String,
    /// Text of the header.
    pub header_font_colour: String,
    /// Fill of the body.
    pub body_background_colour: String,
    /// Text of the body.
    pub body_font_colour: String,
    /// Fill of the footer.
    pub footer_background_colour: String,
    /// Text of the footer.
    pub footer_font_colour: String,
    /// Fill of the group rows.
    pub grouping_background_colour: String,
    /// Text of the group rows.
    pub grouping_font_colour: String,
    /// PNG bytes as stored by S-62. Not part of the serialised form: it is stored by hash and set again after reading.
    #[serde(skip)]
    pub logo: Option<Vec<u8>>,
}

impl Default for Appearance {
    /// The defaults of the settings.
    fn default() -> Self {
        let (white, black) = (String::from("#FFFFFF"), String::from("#000000"));
        Self {
            header_background_colour: white.clone(),
            header_font_colour: black.clone(),
            body_background_colour: white.clone(),
            body_font_colour: black.clone(),
            footer_background_colour: white,
            footer_font_colour: black.clone(),
            grouping_background_colour: String::from("#E6E6E6"),
            grouping_font_colour: black,
            logo: None,
        }
    }
}

impl InvoiceDocument {
    /// Whether the document is a preview (B-86).
    pub fn is_preview(&self) -> bool {
        self.status == DocumentStatus::Preview
    }

    /// The number to show: none on previews (B-86).
    pub fn shown_number(&self) -> Option<&str> {
        if self.is_preview() {
            None
        } else {
            self.number.as_deref()
        }
    }

    /// Every subscription group with the earlier period it belongs to, in the order of the document.
    pub fn all_groups(&self) -> impl Iterator<Item = (Option<&LateGroup>, &SubscriptionGroup)> {
        let own = self.groups.iter().map(|group| (None, group));
        let late = self
            .late_groups
            .iter()
            .flat_map(|late| late.groups.iter().map(move |group| (Some(late), group)));
        own.chain(late)
    }
}
