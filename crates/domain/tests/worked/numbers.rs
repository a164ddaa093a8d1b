//! Money, currencies, decimals and allocation.

use cms_domain::allocate::{AllocateError, allocate};
use cms_domain::currency::{self as currencies, Currency};
use cms_domain::decimal::{
    ATTO_PER_UNIT, DecimalError, ExchangeRate, Percentage, PlainAmount, Quantity, Rate, quantity_sum,
};
use cms_domain::exact::Exact;
use cms_domain::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};

use crate::{currency, eur, quantity};

#[test]
fn g_3_money_is_read_and_written_with_the_digits_of_its_currency() {
    let written = |text: &str, code: &str| Money::parse(text, currency(code)).map(Money::amount_text);
    assert_eq!(written("1234.5", "EUR").unwrap(), "1234.50");
    assert_eq!(written("-0.00", "EUR").unwrap(), "0.00");
    assert_eq!(written("-0.05", "EUR").unwrap(), "-0.05");
    assert_eq!(written("7", "JPY").unwrap(), "7");
    assert_eq!(written("7.0", "JPY"), Err(MoneyError::Precision));
    assert_eq!(written("0.001", "KWD").unwrap(), "0.001");
    assert_eq!(written("0.0001", "UYW").unwrap(), "0.0001");
    assert_eq!(written("92233720368547758.07", "EUR").unwrap(), "92233720368547758.07");
    assert_eq!(written("92233720368547758.08", "EUR"), Err(MoneyError::OutOfRange));
    assert_eq!(written("-92233720368547758.08", "EUR"), Err(MoneyError::OutOfRange));
    assert_eq!(written(&"9".repeat(60), "EUR"), Err(MoneyError::OutOfRange));
    for text in ["", "-", "1.", ".5", "01", "+1", "1e2", "1,5", " 1", "--1", "0x1", "NaN"] {
        assert_eq!(written(text, "EUR"), Err(MoneyError::Invalid), "{text}");
    }
    assert_eq!(eur("-3.20").to_string(), "-3.20 EUR");
}

#[test]
fn money_says_what_it_is() {
    let (some, none, less) = (eur("0.01"), eur("0"), eur("-0.01"));
    let said = |money: Money| (money.is_positive(), money.is_zero(), money.is_negative());
    assert_eq!(said(some), (true, false, false));
    assert_eq!(said(none), (false, true, false));
    assert_eq!(said(less), (false, false, true));
    assert_eq!((some.amount_minor(), some.currency()), (1, currency("EUR")));
    assert_eq!(Money::zero(currency("JPY")), Money::from_minor(0, currency("JPY")));
    assert_eq!(some.checked_add(eur("2.50")), Ok(eur("2.51")));
    assert_eq!(some.checked_sub(eur("2.50")), Ok(eur("-2.49")));
    assert_eq!(some.checked_neg(), Ok(less));
    assert_eq!(some.checked_min(less), Ok(less));
    assert_eq!(less.checked_min(some), Ok(less));
    assert_eq!(
        some.checked_sub(Money::zero(currency("USD"))),
        Err(MoneyError::CurrencyMismatch)
    );
    assert_eq!(Money::sum(currency("EUR"), []), Ok(none));
    assert_eq!(Money::sum(currency("EUR"), [some, eur("1"), less]), Ok(eur("1")));
}

#[test]
fn g_3_money_is_what_storage_holds_on_both_sides() {
    let wide = |minor: i128| Money::from_wide_minor(minor, currency("EUR"));
    let most = i128::from(i64::MAX);
    assert_eq!(wide(most).unwrap().amount_minor(), i64::MAX);
    assert_eq!(wide(-most).unwrap().amount_minor(), -i64::MAX);
    assert_eq!(wide(-most - 1), Err(MoneyError::OutOfRange));
    assert_eq!(wide(most + 1), Err(MoneyError::OutOfRange));
    assert_eq!(wide(i128::MIN), Err(MoneyError::OutOfRange));
}

#[test]
fn currencies_have_their_digits_and_names() {
    let facts = |code: &str| {
        let currency = currency(code);
        (
            currency.minor_unit_digits(),
            currency.minor_units_per_major(),
            currency.name(),
        )
    };
    assert_eq!(facts("EUR"), (2, 100, "Euro"));
    assert_eq!(facts("JPY"), (0, 1, "Yen"));
    assert_eq!(facts("KWD"), (3, 1_000, "Kuwaiti Dinar"));
    assert_eq!(facts("UYW"), (4, 10_000, "Unidad Previsional"));
    assert_eq!(format!("{:?} {:>5}", currency("EUR"), currency("CHF")), "EUR   CHF");
    assert_eq!("CHF".parse::<Currency>(), Ok(currency("CHF")));
    assert_eq!("chf".parse::<Currency>().unwrap_err().code(), "currency_unknown");
    assert_eq!(currency("CHF").code(), "CHF");
    let codes: Vec<&str> = currencies::all().map(Currency::code).collect();
    assert!(codes.len() > 150 && codes.is_sorted());
    assert_eq!(serde_json::to_string(&currency("JPY")).unwrap(), "\"JPY\"");
    assert!(serde_json::from_str::<Currency>("\"XXX\"").is_err());
}

