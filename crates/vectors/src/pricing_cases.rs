//! `tiers.json`, `credits.json`, `monthly_variable.json`, `late_usage.json`.

use std::num::NonZeroU32;

use domain::currency::Currency;
use domain::decimal::{ExchangeRate, Percentage, Quantity, Rate};
use domain::exact::Exact;
use domain::money::Money;
use domain::period::Period;
use pricing::{
    AppliedRate, Conversion, CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind, Explanation,
    HoursDivisor, HoursReason, ItemCreditKind, ItemCredits, PricingItem, PricingItemInput, RatePeriod, Rated,
    RatingContext, Tier, TierMode, UnitKind, Warning, apply_credits, daily_charges, effective_rate, late_difference,
    rate,
};
use serde_json::{Map, Value, json};

use crate::input::{CaseError, Input, word};

/// Hours of items whose rate is per unit; never used by them.
const REFERENCE_HOURS: NonZeroU32 = NonZeroU32::MIN;

fn item(input: Input<'_>, unit_kind: UnitKind, rate_period: RatePeriod) -> Result<PricingItem, CaseError> {
    let modes = [("graduated", TierMode::Graduated), ("volume", TierMode::Volume)];
    let tiers = input.objects("tiers").map(|tier| {
        Ok(Tier {
            from_quantity: Quantity::parse(tier.text("from_quantity")?)?,
            to_quantity: tier.optional_text("to_quantity").map(Quantity::parse).transpose()?,
            rate: Rate::parse(tier.text("rate")?)?,
        })
    });
    Ok(PricingItem::new(PricingItemInput {
        item_id: "item".to_owned(),
        meter_id: "meter".to_owned(),
        sku: String::new(),
        rate: Rate::parse(input.text("rate")?)?,
        rate_period,
        unit_kind,
        unit: "priced unit".to_owned(),
        meter_unit: "meter unit".to_owned(),
        unit_divisor: input.count("unit_divisor")?,
        description: String::new(),
        tier_mode: word(input.optional_text("tier_mode").unwrap_or("graduated"), &modes)?,
        tiers: tiers.collect::<Result<_, CaseError>>()?,
        credits: item_credits(input)?,
    })?)
}

fn item_credits(input: Input<'_>) -> Result<ItemCredits, CaseError> {
    let kinds = [
        ("quantity", ItemCreditKind::Quantity),
        ("percent", ItemCreditKind::Percent),
        ("amount", ItemCreditKind::Amount),
    ];
    let credits = input
        .objects("credits")
        .map(|credit| Ok((word(credit.text("kind")?, &kinds)?, credit.text("value")?)));
    Ok(ItemCredits::parse(credits.collect::<Result<Vec<_>, CaseError>>()?)?)
}

/// Members no vector has, but the comparison with the oracle: `from_rate`, `to_rate` and `document_currency` (P-71).
fn context(input: Input<'_>, hours_divisor: HoursDivisor) -> Result<RatingContext, CaseError> {
    let currency = input.currency()?;
    let quoted = |currency, rate: &str| -> Result<AppliedRate, CaseError> {
        Ok(AppliedRate {
            rate: ExchangeRate::parse(rate)?,
            ..AppliedRate::platform(currency)
        })
    };
    let conversion = match (input.optional_text("from_rate"), input.optional_text("to_rate")) {
        (Some(from), Some(to)) => {
            let document_currency = Currency::from_code(input.text("document_currency")?)?;
            Some(Conversion {
                from: quoted(currency, from)?,
                to: quoted(document_currency, to)?,
            })
        }
        _ => None,
    };
    Ok(RatingContext {
        currency,
        hours_divisor,
        conversion,
    })
}

fn unit_context(input: Input<'_>) -> Result<RatingContext, CaseError> {
    context(input, HoursDivisor::kept(REFERENCE_HOURS, HoursReason::ReferenceHours))
}

/// Rates and checks on the way that the explanation computes to the same amount (P-96).
fn explained(item: &PricingItem, quantity: Quantity, context: &RatingContext) -> Result<Rated, CaseError> {
    let rated = rate(item, quantity, context)?;
    let period = Period::parse("2026-01")?;
    let recomputed = Explanation::new(&rated, item, context, period, None).recompute();
    if recomputed == Ok(rated.amount) {
        Ok(rated)
    } else {
        Err(CaseError::Malformed(format!(
            "the explanation computes to {recomputed:?}"
        )))
    }
}

