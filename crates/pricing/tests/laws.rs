//! Laws of the rating function over random items and quantities (P-23 to P-28, P-34, P-35, P-40 to P-43, P-50, P-60, P-96).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use std::num::NonZeroU32;

use cms_pricing::{
    AppliedRate, Conversion, ExchangeQuote, Explanation, HoursDivisor, HoursReason, ItemCreditKind, ItemCredits,
    LineKey, PricedBy, PricingError, PricingItem, PricingItemInput, RatePeriod, RatingContext, Tier, TierMode,
    UnitKind, UsageTotals, charge, daily_charges, late_difference, rate,
};
use domain::allocate::allocate;
use domain::currency::{self, Currency};
use domain::decimal::{ExchangeRate, Quantity, Rate};
use domain::exact::Exact;
use domain::money::{Money, MoneyError};
use domain::period::Period;
use proptest::prelude::*;

fn input(
    mode: TierMode,
    base: Rate,
    tiers: Vec<Tier>,
    divisor: u64,
    credits: ItemCredits,
    period: RatePeriod,
) -> PricingItemInput {
    PricingItemInput {
        item_id: "i".to_owned(),
        meter_id: "m".to_owned(),
        sku: String::new(),
        rate: base,
        rate_period: period,
        unit_kind: UnitKind::Hour,
        unit: "priced".to_owned(),
        meter_unit: "metered".to_owned(),
        unit_divisor: divisor,
        description: String::new(),
        tier_mode: mode,
        tiers,
        credits,
    }
}

fn any_rate() -> impl Strategy<Value = Rate> {
    prop_oneof![0_i128..100, 0_i128..10_000_000_000, Just(9_999_999_999_999_999_999)]
        .prop_map(|scaled| Rate::from_scaled(scaled).unwrap())
}

/// From crumbs of 10^-18 to quantities of a large stamp, with many on whole units so that boundaries are hit.
fn any_quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        (0_u32..20).prop_map(Quantity::from_units),
        (0_i128..20_000_000_000_000_000_000).prop_map(Quantity::from_atto),
        (0_i128..1_000_000_000_000_000_000_000_000_000_000).prop_map(Quantity::from_atto),
        (0_i128..5).prop_map(Quantity::from_atto),
    ]
}

/// Disjoint tiers with and without gaps, the last one open or closed.
fn any_tiers() -> impl Strategy<Value = Vec<Tier>> {
    (
        prop::collection::btree_set(0_u32..20, 0..7),
        prop::collection::vec((any_rate(), any::<bool>()), 7),
        any::<bool>(),
    )
        .prop_map(|(bounds, rates, open)| {
            let bounds: Vec<Quantity> = bounds.into_iter().map(Quantity::from_units).collect();
            let mut tiers: Vec<Tier> = bounds
                .windows(2)
                .zip(&rates)
                .filter(|(_, (_, kept))| *kept)
                .map(|(pair, (rate, _))| Tier {
                    from_quantity: pair[0],
                    to_quantity: Some(pair[1]),
                    rate: *rate,
                })
                .collect();
            if let (true, Some(last)) = (open, bounds.last()) {
                tiers.push(Tier {
                    from_quantity: *last,
                    to_quantity: None,
                    rate: rates[6].0,
                });
            }
            tiers
        })
}

fn any_credits() -> impl Strategy<Value = ItemCredits> {
    (0_u32..3, 0_u32..10_000, 0_u32..500).prop_map(|(quantity, percent, amount)| {
        ItemCredits::parse([
            (
                ItemCreditKind::Amount,
                format!("{}.{:02}", amount / 100, amount % 100).as_str(),
            ),
            (ItemCreditKind::Quantity, quantity.to_string().as_str()),
            (
                ItemCreditKind::Percent,
                format!("{}.{:02}", percent / 100, percent % 100).as_str(),
            ),
        ])
        .unwrap()
    })
}

fn any_item() -> impl Strategy<Value = PricingItem> {
    (
        prop_oneof![Just(TierMode::Graduated), Just(TierMode::Volume)],
        any_rate(),
        any_tiers(),
        prop_oneof![Just(1_u64), Just(3), Just(1_024), 1_u64..=1_000_000_000_000],
        any_credits(),
        prop_oneof![Just(RatePeriod::Unit), Just(RatePeriod::Month)],
    )
        .prop_map(|(mode, base, tiers, divisor, credits, period)| {
            PricingItem::new(input(mode, base, tiers, divisor, credits, period)).unwrap()
        })
}

