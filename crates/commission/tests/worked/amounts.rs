//! F, years, bases and the parts of a document (C-2, C-7 to C-13).

use cms_commission::{
    CommissionDocument, CommissionError, CommissionSchedule, DocumentStatus, ScheduleWarning, Summary, TierMode,
    TierPeriod, commission, split_by_ancestor, summary, year_figures,
};
use domain::decimal::ExchangeRate;
use domain::money::{Money, MoneyError};

use crate::{c8, credit_note, currency, eur, f, flat, invoice, tier};

#[test]
fn c_8_graduated_pays_each_part_at_its_tier_and_volume_the_whole_at_the_reached_one() {
    let graduated = c8(TierMode::Graduated, TierPeriod::Month);
    let volume = c8(TierMode::Volume, TierPeriod::Month);
    assert_eq!(
        (graduated.tier_mode(), volume.tier_mode()),
        (TierMode::Graduated, TierMode::Volume)
    );
    for (base, by_parts, by_whole) in [
        ("0.00", "0.00", "0.00"),
        ("0.09", "0.00", "0.00"),
        ("0.10", "0.01", "0.01"),
        ("9999.99", "500.00", "500.00"),
        ("10000.00", "500.00", "800.00"),
        ("10000.01", "500.00", "800.00"),
        ("20000.00", "1300.00", "1600.00"),
        ("49999.99", "3700.00", "4000.00"),
        ("50000.00", "3700.00", "5000.00"),
        ("60000.00", "4700.00", "6000.00"),
    ] {
        assert_eq!(
            (f(&graduated, base).as_str(), f(&volume, base).as_str()),
            (by_parts, by_whole),
            "{base}"
        );
        if base != "0.00" && by_parts != "0.00" {
            let mirrored = format!("-{base}");
            assert_eq!(f(&graduated, &mirrored), format!("-{by_parts}"));
            assert_eq!(f(&volume, &mirrored), format!("-{by_whole}"));
        }
    }
}

#[test]
fn c_7_the_slices_name_their_part_of_the_base_and_add_up_to_the_result() {
    let result = commission(&c8(TierMode::Graduated, TierPeriod::Month), eur("-20000.50")).unwrap();
    let slices: Vec<(String, String, String)> = result
        .slices
        .iter()
        .map(|slice| {
            (
                slice.tier.percentage.to_string(),
                slice.base_amount_text(),
                slice.unrounded_amount.display10(),
            )
        })
        .collect();
    let expected = [("5", "-10000", "-500.0000000000"), ("8", "-10000.5", "-800.0400000000")];
    assert_eq!(
        slices,
        expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
    );
    assert_eq!(result.unrounded_amount.display10(), "-1300.0400000000");
    let volume = commission(&c8(TierMode::Volume, TierPeriod::Month), eur("50000")).unwrap();
    assert_eq!(volume.slices.len(), 1);
    assert_eq!(volume.slices[0].base_amount_text(), "50000");
    assert!(commission(&flat("5"), eur("0")).unwrap().slices.is_empty());
}

#[test]
fn c_2_what_lies_in_no_tier_earns_nothing() {
    let gaps = vec![tier("100", Some("200"), "10"), tier("300", Some("400"), "20")];
    let graduated = CommissionSchedule::new(TierMode::Graduated, TierPeriod::Month, gaps.clone()).unwrap();
    let volume = CommissionSchedule::new(TierMode::Volume, TierPeriod::Month, gaps).unwrap();
    let expected = [
        ("99.99", "0.00", "0.00"),
        ("100.00", "0.00", "10.00"),
        ("150.00", "5.00", "15.00"),
        ("200.00", "10.00", "0.00"),
        ("250.00", "10.00", "0.00"),
        ("350.00", "20.00", "70.00"),
        ("400.00", "30.00", "0.00"),
        ("9000.00", "30.00", "0.00"),
    ];
    for (base, by_parts, by_whole) in expected {
        assert_eq!(
            (f(&graduated, base).as_str(), f(&volume, base).as_str()),
            (by_parts, by_whole),
            "{base}"
        );
    }
    assert_eq!(graduated.warnings(), [ScheduleWarning::TierGap]);
}

