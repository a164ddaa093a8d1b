//! Would a version change an issued amount? (P-14)

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::currency::Currency;
use domain::decimal::Quantity;
use domain::ids::{InvoiceId, SubscriptionId};
use domain::period::Period;
use persistence::invoice::{BilledSubscription, NewLine};
use persistence::price_list::PriceListTarget;
use persistence::{StoreError, Tx};

use super::MeterTable;
use crate::Error;
use crate::invoices::prices::{AsIfPublished, MonthPrices};
use crate::invoices::rating::{LineExplanation, RatingInputs, rate_tenant};
use crate::invoices::usage_of_month::MonthUsage;

/// Amounts by subscription, meter and SKU of the item.
type Amounts = BTreeMap<(Option<SubscriptionId>, Option<String>, String), i64>;

/// Numbers of the issued invoices of which a line would have another amount. Usage that was unpriced does not count: it
/// is billed as late usage (B-30).
///
/// # Errors
/// [`Error::Internal`] when a stored line contradicts the types.
pub(super) async fn affected(
    tx: &Tx,
    now: DateTime<Utc>,
    target: PriceListTarget,
    as_if: AsIfPublished,
    meters: &MeterTable,
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut prices: Option<(Period, MonthPrices)> = None;
    for invoice in tx.invoices().issued_from(as_if.effective_from, target).await? {
        let loaded = match prices.take() {
            Some((period, prices)) if period == invoice.period => prices,
            _ => MonthPrices::load(tx, now, invoice.period, meters, Some(as_if)).await?,
        };
        let lines = tx.invoices().explained_lines(invoice.id).await?;
        let lines: Vec<NewLine> = lines
            .into_iter()
            .filter(|line| line.row.priced && line.row.line_kind == "usage")
            .collect();
        let currency = Currency::from_code(&invoice.currency).map_err(|_| broken("currency", invoice.id))?;
        if amounts(&lines) != recomputed(&lines, &invoice, currency, &loaded, meters)? {
            found.push(invoice.number.clone().unwrap_or_else(|| invoice.id.to_string()));
        }
        prices = Some((invoice.period, loaded));
    }
    Ok(found)
}

fn amounts(lines: &[NewLine]) -> Amounts {
    let mut amounts = Amounts::new();
    for line in lines {
        let row = &line.row;
        let key = (row.subscription_id, row.meter_id.clone(), row.sku.clone());
        let sum = amounts.entry(key).or_default();
        *sum = sum.saturating_add(row.amount_minor);
    }
    amounts
}

fn recomputed(
    lines: &[NewLine],
    invoice: &persistence::invoice::IssuedHead,
    currency: Currency,
    prices: &MonthPrices,
    meters: &MeterTable,
) -> Result<Amounts, Error> {
    let explanations = lines
        .iter()
        .map(|line| {
            let read = serde_json::from_str::<LineExplanation>(&line.explanation);
            read.map(|explanation| (line, explanation))
                .map_err(|_| broken("explanation", invoice.id))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut subscriptions: BTreeMap<SubscriptionId, BilledSubscription> = BTreeMap::new();
    for (line, explanation) in &explanations {
        if let Some(id) = line.row.subscription_id {
            subscriptions.entry(id).or_insert_with(|| BilledSubscription {
                id,
                tenant_id: invoice.tenant_id,
                region_id: explanation.region_id,
                platform_subscription_id: explanation.platform_subscription_id.into(),
                name: line.row.subscription_name.clone(),
            });
        }
    }
    let mut usage = MonthUsage::new(subscriptions.into_values().collect());
    for (_, explanation) in &explanations {
        for source in &explanation.sources {
            let quantity = Quantity::parse_sum(&source.quantity).map_err(|_| broken("explanation", invoice.id))?;
            let subscription = explanation.platform_subscription_id.into();
            usage.add(
                explanation.region_id,
                subscription,
                &source.meter_id,
                &source.sku,
                quantity,
            )?;
        }
    }
    let inputs = RatingInputs {
        period: invoice.period,
        prices,
        meters,
        usage: &usage,
    };
    let mut now = Amounts::new();
    for tenant in usage.by_tenant() {
        let rated = rate_tenant(inputs, &tenant, invoice.id, currency)?;
        now.extend(amounts(&rated.lines));
    }
    Ok(now)
}

fn broken(column: &'static str, invoice: InvoiceId) -> Error {
    StoreError::Inconsistent {
        table: "invoice_line",
        column,
        row: invoice.to_string(),
    }
    .into()
}
