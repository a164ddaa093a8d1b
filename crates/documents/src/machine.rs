//! CSV and JSON of a document: full precision, no locale (B-89, B-91, B-92).

use domain::csv_cell::{decimal_field, record, text_field};
use serde_json::{Map, Value};

use crate::error::DocumentError;
use crate::model::{CreditLine, InvoiceDocument, LateGroup, SubscriptionGroup, UsageLine};

/// Header of the CSV of lines, glossary identifiers (B-91).
pub const LINE_COLUMNS: [&str; 24] = [
    "kind",
    "status",
    "number",
    "period",
    "issued_on",
    "due_on",
    "tenant",
    "line_id",
    "line_kind",
    "usage_period",
    "corrects",
    "subscription_id",
    "subscription",
    "category",
    "meter_id",
    "meter",
    "sku",
    "description",
    "unit",
    "quantity",
    "rate",
    "credits",
    "amount",
    "currency",
];

/// Header of the CSV of resources (B-89).
pub const RESOURCE_COLUMNS: [&str; 9] = [
    "number",
    "period",
    "line_id",
    "usage_period",
    "subscription_id",
    "resource_uri",
    "quantity",
    "amount",
    "currency",
];

/// Members that hold money: written as `{"amount", "currency"}` (G-3).
const MONEY_MEMBERS: [&str; 5] = ["amount", "subtotal", "net_amount", "tax_amount", "total_amount"];

/// One row per line (B-89), CRLF, text cells guarded against formulas (B-92), decimals with all their digits (B-91).
pub fn render_csv(document: &InvoiceDocument) -> Vec<u8> {
    let mut rows = Rows::new(document, &LINE_COLUMNS);
    for group in &document.groups {
        rows.group(None, group);
    }
    for credit in &document.credits {
        rows.credit(None, None, credit);
    }
    for late in &document.late_groups {
        for group in &late.groups {
            rows.group(Some(late), group);
        }
        for credit in &late.credits {
            rows.credit(Some(late), None, credit);
        }
    }
    rows.text.into_bytes()
}

/// One row per line and resource, with the resource's share of the line (B-89, P-43).
pub fn render_resources_csv(document: &InvoiceDocument) -> Vec<u8> {
    let mut rows = Rows::new(document, &RESOURCE_COLUMNS);
    for (late, group) in document.all_groups() {
        for line in group.categories.iter().flat_map(|category| &category.lines) {
            for share in &line.resources {
                rows.push([
                    text_field(document.shown_number().unwrap_or_default()),
                    text_field(&document.period),
                    text_field(&line.line_id),
                    text_field(rows.usage_period(late)),
                    text_field(&group.subscription_id),
                    text_field(&share.resource_uri),
                    decimal_field(&share.quantity),
                    decimal_field(&share.amount),
                    text_field(&document.currency),
                ]);
            }
        }
    }
    rows.text.into_bytes()
}

/// Every field with explanations (B-89); money as G-3. Appearance and locale stay out: they concern paper only.
///
/// # Errors
/// [`DocumentError::Json`] when the figures cannot be written.
pub fn render_json(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    let mut value = serde_json::to_value(document).map_err(|_| DocumentError::Json)?;
    if let Value::Object(members) = &mut value {
        members.remove("appearance");
        members.remove("locale");
        members.remove("annex");
        if document.is_preview() {
            members.insert(String::from("number"), Value::Null);
        }
    }
    money_members(&mut value, &document.currency);
    let mut bytes = serde_json::to_vec_pretty(&value).map_err(|_| DocumentError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn money_members(value: &mut Value, currency: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| money_members(item, currency)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if MONEY_MEMBERS.contains(&name.as_str()) && member.is_string() {
                    *member = money(member.take(), currency);
                } else {
                    money_members(member, currency);
                }
            }
        }
        _ => {}
    }
}

fn money(amount: Value, currency: &str) -> Value {
    let mut members = Map::new();
    members.insert(String::from("amount"), amount);
    members.insert(String::from("currency"), Value::String(currency.to_owned()));
    Value::Object(members)
}

struct Rows<'a> {
    document: &'a InvoiceDocument,
    text: String,
}

impl<'a> Rows<'a> {
    fn new(document: &'a InvoiceDocument, columns: &[&str]) -> Self {
        let text = record(columns.iter().map(|column| (*column).to_owned()));
        Self { document, text }
    }

    fn push(&mut self, fields: impl IntoIterator<Item = String>) {
        let row = record(fields);
        self.text.push_str(&row);
    }

    fn usage_period<'b>(&self, late: Option<&'b LateGroup>) -> &'b str
    where
        'a: 'b,
    {
        late.map_or(self.document.period.as_str(), |late| late.period.as_str())
    }

    fn group(&mut self, late: Option<&LateGroup>, group: &SubscriptionGroup) {
        for category in &group.categories {
            for line in &category.lines {
                self.usage(late, group, &category.name, line);
            }
        }
        for credit in &group.credits {
            self.credit(late, Some(group), credit);
        }
    }

    /// The columns every row begins with, up to and including `subscription`.
    fn head(
        &self,
        line_id: &str,
        line_kind: &str,
        late: Option<&LateGroup>,
        group: Option<&SubscriptionGroup>,
    ) -> Vec<String> {
        let document = self.document;
        let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        vec![
            word(&document.kind),
            word(&document.status),
            text_field(document.shown_number().unwrap_or_default()),
            text_field(&document.period),
            date(document.issued_on),
            date(document.due_on),
            text_field(&document.recipient.name),
            text_field(line_id),
            text_field(line_kind),
            text_field(self.usage_period(late)),
            text_field(&late.map(|late| late.corrects.join(" ")).unwrap_or_default()),
            text_field(group.map_or("", |group| group.subscription_id.as_str())),
            text_field(group.map_or("", |group| group.name.as_str())),
        ]
    }

    fn usage(&mut self, late: Option<&LateGroup>, group: &SubscriptionGroup, category: &str, line: &UsageLine) {
        let credits: Vec<String> = line
            .item_credits
            .iter()
            .map(|credit| format!("{} {}", word(&credit.kind), credit.value))
            .collect();
        let mut fields = self.head(&line.line_id, line.line_kind.identifier(), late, Some(group));
        fields.extend([
            text_field(category),
            text_field(&line.meter_id),
            text_field(&line.meter_name),
            text_field(&line.sku),
            text_field(&line.description),
            text_field(&line.unit),
            decimal_field(&line.quantity),
            decimal_field(line.rate.as_deref().unwrap_or_default()),
            text_field(&credits.join("; ")),
            decimal_field(&line.amount),
            text_field(&self.document.currency),
        ]);
        self.push(fields);
    }

    fn credit(&mut self, late: Option<&LateGroup>, group: Option<&SubscriptionGroup>, credit: &CreditLine) {
        let mut fields = self.head(&credit.line_id, credit.line_kind.identifier(), late, group);
        fields.extend([const { String::new() }; 4]);
        fields.push(text_field(&credit.description));
        fields.extend([const { String::new() }; 3]);
        fields.extend([
            text_field(&format!("{} {}", word(&credit.kind), credit.value)),
            decimal_field(&credit.amount),
            text_field(&self.document.currency),
        ]);
        self.push(fields);
    }
}

/// The glossary identifier of a unit variant, as serde writes it.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
