//! Exact values against integers of any size: both forms inside, the small and the big one, give the same numbers.

use std::num::NonZeroU64;

use cms_domain::decimal::{DecimalError, ExchangeRate, Percentage, PlainAmount, Rate};
use cms_domain::exact::Exact;
use cms_domain::money::{Money, MoneyError};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Signed;
use proptest::prelude::*;

use crate::{currency, eur, quantity};

/// A fraction as a numerator and a denominator above 0 of any size.
type Parts = (BigInt, BigInt);

fn parts(exact: &Exact) -> Parts {
    let text = exact.fraction_text();
    let (above, below) = text.split_once('/').unwrap_or((&text, "1"));
    (above.parse().unwrap(), below.parse().unwrap())
}

fn same(exact: &Exact, (above, below): &Parts) -> bool {
    let (left, right) = parts(exact);
    left * below == above * right
}

/// Whole numbers of every size, those at the edges of 64 and 128 bits too.
fn any_whole() -> impl Strategy<Value = i128> {
    prop_oneof![
        -20_i128..20,
        any::<i64>().prop_map(i128::from),
        any::<i128>(),
        Just(i128::MAX),
        Just(i128::MIN),
        Just(i128::MAX - 1),
        (0_u32..127).prop_map(|bits| 1_i128 << bits),
    ]
}

