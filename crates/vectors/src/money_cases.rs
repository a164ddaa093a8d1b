//! `rounding.json`, `minor_units.json`.

use domain::allocate::allocate;
use domain::currency::Currency;
use domain::decimal::{ExchangeRate, Percentage, Quantity, Rate};
use domain::exact::Exact;
use domain::money::Money;
use pricing::{Increase, LineKey, UsageTotals, tax};
use serde_json::{Value, json};

use crate::input::{CaseError, Input};

pub(crate) fn rounding(input: Input<'_>) -> Result<Value, CaseError> {
    match input.text("operation")? {
        "round" => round(input),
        "sum" => sum(input),
        "records" => records(input),
        "tax" => tax_line(input),
        "convert" => convert(input),
        "allocate" => parts(input),
        "increase" => increase(input),
        other => Err(CaseError::Malformed(other.to_owned())),
    }
}

fn shown(exact: &Exact, currency: Currency) -> Result<Value, CaseError> {
    let amount = exact.round_to(currency)?;
    Ok(json!({ "unrounded_amount": exact.display10(), "amount": amount.amount_text() }))
}

fn round(input: Input<'_>) -> Result<Value, CaseError> {
    let exact = match input.optional_text("value") {
        Some(value) => Exact::parse_decimal(value)?,
        None => Exact::parse_decimal(input.text("numerator")?)?
            .checked_div(&Exact::parse_decimal(input.text("denominator")?)?)
            .ok_or_else(|| CaseError::Malformed("denominator".to_owned()))?,
    };
    shown(&exact, input.currency()?)
}

fn sum(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let texts = input.texts("exact_amounts")?;
    let round = |text| -> Result<Money, CaseError> { Ok(Exact::parse_decimal(text)?.round_to(currency)?) };
    let lines = texts.into_iter().map(round).collect::<Result<Vec<_>, _>>()?;
    let total = Money::sum(currency, lines.iter().copied())?;
    Ok(json!({
        "line_amounts": lines.into_iter().map(Money::amount_text).collect::<Vec<_>>(),
        "total": total.amount_text(),
    }))
}

/// Many records of one line, summed one by one and then charged (P-63).
fn records(input: Input<'_>) -> Result<Value, CaseError> {
    let quantity = Quantity::parse(input.text("quantity_per_record")?)?;
    let key = LineKey {
        subscription: 0,
        meter: 0,
        sku: 0,
    };
    let mut totals = UsageTotals::new();
    for _ in 0..input.count("record_count")? {
        totals.add(key, quantity)?;
    }
    let rate = Exact::from(Rate::parse(input.text("rate")?)?);
    let amount = totals.sorted().iter().fold(Exact::zero(), |sum, (_, total)| {
        sum.plus(&Exact::from(*total).times(&rate))
    });
    shown(&amount, input.currency()?)
}

fn tax_line(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let net = Money::sum(currency, input.moneys("net_amounts", currency)?)?;
    let taxed = tax(net, Percentage::parse(input.text("tax_rate")?)?)?;
    Ok(json!({
        "net_amount": taxed.net_amount.amount_text(),
        "tax_amount": taxed.tax_amount.amount_text(),
        "total_amount": taxed.total_amount.amount_text(),
    }))
}

fn convert(input: Input<'_>) -> Result<Value, CaseError> {
    let from = ExchangeRate::parse(input.text("from_rate")?)?;
    let to = ExchangeRate::parse(input.text("to_rate")?)?;
    let exact = Exact::parse_decimal(input.text("exact_amount")?)?;
    shown(&exact.converted(from, to), input.currency()?)
}

fn parts(input: Input<'_>) -> Result<Value, CaseError> {
    let amount = input.money("amount", input.currency()?)?;
    let weights = input
        .texts("weights")?
        .into_iter()
        .map(Quantity::parse)
        .collect::<Result<Vec<_>, _>>()?;
    let parts = allocate(amount, &weights)?;
    Ok(json!({ "parts": parts.into_iter().map(Money::amount_text).collect::<Vec<_>>() }))
}

fn increase(input: Input<'_>) -> Result<Value, CaseError> {
    let value = input.text("increase_value")?;
    let increase = match input.text("increase_type")? {
        "percentage" => Increase::percentage(value)?,
        "fixed_amount" => Increase::fixed_amount(value)?,
        other => return Err(CaseError::Malformed(other.to_owned())),
    };
    let changed = |text| -> Result<Rate, CaseError> { Ok(increase.apply(Rate::parse(text)?)?) };
    let rates = input
        .texts("rates")?
        .into_iter()
        .map(changed)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "rates": rates }))
}

pub(crate) fn minor_units(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let digits = currency.minor_unit_digits();
    let money = match input.text("operation")? {
        "to_minor" => input.money("amount", currency)?,
        "round" => Exact::parse_decimal(input.text("exact_amount")?)?.round_to(currency)?,
        "from_minor" => {
            let minor = input.text("amount_minor")?.parse();
            let minor = minor.map_err(|_| CaseError::Malformed("amount_minor".to_owned()))?;
            let money = Money::from_minor(minor, currency);
            return Ok(json!({ "minor_unit_digits": digits, "amount": money.amount_text() }));
        }
        other => return Err(CaseError::Malformed(other.to_owned())),
    };
    Ok(json!({
        "minor_unit_digits": digits,
        "amount_minor": money.amount_minor().to_string(),
        "amount": money.amount_text(),
    }))
}