#[test]
fn p_60_half_a_minor_unit_goes_away_from_zero_in_every_currency() {
    let half = flat("50");
    let amount = |text: &str, code: &str| {
        let base = Money::parse(text, currency(code)).unwrap();
        commission(&half, base).unwrap().amount.amount_text()
    };
    assert_eq!([amount("0.01", "EUR"), amount("-0.01", "EUR")], ["0.01", "-0.01"]);
    assert_eq!([amount("1", "JPY"), amount("-3", "JPY")], ["1", "-2"]);
    assert_eq!([amount("0.001", "KWD"), amount("1.001", "KWD")], ["0.001", "0.501"]);
    assert_eq!(amount("0.0001", "UYW"), "0.0001");
    assert_eq!(f(&flat("49.9999"), "0.01"), "0.00");
}

#[test]
fn c_9_twelve_months_of_9000_pay_5400_by_month_and_9500_by_year() {
    let months = vec![eur("9000"); 12];
    let by_month = year_figures(&c8(TierMode::Graduated, TierPeriod::Month), currency("EUR"), &months).unwrap();
    let by_year = year_figures(&c8(TierMode::Graduated, TierPeriod::Year), currency("EUR"), &months).unwrap();
    assert_eq!((by_month.year_amount, by_year.year_amount), (eur("5400"), eur("9500")));
    assert!(by_month.monthly_amounts.iter().all(|figure| *figure == eur("450")));
    // The first month at 5 %, the second crosses 10,000: 50 + 640; from the sixth on 50,000 are crossed: 400 + 400.
    let first: Vec<String> = by_year
        .monthly_amounts
        .iter()
        .take(7)
        .map(|figure| figure.amount_text())
        .collect();
    assert_eq!(
        first,
        ["450.00", "690.00", "720.00", "720.00", "720.00", "800.00", "900.00"]
    );
}

#[test]
fn monthly_tiers_never_add_the_bases_of_a_year() {
    let months = vec![Money::from_minor(i64::MAX, currency("EUR")); 2];
    let nothing = CommissionSchedule::new(TierMode::Graduated, TierPeriod::Month, vec![]).unwrap();
    assert_eq!(
        year_figures(&nothing, currency("EUR"), &months).unwrap().year_amount,
        eur("0")
    );
    let yearly = CommissionSchedule::new(TierMode::Graduated, TierPeriod::Year, vec![]).unwrap();
    let refused = year_figures(&yearly, currency("EUR"), &months).unwrap_err();
    assert_eq!(refused.code(), "amount_out_of_range");
}

fn summed(documents: &[CommissionDocument], uninvoiced: &str, stated: &str, schedule: &CommissionSchedule) -> Summary {
    summary(schedule, currency("EUR"), documents, eur(uninvoiced), eur(stated)).unwrap()
}

#[test]
fn c_13_the_three_bases_are_nested() {
    let documents = [
        invoice("a", eur("8000"), DocumentStatus::Paid),
        invoice("b", eur("7000"), DocumentStatus::Issued),
        invoice("c", eur("6000"), DocumentStatus::Preview),
        invoice("d", eur("99999"), DocumentStatus::Void),
    ];
    let summary = summed(&documents, "500", "0", &c8(TierMode::Graduated, TierPeriod::Month));
    let bases = [
        summary.bases.estimated_base_amount,
        summary.bases.earned_base_amount,
        summary.bases.payable_base_amount,
    ];
    assert_eq!(bases, [eur("21500"), eur("15000"), eur("8000")]);
    let results = [
        summary.results.estimated_amount,
        summary.results.earned_amount,
        summary.results.payable_amount,
    ];
    assert_eq!(results, [eur("1420"), eur("900"), eur("400")]);
}

