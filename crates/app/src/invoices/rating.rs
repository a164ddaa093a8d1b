//! From a tenant's usage to the lines of its document (P-15, P-40 to P-43, B-20 to B-22).

use std::collections::{BTreeMap, HashMap};

use domain::currency::Currency;
use domain::decimal::Quantity;
use domain::ids::{InvoiceId, InvoiceLineId, PricingItemId, RegionId};
use domain::money::Money;
use domain::period::Period;
use persistence::invoice::{BilledSubscription, LineRow, NewLine};
use persistence::price_list::CreditRow;
use pricing::{
    Chosen, Explanation, LineKey, PriceBook, PriceOrigin, PricedBy, PricingItem, Rated, RatingContext, UsageTotals,
    effective_rate,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::prices::MonthPrices;
use super::usage_of_month::{MonthUsage, TenantUsage};
use crate::Error;
use crate::pricing::{MeterTable, credit_identifier};

/// A part of a line's usage: what the stamp calls it and how much it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineSource {
    /// Meter as reported.
    pub(crate) meter_id: String,
    /// SKU as reported.
    pub(crate) sku: String,
    /// Sum of the month, canonical decimal.
    pub(crate) quantity: String,
}

/// What is stored with a line to explain it later (P-95, P-96).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineExplanation {
    /// Region of the subscription.
    pub(crate) region_id: RegionId,
    /// Subscription as the stamp knows it.
    pub(crate) platform_subscription_id: Uuid,
    /// Usage behind the line.
    pub(crate) sources: Vec<LineSource>,
    /// Name of the list; for platform roles only.
    pub(crate) price_list_name: Option<String>,
    /// Every figure; none for unpriced usage.
    pub(crate) explanation: Option<Explanation>,
}

/// The lines of a tenant and what stands in the way of issuing them.
#[derive(Debug)]
pub(crate) struct TenantLines {
    /// Lines in the order of the document.
    pub(crate) lines: Vec<NewLine>,
    /// Number of unpriced lines.
    pub(crate) unpriced: i64,
    /// Whether a list is in a currency no exchange rate leads from (P-72).
    pub(crate) exchange_rate_missing: bool,
    /// Sum of the amounts.
    pub(crate) net: Money,
}

/// What the lines of every tenant of a month depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RatingInputs<'a> {
    /// Month.
    pub(crate) period: Period,
    /// Prices.
    pub(crate) prices: &'a MonthPrices,
    /// Catalogue.
    pub(crate) meters: &'a MeterTable,
    /// Usage.
    pub(crate) usage: &'a MonthUsage,
}

/// The key of a priced line: subscription and number of the item.
type PricedKey = (u32, u32);

/// Rates the usage of one tenant.
///
/// # Errors
/// [`Error::Internal`] when an amount or sum cannot be stored.
pub(crate) fn rate_tenant(
    inputs: RatingInputs<'_>,
    tenant: &TenantUsage,
    invoice: InvoiceId,
    currency: Currency,
) -> Result<TenantLines, Error> {
    let book = inputs.prices.book(tenant.tenant_id);
    let chosen = Choices::of(inputs, &book, tenant, currency)?;
    let mut totals = UsageTotals::new();
    for (key, quantity) in &tenant.totals {
        if !chosen.foreign.contains_key(key) {
            totals.add(*key, *quantity).map_err(Error::internal)?;
        }
    }
    let rated = totals
        .rate_lines(|key| chosen.priced_by(key))
        .map_err(|(_, error)| Error::internal(error))?;
    let maker = LineMaker { inputs, invoice };
    let mut lines = Vec::new();
    for line in &rated.rated {
        let key = (line.subscription, line.item_index);
        let item = chosen.item(line.item_index)?;
        lines.push(maker.priced(line.subscription, item, chosen.sources(key), &line.rated)?);
    }
    for line in &rated.unpriced {
        lines.push(maker.without_amount(line.key, line.quantity, None)?);
    }
    for (key, (quantity, list)) in &chosen.foreign {
        lines.push(maker.without_amount(*key, *quantity, Some(list))?);
    }
    lines.sort_by(|left, right| order(&left.row).cmp(&order(&right.row)));
    let amounts = lines
        .iter()
        .map(|line| Money::from_minor(line.row.amount_minor, currency));
    Ok(TenantLines {
        net: Money::sum(currency, amounts).map_err(Error::internal)?,
        unpriced: i64::try_from(rated.unpriced.len()).map_err(Error::internal)?,
        exchange_rate_missing: !chosen.foreign.is_empty(),
        lines,
    })
}

