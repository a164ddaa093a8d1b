//! Prices worked by hand: the examples of pricing.md, lines of several subscriptions, credits in their order, explanations step by
//! step, and every refusal by its code (P-20 to P-96, B-30 to B-35).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use std::num::NonZeroU32;

use cms_pricing::{
    AppliedRate, Conversion, ExchangeQuote, HoursDivisor, ItemCreditKind, ItemCredits, PricingItem, PricingItemInput,
    RatePeriod, RatingContext, Tier, TierMode, UnitKind, rate,
};
use domain::currency::Currency;
use domain::decimal::{ExchangeRate, Quantity, Rate};
use domain::money::Money;
use domain::period::Period;

mod credits;
mod explained;
mod lines;
mod model;
mod refused;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn eur(text: &str) -> Money {
    Money::parse(text, currency("EUR")).unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn price(text: &str) -> Rate {
    Rate::parse(text).unwrap()
}

fn tier(from: &str, to: Option<&str>, rate: &str) -> Tier {
    Tier {
        from_quantity: quantity(from),
        to_quantity: to.map(quantity),
        rate: price(rate),
    }
}

/// An item without tiers and credits that costs 1 a unit.
fn plain() -> PricingItemInput {
    PricingItemInput {
        item_id: "item-7".to_owned(),
        meter_id: "METER-1".to_owned(),
        sku: "Standard_A2".to_owned(),
        rate: price("1"),
        rate_period: RatePeriod::Unit,
        unit_kind: UnitKind::Hour,
        unit: "pack".to_owned(),
        meter_unit: "hour".to_owned(),
        unit_divisor: 1,
        description: "Web server".to_owned(),
        tier_mode: TierMode::Graduated,
        tiers: Vec::new(),
        credits: ItemCredits::NONE,
    }
}

fn item(change: impl FnOnce(&mut PricingItemInput)) -> PricingItem {
    let mut input = plain();
    change(&mut input);
    PricingItem::new(input).unwrap()
}

fn item_credits(credits: &[(ItemCreditKind, &str)]) -> ItemCredits {
    ItemCredits::parse(credits.iter().copied()).unwrap()
}

/// The tiers of P-29.
fn p_29(mode: TierMode) -> PricingItem {
    item(|input| {
        input.rate = price("0.12");
        input.tier_mode = mode;
        input.tiers = vec![
            tier("0", Some("1000"), "0.10"),
            tier("1000", Some("5000"), "0.08"),
            tier("5000", None, "0.05"),
        ];
    })
}

fn context(month: &str, variable: bool) -> RatingContext {
    RatingContext {
        currency: currency("EUR"),
        hours_divisor: HoursDivisor::of(period(month), variable, NonZeroU32::new(730).unwrap()),
        conversion: None,
    }
}

fn applied(code: &str, rate: &str) -> AppliedRate {
    let quote = ExchangeQuote {
        rate: ExchangeRate::parse(rate).unwrap(),
        valid_from_on: "2026-01-31".parse().unwrap(),
        source: "bank".to_owned(),
    };
    AppliedRate::quoted(currency(code), &quote)
}

fn converted_to(code: &str, from: &str, to: &str) -> RatingContext {
    RatingContext {
        conversion: Some(Conversion {
            from: applied("EUR", from),
            to: applied(code, to),
        }),
        ..context("2026-01", true)
    }
}

fn amount(item: &PricingItem, text: &str, context: &RatingContext) -> String {
    rate(item, quantity(text), context).unwrap().amount.amount_text()
}
