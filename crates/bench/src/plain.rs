//! The least code that computes the same amounts: 128-bit integers in a hash map of the standard library.

use std::collections::HashMap;

use pricing::LineKey;

use crate::sample;

/// The sum of all amounts in cents.
pub fn total(rows: &[(LineKey, i128)]) -> i64 {
    let mut sums: HashMap<LineKey, i128> = HashMap::new();
    for (key, quantity) in rows {
        *sums.entry(*key).or_default() += quantity;
    }
    let total: i128 = sums.iter().map(|(key, quantity)| cents(key.meter, *quantity)).sum();
    total as i64
}

fn cents(meter: u32, quantity: i128) -> i128 {
    let charge = if sample::is_tiered(meter) {
        let mut from = 0;
        let mut charge = 0;
        for (to, rate) in sample::TIERS {
            let end = to.map_or(quantity, |to| to.min(quantity));
            charge += (end - from).max(0) * rate;
            from = to.unwrap_or(from);
        }
        charge
    } else {
        quantity * sample::RATE
    };
    // Millionths times 10^-10 in cents; half away from zero, and nothing is negative here.
    let unit = 100_000_000_000_000 * if sample::is_monthly(meter) { sample::HOURS } else { 1 };
    (charge + unit / 2) / unit
}
