//! `commissions.json`.

use commission::{
    CommissionDocument, CommissionSchedule, CommissionTier, DocumentKind, DocumentStatus, ScheduleSource,
    ScheduleWarning, Statement, StatementLedger, TierMode, TierPeriod, check_effective_from, commission,
    resolve_schedule, schedule_in_force, split_by_ancestor, summary, year_figures,
};
use domain::currency::Currency;
use domain::decimal::{ExchangeRate, Percentage, PlainAmount};
use domain::money::Money;
use domain::period::Period;
use serde_json::{Value, json};

use crate::input::{CaseError, Input, word};

const TIER_PERIODS: [(&str, TierPeriod); 2] = [("month", TierPeriod::Month), ("year", TierPeriod::Year)];

/// The last three operations are in no vector, but in the comparison with the oracle (C-4, C-11).
pub(crate) fn commissions(input: Input<'_>) -> Result<Value, CaseError> {
    match input.text("operation")? {
        "commission" => one(input),
        "year" => year(input),
        "summary" => three_bases(input),
        "statements" => statements(input),
        "resolve_schedule" => resolve(input),
        "split" => split(input),
        "schedule_in_force" => in_force(input),
        "effective_from" => start_of_a_schedule(input),
        other => Err(CaseError::Malformed(other.to_owned())),
    }
}

fn schedule(input: Input<'_>) -> Result<CommissionSchedule, CaseError> {
    let modes = [("graduated", TierMode::Graduated), ("volume", TierMode::Volume)];
    let tiers = input.objects("tiers").map(|tier| {
        Ok(CommissionTier {
            from_amount: PlainAmount::parse(tier.text("from_amount")?)?,
            to_amount: tier.optional_text("to_amount").map(PlainAmount::parse).transpose()?,
            percentage: Percentage::parse(tier.text("percentage")?)?,
        })
    });
    Ok(CommissionSchedule::new(
        word(input.text("tier_mode")?, &modes)?,
        word(input.text("tier_period")?, &TIER_PERIODS)?,
        tiers.collect::<Result<_, CaseError>>()?,
    )?)
}

fn one(input: Input<'_>) -> Result<Value, CaseError> {
    let schedule = schedule(input.object("schedule")?)?;
    let result = commission(&schedule, input.money("base_amount", input.currency()?)?)?;
    let slices = result.slices.iter().map(|slice| {
        json!({
            "from_amount": slice.tier.from_amount,
            "to_amount": slice.tier.to_amount,
            "percentage": slice.tier.percentage,
            "base_amount": slice.base_amount_text(),
            "unrounded_amount": slice.unrounded_amount.display10(),
        })
    });
    Ok(json!({
        "slices": slices.collect::<Vec<_>>(),
        "unrounded_amount": result.unrounded_amount.display10(),
        "amount": result.amount.amount_text(),
    }))
}

fn year(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let schedule = schedule(input.object("schedule")?)?;
    let figures = year_figures(&schedule, currency, &input.moneys("monthly_base_amounts", currency)?)?;
    Ok(json!({
        "monthly_amounts": figures.monthly_amounts.into_iter().map(Money::amount_text).collect::<Vec<_>>(),
        "year_amount": figures.year_amount.amount_text(),
    }))
}

fn document(input: Input<'_>, currency: Currency) -> Result<CommissionDocument, CaseError> {
    let kinds = [
        ("invoice", DocumentKind::Invoice),
        ("credit_note", DocumentKind::CreditNote),
    ];
    let statuses = [
        ("preview", DocumentStatus::Preview),
        ("issued", DocumentStatus::Issued),
        ("paid", DocumentStatus::Paid),
        ("void", DocumentStatus::Void),
    ];
    let conversion = match (input.optional_text("from_rate"), input.optional_text("to_rate")) {
        (Some(from), Some(to)) => Some((ExchangeRate::parse(from)?, ExchangeRate::parse(to)?)),
        _ => None,
    };
    Ok(CommissionDocument {
        document_id: input.text("document_id")?.to_owned(),
        kind: word(input.text("kind")?, &kinds)?,
        // The vectors leave the document's own currency open; its amounts have the digits of the case's currency.
        net_amount: input.money("net_amount", currency)?,
        status: word(input.text("status")?, &statuses)?,
        credits_document_id: input.optional_text("credits_document_id").map(str::to_owned),
        conversion,
    })
}