fn slices(rated: &Rated) -> Value {
    let slice = |(slice, amount): &(pricing::Slice, Exact)| {
        json!({
            "from_quantity": slice.segment.from_quantity,
            "to_quantity": slice.segment.to_quantity,
            "rate": slice.segment.rate,
            "quantity": slice.quantity.display10(),
            "source": slice.segment.source,
            "unrounded_amount": amount.display10(),
        })
    };
    Value::Array(rated.charge.slices.iter().map(slice).collect())
}

fn warnings(item: &PricingItem) -> Value {
    item.warnings().into_iter().map(Warning::code).collect()
}

fn daily(input: Input<'_>, item: &PricingItem, context: &RatingContext) -> Result<Value, CaseError> {
    let texts = input.texts("daily_quantities")?;
    let days = texts.into_iter().map(Quantity::parse).collect::<Result<Vec<_>, _>>()?;
    let charges = daily_charges(item, &days, context)?;
    let quantity = total(days)?;
    let rated = explained(item, quantity, context)?;
    let sum = charges.iter().fold(Exact::zero(), |sum, charge| sum.plus(charge));
    if sum != rated.charge.unrounded_amount {
        return Err(CaseError::Malformed("the days do not add up to the month".to_owned()));
    }
    Ok(json!({
        "quantity": quantity,
        "daily_unrounded_amounts": charges.iter().map(Exact::display10).collect::<Vec<_>>(),
        "unrounded_amount": rated.charge.unrounded_amount.display10(),
        "amount": rated.amount.amount_text(),
    }))
}

fn total(quantities: Vec<Quantity>) -> Result<Quantity, CaseError> {
    Quantity::sum(quantities).ok_or(CaseError::Refused("quantity_out_of_range"))
}

pub(crate) fn tiers(input: Input<'_>) -> Result<Value, CaseError> {
    let item = item(input, UnitKind::Count, RatePeriod::Unit)?;
    let context = unit_context(input)?;
    if input.get("daily_quantities").is_some() {
        return daily(input, &item, &context);
    }
    let rated = explained(&item, Quantity::parse(input.text("quantity")?)?, &context)?;
    Ok(json!({
        "priced_quantity": rated.charge.priced_quantity.display10(),
        "slices": slices(&rated),
        "warnings": warnings(&item),
        "unrounded_amount": rated.charge.unrounded_amount.display10(),
        "amount": rated.amount.amount_text(),
    }))
}

pub(crate) fn credits(input: Input<'_>) -> Result<Value, CaseError> {
    if input.text("level")? == "invoice" {
        return invoice_credits(input);
    }
    let item = item(input, UnitKind::Count, RatePeriod::Unit)?;
    let context = unit_context(input)?;
    if input.get("daily_quantities").is_some() {
        return daily(input, &item, &context);
    }
    let rated = explained(&item, Quantity::parse(input.text("quantity")?)?, &context)?;
    let charge = &rated.charge;
    Ok(json!({
        "priced_quantity": charge.priced_quantity.display10(),
        "credited_quantity": charge.credited_quantity.display10(),
        "chargeable_quantity": charge.chargeable_quantity.display10(),
        "gross_unrounded_amount": charge.gross_amount.display10(),
        "percent_credit_unrounded_amount": charge.percent_credit_amount.display10(),
        "amount_credit_unrounded_amount": charge.amount_credit_amount.display10(),
        "unrounded_amount": charge.unrounded_amount.display10(),
        "amount": rated.amount.amount_text(),
    }))
}

