//! All figures behind one line (P-95).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use domain::allocate::allocate;
use domain::currency::Currency;
use domain::decimal::Quantity;
use domain::ids::{InvoiceId, InvoiceLineId};
use domain::money::Money;
use domain::period::Period;
use domain::role::Level;
use persistence::invoice::LineRow;
use persistence::{StoreError, Tx};
use pricing::{Explanation, RateSource};

use super::rating::LineExplanation;
use super::read::find;
use crate::{Actor, App, Error};

/// Resources shown with a line.
const RESOURCES_SHOWN: usize = 200;

/// Quantity of one UTC day of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedDay {
    /// Day.
    pub date: NaiveDate,
    /// Sum.
    pub quantity: Quantity,
}

/// Quantity of one resource and its part of the line (P-43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedResource {
    /// Resource.
    pub resource_uri: String,
    /// Sum.
    pub quantity: Quantity,
    /// Its part of the line's amount.
    pub amount: Money,
}

/// A line with everything it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedLine {
    /// The line.
    pub line: LineRow,
    /// Currency of its amount.
    pub currency: Currency,
    /// Month of the usage.
    pub period: Period,
    /// Name of the price list; platform roles only.
    pub price_list_name: Option<String>,
    /// The computation as stored with the line; none for unpriced usage.
    pub explanation: Option<Explanation>,
    /// Quantity of each day of use, in order.
    pub days: Vec<ExplainedDay>,
    /// Resources, largest first, at most 200.
    pub resources: Vec<ExplainedResource>,
    /// Number of usage records.
    pub records_total: u64,
}

/// Explains a line of a document in scope.
///
/// # Errors
/// [`Error::NotFound`] outside the scope, [`Error::SwitchedOff`].
pub async fn explain(app: &App, actor: &Actor, id: InvoiceId, line_id: InvoiceLineId) -> Result<ExplainedLine, Error> {
    let tx = app.store().read().await?;
    let row = find(&tx, actor, "invoice.explain", id).await?;
    let line = tx.invoices().line(id, line_id).await?.ok_or(Error::NotFound)?;
    let broken = |column| StoreError::Inconsistent {
        table: "invoice_line",
        column,
        row: line_id.to_string(),
    };
    let stored: LineExplanation = serde_json::from_str(&line.explanation).map_err(|_| broken("explanation"))?;
    let currency = Currency::from_code(&row.currency).map_err(|_| broken("currency"))?;
    let usage = Usage::read(&tx, &stored, row.period).await?;
    let amount = Money::from_minor(line.row.amount_minor, currency);
    Ok(ExplainedLine {
        price_list_name: stored.price_list_name.filter(|_| actor.role.level() == Level::Platform),
        explanation: stored.explanation,
        days: usage.days()?,
        resources: usage.resources(amount)?,
        records_total: usage.records,
        line: line.row,
        currency,
        period: row.period,
    })
}

/// The usage behind a line as it is stored now.
#[derive(Default)]
struct Usage {
    by_day: BTreeMap<i64, Quantity>,
    by_resource: BTreeMap<String, Quantity>,
    records: u64,
}

impl Usage {
    async fn read(tx: &Tx, stored: &LineExplanation, period: Period) -> Result<Self, Error> {
        let (region, subscription) = (stored.region_id, stored.platform_subscription_id.into());
        let mut usage = Self::default();
        for source in &stored.sources {
            let (meter, sku) = (source.meter_id.as_str(), source.sku.as_str());
            for day in tx.usage().by_day(region, subscription, period, meter, sku).await? {
                add(usage.by_day.entry(day.day).or_insert(Quantity::ZERO), day.quantity)?;
            }
            for resource in tx.usage().by_resource(region, subscription, period, meter, sku).await? {
                let sum = usage.by_resource.entry(resource.resource_uri).or_insert(Quantity::ZERO);
                add(sum, resource.quantity)?;
            }
            let records = tx
                .invoices()
                .usage_rows(region, subscription, period, meter, sku)
                .await?;
            usage.records = usage.records.saturating_add(records);
        }
        Ok(usage)
    }

