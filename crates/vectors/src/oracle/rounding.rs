//! Cases of roundings, sums, taxes, conversions, allocations and price increases (P-60 to P-65, P-71, P-80).

use serde_json::{Value, json};

use super::common::{CURRENCIES, many, signed_amount};
use super::items::{quantity, rate};
use crate::random::Random;

pub(super) fn rounding(random: &mut Random) -> Value {
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
