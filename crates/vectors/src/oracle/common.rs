//! What the cases of both engines are made of.

use domain::currency::Currency;
use serde_json::{Map, Value, json};

use crate::random::Random;

/// Currencies of 0, 2, 3 and 4 minor unit digits.
pub(super) const CURRENCIES: [&str; 7] = ["EUR", "USD", "JPY", "KWD", "UYW", "CHF", "KRW"];

pub(super) fn set(case: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    case.insert(name.to_owned(), value.into());
}

pub(super) fn many(random: &mut Random, most: u64, mut one: impl FnMut(&mut Random) -> Value) -> Vec<Value> {
    let count = random.below(most + 1);
    (0..count).map(|_| one(random)).collect()
}

pub(super) fn digits_of(currency: &str) -> u64 {
    Currency::from_code(currency).map_or(2, |currency| currency.minor_unit_digits().into())
}

pub(super) fn amount(random: &mut Random, currency: &str, whole_digits: u64) -> String {
    random.decimal(whole_digits, digits_of(currency))
}

/// An amount that is negative once in four.
pub(super) fn signed_amount(random: &mut Random, currency: &str, whole_digits: u64) -> String {
    let amount = amount(random, currency, whole_digits);
    if random.once_in(4) {
        format!("-{amount}")
    } else {
        amount
    }
}

pub(super) fn ascending(random: &mut Random, most: u64) -> Vec<u64> {
    let count = random.below(most + 1);
    let mut bounds = vec![if random.flag() { 0 } else { random.below(50) }];
    for _ in 0..count {
        let last = bounds.last().copied().unwrap_or(0);
        bounds.push(last + 1 + random.below(60));
    }
    bounds
}

/// Tiers between ascending bounds, some left out, in any order; once in thirty one of them is wrong.
pub(super) fn tier_list(
    random: &mut Random,
    bounds: &[u64],
    names: [&str; 3],
    value: fn(&mut Random) -> String,
) -> Vec<Value> {
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