    fn days(&self) -> Result<Vec<ExplainedDay>, Error> {
        let date = |day: i64| {
            let instant = day
                .checked_mul(86_400)
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            instant
                .map(|instant| instant.date_naive())
                .ok_or_else(|| Error::internal("a day is outside the calendar"))
        };
        self.by_day
            .iter()
            .map(|(day, quantity)| {
                Ok(ExplainedDay {
                    date: date(*day)?,
                    quantity: *quantity,
                })
            })
            .collect()
    }

    /// The amount shared by quantity over all resources (P-43, P-65); the largest are shown.
    fn resources(&self, amount: Money) -> Result<Vec<ExplainedResource>, Error> {
        let mut sums: Vec<(&String, &Quantity)> = self.by_resource.iter().collect();
        if sums.is_empty() {
            return Ok(Vec::new());
        }
        sums.sort_by(|left, right| right.1.cmp(left.1).then_with(|| left.0.cmp(right.0)));
        let weights: Vec<Quantity> = sums.iter().map(|(_, quantity)| **quantity).collect();
        let shares = allocate(amount, &weights).map_err(Error::internal)?;
        let resources = sums
            .into_iter()
            .zip(shares)
            .take(RESOURCES_SHOWN)
            .map(|((uri, quantity), amount)| ExplainedResource {
                resource_uri: uri.clone(),
                quantity: *quantity,
                amount,
            });
        Ok(resources.collect())
    }
}

fn add(sum: &mut Quantity, quantity: Quantity) -> Result<(), Error> {
    *sum = sum
        .checked_add(quantity)
        .ok_or_else(|| Error::internal("a sum of usage leaves 128 bits"))?;
    Ok(())
}

/// One step of the computation, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedStep {
    /// Rule that says so.
    pub rule: String,
    /// What is done.
    pub label: String,
    /// Names and exact values used.
    pub inputs: Vec<(String, String)>,
    /// Exact result: a decimal, or a fraction `a/b` when it has no end.
    pub exact: String,
    /// Display form (G-5).
    pub displayed: String,
}

/// The steps of a computation in words.
pub fn steps(explanation: &Explanation) -> Vec<ExplainedStep> {
    explanation
        .steps
        .iter()
        .map(|step| ExplainedStep {
            rule: step.rule.clone(),
            label: label(explanation, &step.result.name),
            inputs: step
                .inputs
                .iter()
                .map(|input| (input.name.clone(), exact(&input.exact)))
                .collect(),
            exact: exact(&step.result.exact),
            displayed: step.result.displayed.clone(),
        })
        .collect()
}

fn exact(value: &domain::exact::Exact) -> String {
    value.decimal_text(28).unwrap_or_else(|| value.fraction_text())
}

fn label(explanation: &Explanation, result: &str) -> String {
    let words = match result {
        "priced_quantity" => "Quantity in priced units",
        "credited_quantity" => "Quantity taken by the quantity credit",
        "chargeable_quantity" => "Quantity to charge",
        "gross_amount" => "Sum of the slices",
        "percent_credit_amount" => "Taken by the percent credit",
        "amount_after_percent_credit" => "Left after the percent credit",
        "amount_credit_amount" => "Taken by the amount credit",
        "list_amount" => "Amount in the currency of the list",
        "unrounded_amount" => "Exact amount",
        "amount" => "Rounded amount",
        other => return slice_label(explanation, other),
    };
    words.to_owned()
}

/// `slice_2_amount` → the range of the second slice.
fn slice_label(explanation: &Explanation, result: &str) -> String {
    let number = result
        .strip_prefix("slice_")
        .and_then(|rest| rest.strip_suffix("_amount"));
    let index = number
        .and_then(|number| number.parse::<usize>().ok())
        .and_then(|number| number.checked_sub(1));
    let Some(slice) = index.and_then(|index| explanation.slices.get(index)) else {
        return result.replace('_', " ");
    };
    let end = slice
        .to_quantity
        .map_or_else(|| "on".to_owned(), |end| format!("to {end}"));
    match slice.source {
        RateSource::Tier => format!("Tier from {} {end}", slice.from_quantity),
        RateSource::Base => format!("Base rate from {} {end}", slice.from_quantity),
    }
}
