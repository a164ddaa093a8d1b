//! Bad input is refused with the code of its rule; nothing panics and nothing becomes zero in silence (G-7).

use cms_pricing::{
    ExchangeQuote, Increase, ItemCreditKind, ItemCredits, PricingError, PricingItem, PricingItemInput, RatePeriod,
    TierMode, UnitKind, Warning, check_version, convert_item, credited_tax, daily_charges, quote_on, rate, tax,
};
use domain::currency::Currency;
use domain::decimal::{DecimalError, ExchangeRate, Percentage, Quantity, Rate};
use domain::money::{Money, MoneyError};
use domain::period::Period;

use crate::{context, currency, eur, item, item_credits, plain, price, quantity, tier};

fn refused(change: impl FnOnce(&mut PricingItemInput)) -> &'static str {
    let mut input = plain();
    change(&mut input);
    PricingItem::new(input).unwrap_err().code()
}

#[test]
fn p_23_tiers_that_overlap_are_reversed_or_start_below_zero() {
    assert_eq!(
        refused(|i| i.tiers = vec![tier("5", Some("5"), "1")]),
        "tier_range_invalid"
    );
    assert_eq!(
        refused(|i| i.tiers = vec![tier("5", Some("4"), "1")]),
        "tier_range_invalid"
    );
    assert_eq!(
        refused(|i| i.tiers = vec![tier("-0.1", None, "1")]),
        "tier_range_invalid"
    );
    let overlap = vec![tier("4.9", None, "1"), tier("0", Some("5"), "1")];
    assert_eq!(refused(|i| i.tiers = overlap), "tier_overlap");
    let open_first = vec![tier("0", None, "1"), tier("5", Some("6"), "1")];
    assert_eq!(refused(|i| i.tiers = open_first), "tier_overlap");
    let same_start = vec![tier("0", Some("1"), "1"), tier("0", Some("2"), "1")];
    assert_eq!(refused(|i| i.tiers = same_start), "tier_overlap");
    let touching = item(|i| i.tiers = vec![tier("5", None, "1"), tier("0", Some("5"), "1")]);
    assert!(touching.warnings().is_empty());
    let gap = item(|i| i.tiers = vec![tier("5", None, "1")]);
    assert_eq!(gap.warnings(), [Warning::TierGap]);
    assert_eq!(
        [Warning::TierGap.code(), Warning::DoubleChargePossible.code()],
        ["tier_gap", "double_charge_possible"]
    );
    assert!(item(|_| {}).warnings().is_empty());
}

#[test]
fn p_21_divisors_and_units() {
    assert_eq!(refused(|i| i.unit_divisor = 0), "unit_divisor_invalid");
    assert_eq!(refused(|i| i.unit_divisor = u64::MAX), "unit_divisor_invalid");
    let same_unit = |i: &mut PricingItemInput| {
        i.unit_divisor = 2;
        i.unit = i.meter_unit.clone();
    };
    assert_eq!(refused(same_unit), "unit_required");
    let blank = |i: &mut PricingItemInput| {
        i.unit_divisor = 2;
        i.unit = "  ".to_owned();
    };
    assert_eq!(refused(blank), "unit_required");
    for kind in [UnitKind::Month, UnitKind::Count] {
        let wrong = |i: &mut PricingItemInput| {
            i.rate_period = RatePeriod::Month;
            i.unit_kind = kind;
        };
        assert_eq!(refused(wrong), "rate_period_not_allowed");
    }
    let kept = item(|i| i.unit_divisor = 1_000_000_000_000);
    assert_eq!(kept.unit_divisor().get(), 1_000_000_000_000);
    assert_eq!(
        (kept.unit(), kept.item_id(), kept.description()),
        ("pack", "item-7", "Web server")
    );
    assert_eq!(
        (kept.meter_id(), kept.sku(), kept.unit_kind()),
        ("meter-1", "standard_a2", UnitKind::Hour)
    );
    assert_eq!(
        (kept.rate_period(), kept.tier_table().mode()),
        (RatePeriod::Unit, TierMode::Graduated)
    );
}

#[test]
fn p_22_rates_quantities_and_credits_of_absurd_size() {
    let of_rate = |text: &str| Rate::parse(text).unwrap_err().code();
    assert_eq!(of_rate("-0.0000000001"), "rate_negative");
    assert_eq!(of_rate("0.00000000001"), "rate_precision");
    assert_eq!(of_rate("1000000000"), "rate_out_of_range");
    assert_eq!(of_rate(&"9".repeat(400)), "rate_out_of_range");
    assert_eq!(of_rate("1,5"), "decimal_invalid");
    let credit = |kind, text: &str| ItemCredits::parse([(kind, text)]).unwrap_err().code();
    assert_eq!(
        credit(ItemCreditKind::Quantity, "1000000000000000"),
        "quantity_out_of_range"
    );
    assert_eq!(credit(ItemCreditKind::Quantity, "-0.1"), "credit_negative");
    assert_eq!(credit(ItemCreditKind::Percent, "101"), "percent_out_of_range");
    assert_eq!(credit(ItemCreditKind::Amount, "0.00000000001"), "credit_precision");
    assert_eq!(credit(ItemCreditKind::Amount, ""), "decimal_invalid");
    let one = item(|_| {});
    let january = context("2026-01", true);
    assert_eq!(
        rate(&one, quantity("-1"), &january).unwrap_err().code(),
        "quantity_negative"
    );
    let days = [quantity("1"), quantity("-0.5")];
    assert_eq!(
        daily_charges(&one, &days, &january).unwrap_err().code(),
        "quantity_negative"
    );
    let most = [Quantity::from_atto(i128::MAX), quantity("1")];
    assert_eq!(
        daily_charges(&one, &most, &january).unwrap_err().code(),
        "quantity_out_of_range"
    );
    let beyond = rate(&one, Quantity::from_atto(i128::MAX), &january).unwrap_err();
    assert_eq!(beyond.code(), "amount_out_of_range");
}