#[test]
fn c_23_eighty_percent_flat_with_and_without_an_earlier_statement() {
    let documents = [
        invoice("a", eur("1000"), DocumentStatus::Paid),
        invoice("b", eur("100"), DocumentStatus::Paid),
        credit_note("b", eur("100"), DocumentStatus::Issued),
    ];
    let stated = summed(&documents, "0", "80.00", &flat("80"));
    assert_eq!(
        (stated.results.payable_amount, stated.difference_amount),
        (eur("800"), eur("720"))
    );
    assert_eq!(summed(&documents, "0", "0", &flat("80")).difference_amount, eur("800"));
}

#[test]
fn c_12_a_credit_note_counts_as_the_document_it_credits_does() {
    use DocumentStatus::{Issued, Paid, Preview, Void};

    let payable = |document: DocumentStatus, note: DocumentStatus| {
        let documents = [invoice("a", eur("100"), document), credit_note("a", eur("40"), note)];
        let bases = summed(&documents, "0", "0", &flat("10")).bases;
        [
            bases.estimated_base_amount,
            bases.earned_base_amount,
            bases.payable_base_amount,
        ]
        .map(Money::amount_text)
    };
    assert_eq!(payable(Paid, Issued), ["60.00", "60.00", "60.00"]);
    assert_eq!(payable(Issued, Paid), ["60.00", "60.00", "0.00"]);
    assert_eq!(payable(Void, Issued), ["0.00", "0.00", "0.00"]);
    assert_eq!(payable(Paid, Void), ["100.00", "100.00", "100.00"]);
    assert_eq!(payable(Paid, Preview), ["100.00", "100.00", "100.00"]);
}

#[test]
fn c_10_each_document_is_converted_and_rounded_by_itself() {
    let rate = |text| ExchangeRate::parse(text).unwrap();
    let mut document = invoice(
        "a",
        Money::parse("0.01", currency("USD")).unwrap(),
        DocumentStatus::Paid,
    );
    document.conversion = Some((rate("1.1"), rate("0.55")));
    // 0.01 × 0.55 ÷ 1.1 = 0.005, rounded to 0.01; three of them are 0.03 and not 0.02.
    let documents: Vec<CommissionDocument> = (0..3)
        .map(|n| CommissionDocument {
            document_id: n.to_string(),
            ..document.clone()
        })
        .collect();
    assert_eq!(
        summed(&documents, "0", "0", &flat("100")).bases.payable_base_amount,
        eur("0.03")
    );
    document.conversion = None;
    let mixed = summary(&flat("1"), currency("EUR"), &[document], eur("0"), eur("0")).unwrap_err();
    assert_eq!(mixed.code(), "currency_mismatch");
}

#[test]
fn c_11_the_parts_of_a_document_go_to_the_ancestor_of_each_line() {
    let lines = [
        ("q", eur("60.00")),
        ("p", eur("-10.00")),
        ("q", eur("0.05")),
        ("p", eur("25.00")),
    ];
    let parts = split_by_ancestor(currency("EUR"), lines).unwrap();
    assert_eq!(
        parts.into_iter().collect::<Vec<_>>(),
        [("p", eur("15.00")), ("q", eur("60.05"))]
    );
    assert!(split_by_ancestor::<u8>(currency("EUR"), []).unwrap().is_empty());
    let yen = Money::from_minor(1, currency("JPY"));
    assert_eq!(
        split_by_ancestor(currency("EUR"), [(1, eur("1")), (2, yen)]),
        Err(CommissionError::Money(MoneyError::CurrencyMismatch))
    );
    let most = Money::from_minor(i64::MAX, currency("EUR"));
    let beyond = split_by_ancestor(currency("EUR"), [(1, most), (1, most)]).unwrap_err();
    assert_eq!(beyond.code(), "amount_out_of_range");
    let back = split_by_ancestor(
        currency("EUR"),
        [(1, most), (1, most), (1, most.checked_neg().unwrap())],
    );
    assert_eq!(back.unwrap()[&1], most);
}
