//! How fast a month of records becomes rated lines, beside the least that could be done: a loop that adds 128-bit integers in
//! a hash map. Prints rows per second and the ratio.
//!
//! `cargo bench -p cms-pricing --bench batch`

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a measurement, not product code"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use cms_pricing::{
    HoursDivisor, ItemCredits, LineKey, PricedBy, PricingItem, PricingItemInput, RatePeriod, RatingContext, Tier,
    TierMode, UnitKind, UsageTotals,
};
use domain::currency::Currency;
use domain::decimal::{Quantity, Rate};
use domain::period::Period;

const ROWS: u32 = 1_000_000;
const METERS: u32 = 60;
const ROUNDS: u32 = 7;

fn rows(subscriptions: u32) -> Vec<(LineKey, Quantity)> {
    let mut state = 0x1234_5678_9abc_def1_u64;
    (0..ROWS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let subscription = (state >> 33) as u32 % subscriptions;
            let meter = (state >> 3) as u32 % METERS;
            let quantity = Quantity::from_atto(i128::from(state) * 1_000);
            (
                LineKey {
                    subscription,
                    meter,
                    sku: 0,
                },
                quantity,
            )
        })
        .collect()
}

fn items() -> Vec<PricingItem> {
    let quantity = |text| Quantity::parse(text).unwrap();
    let rate = |text| Rate::parse(text).unwrap();
    (0..METERS)
        .map(|meter| {
            let tiers = vec![
                Tier {
                    from_quantity: quantity("0"),
                    to_quantity: Some(quantity("1000")),
                    rate: rate("0.10"),
                },
                Tier {
                    from_quantity: quantity("1000"),
                    to_quantity: Some(quantity("5000")),
                    rate: rate("0.08"),
                },
                Tier {
                    from_quantity: quantity("5000"),
                    to_quantity: None,
                    rate: rate("0.05"),
                },
            ];
            PricingItem::new(PricingItemInput {
                item_id: meter.to_string(),
                meter_id: meter.to_string(),
                sku: String::new(),
                rate: rate("0.1234567891"),
                rate_period: if meter % 4 == 0 {
                    RatePeriod::Month
                } else {
                    RatePeriod::Unit
                },
                unit_kind: UnitKind::Hour,
                unit: "unit".to_owned(),
                meter_unit: "unit".to_owned(),
                unit_divisor: 1,
                description: String::new(),
                tier_mode: TierMode::Graduated,
                tiers: if meter % 3 == 0 { tiers } else { Vec::new() },
                credits: ItemCredits::NONE,
            })
            .unwrap()
        })
        .collect()
}

fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        })
        .min()
        .unwrap()
}

fn tell(subscriptions: u32, plain: Duration, summed: Duration, rated: Duration) {
    let per_second = |time: Duration| f64::from(ROWS) / time.as_secs_f64() / 1e6;
    println!(
        "{subscriptions} subscriptions x {METERS} meters: plain sum {:.1} M rows/s, summed {:.1} (x{:.2}), summed and rated {:.1} (x{:.2})",
        per_second(plain),
        per_second(summed),
        plain.as_secs_f64() / summed.as_secs_f64(),
        per_second(rated),
        plain.as_secs_f64() / rated.as_secs_f64(),
    );
}

fn main() {
    let items = items();
    let period = Period::parse("2026-10").unwrap();
    let context = RatingContext {
        currency: Currency::from_code("EUR").unwrap(),
        hours_divisor: HoursDivisor::of(period, true, NonZeroU32::new(730).unwrap()),
        conversion: None,
    };
    for subscriptions in [1, 20, 1_000] {
        let rows = rows(subscriptions);
        let plain = best(|| {
            let mut sums: HashMap<LineKey, i128> = HashMap::new();
            for (key, quantity) in &rows {
                *sums.entry(*key).or_default() += quantity.atto();
            }
            sums
        });
        let summed = best(|| {
            let mut totals = UsageTotals::new();
            for (key, quantity) in &rows {
                totals.add(*key, *quantity).unwrap();
            }
            totals
        });
        let rated = best(|| {
            let mut totals = UsageTotals::new();
            for (key, quantity) in &rows {
                totals.add(*key, *quantity).unwrap();
            }
            let priced = |key: LineKey| {
                Some(PricedBy {
                    item_index: key.meter,
                    item: &items[key.meter as usize],
                    context: &context,
                })
            };
            let mut minor = 0_i64;
            let unpriced = totals
                .rate_each(priced, |line| minor += line.rated.amount.amount_minor())
                .unwrap();
            (minor, unpriced)
        });
        tell(subscriptions, plain, summed, rated);
    }
}
