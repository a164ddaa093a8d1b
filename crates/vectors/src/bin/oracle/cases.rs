//! Hostile random cases: boundaries hit exactly and missed by 10^-18, ties, crumbs, the largest values, invalid items.

use domain::currency::Currency;
use domain::decimal::{PlainAmount, Quantity};
use domain::period::Period;
use serde_json::{Map, Value, json};

use crate::random::Random;

const CURRENCIES: [&str; 7] = ["EUR", "USD", "JPY", "KWD", "UYW", "CHF", "KRW"];

/// A case of any of the files the oracle answers.
pub(crate) fn any(random: &mut Random) -> (&'static str, Value) {
    match random.below(12) {
        0..=2 => ("tiers", tiers(random)),
        3 => ("credits", item_credits(random)),
        4 => ("credits", invoice_credits(random)),
        5 => ("monthly_variable", monthly_variable(random)),
        6 => ("late_usage", late_usage(random)),
        7 => ("rounding", rounding(random)),
        8 => ("commissions", commission(random)),
        9 => ("commissions", year(random)),
        10 => ("commissions", summary(random)),
        _ => ("commissions", statements(random)),
    }
}

fn set(case: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    case.insert(name.to_owned(), value.into());
}

fn many(random: &mut Random, most: u64, mut one: impl FnMut(&mut Random) -> Value) -> Vec<Value> {
    let count = random.below(most + 1);
    (0..count).map(|_| one(random)).collect()
}

fn digits_of(currency: &str) -> u64 {
    Currency::from_code(currency).map_or(2, |currency| currency.minor_unit_digits().into())
}

fn amount(random: &mut Random, currency: &str, whole_digits: u64) -> String {
    random.decimal(whole_digits, digits_of(currency))
}

/// An amount that is negative once in four.
fn signed_amount(random: &mut Random, currency: &str, whole_digits: u64) -> String {
    let amount = amount(random, currency, whole_digits);
    if random.once_in(4) {
        format!("-{amount}")
    } else {
        amount
    }
}

fn rate(random: &mut Random) -> String {
    match random.below(20) {
        0 => "0".to_owned(),
        1 => "0.0000000001".to_owned(),
        2 => "999999999.9999999999".to_owned(),
        _ => {
            let whole_digits = 1 + random.below(4);
            random.decimal(whole_digits, 10)
        }
    }
}

fn quantity(random: &mut Random) -> String {
    match random.below(20) {
        0 => "0".to_owned(),
        1 => "0.000000000000000001".to_owned(),
        2 => "999999999999999.999999999999999999".to_owned(),
        3..=6 => random.decimal(12, 18),
        _ => random.decimal(3, 18),
    }
}

/// A bound of the tiers exactly, a crumb beside it, or any quantity. Multiplied by the divisor where that is small.
fn quantity_near(random: &mut Random, bounds: &[u64], divisor: u64) -> String {
    let count = u64::try_from(bounds.len()).unwrap_or(0);
    let index = usize::try_from(random.below(count)).unwrap_or(0);
    let near = bounds
        .get(index)
        .and_then(|bound| bound.checked_mul(divisor))
        .filter(|bound| *bound > 0);
    match near {
        Some(bound) if random.flag() => {
            let atto = i128::from(bound).saturating_mul(1_000_000_000_000_000_000);
            let crumb = [0, 0, 1, -1]
                .get(usize::try_from(random.below(4)).unwrap_or(0))
                .copied()
                .unwrap_or(0);
            let text = Quantity::from_atto(atto.saturating_add(crumb)).to_string();
            if Quantity::parse(&text).is_ok() {
                text
            } else {
                quantity(random)
            }
        }
        _ => quantity(random),
    }
}

fn ascending(random: &mut Random, most: u64) -> Vec<u64> {
    let count = random.below(most + 1);
    let mut bounds = vec![if random.flag() { 0 } else { random.below(50) }];
    for _ in 0..count {
        let last = bounds.last().copied().unwrap_or(0);
        bounds.push(last + 1 + random.below(60));
    }
    bounds
}

