//! Writes lines, notes and explanations of one document in its locale.

use crate::error::DocumentError;
use crate::labels::Labels;
use crate::locale::{Locale, QUANTITY_DIGITS};
use crate::model::{
    CreditKind, CreditLine, DocumentKind, ExchangeRate, ExplanationStep, InvoiceDocument, LateGroup, SubscriptionGroup,
    UsageLine,
};
use crate::paper::{AnnexLine, AnnexStep, NARROW_WORD, Row, Section, WIDE_WORD};
use crate::text;

/// Rows with longer text may be broken over pages; all others stay whole (B-87).
const WHOLE_ROW_TEXT: usize = 600;

/// What every figure of one document needs to be written.
pub(crate) struct Writer<'a> {
    document: &'a InvoiceDocument,
    pub(crate) locale: Locale,
    pub(crate) labels: &'static Labels,
    currency: String,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(document: &'a InvoiceDocument) -> Self {
        let locale = Locale::from_tag(&document.locale);
        Self {
            document,
            locale,
            labels: Labels::of(locale.language),
            currency: text::line(&document.currency, NARROW_WORD),
        }
    }

    pub(crate) fn money(&self, amount: &str, field: &'static str) -> Result<String, DocumentError> {
        self.locale.money(amount, &self.currency, field)
    }

    pub(crate) fn tax_label(&self) -> Result<String, DocumentError> {
        let label = match &self.document.tax.label {
            Some(label) => text::line(label, WIDE_WORD),
            None => self.labels.tax.to_owned(),
        };
        Ok(format!(
            "{label} {}",
            self.locale.percent(&self.document.tax.rate, "tax_rate")?
        ))
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let document = self.document;
        let mut notes = Vec::new();
        if document.kind == DocumentKind::Invoice {
            notes.push(if document.payment_terms_days == 0 {
                self.labels.terms_now.to_owned()
            } else {
                self.labels
                    .terms
                    .replace("{}", &document.payment_terms_days.to_string())
            });
        }
        notes.extend(document.tax.note.iter().map(|note| text::line(note, WIDE_WORD)));
        notes.push(self.labels.currency.replace("{}", &self.currency));
        notes.push(
            self.labels
                .time_zone
                .replace("{}", &text::line(&document.time_zone, WIDE_WORD)),
        );
        notes
    }

    pub(crate) fn exchange_rate(&self, used: &ExchangeRate) -> Result<String, DocumentError> {
        let rate = self.locale.decimal(&used.rate, "exchange_rate")?;
        let since = self
            .labels
            .valid_from
            .replace("{}", &self.locale.date(used.valid_from_on));
        let mut text = format!(
            "1\u{a0}{} = {rate}\u{a0}{} ({since}",
            text::line(&used.base_currency, NARROW_WORD),
            text::line(&used.currency, NARROW_WORD),
        );
        let source = text::line(&used.source, WIDE_WORD);
        if !source.is_empty() {
            text.push_str(", ");
            text.push_str(&source);
        }
        text.push(')');
        Ok(text)
    }

    /// Order and nesting of B-21.
    pub(crate) fn sections(&self) -> Result<Vec<Section>, DocumentError> {
        let mut sections = Vec::new();
        for group in &self.document.groups {
            self.subscription(group, 1, &mut sections)?;
        }
        if !self.document.credits.is_empty() {
            sections.push(self.credit_section(&self.document.credits, 1)?);
        }
        for late in &self.document.late_groups {
            self.late(late, &mut sections)?;
        }
        Ok(sections)
    }

    fn late(&self, late: &LateGroup, sections: &mut Vec<Section>) -> Result<(), DocumentError> {
        let numbers: Vec<String> = late
            .corrects
            .iter()
            .map(|number| text::line(number, WIDE_WORD))
            .collect();
        sections.push(Section {
            level: 1,
            name: self.labels.late_usage.replace("{}", &self.locale.period(&late.period)?),
            note: (!numbers.is_empty()).then(|| self.labels.corrects.replace("{}", &numbers.join(", "))),
            subtotal: Some(self.money(&late.subtotal, "subtotal")?),
            rows: Vec::new(),
        });
        for group in &late.groups {
            self.subscription(group, 2, sections)?;
        }
        if !late.credits.is_empty() {
            sections.push(self.credit_section(&late.credits, 2)?);
        }
        Ok(())
    }

    fn subscription(
        &self,
        group: &SubscriptionGroup,
        level: usize,
        sections: &mut Vec<Section>,
    ) -> Result<(), DocumentError> {
        sections.push(Section {
            level,
            name: text::line(&group.name, WIDE_WORD),
            note: None,
            subtotal: Some(self.money(&group.subtotal, "subtotal")?),
            rows: Vec::new(),
        });
        for category in &group.categories {
            sections.push(Section {
                level: level.saturating_add(1),
                name: text::line(&category.name, WIDE_WORD),
                note: None,
                subtotal: Some(self.money(&category.subtotal, "subtotal")?),
                rows: category
                    .lines
                    .iter()
                    .map(|line| self.usage_row(line))
                    .collect::<Result<_, _>>()?,
            });
        }
        if !group.credits.is_empty() {
            sections.push(self.credit_section(&group.credits, level.saturating_add(1))?);
        }
        Ok(())
    }

    fn credit_section(&self, credits: &[CreditLine], level: usize) -> Result<Section, DocumentError> {
        Ok(Section {
            level,
            name: self.labels.credits.to_owned(),
            note: None,
            subtotal: None,
            rows: credits
                .iter()
                .map(|credit| self.credit_row(credit))
                .collect::<Result<_, _>>()?,
        })
    }

    fn usage_row(&self, line: &UsageLine) -> Result<Row, DocumentError> {
        let description = text::line(&line.description, WIDE_WORD);
        let meter = text::line(&line.meter_name, WIDE_WORD);
        let sku = text::line(&line.sku, WIDE_WORD);
        let origin: Vec<String> = [meter, sku]
            .into_iter()
            .filter(|part| !part.is_empty() && *part != description)
            .collect();
        let mut details = Vec::new();
        if !origin.is_empty() {
            details.push(origin.join(" \u{b7} "));
        }
        for credit in &line.item_credits {
            details.push(self.credit_title(credit.kind, &credit.value, &line.unit)?);
        }
        let rate = match line.rate.as_deref() {
            None => self.labels.unpriced.to_owned(),
            Some("tiered") => self.labels.tiered.to_owned(),
            Some(rate) => self.locale.decimal(rate, "rate")?,
        };
        Ok(Row {
            whole: description.len().saturating_add(details.iter().map(String::len).sum()) <= WHOLE_ROW_TEXT,
            description,
            details,
            quantity: self.locale.rounded(&line.quantity, QUANTITY_DIGITS, "quantity")?,
            unit: text::line(&line.unit, NARROW_WORD),
            rate,
            amount: self.money(&line.amount, "amount")?,
        })
    }

    fn credit_row(&self, credit: &CreditLine) -> Result<Row, DocumentError> {
        let text = text::line(&credit.description, WIDE_WORD);
        let title = match credit.kind {
            CreditKind::Percent => self.credit_title(credit.kind, &credit.value, "")?,
            CreditKind::Amount | CreditKind::Quantity => self.labels.credit.to_owned(),
        };
        Ok(Row {
            whole: text.len() <= WHOLE_ROW_TEXT,
            description: title,
            details: if text.is_empty() { Vec::new() } else { vec![text] },
            quantity: String::new(),
            unit: String::new(),
            rate: String::new(),
            amount: self.money(&credit.amount, "amount")?,
        })
    }

    /// *Discount* for reductions by per cent, *Credit* for all others (B-22).
    fn credit_title(&self, kind: CreditKind, value: &str, unit: &str) -> Result<String, DocumentError> {
        Ok(match kind {
            CreditKind::Percent => format!("{} {}", self.labels.discount, self.locale.percent(value, "credit")?),
            CreditKind::Quantity => {
                let units = self.locale.rounded(value, QUANTITY_DIGITS, "credit")?;
                format!("{} {units} {}", self.labels.credit, text::line(unit, NARROW_WORD))
            }
            CreditKind::Amount => format!("{} {}", self.labels.credit, self.money(value, "credit")?),
        })
    }

    pub(crate) fn annex(&self) -> Result<Vec<AnnexLine>, DocumentError> {
        let mut lines = Vec::new();
        for (late, group) in self.document.all_groups() {
            let place = match late {
                Some(late) => format!(
                    "{} \u{b7} {}",
                    self.locale.period(&late.period)?,
                    text::line(&group.name, WIDE_WORD)
                ),
                None => text::line(&group.name, WIDE_WORD),
            };
            for line in group.categories.iter().flat_map(|category| &category.lines) {
                lines.extend(self.annex_line(Some(&place), &line.description, &line.amount, &line.explanation)?);
            }
            for credit in &group.credits {
                lines.extend(self.annex_line(
                    Some(&place),
                    &credit.description,
                    &credit.amount,
                    &credit.explanation,
                )?);
            }
        }
        let late_credits = self.document.late_groups.iter().flat_map(|late| &late.credits);
        for credit in self.document.credits.iter().chain(late_credits) {
            lines.extend(self.annex_line(None, &credit.description, &credit.amount, &credit.explanation)?);
        }
        Ok(lines)
    }

    fn annex_line(
        &self,
        place: Option<&str>,
        name: &str,
        amount: &str,
        steps: &[ExplanationStep],
    ) -> Result<Option<AnnexLine>, DocumentError> {
        if steps.is_empty() {
            return Ok(None);
        }
        let name = text::line(name, WIDE_WORD);
        Ok(Some(AnnexLine {
            name: place.map_or_else(|| name.clone(), |place| format!("{place} \u{b7} {name}")),
            amount: self.money(amount, "amount")?,
            steps: steps.iter().map(|step| self.annex_step(step)).collect(),
        }))
    }

    fn annex_step(&self, step: &ExplanationStep) -> AnnexStep {
        let inputs: Vec<String> = step
            .inputs
            .iter()
            .map(|input| {
                format!(
                    "{} {}",
                    text::line(&input.name, WIDE_WORD),
                    self.figure_or_text(&input.value)
                )
            })
            .collect();
        AnnexStep {
            rule: text::line(&step.rule, NARROW_WORD),
            label: text::line(&step.label, WIDE_WORD),
            inputs: inputs.join("; "),
            result: self.figure_or_text(&step.displayed),
        }
    }

    /// Steps hold decimals, dates, names and fractions; only decimals are written for the locale.
    fn figure_or_text(&self, value: &str) -> String {
        self.locale
            .decimal(value, "explanation")
            .unwrap_or_else(|_| text::line(value, WIDE_WORD))
    }
}