/// Subscription by name and id, category, meter name, SKU (B-21); the line's id makes the order total.
fn order(row: &LineRow) -> impl Ord + '_ {
    (
        &row.subscription_name,
        row.subscription_id,
        &row.category,
        &row.meter_name,
        &row.sku,
        row.id,
    )
}

/// Which item prices each key of a tenant.
struct Choices<'a> {
    by_key: HashMap<LineKey, u32>,
    items: Vec<(Chosen<'a>, RatingContext)>,
    sources: BTreeMap<PricedKey, Vec<LineSource>>,
    /// Keys priced by a list in another currency, with the name of the list.
    foreign: BTreeMap<LineKey, (Quantity, String)>,
}

impl<'a> Choices<'a> {
    fn of(
        inputs: RatingInputs<'_>,
        book: &'a PriceBook,
        tenant: &TenantUsage,
        currency: Currency,
    ) -> Result<Self, Error> {
        let mut choices = Self {
            by_key: HashMap::new(),
            items: Vec::new(),
            sources: BTreeMap::new(),
            foreign: BTreeMap::new(),
        };
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for (key, quantity) in &tenant.totals {
            let subscription = inputs.usage.subscription(key.subscription).ok_or_else(unknown_key)?;
            let (meter_id, sku) = (inputs.usage.meter(*key), inputs.usage.sku(*key));
            let Some(found) = book.choose(&subscription.region_id.to_string(), meter_id, sku) else {
                continue;
            };
            if found.list.currency() != currency {
                let name = inputs
                    .prices
                    .name(found.list.price_list_id())
                    .unwrap_or_default()
                    .to_owned();
                choices.foreign.insert(*key, (*quantity, name));
                continue;
            }
            let next = u32::try_from(choices.items.len()).map_err(Error::internal)?;
            let number = *numbers.entry(found.item.item_id()).or_insert(next);
            if number == next {
                let hours_divisor = inputs.prices.hours;
                choices.items.push((
                    found,
                    RatingContext {
                        currency,
                        hours_divisor,
                        conversion: None,
                    },
                ));
            }
            choices.by_key.insert(*key, number);
            choices
                .sources
                .entry((key.subscription, number))
                .or_default()
                .push(LineSource {
                    meter_id: meter_id.to_owned(),
                    sku: sku.to_owned(),
                    quantity: quantity.to_string(),
                });
        }
        Ok(choices)
    }

    fn priced_by(&self, key: LineKey) -> Option<PricedBy<'_>> {
        let item_index = *self.by_key.get(&key)?;
        let (chosen, context) = self.items.get(usize::try_from(item_index).ok()?)?;
        Some(PricedBy {
            item_index,
            item: chosen.item,
            context,
        })
    }

    fn item(&self, number: u32) -> Result<&(Chosen<'a>, RatingContext), Error> {
        usize::try_from(number)
            .ok()
            .and_then(|index| self.items.get(index))
            .ok_or_else(unknown_key)
    }

    fn sources(&self, key: PricedKey) -> Vec<LineSource> {
        // Keys are numbered in order of first appearance; the stored order must not depend on that (B-9).
        let mut sources = self.sources.get(&key).cloned().unwrap_or_default();
        sources.sort_by(|left, right| (&left.meter_id, &left.sku).cmp(&(&right.meter_id, &right.sku)));
        sources
    }
}

fn unknown_key() -> Error {
    Error::internal("a sum of usage has a key that is not in the tables")
}

struct LineMaker<'a> {
    inputs: RatingInputs<'a>,
    invoice: InvoiceId,
}