/// Tiers between ascending bounds, some left out, in any order; once in thirty one of them is wrong.
fn tier_list(random: &mut Random, bounds: &[u64], names: [&str; 3], value: fn(&mut Random) -> String) -> Vec<Value> {
    let mut tiers = Vec::new();
    let tier = |from: Value, to: Value, value: String| json!({ names[0]: from, names[1]: to, names[2]: value });
    for (from, to) in bounds.iter().zip(bounds.iter().skip(1)) {
        if !random.once_in(5) {
            tiers.push(tier(json!(from.to_string()), json!(to.to_string()), value(random)));
        }
    }
    let (first, last) = (
        bounds.first().copied().unwrap_or(0),
        bounds.last().copied().unwrap_or(0),
    );
    if random.flag() {
        tiers.push(tier(json!(last.to_string()), Value::Null, value(random)));
    }
    match random.below(90) {
        0 => tiers.push(tier(
            json!((last + 5).to_string()),
            json!((last + 5).to_string()),
            value(random),
        )),
        1 => tiers.push(tier(json!("-1"), json!("0"), value(random))),
        2 if !tiers.is_empty() => tiers.push(tier(json!(first.to_string()), Value::Null, value(random))),
        _ => {}
    }
    for index in (1..tiers.len()).rev() {
        let other = usize::try_from(random.below(u64::try_from(index).unwrap_or(0) + 1)).unwrap_or(0);
        tiers.swap(index, other);
    }
    tiers
}

/// An item of the form of the vectors, and the bounds of its tiers.
fn item(random: &mut Random) -> (Map<String, Value>, Vec<u64>) {
    let mut case = Map::new();
    let bounds = ascending(random, 6);
    set(&mut case, "currency", random.pick(&CURRENCIES));
    let base = if random.once_in(60) {
        random.pick(&["-0.1", "0.12345678901", "1e3", "01"]).to_owned()
    } else {
        rate(random)
    };
    set(&mut case, "rate", base);
    set(&mut case, "tier_mode", random.pick(&["graduated", "volume"]));
    let tiers = tier_list(random, &bounds, ["from_quantity", "to_quantity", "rate"], rate);
    set(&mut case, "tiers", tiers);
    let divisor = match random.below(6) {
        0 => 1_024,
        1 => 3_600,
        2 => 1 + random.below(1_000_000_000_000),
        _ => 1,
    };
    set(&mut case, "unit_divisor", divisor);
    if random.once_in(4) {
        let document_currency = random.pick(&CURRENCIES);
        set(&mut case, "document_currency", document_currency);
        for name in ["from_rate", "to_rate"] {
            let rate = random.decimal(4, 10);
            let zero = rate.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            set(&mut case, name, if zero { "1".to_owned() } else { rate });
        }
    }
    (case, bounds)
}

fn divisor_of(case: &Map<String, Value>) -> u64 {
    case.get("unit_divisor").and_then(Value::as_u64).unwrap_or(1)
}

/// One quantity, or the quantities of some days.
fn usage(random: &mut Random, case: &mut Map<String, Value>, bounds: &[u64]) {
    let divisor = divisor_of(case);
    if random.once_in(4) {
        let mut days = many(random, 6, |random| quantity_near(random, bounds, divisor).into());
        days.push(json!("0"));
        set(case, "daily_quantities", days);
    } else {
        let negative = random.once_in(60);
        let quantity = if negative {
            "-0.5".to_owned()
        } else {
            quantity_near(random, bounds, divisor)
        };
        set(case, "quantity", quantity);
    }
}

fn tiers(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    usage(random, &mut case, &bounds);
    Value::Object(case)
}

fn credits_of_item(random: &mut Random) -> Vec<Value> {
    let mut credits = Vec::new();
    if random.flag() {
        credits.push(json!({ "kind": "amount", "value": random.decimal(3, 10) }));
    }
    if random.flag() {
        let value = if random.once_in(10) {
            "100".to_owned()
        } else {
            random.decimal(2, 4)
        };
        credits.push(json!({ "kind": "percent", "value": value }));
    }
    if random.flag() {
        credits.push(json!({ "kind": "quantity", "value": random.decimal(2, 18) }));
    }
    if credits.is_empty() && random.once_in(3) {
        let (kind, value) = match random.below(3) {
            0 => ("percent", "100.0001"),
            1 => ("quantity", "-0.000000000000000001"),
            _ => ("amount", "-1"),
        };
        credits.push(json!({ "kind": kind, "value": value }));
    }
    credits
}

fn item_credits(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    set(&mut case, "level", "item");
    let credits = credits_of_item(random);
    set(&mut case, "credits", credits);
    usage(random, &mut case, &bounds);
    Value::Object(case)
}