#[test]
fn g_4_quantities_from_both_sides_of_their_limits() {
    let read = |text: &str| Quantity::parse(text).map(|quantity| quantity.to_string());
    assert_eq!(
        read("-999999999999999.999999999999999999").unwrap(),
        "-999999999999999.999999999999999999"
    );
    assert_eq!(read("-1000000000000000"), Err(DecimalError::QuantityOutOfRange));
    assert_eq!(read("1.500").unwrap(), "1.5");
    assert_eq!(read("-0.000").unwrap(), "0");
    assert_eq!(read("100").unwrap(), "100");
    assert_eq!(read("0.000000000000000001").unwrap(), "0.000000000000000001");
    assert_eq!(read("0.0000000000000000010"), Err(DecimalError::QuantityPrecision));
    assert_eq!(
        Quantity::parse_sum("1000000000000000").unwrap().atto(),
        1_000_000_000_000_000 * ATTO_PER_UNIT
    );
    assert_eq!(
        Quantity::parse_sum("170141183460469231731"),
        Ok(Quantity::from_atto(170_141_183_460_469_231_731 * ATTO_PER_UNIT))
    );
    assert_eq!(
        Quantity::parse_sum("170141183460469231732"),
        Err(DecimalError::QuantityOutOfRange)
    );
    assert_eq!(
        Quantity::parse_sum(&"9".repeat(40)),
        Err(DecimalError::QuantityOutOfRange)
    );
}

#[test]
fn quantities_are_added_or_refused() {
    let (one, most) = (quantity("1"), Quantity::from_atto(i128::MAX));
    assert_eq!(Quantity::from_units(7), quantity("7"));
    assert_eq!(one.checked_add(quantity("0.5")), Some(quantity("1.5")));
    assert_eq!(one.checked_sub(quantity("1.5")), Some(quantity("-0.5")));
    assert_eq!(one.checked_mul(744), Some(quantity("744")));
    assert_eq!(most.checked_add(Quantity::from_atto(1)), None);
    assert_eq!(Quantity::from_atto(i128::MIN).checked_sub(Quantity::from_atto(1)), None);
    assert_eq!(most.checked_mul(2), None);
    assert_eq!(Quantity::sum([one, one, quantity("0.25")]), Some(quantity("2.25")));
    assert_eq!(Quantity::sum([most, one]), None);
    assert_eq!(Quantity::sum([]), Some(Quantity::ZERO));
    assert!(quantity("-0.1").is_negative() && !Quantity::ZERO.is_negative() && !one.is_negative());
    assert!(Quantity::ZERO.is_zero() && !one.is_zero());
    assert_eq!(format!("{one:?}"), "Quantity(1)");
}