fn any_context() -> impl Strategy<Value = RatingContext> {
    let currencies = || prop::sample::select(currency::all().collect::<Vec<_>>());
    let rates = || (1_i128..100_000_000_000_000).prop_map(|scaled| ExchangeRate::from_scaled(scaled).unwrap());
    let conversion = (currencies(), rates(), rates()).prop_map(|(to, from_rate, to_rate)| {
        let applied = |currency, rate| {
            let quote = ExchangeQuote {
                rate,
                valid_from_on: "2026-01-31".parse().unwrap(),
                source: "bank".to_owned(),
            };
            AppliedRate::quoted(currency, &quote)
        };
        Conversion {
            from: applied(Currency::from_code("EUR").unwrap(), from_rate),
            to: applied(to, to_rate),
        }
    });
    (prop::option::of(conversion), 500_u32..1_000).prop_map(|(conversion, hours)| RatingContext {
        currency: Currency::from_code("EUR").unwrap(),
        hours_divisor: HoursDivisor::kept(NonZeroU32::new(hours).unwrap(), HoursReason::ReferenceHours),
        conversion,
    })
}

fn sum(quantities: &[Quantity]) -> Quantity {
    Quantity::sum(quantities.iter().copied()).unwrap()
}

/// Rates, or nothing where the amount cannot be stored.
fn rated(item: &PricingItem, quantity: Quantity, context: &RatingContext) -> Option<cms_pricing::Rated> {
    match rate(item, quantity, context) {
        Ok(rated) => Some(rated),
        Err(PricingError::Money(MoneyError::OutOfRange)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// The charge by the definitions alone: each point of the number line between two boundaries has one rate.
fn by_definition(item: &PricingItem, quantity: Quantity, context: &RatingContext) -> Exact {
    let divisor = Exact::from_integer(item.unit_divisor().get().into());
    let priced = Exact::from(quantity).checked_div(&divisor).unwrap();
    let chargeable = priced.minus(&Exact::from(item.credits().quantity())).at_least_zero();
    let tiers = item.tier_table().tiers();
    let rate_at = |point: &Exact| {
        let tier = tiers.iter().find(|tier| {
            Exact::from(tier.from_quantity) <= *point && tier.to_quantity.is_none_or(|end| *point < Exact::from(end))
        });
        Exact::from(tier.map_or(item.rate(), |tier| tier.rate))
    };
    let gross = match item.tier_table().mode() {
        TierMode::Volume => chargeable.times(&rate_at(&chargeable)),
        TierMode::Graduated => {
            let bounds = tiers
                .iter()
                .flat_map(|tier| [Some(tier.from_quantity), tier.to_quantity])
                .flatten();
            let mut points: Vec<Exact> = bounds.map(Exact::from).filter(|bound| *bound < chargeable).collect();
            points.extend([Exact::zero(), chargeable.clone()]);
            points.sort();
            let pairs = points.windows(2);
            pairs.fold(Exact::zero(), |sum, pair| {
                sum.plus(&pair[1].minus(&pair[0]).times(&rate_at(&pair[0])))
            })
        }
    };
    let hours = if item.rate_period() == RatePeriod::Month {
        context.hours_divisor.hours().get()
    } else {
        1
    };
    let gross = gross.checked_div(&Exact::from_integer(hours.into())).unwrap();
    let kept = Exact::from_integer(100).minus(&Exact::from(item.credits().percent()));
    let after = gross.times(&kept).checked_div(&Exact::from_integer(100)).unwrap();
    let list = after.minus(&Exact::from(item.credits().amount())).at_least_zero();
    match &context.conversion {
        Some(Conversion { from, to }) => list
            .times(&Exact::from(to.rate))
            .checked_div(&Exact::from(from.rate))
            .unwrap(),
        None => list,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_charge_is_what_the_definitions_say(item in any_item(), quantity in any_quantity(), context in any_context()) {
        let charge = charge(&item, quantity, &context).unwrap();
        prop_assert_eq!(&charge.unrounded_amount, &by_definition(&item, quantity, &context));
        if let Some(rated) = rated(&item, quantity, &context) {
            let unit = Exact::from_fraction(1, i128::from(context.amount_currency().minor_units_per_major()) * 2).unwrap();
            prop_assert!(Exact::from(rated.amount).minus(&charge.unrounded_amount).magnitude() <= unit);
        }
    }

    #[test]
    fn slices_cover_the_chargeable_quantity_without_overlap(item in any_item(), quantity in any_quantity(), context in any_context()) {
        let charge = charge(&item, quantity, &context).unwrap();
        let covered = charge.slices.iter().fold(Exact::zero(), |sum, (slice, _)| sum.plus(&slice.quantity));
        prop_assert_eq!(&covered, &charge.chargeable_quantity);
        prop_assert_eq!(charge.credited_quantity.plus(&charge.chargeable_quantity), charge.priced_quantity);
        let segments = item.tier_table().segments();
        prop_assert_eq!(segments[0].from_quantity, Quantity::ZERO);
        prop_assert!(segments.windows(2).all(|pair| pair[0].to_quantity == Some(pair[1].from_quantity)));
        prop_assert!(segments.last().unwrap().to_quantity.is_none());
    }

    #[test]
    fn the_days_add_up_to_the_month_whatever_the_split(
        item in any_item(),
        days in prop::collection::vec(any_quantity(), 1..8),
        context in any_context(),
    ) {
        let whole = charge(&item, sum(&days), &context).unwrap().unrounded_amount;
        let daily = daily_charges(&item, &days, &context).unwrap();
        let total = daily.iter().fold(Exact::zero(), |sum, day| sum.plus(day));
        prop_assert_eq!(total, whole);
    }

    #[test]
    fn more_usage_never_costs_less_when_graduated(item in any_item(), a in any_quantity(), b in any_quantity(), context in any_context()) {
        prop_assume!(item.tier_table().mode() == TierMode::Graduated);
        let smaller = charge(&item, a, &context).unwrap().unrounded_amount;
        let larger = charge(&item, sum(&[a, b]), &context).unwrap().unrounded_amount;
        prop_assert!(larger >= smaller);
    }

    #[test]
    fn credits_never_raise_a_charge_nor_make_it_negative(item in any_item(), quantity in any_quantity(), context in any_context()) {
        let plain = item.with_credits(ItemCredits::NONE);
        let with = charge(&item, quantity, &context).unwrap();
        let without = charge(&plain, quantity, &context).unwrap();
        prop_assert!(!with.unrounded_amount.is_negative());
        let graduated = item.tier_table().mode() == TierMode::Graduated;
        let same_quantity = item.credits().quantity().is_zero();
        prop_assert!(!(graduated || same_quantity) || with.unrounded_amount <= without.unrounded_amount);
    }

    #[test]
    fn the_order_of_tiers_is_irrelevant(
        tiers in any_tiers().prop_flat_map(|tiers| (Just(tiers.clone()), Just(tiers).prop_shuffle())),
        base in any_rate(),
        quantity in any_quantity(),
        context in any_context(),
    ) {
        let item = |tiers| {
            PricingItem::new(input(TierMode::Graduated, base, tiers, 1, ItemCredits::NONE, RatePeriod::Unit)).unwrap()
        };
        let (sorted, shuffled) = tiers;
        prop_assert_eq!(charge(&item(sorted), quantity, &context), charge(&item(shuffled), quantity, &context));
    }

    #[test]
    fn an_explanation_computes_to_its_amount_after_a_round_trip(item in any_item(), quantity in any_quantity(), context in any_context()) {
        let Some(rated) = rated(&item, quantity, &context) else { return Ok(()) };
        let period = Period::parse("2026-10").unwrap();
        let explanation = Explanation::new(&rated, &item, &context, period, None);
        let json = serde_json::to_string(&explanation).unwrap();
        let stored: Explanation = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&stored, &explanation);
        prop_assert_eq!(stored.recompute().unwrap(), rated.amount);
    }

    #[test]
    fn a_changed_figure_of_an_explanation_is_found(item in any_item(), quantity in any_quantity(), context in any_context(), index in any::<prop::sample::Index>()) {
        let Some(rated) = rated(&item, quantity, &context) else { return Ok(()) };
        let mut explanation = Explanation::new(&rated, &item, &context, Period::parse("2026-10").unwrap(), None);
        let step = index.index(explanation.steps.len());
        let result = &mut explanation.steps[step].result;
        result.exact = result.exact.plus(&Exact::from_integer(1));
        prop_assert!(explanation.recompute().is_err());
    }

    #[test]
    fn lines_do_not_depend_on_the_order_of_records_or_on_how_they_are_cut(
        records in prop::collection::vec((0_u32..3, 0_u32..4, 0_u32..2, any_quantity()), 1..60)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
        items in prop::collection::vec(any_item(), 3),
        cut in 0_usize..60,
    ) {
        let context = RatingContext {
            currency: Currency::from_code("EUR").unwrap(),
            hours_divisor: HoursDivisor::of(Period::parse("2026-10").unwrap(), true, NonZeroU32::new(730).unwrap()),
            conversion: None,
        };
        let totals = |records: &[(u32, u32, u32, Quantity)]| {
            let mut totals = UsageTotals::new();
            for (subscription, meter, sku, quantity) in records {
                totals.add(LineKey { subscription: *subscription, meter: *meter, sku: *sku }, *quantity).unwrap();
            }
            totals
        };
        // Meter 3 is unpriced; an item prices both SKUs of its meter as one line (P-42).
        let lines = |totals: &UsageTotals| totals.rate_lines(|key| {
            let item = items.get(key.meter as usize)?;
            Some(PricedBy { item_index: key.meter, item, context: &context })
        });
        let (straight, shuffled) = records;
        let whole = totals(&straight);
        let (left, right) = shuffled.split_at(cut.min(shuffled.len()));
        let mut parts = totals(left);
        parts.merge(&totals(right)).unwrap();
        prop_assert_eq!(lines(&whole), lines(&parts));
        if let Ok(lines) = lines(&whole) {
            let rated = lines.rated.iter().map(|line| line.rated.charge.quantity);
            let unpriced = lines.unpriced.iter().map(|line| line.quantity);
            let all: Vec<Quantity> = straight.iter().map(|record| record.3).collect();
            prop_assert_eq!(Quantity::sum(rated.chain(unpriced)).unwrap(), sum(&all));
            for line in &lines.rated {
                let again = rate(&items[line.item_index as usize], line.rated.charge.quantity, &context).unwrap();
                prop_assert_eq!(&again, &line.rated);
            }
        }
    }

    #[test]
    fn corrections_add_up_to_the_rounded_amount_however_often(
        item in any_item(),
        corrections in prop::collection::vec(any_quantity(), 1..8),
        context in any_context(),
    ) {
        let mut issued: Vec<Money> = Vec::new();
        let mut billed = Quantity::ZERO;
        for now in corrections {
            let Some(expected) = rated(&item, now, &context) else { return Ok(()) };
            let late = late_difference(expected.amount, &issued, now, billed).unwrap();
            if late.line_created() {
                issued.push(late.difference_amount);
                billed = now;
            }
            let total = Money::sum(context.amount_currency(), issued.iter().copied()).unwrap();
            prop_assert_eq!(total, expected.amount);
            let unchanged = late_difference(expected.amount, &issued, now, billed).unwrap();
            prop_assert!(!unchanged.line_created());
        }
    }

    #[test]
    fn shares_of_resources_sum_to_the_line(item in any_item(), resources in prop::collection::vec(any_quantity(), 1..9), context in any_context()) {
        let Some(line) = rated(&item, sum(&resources), &context) else { return Ok(()) };
        let shares = allocate(line.amount, &resources).unwrap();
        prop_assert_eq!(Money::sum(line.amount.currency(), shares).unwrap(), line.amount);
    }

    #[test]
    fn a_whole_month_costs_exactly_the_monthly_rate(base in any_rate(), month in 0_i32..240, switch_hours in 1_u32..900) {
        let item = PricingItem::new(input(TierMode::Graduated, base, vec![], 1, ItemCredits::NONE, RatePeriod::Month)).unwrap();
        let period = Period::parse("2020-01").unwrap().plus_months(month);
        let context = |on| RatingContext {
            currency: Currency::from_code("EUR").unwrap(),
            hours_divisor: HoursDivisor::of(period, on, NonZeroU32::new(switch_hours).unwrap()),
            conversion: None,
        };
        let month = Quantity::from_units(period.hours());
        prop_assert_eq!(charge(&item, month, &context(true)).unwrap().unrounded_amount, Exact::from(base));
        let reference = Quantity::from_units(switch_hours);
        prop_assert_eq!(charge(&item, reference, &context(false)).unwrap().unrounded_amount, Exact::from(base));
    }
}