fn invoice_credits(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let lines = many(
        random,
        6,
        |random| json!({ "subscription_id": random.pick(&["s1", "s2", "s3"]), "amount": signed_amount(random, currency, 4) }),
    );
    let mut number = 0;
    let credits = many(random, 7, |random| {
        number += 1;
        let (scope, target) = match random.below(4) {
            0 => ("tenant", "t1"),
            _ => ("subscription", random.pick(&["s1", "s2", "s3", "s9"])),
        };
        let mut credit =
            json!({ "id": format!("c{number}"), "scope": scope, "target_id": target, "recurrence": "monthly" });
        let members = [("kind", "amount".to_owned()), ("value", amount(random, currency, 3))];
        let members = if random.once_in(3) {
            [("kind", "percent".to_owned()), ("value", random.decimal(2, 4))]
        } else {
            members
        };
        if let Some(credit) = credit.as_object_mut() {
            if matches!(&members, [(_, kind), _] if kind == "amount") && random.flag() {
                set(credit, "recurrence", "once");
                set(credit, "balance", amount(random, currency, 3));
            }
            for (name, value) in members {
                set(credit, name, value);
            }
        }
        credit
    });
    json!({ "level": "invoice", "currency": currency, "lines": lines, "credits": credits })
}

fn monthly_variable(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    let months = i32::try_from(random.below(1_200)).unwrap_or(0);
    let period = Period::parse("2000-01").map(|period| period.plus_months(months).to_string());
    set(&mut case, "period", period.unwrap_or_default());
    set(&mut case, "use_monthly_variable_pricing", random.flag());
    set(&mut case, "reference_hours_per_month", 1 + random.below(800));
    let month = random.flag();
    let kind = if month && !random.once_in(40) {
        "hour"
    } else {
        random.pick(&["hour", "month", "count"])
    };
    set(&mut case, "unit_kind", kind);
    set(&mut case, "rate_period", if month { "month" } else { "unit" });
    let credits = credits_of_item(random);
    set(&mut case, "credits", credits);
    if random.once_in(4) {
        let records = json!({ "quantity": random.decimal(1, 18), "count": random.below(800) });
        set(&mut case, "record_quantities", records);
    } else {
        let divisor = divisor_of(&case);
        let quantity = quantity_near(random, &bounds, divisor);
        set(&mut case, "quantity", quantity);
    }
    Value::Object(case)
}

fn late_usage(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    let divisor = divisor_of(&case);
    let now = quantity_near(random, &bounds, divisor);
    let billed = if random.once_in(5) {
        now.clone()
    } else {
        quantity_near(random, &bounds, divisor)
    };
    let billed_in = case
        .get("document_currency")
        .or(case.get("currency"))
        .and_then(Value::as_str);
    let currency = billed_in.unwrap_or("EUR").to_owned();
    // The vectors name the amounts in the case's currency; without a conversion the two are the same.
    for name in ["document_currency", "from_rate", "to_rate"] {
        case.remove(name);
    }
    set(&mut case, "currency", currency.clone());
    let issued = many(random, 4, |random| signed_amount(random, &currency, 4).into());
    set(&mut case, "quantity_now", now);
    set(&mut case, "quantity_billed", billed);
    set(&mut case, "issued_amounts", issued);
    if random.flag() {
        set(&mut case, "hours_divisor", 1 + random.below(800));
        set(&mut case, "rate_period", "month");
    }
    Value::Object(case)
}

fn rounding(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let exchange = |random: &mut Random| format!("{}.{}", 1 + random.below(400), random.below(1_000_000));
    match random.below(7) {
        0 => {
            let value = random.decimal(17, 30);
            let value = if random.flag() { value } else { format!("-{value}") };
            json!({ "operation": "round", "currency": currency, "value": value })
        }
        1 => {
            let denominator = (1 + random.below(1_000_000)).to_string();
            json!({ "operation": "round", "currency": currency, "numerator": random.decimal(15, 0), "denominator": denominator })
        }
        2 => {
            let amounts = many(random, 6, |random| random.decimal(5, 8).into());
            json!({ "operation": "sum", "currency": currency, "exact_amounts": amounts })
        }
        3 => {
            let amounts = many(random, 6, |random| signed_amount(random, currency, 7).into());
            json!({ "operation": "tax", "currency": currency, "net_amounts": amounts, "tax_rate": random.decimal(2, 4) })
        }
        4 => json!({
            "operation": "convert", "currency": currency, "exact_amount": random.decimal(9, 20),
            "from_rate": exchange(random), "to_rate": exchange(random),
        }),
        5 => {
            let mut weights = many(random, 8, |random| {
                if random.once_in(5) {
                    json!("0")
                } else {
                    quantity(random).into()
                }
            });
            weights.push(quantity(random).into());
            json!({ "operation": "allocate", "currency": currency, "amount": signed_amount(random, currency, 9), "weights": weights })
        }
        _ => {
            let sign = if random.once_in(3) { "-" } else { "" };
            let kind = random.pick(&["percentage", "fixed_amount"]);
            let value = format!("{sign}{}", random.decimal(2, 10));
            let rates = many(random, 6, |random| rate(random).into());
            json!({ "operation": "increase", "increase_type": kind, "increase_value": value, "rates": rates })
        }
    }
}

