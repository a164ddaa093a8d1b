//! A million rows and sixty prices, the same in every run. Quantities are whole millionths and rates whole units of
//! 10^-10, so that a plain loop and a database can compute the same amounts exactly.

use std::num::NonZeroU32;

use domain::currency::Currency;
use domain::decimal::{Quantity, Rate};
use domain::period::Period;
use pricing::{
    HoursDivisor, ItemCredits, LineKey, PricingItem, PricingItemInput, RatePeriod, RatingContext, Tier, TierMode,
    UnitKind,
};

/// Rows.
pub const ROWS: u32 = 1_000_000;
/// Meters; every third has tiers, every fourth a rate per month.
pub const METERS: u32 = 60;
/// Attos of a millionth.
pub const MILLIONTH: i128 = 1_000_000_000_000;
/// Rate of a meter without tiers, in 10^-10.
pub const RATE: i128 = 1_234_567_891;
/// Graduated tiers: up to so many millionths, at so many 10^-10.
pub const TIERS: [(Option<i128>, i128); 3] = [
    (Some(1_000_000_000), 1_000_000_000),
    (Some(5_000_000_000), 800_000_000),
    (None, 500_000_000),
];
/// Hours of the billed month, October 2026.
pub const HOURS: i128 = 744;

/// True if the meter has tiers.
pub const fn is_tiered(meter: u32) -> bool {
    meter.is_multiple_of(3)
}

/// True if the meter's rate is per month.
pub const fn is_monthly(meter: u32) -> bool {
    meter.is_multiple_of(4)
}

/// Key and quantity in millionths of each row.
pub fn rows(subscriptions: u32) -> Vec<(LineKey, i128)> {
    let mut state = 0x1234_5678_9abc_def1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let row = |_| {
        let bits = next();
        let key = LineKey {
            subscription: (bits >> 33) as u32 % subscriptions,
            meter: (bits >> 3) as u32 % METERS,
            sku: 0,
        };
        (key, i128::from(bits % 1_000_000_007))
    };
    (0..ROWS).map(row).collect()
}

/// One price for each meter.
pub fn items() -> Vec<PricingItem> {
    (0..METERS).map(item).collect()
}

fn item(meter: u32) -> PricingItem {
    let mut from = 0;
    let tiers = TIERS.iter().map(|(to, at)| {
        let tier = Tier {
            from_quantity: Quantity::from_atto(from * MILLIONTH),
            to_quantity: to.map(|to| Quantity::from_atto(to * MILLIONTH)),
            rate: rate(*at),
        };
        from = to.unwrap_or(from);
        tier
    });
    let tiers: Vec<Tier> = tiers.collect();
    PricingItem::new(PricingItemInput {
        item_id: meter.to_string(),
        meter_id: meter.to_string(),
        sku: String::new(),
        rate: rate(RATE),
        rate_period: if is_monthly(meter) {
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
        tiers: if is_tiered(meter) { tiers } else { Vec::new() },
        credits: ItemCredits::NONE,
    })
    .unwrap()
}

fn rate(ten_billionths: i128) -> Rate {
    Rate::parse(&format!(
        "{}.{:010}",
        ten_billionths / 10_000_000_000,
        ten_billionths % 10_000_000_000
    ))
    .unwrap()
}

/// Euros, October 2026, rates per month by the hours of the month (P-32).
pub fn context() -> RatingContext {
    let period = Period::parse("2026-10").unwrap();
    RatingContext {
        currency: Currency::from_code("EUR").unwrap(),
        hours_divisor: HoursDivisor::of(period, true, NonZeroU32::new(730).unwrap()),
        conversion: None,
    }
}
