//! Wire types of invoices from what the use cases answer.

use api_types::common::Money;
use api_types::invoice as wire;
use app::invoices::{ExplainedLine, InvoiceDetails, InvoiceFigures, steps};
use domain::currency::Currency;
use domain::money;
use persistence::invoice::{InvoiceStatus, LineRow};

use crate::ApiError;
use crate::etag::etag;
use crate::routes::views::{instant, reference};

/// An amount on the wire (G-3).
pub fn amount(amount: money::Money) -> Money {
    Money {
        amount: amount.amount_text(),
        currency: amount.currency().code().to_owned(),
    }
}

fn minor(minor: i64, currency: Currency) -> Money {
    amount(money::Money::from_minor(minor, currency))
}

/// A row of the list.
pub fn summary(figures: InvoiceFigures) -> wire::InvoiceSummary {
    let row = figures.row;
    let blockers = match row.status {
        InvoiceStatus::Preview => figures
            .blockers
            .iter()
            .map(|blocker| blocker.identifier().to_owned())
            .collect(),
        _ => Vec::new(),
    };
    wire::InvoiceSummary {
        id: row.id.uuid(),
        kind: row.kind,
        number: row.number,
        tenant: reference(row.tenant_id, row.tenant_name),
        partner: reference(row.partner_id, row.partner_name),
        distributor: reference(row.distributor_id, row.distributor_name),
        period: row.period.to_string(),
        status: row.status.identifier().to_owned(),
        net_amount: amount(figures.net_amount),
        tax_amount: amount(figures.tax_amount),
        total_amount: amount(figures.total_amount),
        issued_on: row.issued_on.map(|day| day.to_string()),
        due_on: row.due_on.map(|day| day.to_string()),
        stale: row.stale,
        incomplete: row.incomplete,
        blockers,
    }
}

/// An invoice with its lines by subscription and category (B-21).
///
/// # Errors
/// An internal error when a subtotal cannot be stored.
pub fn invoice(details: InvoiceDetails) -> Result<wire::InvoiceView, ApiError> {
    let currency = details.figures.currency;
    let row = details.figures.row.clone();
    let (own, others): (Vec<&LineRow>, Vec<&LineRow>) =
        details.lines.iter().partition(|line| line.subscription_id.is_some());
    let by_subscription = own.chunk_by(|left, right| left.subscription_id == right.subscription_id);
    Ok(wire::InvoiceView {
        groups: by_subscription
            .map(|lines| group(lines, currency))
            .collect::<Result<_, _>>()?,
        other_lines: others.into_iter().map(|row| line(row, currency)).collect(),
        revision: row.revision,
        payment_terms_days: details.payment_terms_days,
        tax_label: row.tax_label,
        tax_rate: row.tax_rate,
        generated_at: instant(row.generated_at),
        issued_at: row.issued_at.map(instant),
        billing_time_zone: details.time_zone,
        content_hash: details.content_hash,
        etag: etag(row.version),
        summary: summary(details.figures),
    })
}

fn group(lines: &[&LineRow], currency: Currency) -> Result<wire::InvoiceGroup, ApiError> {
    let first = lines.first();
    let by_category = lines.chunk_by(|left, right| left.category == right.category);
    let category = |lines: &[&LineRow]| -> Result<wire::InvoiceCategory, ApiError> {
        Ok(wire::InvoiceCategory {
            category: lines.first().map(|line| line.category.clone()).unwrap_or_default(),
            subtotal: subtotal(lines, currency)?,
            lines: lines.iter().map(|row| line(row, currency)).collect(),
        })
    };
    Ok(wire::InvoiceGroup {
        subscription_id: first
            .and_then(|line| line.subscription_id)
            .map(Into::into)
            .unwrap_or_default(),
        subscription_name: first.map(|line| line.subscription_name.clone()).unwrap_or_default(),
        subtotal: subtotal(lines, currency)?,
        categories: by_category.map(category).collect::<Result<_, _>>()?,
    })
}

fn subtotal(lines: &[&LineRow], currency: Currency) -> Result<Money, ApiError> {
    let amounts = lines
        .iter()
        .map(|line| money::Money::from_minor(line.amount_minor, currency));
    let sum = money::Money::sum(currency, amounts).map_err(app::Error::internal)?;
    Ok(amount(sum))
}

/// One line.
pub fn line(row: &LineRow, currency: Currency) -> wire::InvoiceLineView {
    wire::InvoiceLineView {
        id: row.id.uuid(),
        line_kind: row.line_kind.clone(),
        description: row.description.clone(),
        meter_id: row.meter_id.clone(),
        meter_name: row.meter_name.clone(),
        sku: row.sku.clone(),
        unit: row.unit.clone(),
        quantity: row.quantity.clone(),
        rate: row.rate_text.clone(),
        priced: row.priced,
        amount: minor(row.amount_minor, currency),
    }
}

/// All figures behind a line.
pub fn explanation(explained: ExplainedLine) -> wire::Explanation {
    let row = &explained.line;
    let origin = explained
        .explanation
        .as_ref()
        .and_then(|explanation| explanation.origin.clone());
    let steps = explained.explanation.as_ref().map(steps).unwrap_or_default();
    wire::Explanation {
        line: line(row, explained.currency),
        period: explained.period.to_string(),
        subscription: row
            .subscription_id
            .map(|id| reference(id, row.subscription_name.clone())),
        price_list: explained.price_list_name,
        effective_from: origin
            .as_ref()
            .and_then(|origin| origin.effective_from)
            .map(|month| month.to_string()),
        scope_step: origin.map(|origin| origin.scope_step.number()),
        steps: steps
            .into_iter()
            .map(|step| wire::ExplanationStep {
                rule: step.rule,
                label: step.label,
                inputs: step
                    .inputs
                    .into_iter()
                    .map(|(name, value)| wire::ExplanationInput { name, value })
                    .collect(),
                exact: step.exact,
                displayed: step.displayed,
            })
            .collect(),
        days: explained
            .days
            .into_iter()
            .map(|day| wire::ExplainedDay {
                date: day.date.to_string(),
                quantity: day.quantity.to_string(),
            })
            .collect(),
        resources: explained
            .resources
            .into_iter()
            .map(|share| wire::ExplainedResource {
                resource_uri: share.resource_uri,
                quantity: share.quantity.to_string(),
                amount: amount(share.amount),
            })
            .collect(),
        records_total: explained.records_total,
    }
}