#[test]
fn g_4_rates_percentages_and_exchange_rates_from_both_sides() {
    let rate = |text: &str| Rate::parse(text).map(|rate| rate.to_string());
    assert_eq!(rate("999999999.9999999999").unwrap(), "999999999.9999999999");
    assert_eq!(rate("0.00000000010"), Err(DecimalError::RatePrecision));
    assert_eq!(rate("-1"), Err(DecimalError::RateNegative));
    assert_eq!(Rate::from_scaled(-1), Err(DecimalError::RateNegative));
    assert_eq!(Rate::from_scaled(0), Ok(Rate::ZERO));
    assert_eq!(Rate::from_scaled(10_i128.pow(19)), Err(DecimalError::RateOutOfRange));
    let (half, most) = (
        Rate::parse("0.5").unwrap(),
        Rate::parse("999999999.9999999999").unwrap(),
    );
    assert_eq!(half.checked_add(half).unwrap().to_string(), "1");
    assert_eq!(most.checked_add(half), Err(DecimalError::RateOutOfRange));
    assert_eq!(half.scaled(), 5_000_000_000);

    let percent = |text: &str| Percentage::parse(text).map(Percentage::scaled);
    assert_eq!(
        [percent("0"), percent("100"), percent("12.3456")],
        [Ok(0), Ok(1_000_000), Ok(123_456)]
    );
    assert_eq!(percent("100.0001"), Err(DecimalError::PercentOutOfRange));
    assert_eq!(percent("-0.0001"), Err(DecimalError::PercentOutOfRange));
    assert!(Percentage::ZERO.is_zero() && !Percentage::parse("0.0001").unwrap().is_zero());

    let exchange = |text: &str| ExchangeRate::parse(text).map(ExchangeRate::scaled);
    assert_eq!(exchange("1"), Ok(ExchangeRate::ONE.scaled()));
    assert_eq!(exchange("0.0000000001"), Ok(1));
    assert_eq!(exchange("999999999.9999999999"), Ok(9_999_999_999_999_999_999));
    assert_eq!(exchange("1000000000"), Err(DecimalError::ExchangeRateOutOfRange));
    assert_eq!(exchange("0"), Err(DecimalError::ExchangeRateOutOfRange));
    assert_eq!(exchange("0.00000000001"), Err(DecimalError::ExchangeRatePrecision));

    let plain = |text: &str| PlainAmount::parse(text).map(|amount| amount.to_string());
    assert_eq!(plain("922337203685477.5807").unwrap(), "922337203685477.5807");
    assert_eq!(plain("-922337203685477.5807").unwrap(), "-922337203685477.5807");
    assert_eq!(plain("922337203685477.5808"), Err(DecimalError::AmountOutOfRange));
    assert_eq!(plain("0.00001"), Err(DecimalError::AmountPrecision));
    let amount = PlainAmount::parse("-0.5").unwrap();
    assert!(amount.is_negative() && !PlainAmount::ZERO.is_negative());
    assert_eq!(amount.scaled(), -5_000);
}

#[test]
fn every_decimal_reads_back_from_json_and_refuses_numbers() {
    fn round_trip<T: Serialize + for<'a> Deserialize<'a> + PartialEq + std::fmt::Debug>(value: &T, json: &str) {
        assert_eq!(serde_json::to_string(value).unwrap(), json);
        assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
        assert!(serde_json::from_str::<T>("1.5").is_err(), "a binary fraction");
        assert!(serde_json::from_str::<T>("\"1e5\"").is_err(), "an exponent");
    }
    round_trip(&quantity("1.5"), "\"1.5\"");
    round_trip(&"0.25".parse::<Rate>().unwrap(), "\"0.25\"");
    round_trip(&"99.5".parse::<Percentage>().unwrap(), "\"99.5\"");
    round_trip(&"1.1".parse::<ExchangeRate>().unwrap(), "\"1.1\"");
    round_trip(&"-7".parse::<PlainAmount>().unwrap(), "\"-7\"");
    round_trip(&"2.5".parse::<Quantity>().unwrap(), "\"2.5\"");
    let refused = serde_json::from_str::<Rate>("\"-1\"").unwrap_err().to_string();
    assert!(refused.starts_with("rate_negative"), "{refused}");
}

