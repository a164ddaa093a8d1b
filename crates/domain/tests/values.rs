//! Laws of money, decimals, exact amounts and periods over random and hostile values (G-3 to G-6, P-60, P-65, U-38).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use cms_domain::allocate::{AllocateError, allocate};
use cms_domain::currency::{self, Currency};
use cms_domain::decimal::{DecimalError, ExchangeRate, Percentage, PlainAmount, Quantity, Rate};
use cms_domain::exact::Exact;
use cms_domain::money::{Money, MoneyError};
use cms_domain::period::Period;
use proptest::prelude::*;

fn any_currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(currency::all().collect::<Vec<_>>())
}

fn eur() -> Currency {
    Currency::from_code("EUR").unwrap()
}

/// Texts near the grammar of numbers, where parsers break.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+]?[0-9]{0,40}\\.?[0-9]{0,40}([eE][-+]?[0-9]{0,20})?",
        "[-+.eE0-9,_ \u{0}\u{661}]{0,12}",
    ]
}

proptest! {
    #[test]
    fn money_text_reads_back_to_the_same_amount(minor in -i64::MAX..=i64::MAX, currency in any_currency()) {
        let money = Money::from_minor(minor, currency);
        let text = money.amount_text();
        prop_assert_eq!(Money::parse(&text, currency), Ok(money));
        let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        prop_assert_eq!(fraction, usize::from(currency.minor_unit_digits()));
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    #[test]
    fn decimal_texts_read_back_to_the_same_value(
        atto in -999_999_999_999_999_999_999_999_999_999_999_i128..=999_999_999_999_999_999_999_999_999_999_999,
        rate in 0_i128..10_000_000_000_000_000_000,
        percent in 0_i128..=1_000_000,
    ) {
        let quantity = Quantity::from_atto(atto);
        prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
        let rate = Rate::from_scaled(rate).unwrap();
        prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
        let percent = Percentage::from_scaled(percent).unwrap();
        prop_assert_eq!(Percentage::parse(&percent.to_string()), Ok(percent));
        let exact = Exact::from(quantity);
        prop_assert_eq!(Exact::parse_fraction(&exact.fraction_text()).unwrap(), exact.clone());
        prop_assert_eq!(Exact::parse_decimal(&quantity.to_string()).unwrap(), exact);
    }

    #[test]
    fn no_parser_panics_whatever_the_text(text in hostile_text()) {
        let _ = Money::parse(&text, eur());
        let _ = Quantity::parse(&text);
        let _ = Quantity::parse_sum(&text);
        let _ = Quantity::parse_received(&text);
        let _ = Rate::parse(&text);
        let _ = Percentage::parse(&text);
        let _ = ExchangeRate::parse(&text);
        let _ = PlainAmount::parse(&text);
        let _ = Exact::parse_decimal(&text);
        let _ = Exact::parse_fraction(&text);
        let _ = Period::parse(&text);
        let _ = Currency::from_code(&text);
    }

    #[test]
    fn a_received_quantity_is_the_exact_value_rounded_half_away_at_18_digits(
        digits in "[1-9][0-9]{0,30}",
        point in 0_usize..31,
        exponent in -40_i32..10,
    ) {
        let point = point.min(digits.len() - 1) + 1;
        let (whole, fraction) = digits.split_at(point);
        let mantissa = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
        let power = Exact::parse_decimal(&format!("1{}", "0".repeat(exponent.unsigned_abs() as usize))).unwrap();
        let mantissa_value = Exact::parse_decimal(&mantissa).unwrap();
        let value = if exponent < 0 { mantissa_value.checked_div(&power).unwrap() } else { mantissa_value.times(&power) };
        let rounded = Exact::parse_decimal(&value.display(18)).unwrap();
        match Quantity::parse_received(&format!("{mantissa}e{exponent}")) {
            Ok(quantity) => prop_assert_eq!(Exact::from(quantity), rounded),
            Err(error) => {
                prop_assert_eq!(error, DecimalError::QuantityOutOfRange);
                prop_assert!(rounded >= Exact::from_integer(1_000_000_000_000_000));
            }
        }
    }

    #[test]
    fn rounding_is_within_half_a_minor_unit_and_symmetric(
        numerator in any::<i64>(),
        denominator in 1_i64..=i64::MAX,
        currency in any_currency(),
    ) {
        let exact = Exact::from_fraction(numerator.into(), denominator.into()).unwrap();
        let Ok(rounded) = exact.round_to(currency) else { return Ok(()) };
        let distance = Exact::from(rounded).minus(&exact).magnitude();
        let half = Exact::from_fraction(1, i128::from(currency.minor_units_per_major()) * 2).unwrap();
        prop_assert!(distance <= half);
        prop_assert_eq!(exact.negated().round_to(currency).unwrap(), rounded.checked_neg().unwrap());
    }

    #[test]
    fn exact_arithmetic_obeys_the_field_laws(a in any::<i64>(), b in 1_i64.., c in any::<i64>(), d in 1_i64..) {
        let x = Exact::from_fraction(a.into(), b.into()).unwrap();
        let y = Exact::from_fraction(c.into(), d.into()).unwrap();
        prop_assert_eq!(x.plus(&y), y.plus(&x));
        prop_assert_eq!(x.plus(&y).minus(&y), x.clone());
        prop_assert_eq!(x.times(&y), y.times(&x));
        if !y.is_zero() {
            prop_assert_eq!(x.times(&y).checked_div(&y).unwrap(), x.clone());
        }
        prop_assert_eq!(x.cmp(&y), (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b))));
    }

    #[test]
    fn long_sums_stay_exact(parts in prop::collection::vec((any::<i32>(), 1_i32..=i32::MAX), 1..60)) {
        let parts: Vec<Exact> =
            parts.into_iter().map(|(n, d)| Exact::from_fraction(n.into(), d.into()).unwrap()).collect();
        let forward = parts.iter().fold(Exact::zero(), |sum, part| sum.plus(part));
        let left = parts.iter().rev().fold(forward, |sum, part| sum.minus(part));
        prop_assert!(left.is_zero());
    }

    #[test]
    fn allocated_parts_sum_to_the_whole_and_are_off_by_less_than_one_unit(
        minor in -i64::MAX..=i64::MAX,
        weights in prop::collection::vec(0_i128..=999_999_999_999_999_999_999_999_999_999_999, 1..20),
    ) {
        let amount = Money::from_minor(minor, eur());
        let weights: Vec<Quantity> = weights.into_iter().map(Quantity::from_atto).collect();
        let parts = allocate(amount, &weights).unwrap();
        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(Money::sum(eur(), parts.iter().copied()).unwrap(), amount);
        let total = weights.iter().fold(Exact::zero(), |sum, weight| sum.plus(&Exact::from(*weight)));
        if total.is_zero() {
            prop_assert_eq!(parts[0], amount);
            return Ok(());
        }
        let one = Exact::from_fraction(1, 100).unwrap();
        for (part, weight) in parts.iter().zip(&weights) {
            let share = Exact::from(amount).times(&Exact::from(*weight)).checked_div(&total).unwrap();
            prop_assert!(Exact::from(*part).minus(&share).magnitude() < one);
        }
    }

    #[test]
    fn an_instant_lies_in_its_period_and_periods_touch(seconds in -62_135_596_800_i64..253_402_300_800) {
        let instant = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        let period = Period::of(instant);
        prop_assert!(period.starts_at() <= instant && instant < period.ends_at());
        prop_assert_eq!(period.next().starts_at(), period.ends_at());
        prop_assert_eq!(period.next().previous(), period);
        prop_assert_eq!((period.ends_at() - period.starts_at()).num_hours(), i64::from(period.hours()));
        prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
    }
}

