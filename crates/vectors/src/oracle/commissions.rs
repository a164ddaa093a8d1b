//! Cases of commissions (C-1 to C-25).

use domain::period::Period;
use serde_json::{Map, Value, json};

use super::common::{CURRENCIES, amount, ascending, digits_of, many, set, signed_amount, tier_list};
use crate::random::Random;

/// A case of any of the operations.
pub(super) fn any(random: &mut Random) -> Value {
    match random.below(16) {
        0..=3 => commission(random),
        4..=6 => year(random),
        7..=9 => summary(random),
        10..=12 => statements(random),
        13 => split(random),
        14 => resolve(random),
        _ => start_of_a_schedule(random),
    }
}

/// Percentages of every form, once in forty one that is refused.
fn percentage(random: &mut Random) -> String {
    match random.below(160) {
        0 => "100.0001".to_owned(),
        1 => "-0.0001".to_owned(),
        2 => "0.00001".to_owned(),
        3 => "1e1".to_owned(),
        4..=9 => "100".to_owned(),
        10..=15 => "0".to_owned(),
        16..=21 => "0.0001".to_owned(),
        22..=40 => "0.5".to_owned(),
        _ => random.decimal(2, 4),
    }
}

/// A schedule, and the bounds of its tiers.
fn schedule(random: &mut Random) -> (Value, Vec<u64>) {
    let bounds = ascending(random, 5);
    let tiers = tier_list(random, &bounds, ["from_amount", "to_amount", "percentage"], percentage);
    let (mode, period) = (random.pick(&["graduated", "volume"]), random.pick(&["month", "year"]));
    (
        json!({ "tier_mode": mode, "tier_period": period, "tiers": tiers }),
        bounds,
    )
}

/// A base exactly at a bound, one minor unit beside it, small, or very large; once in four negative.
fn base_near(random: &mut Random, bounds: &[u64], currency: &str) -> String {
    let sign = if random.once_in(4) { "-" } else { "" };
    let count = u64::try_from(bounds.len()).unwrap_or(0);
    let index = usize::try_from(random.below(count)).unwrap_or(0);
    let bound = bounds.get(index).copied().unwrap_or(0);
    let text = match random.below(20) {
        0 => amount(random, currency, 13),
        1..=4 => one_unit_above(bound, currency),
        5..=9 => amount(random, currency, 3),
        _ => bound.to_string(),
    };
    format!("{sign}{text}")
}

fn one_unit_above(bound: u64, currency: &str) -> String {
    match usize::try_from(digits_of(currency)) {
        Ok(0) | Err(_) => bound.saturating_add(1).to_string(),
        Ok(digits) => format!("{bound}.{:0>digits$}", 1),
    }
}

/// Bases as entered: now and then one that is no amount of the currency.
fn base_or_nonsense(random: &mut Random, bounds: &[u64], currency: &str) -> String {
    if random.once_in(60) {
        let nonsense = ["92233720368547758080", "0.00001", "1e3", "01", "-", "1.", "+1"];
        random.pick(&nonsense).to_owned()
    } else {
        base_near(random, bounds, currency)
    }
}

fn commission(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let (schedule, bounds) = schedule(random);
    let base = base_or_nonsense(random, &bounds, currency);
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
        documents.push(invoice(random, currency, number));
        if random.once_in(3) {
            documents.push(credit_note(random, currency, number));
        }
    }
    json!({
        "operation": "summary", "currency": currency, "schedule": schedule, "documents": documents,
        "uninvoiced_amount": amount(random, currency, 3), "stated_amount": base_near(random, &bounds, currency),
    })
}

fn invoice(random: &mut Random, currency: &str, number: u64) -> Value {
    let mut document = json!({
        "document_id": format!("i{number}"), "kind": random.pick(&["invoice", "invoice", "invoice", "credit_note"]),
        "net_amount": amount(random, currency, 3), "status": random.pick(&["preview", "issued", "paid", "paid", "void"]),
    });
    if random.once_in(3) {
        convert(random, &mut document);
    }
    document
}

fn convert(random: &mut Random, document: &mut Value) {
    if let Some(document) = document.as_object_mut() {
        for name in ["from_rate", "to_rate"] {
            set(
                document,
                name,
                format!("{}.{}", random.below(200), 1 + random.below(9_999)),
            );
        }
    }
}

/// A credit note over the invoice of the same number, once in fifty over one that is not there.
fn credit_note(random: &mut Random, currency: &str, number: u64) -> Value {
    let credited = if random.once_in(50) {
        "elsewhere".to_owned()
    } else {
        format!("i{number}")
    };
    let mut document = json!({
        "document_id": format!("n{number}"), "kind": "credit_note", "net_amount": amount(random, currency, 2),
        "status": random.pick(&["issued", "issued", "paid", "void"]), "credits_document_id": credited,
    });
    if random.once_in(4) {
        convert(random, &mut document);
    }
    document
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
            // Once in forty a month is closed again or skipped.
            let off = if random.once_in(40) { [-1, 1] } else { [0, 0] };
            let period = start.plus_months(number + if random.flag() { off[0] } else { off[1] });
            statements.push(json!({ "period": period, "payable_base_amounts": bases }));
        }
    }
    json!({ "operation": "statements", "currency": currency, "schedule": schedule, "statements": statements })
}

fn split(random: &mut Random) -> Value {
    let currency = random.pick(&CURRENCIES);
    let lines = many(
        random,
        8,
        |random| json!({ "ancestor": random.pick(&["p1", "p2", "p3"]), "amount": signed_amount(random, currency, 9) }),
    );
    json!({ "operation": "split", "currency": currency, "lines": lines })
}

fn resolve(random: &mut Random) -> Value {
    let mut one = || {
        if random.once_in(3) {
            Value::Null
        } else {
            schedule(random).0
        }
    };
    json!({ "operation": "resolve_schedule", "own_schedule": one(), "distributor_partner_default": one() })
}

/// A month of two years, the Januaries more often than the others.
fn month(random: &mut Random) -> String {
    let number = if random.once_in(4) { 1 } else { 1 + random.below(12) };
    format!("{}-{number:02}", 2026 + random.below(2))
}

fn start_of_a_schedule(random: &mut Random) -> Value {
    let mut existing: Vec<String> = (0..random.below(4)).map(|_| month(random)).collect();
    existing.sort();
    existing.dedup();
    if random.flag() {
        return json!({ "operation": "schedule_in_force", "effective_from": existing, "period": month(random) });
    }
    json!({
        "operation": "effective_from", "tier_period": random.pick(&["month", "year"]),
        "effective_from": month(random), "current": month(random), "existing": existing,
    })
}