fn three_bases(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let schedule = schedule(input.object("schedule")?)?;
    let documents = input
        .objects("documents")
        .map(|one| document(one, currency))
        .collect::<Result<Vec<_>, _>>()?;
    let uninvoiced = input.money("uninvoiced_amount", currency)?;
    let summary = summary(
        &schedule,
        currency,
        &documents,
        uninvoiced,
        input.money("stated_amount", currency)?,
    )?;
    Ok(json!({
        "estimated_base_amount": summary.bases.estimated_base_amount.amount_text(),
        "earned_base_amount": summary.bases.earned_base_amount.amount_text(),
        "payable_base_amount": summary.bases.payable_base_amount.amount_text(),
        "estimated_amount": summary.results.estimated_amount.amount_text(),
        "earned_amount": summary.results.earned_amount.amount_text(),
        "payable_amount": summary.results.payable_amount.amount_text(),
        "difference_amount": summary.difference_amount.amount_text(),
    }))
}

fn statements(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let schedule = schedule(input.object("schedule")?)?;
    let mut ledger = StatementLedger::new(currency);
    let mut closed = Vec::new();
    for statement in input.objects("statements") {
        let bases = statement.object("payable_base_amounts")?;
        for (period, base) in bases.0.as_object().into_iter().flatten() {
            let base = base
                .as_str()
                .ok_or_else(|| CaseError::Malformed("payable_base_amounts".to_owned()))?;
            ledger.set_payable_base(Period::parse(period)?, Money::parse(base, currency)?)?;
        }
        closed.push(shown(&ledger.close(statement.period("period")?, |_| Some(&schedule))?));
    }
    Ok(json!({ "statements": closed }))
}

fn shown(statement: &Statement) -> Value {
    let lines = statement.lines.iter().map(|line| {
        json!({
            "unit": line.unit.to_string(),
            "payable_amount": line.payable_amount.amount_text(),
            "stated_amount": line.stated_amount.amount_text(),
            "difference_amount": line.difference_amount.amount_text(),
        })
    });
    json!({
        "period": statement.period,
        "lines": lines.collect::<Vec<_>>(),
        "carried_in_amount": statement.carried_in_amount.amount_text(),
        "statement_amount": statement.statement_amount.amount_text(),
        "carried_out_amount": statement.carried_out_amount.amount_text(),
    })
}

fn resolve(input: Input<'_>) -> Result<Value, CaseError> {
    let read = |name| input.get(name).map(|value| schedule(Input(value))).transpose();
    let own = read("own_schedule")?;
    let partner_default = read("distributor_partner_default")?;
    let resolved = resolve_schedule(own.as_ref(), partner_default.as_ref());
    Ok(json!({
        "source": resolved.source.map(ScheduleSource::code),
        "tiers": resolved.schedule.map(CommissionSchedule::tiers).unwrap_or_default(),
        "warnings": resolved.warnings().into_iter().map(ScheduleWarning::code).collect::<Vec<_>>(),
    }))
}

fn split(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let lines = input
        .objects("lines")
        .map(|line| Ok((line.text("ancestor")?, line.money("amount", currency)?)))
        .collect::<Result<Vec<_>, CaseError>>()?;
    let parts = split_by_ancestor(currency, lines)?;
    let parts = parts
        .into_iter()
        .map(|(ancestor, net)| json!({ "ancestor": ancestor, "net_amount": net.amount_text() }));
    Ok(json!({ "parts": parts.collect::<Vec<_>>() }))
}

fn months(input: Input<'_>, name: &str) -> Result<Vec<Period>, CaseError> {
    input
        .texts(name)?
        .into_iter()
        .map(|text| Ok(Period::parse(text)?))
        .collect()
}

fn in_force(input: Input<'_>) -> Result<Value, CaseError> {
    let index = schedule_in_force(&months(input, "effective_from")?, input.period("period")?);
    Ok(json!({ "index": index }))
}

fn start_of_a_schedule(input: Input<'_>) -> Result<Value, CaseError> {
    let tier_period = word(input.text("tier_period")?, &TIER_PERIODS)?;
    let (start, current) = (input.period("effective_from")?, input.period("current")?);
    check_effective_from(tier_period, start, current, &months(input, "existing")?)?;
    Ok(json!({ "accepted": true }))
}
