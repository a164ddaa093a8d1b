//! Lines: tiers, hours, conversions, days, the batch and late usage.

use cms_pricing::{
    HoursReason, ItemCreditKind, LineKey, PricedBy, RatePeriod, RateSource, TierMode, UnitKind, UsageTotals, charge,
    daily_charges, effective_rate, late_difference,
};
use domain::decimal::Quantity;
use domain::exact::Exact;
use domain::money::Money;

use crate::{amount, context, converted_to, currency, eur, item, item_credits, p_29, period, price, quantity, tier};

#[test]
fn p_29_the_table_of_tiers_in_both_modes() {
    let january = context("2026-01", true);
    let (graduated, volume) = (p_29(TierMode::Graduated), p_29(TierMode::Volume));
    for (text, by_parts, by_whole) in [
        ("0", "0.00", "0.00"),
        ("999.9999999999", "100.00", "100.00"),
        ("1000", "100.00", "80.00"),
        ("1000.125", "100.01", "80.01"),
        ("5000", "420.00", "250.00"),
        ("6200", "480.00", "310.00"),
    ] {
        assert_eq!(amount(&graduated, text, &january), by_parts, "{text}");
        assert_eq!(amount(&volume, text, &january), by_whole, "{text}");
    }
}

#[test]
fn p_24_what_lies_in_no_tier_costs_the_base_rate() {
    let gaps = |mode| {
        item(|input| {
            input.rate = price("3");
            input.tier_mode = mode;
            input.tiers = vec![tier("20", Some("30"), "2"), tier("10", Some("15"), "1")];
        })
    };
    let (graduated, volume) = (gaps(TierMode::Graduated), gaps(TierMode::Volume));
    let january = context("2026-01", true);
    // 10 × 3 + 5 × 1 + 5 × 3 + 10 × 2 + 10 × 3
    for (text, by_parts, by_whole) in [
        ("9.5", "28.50", "28.50"),
        ("10", "30.00", "10.00"),
        ("15", "35.00", "45.00"),
        ("19", "47.00", "57.00"),
        ("20", "50.00", "40.00"),
        ("30", "70.00", "90.00"),
        ("40", "100.00", "120.00"),
    ] {
        assert_eq!(amount(&graduated, text, &january), by_parts, "{text}");
        assert_eq!(amount(&volume, text, &january), by_whole, "{text}");
    }
    let charged = charge(&graduated, quantity("40"), &january).unwrap();
    let slices: Vec<(String, RateSource)> = charged
        .slices
        .iter()
        .map(|(slice, amount)| (amount.display(0), slice.segment.source))
        .collect();
    let (base, tier) = (RateSource::Base, RateSource::Tier);
    let expected = [("30", base), ("5", tier), ("15", base), ("20", tier), ("30", base)];
    assert_eq!(slices, expected.map(|(text, source)| (text.to_owned(), source)));
    assert!(graduated.tier_table().has_gap());
    assert!(!p_29(TierMode::Volume).tier_table().has_gap());
}

#[test]
fn p_37_a_vm_month_of_73_in_months_of_every_length() {
    let vm = item(|input| {
        input.rate = price("73.00");
        input.rate_period = RatePeriod::Month;
    });
    for (month, hours, off, hundred) in [
        ("2026-02", "672", "67.20", "10.86"),
        ("2028-02", "696", "69.60", "10.49"),
        ("2026-04", "720", "72.00", "10.14"),
        ("2026-01", "744", "74.40", "9.81"),
    ] {
        assert_eq!(amount(&vm, hours, &context(month, true)), "73.00", "{month}");
        assert_eq!(amount(&vm, hours, &context(month, false)), off, "{month}");
        assert_eq!(amount(&vm, "100", &context(month, true)), hundred, "{month}");
        assert_eq!(amount(&vm, "100", &context(month, false)), "10.00", "{month}");
    }
    let divisor = |variable| context("2026-02", variable).hours_divisor;
    assert_eq!(
        (divisor(true).hours().get(), divisor(true).reason()),
        (672, HoursReason::HoursOfPeriod)
    );
    assert_eq!(
        (divisor(false).hours().get(), divisor(false).reason()),
        (730, HoursReason::ReferenceHours)
    );
    assert_eq!(
        effective_rate(price("73"), Some(divisor(false))).display10(),
        "0.1000000000"
    );
    assert_eq!(effective_rate(price("73"), None).display10(), "73.0000000000");
}

#[test]
fn p_33_a_disk_month_is_never_divided_again() {
    let disk = item(|input| {
        input.rate = price("73.00");
        input.unit_kind = UnitKind::Month;
    });
    let december = quantity("0.001344086021505376").checked_mul(744).unwrap();
    for variable in [true, false] {
        assert_eq!(
            amount(&disk, &december.to_string(), &context("2026-12", variable)),
            "73.00"
        );
    }
}