#[test]
fn a_sum_of_quantities_may_exceed_one_record_in_json() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Line {
        #[serde(with = "quantity_sum")]
        quantity: Quantity,
    }
    let json = r#"{"quantity":"1000000000000000.5"}"#;
    let line: Line = serde_json::from_str(json).unwrap();
    assert_eq!(line.quantity, Quantity::parse_sum("1000000000000000.5").unwrap());
    assert_eq!(serde_json::to_string(&line).unwrap(), json);
    assert!(serde_json::from_str::<Quantity>("\"1000000000000000.5\"").is_err());
    assert!(serde_json::from_str::<Line>(r#"{"quantity":"x"}"#).is_err());
}

#[test]
fn u_38_received_quantities_digit_by_digit() {
    let read = |text: &str| Quantity::parse_received(text).map(|quantity| quantity.to_string());
    for (text, expected) in [
        ("0", "0"),
        ("1", "1"),
        ("1.0", "1"),
        ("100E-2", "1"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("12.5e1", "125"),
        ("0.001e3", "1"),
        ("1e-18", "0.000000000000000001"),
        ("4e-19", "0"),
        ("5e-19", "0.000000000000000001"),
        ("0.4999999999999999995", "0.5"),
        ("1.0000000000000000014", "1.000000000000000001"),
        ("1.0000000000000000015", "1.000000000000000002"),
        ("0.00000000000000000049999", "0"),
        (
            "999999999999999.999999999999999999",
            "999999999999999.999999999999999999",
        ),
        (
            "999999999999999.9999999999999999994",
            "999999999999999.999999999999999999",
        ),
        ("9.99999999999999e14", "999999999999999"),
        ("-0", "0"),
        ("-0e5", "0"),
        ("000000e5", "refused"),
    ] {
        match read(text) {
            Ok(shown) => assert_eq!(shown, expected, "{text}"),
            Err(error) => assert_eq!((error, expected), (DecimalError::QuantityInvalid, "refused"), "{text}"),
        }
    }
}

#[test]
fn u_44_received_quantities_that_are_none() {
    let read = Quantity::parse_received;
    for text in [
        "1e15",
        "1000000000000000",
        "10e14",
        "1e33",
        "1e34",
        "99999999999999999999999999999999999999999999",
    ] {
        assert_eq!(read(text), Err(DecimalError::QuantityOutOfRange), "{text}");
    }
    for text in ["-1", "-0.0000000000000000000001", "-1e-400", "-1e400"] {
        assert_eq!(read(text), Err(DecimalError::QuantityNegative), "{text}");
    }
    for text in [
        "1e", "1e-", "1e+", "1e5.0", "e5", "1ee5", "1.e5", "--1", "1e--5", "0,5", "1 ", "\u{661}",
    ] {
        assert_eq!(read(text), Err(DecimalError::QuantityInvalid), "{text}");
    }
}

#[test]
fn p_65_parts_by_weight_and_the_rest_to_the_largest_fractions() {
    let parts = |amount: &str, weights: &[&str]| {
        let weights: Vec<Quantity> = weights.iter().map(|text| quantity(text)).collect();
        let parts = allocate(eur(amount), &weights).unwrap();
        parts.into_iter().map(Money::amount_text).collect::<Vec<_>>()
    };
    assert_eq!(parts("1.00", &["1", "1", "1"]), ["0.34", "0.33", "0.33"]);
    assert_eq!(parts("-1.00", &["1", "1", "1"]), ["-0.34", "-0.33", "-0.33"]);
    // Exact shares 0.2, 0.3, 0.5 of 7 cents: 1.4, 2.1, 3.5; the one cent left goes to the largest fraction.
    assert_eq!(parts("0.07", &["2", "3", "5"]), ["0.01", "0.02", "0.04"]);
    // 1.75, 1.75, 3.5: two cents are left for the two largest fractions.
    assert_eq!(parts("0.07", &["1", "1", "2"]), ["0.02", "0.02", "0.03"]);
    assert_eq!(parts("5.00", &["0", "0"]), ["5.00", "0.00"]);
    assert_eq!(parts("5.00", &["0", "0.000000000000000001"]), ["0.00", "5.00"]);
    assert_eq!(parts("0.00", &["1", "2"]), ["0.00", "0.00"]);
    assert_eq!(AllocateError::NoWeights.code(), "weights_missing");
    assert_eq!(AllocateError::NegativeWeight.code(), "quantity_negative");
    assert_eq!(
        AllocateError::Money(MoneyError::OutOfRange).code(),
        "amount_out_of_range"
    );
    let least = Money::from_minor(i64::MIN, currency("EUR"));
    assert_eq!(
        allocate(least, &[quantity("1")]).unwrap_err().code(),
        "amount_out_of_range"
    );
}

#[test]
fn every_refused_number_has_the_code_of_its_rule() {
    let codes = [
        (DecimalError::Invalid, "decimal_invalid"),
        (DecimalError::QuantityInvalid, "quantity_invalid"),
        (DecimalError::QuantityNegative, "quantity_negative"),
        (DecimalError::QuantityOutOfRange, "quantity_out_of_range"),
        (DecimalError::QuantityPrecision, "quantity_precision"),
        (DecimalError::RateNegative, "rate_negative"),
        (DecimalError::RateOutOfRange, "rate_out_of_range"),
        (DecimalError::RatePrecision, "rate_precision"),
        (DecimalError::PercentOutOfRange, "percent_out_of_range"),
        (DecimalError::PercentPrecision, "percent_precision"),
        (DecimalError::AmountOutOfRange, "amount_out_of_range"),
        (DecimalError::AmountPrecision, "amount_precision"),
        (DecimalError::ExchangeRateOutOfRange, "exchange_rate_out_of_range"),
        (DecimalError::ExchangeRatePrecision, "exchange_rate_precision"),
    ];
    assert!(codes.iter().all(|(error, code)| error.code() == *code));
    let money = [
        (MoneyError::Invalid, "decimal_invalid"),
        (MoneyError::Precision, "amount_precision"),
        (MoneyError::OutOfRange, "amount_out_of_range"),
        (MoneyError::CurrencyMismatch, "currency_mismatch"),
        (
            MoneyError::Currency(Currency::from_code("EUX").unwrap_err()),
            "currency_unknown",
        ),
    ];
    assert!(money.iter().all(|(error, code)| error.code() == *code));
    assert_eq!(Exact::zero().fraction_text(), "0");
}
