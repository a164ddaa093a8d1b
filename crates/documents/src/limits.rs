//! How large a document may be: layout time grows with it (S-66).

use crate::error::DocumentError;
use crate::model::{CreditLine, ExplanationStep, InvoiceDocument, Party, SubscriptionGroup};

/// Most lines of a document.
pub const MAX_LINES: usize = 20_000;
/// Most steps of explanations on paper.
pub const MAX_STEPS: usize = 100_000;
/// Most characters of one text.
pub const MAX_TEXT: usize = 2_000;
/// Most lines of the payment details (setting `invoices.payment_details`).
pub const MAX_PAYMENT_LINES: usize = 20;
/// Most lines of an address (setting `invoices.seller_address`).
pub const MAX_ADDRESS_LINES: usize = 12;
/// Most bytes of a logo (S-62).
pub const MAX_LOGO_BYTES: usize = 8 * 1024 * 1024;

/// Refuses a document beyond the limits.
pub(crate) fn check(document: &InvoiceDocument) -> Result<(), DocumentError> {
    let mut counts = Counts::default();
    for (_, group) in document.all_groups() {
        counts.group(group)?;
    }
    for credit in document
        .credits
        .iter()
        .chain(document.late_groups.iter().flat_map(|late| &late.credits))
    {
        counts.credit(credit)?;
    }
    for late in &document.late_groups {
        counts.lines = counts.lines.saturating_add(1);
        late.corrects.iter().try_for_each(|number| text(number))?;
    }
    if counts.lines > MAX_LINES {
        return Err(DocumentError::TooLarge { what: "lines" });
    }
    if document.annex && counts.steps > MAX_STEPS {
        return Err(DocumentError::TooLarge { what: "explanation" });
    }
    head(document)
}

fn head(document: &InvoiceDocument) -> Result<(), DocumentError> {
    party(&document.seller)?;
    party(&document.recipient)?;
    text(&document.payment_details)?;
    if document.payment_details.lines().count() > MAX_PAYMENT_LINES {
        return Err(DocumentError::TooLarge {
            what: "payment_details",
        });
    }
    let logo = document.appearance.logo.as_ref();
    if logo.is_some_and(|logo| logo.len() > MAX_LOGO_BYTES) {
        return Err(DocumentError::TooLarge { what: "logo" });
    }
    let single = [
        &document.currency,
        &document.time_zone,
        &document.locale,
        &document.net_amount,
        &document.total_amount,
    ];
    single.into_iter().try_for_each(|value| text(value))?;
    let optional = [&document.number, &document.tax.label, &document.tax.note];
    optional.into_iter().flatten().try_for_each(|value| text(value))?;
    for rate in &document.exchange_rates {
        text(&rate.source)?;
        text(&rate.rate)?;
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    lines: usize,
    steps: usize,
}

impl Counts {
    fn group(&mut self, group: &SubscriptionGroup) -> Result<(), DocumentError> {
        self.lines = self.lines.saturating_add(1);
        text(&group.name)?;
        for category in &group.categories {
            self.lines = self.lines.saturating_add(1);
            text(&category.name)?;
            for line in &category.lines {
                self.lines = self.lines.saturating_add(1);
                let texts = [
                    &line.description,
                    &line.meter_name,
                    &line.sku,
                    &line.unit,
                    &line.quantity,
                    &line.amount,
                ];
                texts.into_iter().try_for_each(|value| text(value))?;
                self.explanation(&line.explanation)?;
            }
        }
        group.credits.iter().try_for_each(|credit| self.credit(credit))
    }

    fn credit(&mut self, credit: &CreditLine) -> Result<(), DocumentError> {
        self.lines = self.lines.saturating_add(1);
        text(&credit.description)?;
        self.explanation(&credit.explanation)
    }

    fn explanation(&mut self, steps: &[ExplanationStep]) -> Result<(), DocumentError> {
        self.steps = self.steps.saturating_add(steps.len());
        for step in steps {
            text(&step.label)?;
            step.inputs.iter().try_for_each(|input| text(&input.value))?;
        }
        Ok(())
    }
}

fn party(party: &Party) -> Result<(), DocumentError> {
    text(&party.name)?;
    text(&party.country)?;
    party
        .legal_name
        .iter()
        .chain(&party.tax_id)
        .chain(&party.address_lines)
        .try_for_each(|value| text(value))?;
    if party.address_lines.len() > MAX_ADDRESS_LINES {
        return Err(DocumentError::TooLarge { what: "address_lines" });
    }
    Ok(())
}

fn text(value: &str) -> Result<(), DocumentError> {
    // Bytes first: counting characters is only needed for long texts.
    if value.len() > MAX_TEXT && value.chars().count() > MAX_TEXT {
        return Err(DocumentError::TooLarge { what: "text" });
    }
    Ok(())
}