fn any_fraction() -> impl Strategy<Value = (Exact, Parts)> {
    (any_whole(), any_whole().prop_filter("not 0", |below| *below != 0)).prop_map(|(above, below)| {
        (
            Exact::from_fraction(above, below).unwrap(),
            (BigInt::from(above), BigInt::from(below)),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn sums_differences_products_and_quotients_are_those_of_any_size((x, (a, b)) in any_fraction(), (y, (c, d)) in any_fraction()) {
        prop_assert!(same(&x.plus(&y), &(&a * &d + &c * &b, &b * &d)));
        prop_assert!(same(&x.minus(&y), &(&a * &d - &c * &b, &b * &d)));
        prop_assert!(same(&x.times(&y), &(&a * &c, &b * &d)));
        match x.checked_div(&y) {
            Some(quotient) => prop_assert!(same(&quotient, &(&a * &d, &b * &c))),
            None => prop_assert!(y.is_zero()),
        }
        let (left, right) = (&a * &d * b.signum() * d.signum(), &c * &b * b.signum() * d.signum());
        prop_assert_eq!(x.cmp(&y), left.cmp(&right));
        prop_assert_eq!(x == y, left == right);
    }

    #[test]
    fn a_value_has_one_sign((x, (a, b)) in any_fraction()) {
        let sign = a.signum() * b.signum();
        let zero = BigInt::from(0);
        prop_assert_eq!((x.is_negative(), x.is_zero(), x.is_positive()), (sign < zero, sign == zero, sign > zero));
        prop_assert!(same(&x.negated(), &(-&a, b.clone())));
        prop_assert!(!x.magnitude().is_negative());
        prop_assert!(x.magnitude() == x || x.magnitude() == x.negated());
        prop_assert_eq!(x.clone().at_least_zero(), if sign < zero { Exact::zero() } else { x });
    }

    /// |shown − value| ≤ ½ of the last digit, and a tie goes away from zero.
    #[test]
    fn what_is_shown_is_the_nearest_decimal((x, _) in any_fraction(), digits in 0_u8..25) {
        let shown = Exact::parse_decimal(&x.display(digits)).unwrap();
        let unit = Exact::parse_fraction(&format!("1/1{}", "0".repeat(usize::from(digits)))).unwrap();
        let twice = shown.minus(&x).magnitude().times(&Exact::from_integer(2));
        prop_assert!(twice <= unit);
        prop_assert!(twice < unit || shown.magnitude() > x.magnitude());
        prop_assert_eq!(x.decimal_text(digits).is_some(), shown == x);
    }

    #[test]
    fn a_fraction_is_told_in_lowest_terms((x, _) in any_fraction()) {
        let (above, below) = parts(&x);
        prop_assert_eq!(above.gcd(&below), BigInt::from(1));
        prop_assert!(below.is_positive());
    }

    #[test]
    fn both_texts_read_back((x, _) in any_fraction()) {
        prop_assert_eq!(&Exact::parse_fraction(&x.fraction_text()).unwrap(), &x);
        let json = serde_json::to_string(&x).unwrap();
        prop_assert_eq!(serde_json::from_str::<Exact>(&json).unwrap(), x);
    }
}

#[test]
fn fractions_are_told_in_lowest_terms() {
    let told = |above, below| Exact::from_fraction(above, below).map(|exact| exact.fraction_text());
    assert_eq!(told(6, 4).as_deref(), Some("3/2"));
    assert_eq!(told(6, -4).as_deref(), Some("-3/2"));
    assert_eq!(told(-6, -3).as_deref(), Some("2"));
    assert_eq!(told(0, 9).as_deref(), Some("0"));
    assert_eq!(told(1, 0), None);
    assert_eq!(
        told(i128::MIN, 4).as_deref(),
        Some("-42535295865117307932921825928971026432")
    );
    assert_eq!(told(i128::MIN, i128::MIN).as_deref(), Some("1"));
    assert_eq!(format!("{:?}", Exact::from_integer(-7)), "Exact(-7)");
}

#[test]
fn fraction_texts_have_one_form() {
    for text in [
        "1/0", "1/-3", "1/", "/3", "1.5/2", "1/2.0", "1/2/3", "", "01/2", "1/02", "+1/2", " 1/2",
    ] {
        assert_eq!(Exact::parse_fraction(text), Err(DecimalError::Invalid), "{text}");
    }
    assert_eq!(Exact::parse_fraction("-10/4").unwrap().fraction_text(), "-5/2");
    assert_eq!(Exact::parse_fraction("7").unwrap(), Exact::from_integer(7));
    let huge = format!("1{}", "0".repeat(400));
    assert_eq!(Exact::parse_decimal(&huge).unwrap().fraction_text(), huge);
    assert_eq!(Exact::parse_decimal("-0.125").unwrap().fraction_text(), "-1/8");
    assert!(Exact::parse_decimal("1.").is_err());
}

#[test]
fn g_5_ten_digits_are_shown_and_ties_go_away_from_zero() {
    let shown = |above, below| Exact::from_fraction(above, below).unwrap().display10();
    assert_eq!(shown(1, 3), "0.3333333333");
    assert_eq!(shown(2, 3), "0.6666666667");
    assert_eq!(shown(-2, 3), "-0.6666666667");
    assert_eq!(shown(1, 20_000_000_000), "0.0000000001");
    assert_eq!(shown(-1, 20_000_000_000), "-0.0000000001");
    assert_eq!(shown(-1, 20_000_000_001), "0.0000000000");
    // The same ties where the numerator times 10^10 leaves 128 bits.
    let big = |text: &str| Exact::parse_decimal(text).unwrap().display10();
    assert_eq!(
        big("100000000000000000000000000000.00000000005"),
        "100000000000000000000000000000.0000000001"
    );
    assert_eq!(
        big("-100000000000000000000000000000.00000000005"),
        "-100000000000000000000000000000.0000000001"
    );
    assert_eq!(
        big("100000000000000000000000000000.00000000004"),
        "100000000000000000000000000000.0000000000"
    );
    assert_eq!(Exact::from_fraction(5, 2).unwrap().display(0), "3");
    assert_eq!(Exact::from_fraction(-5, 2).unwrap().display(0), "-3");
}

#[test]
fn decimals_are_told_without_trailing_zeros_or_not_at_all() {
    let told = |above, below, digits| Exact::from_fraction(above, below).unwrap().decimal_text(digits);
    assert_eq!(told(5, 2, 4).as_deref(), Some("2.5"));
    assert_eq!(told(100, 1, 4).as_deref(), Some("100"));
    assert_eq!(told(100, 1, 0).as_deref(), Some("100"));
    assert_eq!(told(-1, 4, 2).as_deref(), Some("-0.25"));
    assert_eq!(told(-1, 4, 1), None);
    assert_eq!(told(1, 3, 20), None);
    assert_eq!(told(5, 2, 0), None);
}

#[test]
fn p_60_amounts_are_rounded_half_away_from_zero_at_the_minor_unit() {
    let rounded = |text: &str, code: &str| {
        let exact = Exact::parse_decimal(text).unwrap();
        exact.round_to(currency(code)).map(Money::amount_text)
    };
    assert_eq!(rounded("0.005", "EUR").unwrap(), "0.01");
    assert_eq!(rounded("-0.005", "EUR").unwrap(), "-0.01");
    assert_eq!(rounded("-0.004", "EUR").unwrap(), "0.00");
    assert_eq!(rounded("0.00499999999996", "EUR").unwrap(), "0.00");
    assert_eq!(rounded("0.5", "JPY").unwrap(), "1");
    assert_eq!(rounded("0.0005", "KWD").unwrap(), "0.001");
    assert_eq!(
        rounded("92233720368547758.0749", "EUR").unwrap(),
        "92233720368547758.07"
    );
    assert_eq!(rounded("92233720368547758.075", "EUR"), Err(MoneyError::OutOfRange));
    assert_eq!(rounded(&"9".repeat(80), "EUR"), Err(MoneyError::OutOfRange));
}

#[test]
fn p_64_rates_are_rounded_to_ten_digits() {
    let rate = |text: &str| {
        Exact::parse_decimal(text)
            .unwrap()
            .round_to_rate()
            .map(|rate| rate.to_string())
    };
    assert_eq!(rate("0.00000000005").unwrap(), "0.0000000001");
    assert_eq!(rate("0.00000000004").unwrap(), "0");
    assert_eq!(rate("-0.00000000001"), Err(DecimalError::RateNegative));
    assert_eq!(rate("999999999.99999999995"), Err(DecimalError::RateOutOfRange));
    assert_eq!(rate(&"9".repeat(80)), Err(DecimalError::RateOutOfRange));
}

#[test]
fn shares_and_conversions_are_exact() {
    let ten = Exact::from_integer(10);
    let percent = |text| ten.percent(Percentage::parse(text).unwrap()).fraction_text();
    assert_eq!(
        [percent("0"), percent("100"), percent("33.3333")],
        ["0", "10", "333333/100000"]
    );
    let rate = |text| ExchangeRate::parse(text).unwrap();
    assert_eq!(ten.converted(rate("3"), rate("0.5")).fraction_text(), "5/3");
    assert_eq!(ten.divided_by(NonZeroU64::new(4).unwrap()).fraction_text(), "5/2");
    assert_eq!(ten.divided_by(NonZeroU64::MIN).fraction_text(), "10");
    assert_eq!(ten.divided_by(NonZeroU64::MAX).fraction_text(), "2/3689348814741910323");
}

#[test]
fn every_number_becomes_the_exact_value_it_stands_for() {
    assert_eq!(Exact::from(quantity("2.5")).fraction_text(), "5/2");
    assert_eq!(Exact::from(quantity("-3")).fraction_text(), "-3");
    assert_eq!(
        Exact::from(quantity("0.000000000000000001")).fraction_text(),
        "1/1000000000000000000"
    );
    assert_eq!(
        Exact::from(Rate::parse("0.0000000001").unwrap()).fraction_text(),
        "1/10000000000"
    );
    assert_eq!(Exact::from(ExchangeRate::parse("1.25").unwrap()).fraction_text(), "5/4");
    assert_eq!(Exact::from(Percentage::parse("12.5").unwrap()).fraction_text(), "25/2");
    assert_eq!(
        Exact::from(PlainAmount::parse("-0.0001").unwrap()).fraction_text(),
        "-1/10000"
    );
    assert_eq!(Exact::from(eur("-0.05")).fraction_text(), "-1/20");
}

#[test]
fn sums_of_many_denominators_stay_short() {
    // The harmonic numbers have denominators that grow without common factors; in lowest terms 400 of them have 176 digits.
    let mut sum = Exact::zero();
    for below in 1..=400 {
        sum = sum.plus(&Exact::from_fraction(1, below).unwrap());
    }
    let (_, below) = parts(&sum);
    assert!(below.is_positive());
    assert_eq!(sum.display(6), "6.569930");
}