fn percentage(random: &mut Random) -> String {
    match random.below(30) {
        0 => "100".to_owned(),
        1 => "0".to_owned(),
        _ => random.decimal(2, 4),
    }
}

/// A schedule, and an amount at, beside or away from one of its bounds.
fn schedule(random: &mut Random) -> (Value, Vec<u64>) {
    let bounds = ascending(random, 5);
    let tiers = tier_list(random, &bounds, ["from_amount", "to_amount", "percentage"], percentage);
    let (mode, period) = (random.pick(&["graduated", "volume"]), random.pick(&["month", "year"]));
    (
        json!({ "tier_mode": mode, "tier_period": period, "tiers": tiers }),
        bounds,
    )
}

fn base_near(random: &mut Random, bounds: &[u64], currency: &str) -> String {
    let sign = if random.once_in(4) { "-" } else { "" };
    let count = u64::try_from(bounds.len()).unwrap_or(0);
    let bound = bounds
        .get(usize::try_from(random.below(count)).unwrap_or(0))
        .copied()
        .unwrap_or(0);
    let text = if random.flag() {
        bound.to_string()
    } else {
        amount(random, currency, 3)
    };
    debug_assert!(PlainAmount::parse(&text).is_ok());
    format!("{sign}{text}")
}

fn commission(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let (schedule, bounds) = schedule(random);
    let base = base_near(random, &bounds, currency);
    json!({ "operation": "commission", "currency": currency, "schedule": schedule, "base_amount": base })
}

fn year(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let (schedule, bounds) = schedule(random);
    let bases = many(random, 12, |random| base_near(random, &bounds, currency).into());
    json!({ "operation": "year", "currency": currency, "schedule": schedule, "monthly_base_amounts": bases })
}

fn summary(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let (schedule, bounds) = schedule(random);
    let mut documents: Vec<Value> = Vec::new();
    for number in 0..random.below(7) {
        let net = amount(random, currency, 3);
        let status = random.pick(&["preview", "issued", "paid", "paid", "void"]);
        let mut document =
            json!({ "document_id": format!("i{number}"), "kind": "invoice", "net_amount": net, "status": status });
        if let (true, Some(document)) = (random.once_in(3), document.as_object_mut()) {
            set(document, "from_rate", format!("{}.5", 1 + random.below(200)));
            set(document, "to_rate", format!("{}.25", 1 + random.below(200)));
        }
        documents.push(document);
        if status != "preview" && random.once_in(3) {
            let credited = amount(random, currency, 2);
            documents.push(json!({
                "document_id": format!("n{number}"), "kind": "credit_note", "net_amount": credited,
                "status": random.pick(&["issued", "paid"]), "credits_document_id": format!("i{number}"),
            }));
        }
    }
    json!({
        "operation": "summary", "currency": currency, "schedule": schedule, "documents": documents,
        "uninvoiced_amount": amount(random, currency, 3), "stated_amount": base_near(random, &bounds, currency),
    })
}

fn statements(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let (schedule, bounds) = schedule(random);
    let start = Period::parse("2026-01").map(|start| start.plus_months(i32::try_from(random.below(12)).unwrap_or(0)));
    let mut statements = Vec::new();
    if let Ok(start) = start {
        for number in 0..=i32::try_from(random.below(8)).unwrap_or(0) {
            let mut bases = Map::new();
            for _ in 0..random.below(4) {
                let month = start.plus_months(i32::try_from(random.below(9)).unwrap_or(0));
                set(&mut bases, &month.to_string(), base_near(random, &bounds, currency));
            }
            let period = start.plus_months(number);
            statements.push(json!({ "period": period, "payable_base_amounts": bases }));
        }
    }
    json!({ "operation": "statements", "currency": currency, "schedule": schedule, "statements": statements })
}