#[test]
fn p_63_62000_records_are_one_rounding() {
    let requests = item(|input| input.rate = price("0.00032"));
    let key = LineKey {
        subscription: 0,
        meter: 0,
        sku: 0,
    };
    let mut totals = UsageTotals::new();
    for _ in 0..62_000 {
        totals.add(key, Quantity::from_units(1)).unwrap();
    }
    let january = context("2026-01", true);
    let lines = totals
        .rate_lines(|_| {
            Some(PricedBy {
                item_index: 0,
                item: &requests,
                context: &january,
            })
        })
        .unwrap();
    assert_eq!(lines.rated[0].rated.amount, eur("19.84"));
}

#[test]
fn p_40_every_step_of_the_function_at_once() {
    let everything = item(|input| {
        input.unit_divisor = 1_000;
        input.tiers = vec![tier("0", Some("10"), "2")];
        input.credits = item_credits(&[
            (ItemCreditKind::Quantity, "5"),
            (ItemCreditKind::Percent, "10"),
            (ItemCreditKind::Amount, "2"),
        ]);
    });
    // 25,000 ÷ 1,000 = 25; − 5 = 20; 10 × 2 + 10 × 1 = 30; − 10 % = 27; − 2 = 25; × 1.1 ÷ 0.5 = 55.
    let charged = charge(&everything, quantity("25000"), &converted_to("USD", "0.5", "1.1")).unwrap();
    let shown = [
        &charged.priced_quantity,
        &charged.credited_quantity,
        &charged.chargeable_quantity,
        &charged.gross_amount,
        &charged.percent_credit_amount,
        &charged.amount_credit_amount,
        &charged.list_amount,
        &charged.unrounded_amount,
    ];
    assert_eq!(
        shown.map(Exact::fraction_text),
        ["25", "5", "20", "30", "3", "2", "25", "55"]
    );
    assert_eq!(
        amount(&everything, "25000", &converted_to("USD", "0.5", "1.1")),
        "55.00"
    );
    assert_eq!(amount(&everything, "25000", &context("2026-01", true)), "25.00");
    // Less than the credits is nothing, never a negative amount.
    for text in ["0", "4999", "5000", "6000"] {
        assert_eq!(amount(&everything, text, &context("2026-01", true)), "0.00", "{text}");
    }
}

#[test]
fn p_51_quantity_credits_come_before_the_tiers() {
    let credited = item(|input| {
        input.rate = price("0.50");
        input.tiers = vec![tier("0", Some("100"), "1.00")];
        input.credits = item_credits(&[(ItemCreditKind::Quantity, "50")]);
    });
    assert_eq!(amount(&credited, "150", &context("2026-01", true)), "100.00");
    assert_eq!(amount(&credited, "151", &context("2026-01", true)), "100.50");
}

#[test]
fn p_71_an_amount_is_converted_exactly_and_rounded_in_the_document_s_currency() {
    let one = item(|_| {});
    // 10 × 151.5 ÷ 0.92 = 1,646.739…
    assert_eq!(amount(&one, "10", &converted_to("JPY", "0.92", "151.5")), "1647");
    assert_eq!(amount(&one, "10", &converted_to("KWD", "3", "1")), "3.333");
    assert_eq!(amount(&one, "0.5", &converted_to("JPY", "1", "1")), "1");
}

#[test]
fn p_41_the_largest_quantity_at_ten_digits_of_rate_is_exact() {
    let crumbs = item(|input| input.rate = price("0.0000000001"));
    let charged = charge(
        &crumbs,
        quantity("999999999999999.999999999999999999"),
        &context("2026-01", true),
    )
    .unwrap();
    let exact = charged.unrounded_amount.decimal_text(28);
    assert_eq!(exact.as_deref(), Some("99999.9999999999999999999999999999"));
    let dear = item(|input| input.rate = price("999999999.9999999999"));
    let refused = cms_pricing::rate(&dear, quantity("999999999999999"), &context("2026-01", true)).unwrap_err();
    assert_eq!(refused.code(), "amount_out_of_range");
}