#[test]
fn p_72_no_exchange_rate_is_not_a_rate_of_one() {
    let quotes = [ExchangeQuote {
        rate: ExchangeRate::ONE,
        valid_from_on: "2026-01-01".parse().unwrap(),
        source: String::new(),
    }];
    let on = |day: &str| quote_on(&quotes, day.parse().unwrap()).map(|quote| quote.rate);
    assert_eq!(on("2026-02-01"), Ok(ExchangeRate::ONE));
    assert_eq!(on("2026-02-02").unwrap_err().code(), "exchange_rate_missing");
    assert_eq!(on("2025-12-31").unwrap_err().code(), "exchange_rate_missing");
    let rate = |text| PricingError::from(ExchangeRate::parse(text).unwrap_err()).code();
    assert_eq!(rate("0"), "exchange_rate_out_of_range");
    assert_eq!(rate("-1"), "exchange_rate_out_of_range");
    assert_eq!(rate("1000000000"), "exchange_rate_out_of_range");
    assert_eq!(rate("0.00000000001"), "exchange_rate_precision");
}

#[test]
fn p_80_increases_that_leave_the_range() {
    let percentage = |text| Increase::percentage(text).map_err(PricingError::code);
    assert_eq!(percentage("-100.0000000001").unwrap_err(), "percent_out_of_range");
    assert!(percentage("-99.9999999999").is_ok());
    assert_eq!(percentage("ten").unwrap_err(), "decimal_invalid");
    let fixed = |text: &str, old: &str| {
        let increase = Increase::fixed_amount(text).unwrap();
        increase
            .apply(price(old))
            .map(|rate| rate.to_string())
            .map_err(PricingError::code)
    };
    assert_eq!(fixed("-0.5", "0.5").as_deref(), Ok("0"));
    assert_eq!(fixed("-0.5000000001", "0.5"), Err("rate_negative"));
    assert_eq!(fixed("999999999", "1"), Err("rate_out_of_range"));
    assert_eq!(fixed("0.25", "0.5").as_deref(), Ok("0.75"));
    assert_eq!(
        Increase::fixed_amount("0.00000000001").unwrap_err().code(),
        "rate_precision"
    );
    let doubled = Increase::percentage("12.5")
        .unwrap()
        .apply(price("0.0000000004"))
        .unwrap();
    // 0.00000000045 is a tie and goes away from zero (P-64).
    assert_eq!(doubled.to_string(), "0.0000000005");
    let dear = item(|i| i.rate = price("999999999"));
    let exchange = |text| ExchangeRate::parse(text).unwrap();
    let beyond = convert_item(&dear, exchange("1"), exchange("2")).unwrap_err();
    assert_eq!(beyond.code(), "rate_out_of_range");
    let credit = item(|i| i.credits = item_credits(&[(ItemCreditKind::Amount, "999999999999999")]));
    let beyond = convert_item(&credit, exchange("1"), exchange("2")).unwrap_err();
    assert_eq!(beyond.code(), "rate_out_of_range");
}

#[test]
fn p_13_versions_without_items_or_with_one_twice() {
    assert_eq!(check_version(&[]).unwrap_err().1.code(), "items_missing");
    let twice = [item(|_| {}), item(|i| i.rate = price("2"))];
    let (index, error) = check_version(&twice).unwrap_err();
    assert_eq!((index, error.code()), (Some(1), "item_duplicate"));
    let other_sku = [item(|_| {}), item(|i| i.sku = String::new())];
    assert_eq!(check_version(&other_sku), Ok(vec![]));
}

#[test]
fn b_51_tax_beyond_storage_or_across_currencies() {
    let all = Percentage::parse("100").unwrap();
    let most = Money::from_minor(i64::MAX, currency("EUR"));
    assert_eq!(tax(most, all).unwrap_err().code(), "amount_out_of_range");
    let yen = Money::from_minor(1, currency("JPY"));
    assert_eq!(
        credited_tax(eur("1"), yen, all).unwrap_err().code(),
        "currency_mismatch"
    );
    let taxed = tax(eur("-0.50"), Percentage::parse("19").unwrap()).unwrap();
    assert_eq!([taxed.tax_amount, taxed.total_amount], [eur("-0.10"), eur("-0.60")]);
    let note = credited_tax(eur("0.01"), eur("0.02"), Percentage::parse("50").unwrap()).unwrap();
    // round(0.015) − round(0.005) = 0.02 − 0.01
    assert_eq!([note.tax_amount, note.total_amount], [eur("0.01"), eur("0.03")]);
}

#[test]
fn currencies_and_months_that_do_not_exist() {
    assert_eq!(
        PricingError::from(MoneyError::from(Currency::from_code("EUX").unwrap_err())).code(),
        "currency_unknown"
    );
    for text in ["2026-13", "2026-00", "26-01", "2026-1", "", "2026-02-29"] {
        assert_eq!(Period::parse(text).unwrap_err().code(), "period_invalid", "{text}");
    }
    let code = |error: PricingError| error.code();
    assert_eq!(code(PricingError::BalanceExceeded), "balance_exceeded");
    assert_eq!(code(PricingError::CreditDuplicate), "credit_duplicate");
    assert_eq!(code(DecimalError::QuantityPrecision.into()), "quantity_precision");
    assert_eq!(code(MoneyError::Precision.into()), "amount_precision");
}