fn invoice_credits(input: Input<'_>) -> Result<Value, CaseError> {
    let currency = input.currency()?;
    let lines = input.objects("lines").map(|line| {
        let subscription_id = Some(line.text("subscription_id")?.to_owned());
        Ok(CreditableLine {
            subscription_id,
            amount: line.money("amount", currency)?,
            late: false,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, CaseError>>()?;
    let credits = input.objects("credits").map(|credit| {
        let target = match credit.text("scope")? {
            "tenant" => CreditTarget::Tenant,
            _ => CreditTarget::Subscription(credit.text("target_id")?.to_owned()),
        };
        let kind = match (credit.text("kind")?, credit.text("recurrence")?) {
            ("percent", "monthly") => DocumentCreditKind::Percent(Percentage::parse(credit.text("value")?)?),
            ("amount", "monthly") => DocumentCreditKind::MonthlyAmount(credit.money("value", currency)?),
            ("amount", "once") => DocumentCreditKind::Once {
                balance: credit.money("balance", currency)?,
            },
            (kind, recurrence) => return Err(CaseError::Malformed(format!("{kind} {recurrence}"))),
        };
        Ok(DocumentCredit {
            credit_id: credit.text("id")?.to_owned(),
            target,
            kind,
        })
    });
    let credits = credits.collect::<Result<Vec<_>, CaseError>>()?;
    let applied = apply_credits(currency, &lines, &credits)?;
    let credit_lines = applied.credit_lines.iter();
    let credit_lines =
        credit_lines.map(|line| json!({ "credit_id": line.credit_id, "amount": line.amount.amount_text() }));
    let balances = applied
        .balances
        .iter()
        .map(|(id, balance)| (id.clone(), Value::String(balance.amount_text())));
    Ok(json!({
        "gross_amount": applied.gross_amount.amount_text(),
        "credit_lines": credit_lines.collect::<Vec<_>>(),
        "net_amount": applied.net_amount.amount_text(),
        "balances": balances.collect::<Map<_, _>>(),
    }))
}

pub(crate) fn monthly_variable(input: Input<'_>) -> Result<Value, CaseError> {
    let kinds = [
        ("hour", UnitKind::Hour),
        ("month", UnitKind::Month),
        ("count", UnitKind::Count),
    ];
    let periods = [("unit", RatePeriod::Unit), ("month", RatePeriod::Month)];
    let unit_kind = word(input.text("unit_kind")?, &kinds)?;
    let rate_period = word(input.text("rate_period")?, &periods)?;
    let item = item(input, unit_kind, rate_period)?;
    let reference = NonZeroU32::new(input.small_count("reference_hours_per_month")?)
        .ok_or_else(|| CaseError::Malformed("reference_hours_per_month".to_owned()))?;
    let switch = input.flag("use_monthly_variable_pricing")?;
    let context = context(input, HoursDivisor::of(input.period("period")?, switch, reference))?;
    let mut answer = Map::new();
    let quantity = if input.get("record_quantities").is_some() {
        let records = input.object("record_quantities")?;
        let one = Quantity::parse(records.text("quantity")?)?;
        let quantity = total(vec![one; usize::try_from(records.count("count")?).unwrap_or(0)])?;
        answer.insert("quantity".to_owned(), json!(quantity));
        quantity
    } else {
        Quantity::parse(input.text("quantity")?)?
    };
    let rated = explained(&item, quantity, &context)?;
    let divisor = rated.charge.hours_divisor;
    answer.insert(
        "hours_divisor".to_owned(),
        json!(divisor.map(|divisor| divisor.hours().get())),
    );
    if item.tier_table().tiers().is_empty() {
        answer.insert(
            "effective_rate".to_owned(),
            json!(effective_rate(item.rate(), divisor).display10()),
        );
    } else {
        answer.insert("slices".to_owned(), slices(&rated));
    }
    answer.insert(
        "unrounded_amount".to_owned(),
        json!(rated.charge.unrounded_amount.display10()),
    );
    answer.insert("amount".to_owned(), json!(rated.amount.amount_text()));
    Ok(Value::Object(answer))
}

pub(crate) fn late_usage(input: Input<'_>) -> Result<Value, CaseError> {
    let kept = input
        .get("hours_divisor")
        .map(|_| input.small_count("hours_divisor"))
        .transpose()?;
    let hours = kept.and_then(NonZeroU32::new);
    let rate_period = if hours.is_some() {
        RatePeriod::Month
    } else {
        RatePeriod::Unit
    };
    let item = item(input, UnitKind::Hour, rate_period)?;
    let divisor = HoursDivisor::kept(hours.unwrap_or(REFERENCE_HOURS), HoursReason::HoursOfPeriod);
    let context = context(input, divisor)?;
    let quantity_now = Quantity::parse(input.text("quantity_now")?)?;
    let quantity_billed = Quantity::parse(input.text("quantity_billed")?)?;
    let issued: Vec<Money> = input.moneys("issued_amounts", context.currency)?;
    let expected = explained(&item, quantity_now, &context)?.amount;
    let late = late_difference(expected, &issued, quantity_now, quantity_billed)?;
    Ok(json!({
        "expected_amount": late.expected_amount.amount_text(),
        "billed_amount": late.billed_amount.amount_text(),
        "difference_quantity": late.difference_quantity,
        "difference_amount": late.difference_amount.amount_text(),
        "line_created": late.line_created(),
    }))
}