#[test]
fn amounts_beyond_storage_are_refused_not_wrapped() {
    let most = Money::from_minor(i64::MAX, eur());
    let one = Money::from_minor(1, eur());
    assert_eq!(most.checked_add(one), Err(MoneyError::OutOfRange));
    assert_eq!(
        most.checked_neg().unwrap().checked_sub(one),
        Err(MoneyError::OutOfRange)
    );
    assert_eq!(
        Money::from_minor(i64::MIN, eur()).checked_neg(),
        Err(MoneyError::OutOfRange)
    );
    assert_eq!(Money::sum(eur(), [most, one, one.checked_neg().unwrap()]), Ok(most));
    assert_eq!(Money::sum(eur(), [most, one]), Err(MoneyError::OutOfRange));
}

#[test]
fn amounts_of_two_currencies_never_mix() {
    let yen = Money::from_minor(1, Currency::from_code("JPY").unwrap());
    let cent = Money::from_minor(1, eur());
    assert_eq!(yen.checked_add(cent), Err(MoneyError::CurrencyMismatch));
    assert_eq!(Money::sum(eur(), [cent, yen]), Err(MoneyError::CurrencyMismatch));
    assert_eq!(cent.checked_min(yen), Err(MoneyError::CurrencyMismatch));
}

#[test]
fn money_json_has_exactly_two_members_and_all_digits() {
    let money = Money::from_minor(123_450, eur());
    assert_eq!(
        serde_json::to_string(&money).unwrap(),
        r#"{"amount":"1234.50","currency":"EUR"}"#
    );
    for wrong in [
        r#"{"amount":1234.5,"currency":"EUR"}"#,
        r#"{"amount":"1","currency":"EUR","x":1}"#,
        r#"{"amount":"1.001","currency":"EUR"}"#,
        r#"{"amount":"1","currency":"eur"}"#,
    ] {
        assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn received_numbers_with_absurd_exponents_are_answered_at_once() {
    let read = Quantity::parse_received;
    assert_eq!(read("1e999999999999999999999"), Err(DecimalError::QuantityOutOfRange));
    assert_eq!(read("1e-999999999999999999999"), Ok(Quantity::ZERO));
    assert_eq!(read("0e999999999999"), Ok(Quantity::ZERO));
    assert_eq!(read("-0.0"), Ok(Quantity::ZERO));
    assert_eq!(read("-1e-99"), Err(DecimalError::QuantityNegative));
    assert_eq!(
        read("999999999999999.9999999999999999995"),
        Err(DecimalError::QuantityOutOfRange)
    );
    assert_eq!(read("0.0000000000000000004999"), Ok(Quantity::ZERO));
    assert_eq!(read("5e-19"), Ok(Quantity::from_atto(1)));
    for text in [
        "", "-", ".5", "5.", "01", "+1", "1e", "1e+", "NaN", "Infinity", "1 ", "0x1", "1_0", "١",
    ] {
        assert_eq!(read(text), Err(DecimalError::QuantityInvalid), "{text:?}");
    }
}

#[test]
fn limits_of_decimals_are_those_of_g_4() {
    assert!(Quantity::parse("999999999999999.999999999999999999").is_ok());
    assert_eq!(
        Quantity::parse("1000000000000000"),
        Err(DecimalError::QuantityOutOfRange)
    );
    assert_eq!(
        Quantity::parse("0.0000000000000000001"),
        Err(DecimalError::QuantityPrecision)
    );
    assert_eq!(Rate::parse("1000000000"), Err(DecimalError::RateOutOfRange));
    assert_eq!(Percentage::parse("0.00001"), Err(DecimalError::PercentPrecision));
    assert_eq!(ExchangeRate::parse("0"), Err(DecimalError::ExchangeRateOutOfRange));
    assert_eq!(Rate::parse("-0").unwrap().to_string(), "0");
}

#[test]
fn a_hundred_thousand_of_the_largest_quantities_can_be_summed() {
    let largest = Quantity::parse("999999999999999.999999999999999999").unwrap();
    let sum = Quantity::sum(std::iter::repeat_n(largest, 100_000)).unwrap();
    assert_eq!(Quantity::parse_sum(&sum.to_string()), Ok(sum));
}

#[test]
fn allocation_without_parts_or_with_negative_weights_is_refused() {
    let amount = Money::from_minor(100, eur());
    assert_eq!(allocate(amount, &[]), Err(AllocateError::NoWeights));
    assert_eq!(
        allocate(amount, &[Quantity::from_atto(-1)]),
        Err(AllocateError::NegativeWeight)
    );
}

#[test]
fn months_are_written_with_four_and_two_digits() {
    for text in [
        "2026-1",
        "2026-13",
        "2026-00",
        "0000-01",
        "02026-01",
        "2026-01-01",
        "2026/01",
        "٢٠٢٦-01",
        "+026-01",
    ] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
    let december = Period::parse("2026-12").unwrap();
    assert_eq!(december.next().to_string(), "2027-01");
    assert_eq!(december.months_since(Period::parse("2025-12").unwrap()), 12);
    assert_eq!(december.first_of_year().to_string(), "2026-01");
}