impl LineMaker<'_> {
    fn priced(
        &self,
        subscription: u32,
        (chosen, context): &(Chosen<'_>, RatingContext),
        sources: Vec<LineSource>,
        rated: &Rated,
    ) -> Result<NewLine, Error> {
        let subscription = self.inputs.usage.subscription(subscription).ok_or_else(unknown_key)?;
        let item = chosen.item;
        let origin = PriceOrigin {
            price_list_id: chosen.list.price_list_id().to_owned(),
            version: chosen.list.version(),
            effective_from: chosen.list.effective_from(),
            scope_step: chosen.step,
        };
        let explanation = Explanation::new(rated, item, context, self.inputs.period, Some(origin));
        let mut row = self.row(subscription, item.meter_id(), item.sku(), item.item_id());
        item.description().clone_into(&mut row.description);
        if row.description.is_empty() {
            row.description = title(&row.meter_name, item.sku());
        }
        let priced = &rated.charge.priced_quantity;
        row.quantity = Some(priced.decimal_text(18).unwrap_or_else(|| priced.display(18)));
        item.unit().clone_into(&mut row.unit);
        row.rate_text = Some(rate_text(item, context));
        row.credits_text = credits_text(item)?;
        row.pricing_item_id = Some(PricingItemId::new(
            Uuid::parse_str(item.item_id()).map_err(Error::internal)?,
        ));
        row.amount_minor = rated.amount.amount_minor();
        let name = self.inputs.prices.name(chosen.list.price_list_id()).map(str::to_owned);
        with_explanation(row, subscription, sources, name, Some(explanation))
    }

    /// Usage that no item prices, or that one prices in a currency without exchange rate: a line of 0 (P-16, P-72).
    fn without_amount(&self, key: LineKey, quantity: Quantity, list: Option<&String>) -> Result<NewLine, Error> {
        let subscription = self
            .inputs
            .usage
            .subscription(key.subscription)
            .ok_or_else(unknown_key)?;
        let (meter_id, sku) = (self.inputs.usage.meter(key), self.inputs.usage.sku(key));
        let mut row = self.row(subscription, meter_id, sku, "");
        row.priced = list.is_some();
        row.quantity = Some(quantity.to_string());
        let source = LineSource {
            meter_id: meter_id.to_owned(),
            sku: sku.to_owned(),
            quantity: quantity.to_string(),
        };
        with_explanation(row, subscription, vec![source], list.cloned(), None)
    }

    fn row(&self, subscription: &BilledSubscription, meter_id: &str, sku: &str, item_id: &str) -> LineRow {
        let meter = self.inputs.meters.find(meter_id);
        let meter_name = meter.map_or_else(|| meter_id.to_owned(), |meter| meter.name.clone());
        LineRow {
            id: line_id(self.invoice, subscription, meter_id, sku, item_id),
            line_kind: "usage".to_owned(),
            subscription_id: Some(subscription.id),
            subscription_name: subscription.name.clone(),
            category: meter.map_or_else(|| "Other".to_owned(), |meter| meter.category.clone()),
            meter_id: Some(meter.map_or_else(|| meter_id.to_owned(), |meter| meter.meter_id.clone())),
            description: title(&meter_name, sku),
            meter_name,
            sku: sku.to_owned(),
            unit: meter.map_or_else(|| "unknown".to_owned(), |meter| meter.unit.clone()),
            quantity: None,
            rate_text: None,
            credits_text: None,
            pricing_item_id: None,
            priced: true,
            amount_minor: 0,
        }
    }
}

fn with_explanation(
    row: LineRow,
    subscription: &BilledSubscription,
    sources: Vec<LineSource>,
    price_list_name: Option<String>,
    explanation: Option<Explanation>,
) -> Result<NewLine, Error> {
    let explanation = LineExplanation {
        region_id: subscription.region_id,
        platform_subscription_id: subscription.platform_subscription_id.uuid(),
        sources,
        price_list_name,
        explanation,
    };
    Ok(NewLine {
        row,
        explanation: serde_json::to_string(&explanation).map_err(Error::internal)?,
    })
}

fn title(meter_name: &str, sku: &str) -> String {
    if sku.is_empty() {
        meter_name.to_owned()
    } else {
        format!("{meter_name}, {sku}")
    }
}

/// The rate of one unit of the line's quantity; a rate per month is shown for one hour.
fn rate_text(item: &PricingItem, context: &RatingContext) -> String {
    if !item.tier_table().tiers().is_empty() {
        return "tiered".to_owned();
    }
    let rate = effective_rate(item.rate(), context.divisor_of(item));
    rate.decimal_text(10).unwrap_or_else(|| rate.display10())
}

fn credits_text(item: &PricingItem) -> Result<Option<String>, Error> {
    let credits: Vec<CreditRow> = item
        .credits()
        .iter()
        .map(|(kind, value)| CreditRow {
            kind: credit_identifier(kind).to_owned(),
            value,
        })
        .collect();
    if credits.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&credits).map(Some).map_err(Error::internal)
}

/// The id of a line follows from what it is for, so that a rebuilt preview has the same lines (B-9).
fn line_id(
    invoice: InvoiceId,
    subscription: &BilledSubscription,
    meter_id: &str,
    sku: &str,
    item_id: &str,
) -> InvoiceLineId {
    let mut hash = Sha256::new();
    hash.update(invoice.uuid().as_bytes());
    hash.update(subscription.id.uuid().as_bytes());
    for part in [meter_id, sku, item_id] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    for (byte, source) in bytes.iter_mut().zip(digest.iter()) {
        *byte = *source;
    }
    InvoiceLineId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
