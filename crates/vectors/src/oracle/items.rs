//! Cases of a price list's item: tiers, credits, rates per month, late usage (P-20 to P-54, B-30).

use domain::decimal::Quantity;
use domain::period::Period;
use serde_json::{Map, Value, json};

use super::common::{CURRENCIES, amount, ascending, many, set, signed_amount, tier_list};
use crate::random::Random;

pub(super) fn rate(random: &mut Random) -> String {
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

pub(super) fn quantity(random: &mut Random) -> String {
    match random.below(20) {
        0 => "0".to_owned(),
        1 => "0.000000000000000001".to_owned(),
        2 => "999999999999999.999999999999999999".to_owned(),
        3..=6 => random.decimal(15, 18),
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

pub(super) fn tiers(random: &mut Random) -> Value {
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

pub(super) fn item_credits(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    set(&mut case, "level", "item");
    let credits = credits_of_item(random);
    set(&mut case, "credits", credits);
    usage(random, &mut case, &bounds);
    Value::Object(case)
}

pub(super) fn invoice_credits(random: &mut Random) -> Value {
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

pub(super) fn monthly_variable(random: &mut Random) -> Value {
    let (mut case, bounds) = item(random);
    // Once in three a February, of leap years and of 2100 too.
    let months = match random.below(3) {
        0 => 1 + 12 * random.below(101),
        _ => random.below(1_212),
    };
    let months = i32::try_from(months).unwrap_or(0);
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

pub(super) fn late_usage(random: &mut Random) -> Value {
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