#[test]
fn p_28_a_day_is_the_month_to_date_less_the_day_before() {
    let days = ["999", "1", "0", "5200"].map(quantity);
    let shown = |mode| {
        let daily = daily_charges(&p_29(mode), &days, &context("2026-01", true)).unwrap();
        daily.iter().map(|day| day.decimal_text(4).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(shown(TierMode::Graduated), ["99.9", "0.1", "0", "380"]);
    assert_eq!(shown(TierMode::Volume), ["99.9", "-19.9", "0", "230"]);
}

fn key(subscription: u32, meter: u32, sku: u32) -> LineKey {
    LineKey {
        subscription,
        meter,
        sku,
    }
}

/// Two meters with a price and one without, in rows of any order.
fn two_subscriptions() -> UsageTotals {
    let mut totals = UsageTotals::new();
    assert!(totals.is_empty());
    for (key, units) in [
        (key(1, 0, 0), 5),
        (key(0, 0, 1), 2),
        (key(0, 1, 0), 8),
        (key(0, 0, 0), 3),
        (key(0, 9, 0), 4),
        (key(1, 9, 1), 1),
        (key(1, 0, 0), 1),
    ] {
        totals.add(key, Quantity::from_units(units)).unwrap();
    }
    assert_eq!((totals.len(), totals.is_empty()), (6, false));
    totals
}

#[test]
fn p_42_a_line_for_each_subscription_and_item_and_one_for_what_is_unpriced() {
    let (vm, disk) = (
        item(|input| input.rate = price("2")),
        item(|input| input.rate = price("0.5")),
    );
    let january = context("2026-01", true);
    let totals = two_subscriptions();
    let lines = totals
        .rate_lines(|key| {
            let item = [&vm, &disk].get(usize::try_from(key.meter).unwrap()).copied()?;
            Some(PricedBy {
                item_index: key.meter,
                item,
                context: &january,
            })
        })
        .unwrap();
    let rated: Vec<_> = lines
        .rated
        .iter()
        .map(|line| (line.subscription, line.item_index, line.rated.amount.amount_text()))
        .collect();
    let expected = [(0, 0, "10.00"), (0, 1, "4.00"), (1, 0, "12.00")];
    assert_eq!(
        rated,
        expected.map(|(subscription, item, text)| (subscription, item, text.to_owned()))
    );
    let unpriced: Vec<_> = lines.unpriced.iter().map(|line| (line.key, line.quantity)).collect();
    assert_eq!(
        unpriced,
        [
            (key(0, 9, 0), Quantity::from_units(4)),
            (key(1, 9, 1), Quantity::from_units(1))
        ]
    );
}

#[test]
fn a_line_that_cannot_be_rated_is_named() {
    let january = context("2026-01", true);
    let one = item(|_| {});
    let key = LineKey {
        subscription: 3,
        meter: 0,
        sku: 0,
    };
    let mut totals = UsageTotals::new();
    totals.add(key, quantity("-1")).unwrap();
    let refused = totals.rate_lines(|_| {
        Some(PricedBy {
            item_index: 0,
            item: &one,
            context: &january,
        })
    });
    let (named, error) = refused.unwrap_err();
    assert_eq!((named, error.code()), (key, "quantity_negative"));
    let mut beyond = UsageTotals::new();
    beyond.add(key, Quantity::from_atto(i128::MAX)).unwrap();
    assert_eq!(
        beyond.add(key, quantity("1")).unwrap_err().code(),
        "quantity_out_of_range"
    );
    let two = LineKey { sku: 1, ..key };
    beyond.add(two, quantity("1")).unwrap();
    let merged = beyond.rate_lines(|_| {
        Some(PricedBy {
            item_index: 0,
            item: &one,
            context: &january,
        })
    });
    assert_eq!(merged.unwrap_err().1.code(), "quantity_out_of_range");
}

#[test]
fn b_30_late_usage_is_billed_as_the_difference_to_everything_issued() {
    let late = |expected, issued: &[Money], now, billed| {
        late_difference(eur(expected), issued, quantity(now), quantity(billed)).unwrap()
    };
    let more = late("10.00", &[eur("7.00"), eur("1.25")], "100", "80");
    assert_eq!((more.billed_amount, more.difference_amount), (eur("8.25"), eur("1.75")));
    assert_eq!(more.difference_quantity, quantity("20"));
    assert!(more.line_created());
    let less = late("5.00", &[eur("7.00")], "50", "80");
    assert_eq!(
        (less.difference_amount, less.difference_quantity),
        (eur("-2.00"), quantity("-30"))
    );
    assert!(late("7.00", &[eur("7.00")], "81", "80").line_created());
    assert!(late("7.01", &[eur("7.00")], "80", "80").line_created());
    assert!(!late("7.00", &[eur("7.00")], "80", "80").line_created());
    let yen = Money::from_minor(7, currency("JPY"));
    let mixed = late_difference(eur("7"), &[yen], quantity("1"), quantity("1")).unwrap_err();
    assert_eq!(mixed.code(), "currency_mismatch");
    assert_eq!(period("2026-01").hours(), 744);
}
