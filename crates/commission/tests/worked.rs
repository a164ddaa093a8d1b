//! Commissions worked by hand: every figure of commissions.md section 6, each refusal by its code, and the edges between tiers
//! (C-1 to C-4, C-7 to C-14, C-22 to C-25).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use cms_commission::{
    CommissionDocument, CommissionError, CommissionSchedule, CommissionTier, CommissionUnit, DocumentKind,
    DocumentStatus, ScheduleSource, ScheduleWarning, Statement, StatementLedger, Summary, TierMode, TierPeriod,
    UnitPosition, check_effective_from, close_statement, commission, resolve_schedule, schedule_in_force,
    split_by_ancestor, summary, year_figures,
};
use domain::currency::Currency;
use domain::decimal::{DecimalError, ExchangeRate, Percentage, PlainAmount};
use domain::money::{Money, MoneyError};
use domain::period::Period;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn eur(text: &str) -> Money {
    Money::parse(text, currency("EUR")).unwrap()
}

fn month(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn tier(from: &str, to: Option<&str>, percentage: &str) -> CommissionTier {
    CommissionTier {
        from_amount: PlainAmount::parse(from).unwrap(),
        to_amount: to.map(|to| PlainAmount::parse(to).unwrap()),
        percentage: Percentage::parse(percentage).unwrap(),
    }
}

/// The schedule of C-8.
fn c8(mode: TierMode, period: TierPeriod) -> CommissionSchedule {
    let tiers = vec![
        tier("10000", Some("50000"), "8"),
        tier("50000", None, "10"),
        tier("0", Some("10000"), "5"),
    ];
    CommissionSchedule::new(mode, period, tiers).unwrap()
}

fn flat(percentage: &str) -> CommissionSchedule {
    CommissionSchedule::new(
        TierMode::Graduated,
        TierPeriod::Month,
        vec![tier("0", None, percentage)],
    )
    .unwrap()
}

fn f(schedule: &CommissionSchedule, base: &str) -> String {
    commission(schedule, eur(base)).unwrap().amount.amount_text()
}

fn invoice(id: &str, net: Money, status: DocumentStatus) -> CommissionDocument {
    CommissionDocument {
        document_id: id.to_owned(),
        kind: DocumentKind::Invoice,
        net_amount: net,
        status,
        credits_document_id: None,
        conversion: None,
    }
}

fn credit_note(over: &str, net: Money, status: DocumentStatus) -> CommissionDocument {
    CommissionDocument {
        kind: DocumentKind::CreditNote,
        credits_document_id: Some(over.to_owned()),
        ..invoice("note", net, status)
    }
}

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
    use DocumentStatus::{Issued, Paid, Preview, Void};
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

fn close(ledger: &mut StatementLedger, text: &str, schedule: &CommissionSchedule) -> Statement {
    ledger.close(month(text), |_| Some(schedule)).unwrap()
}

#[test]
fn c_23_a_credit_note_of_january_is_clawed_back_in_february() {
    let schedule = c8(TierMode::Graduated, TierPeriod::Month);
    let mut ledger = StatementLedger::new(currency("EUR"));
    ledger.set_payable_base(month("2026-01"), eur("12000")).unwrap();
    assert_eq!(close(&mut ledger, "2026-01", &schedule).statement_amount, eur("660"));
    ledger.set_payable_base(month("2026-01"), eur("9000")).unwrap();
    ledger.set_payable_base(month("2026-02"), eur("6000")).unwrap();
    let february = close(&mut ledger, "2026-02", &schedule);
    let lines: Vec<[Money; 3]> = february
        .lines
        .iter()
        .map(|line| [line.payable_amount, line.stated_amount, line.difference_amount])
        .collect();
    assert_eq!(
        lines,
        [
            [eur("450"), eur("660"), eur("-210")],
            [eur("300"), eur("0"), eur("300")]
        ]
    );
    assert_eq!(february.statement_amount, eur("90"));
    // January is settled and left out; March stands although it pays nothing.
    let march = close(&mut ledger, "2026-03", &schedule);
    assert_eq!(march.lines.len(), 1);
    assert_eq!(
        (march.lines[0].unit.to_string(), march.lines[0].difference_amount),
        ("2026-03".into(), eur("0"))
    );
}

#[test]
fn c_25_a_total_below_zero_is_carried_and_not_paid_out() {
    let schedule = c8(TierMode::Graduated, TierPeriod::Month);
    let mut ledger = StatementLedger::new(currency("EUR"));
    ledger.set_payable_base(month("2026-01"), eur("10000")).unwrap();
    close(&mut ledger, "2026-01", &schedule);
    ledger.set_payable_base(month("2026-01"), eur("2000")).unwrap();
    ledger.set_payable_base(month("2026-02"), eur("1000")).unwrap();
    let february = close(&mut ledger, "2026-02", &schedule);
    assert_eq!(
        (february.statement_amount, february.carried_out_amount),
        (eur("0"), eur("-350"))
    );
    ledger.set_payable_base(month("2026-03"), eur("20000")).unwrap();
    let march = close(&mut ledger, "2026-03", &schedule);
    assert_eq!(
        (march.carried_in_amount, march.statement_amount),
        (eur("-350"), eur("950"))
    );
    assert_eq!(march.carried_out_amount, eur("0"));
}

#[test]
fn a_statement_of_nothing_stands_with_its_own_unit() {
    let unit = CommissionUnit::Month(month("2026-01"));
    let position = UnitPosition {
        unit,
        payable_amount: eur("5"),
        stated_amount: eur("5"),
    };
    let own = close_statement(month("2026-01"), unit, &[position], eur("0")).unwrap();
    assert_eq!((own.lines.len(), own.statement_amount), (1, eur("0")));
    let other = close_statement(month("2026-02"), CommissionUnit::Year(2026), &[position], eur("0")).unwrap();
    assert!(other.lines.is_empty());
    assert_eq!(CommissionUnit::Year(2026).to_string(), "2026");
}

#[test]
fn c_3_a_partner_s_schedule_is_its_own_or_its_distributor_s_default() {
    let (own, default) = (flat("5"), flat("7"));
    let source = |own, default| {
        let resolved = resolve_schedule(own, default);
        (resolved.source.map(ScheduleSource::code), resolved.warnings())
    };
    assert_eq!(source(Some(&own), Some(&default)), (Some("own_schedule"), vec![]));
    assert_eq!(
        source(None, Some(&default)),
        (Some("distributor_partner_default"), vec![])
    );
    assert_eq!(
        source(None, None),
        (None, vec![ScheduleWarning::CommissionScheduleMissing])
    );
    assert_eq!(resolve_schedule(None, Some(&default)).schedule, Some(&default));
    assert_eq!(
        ScheduleWarning::CommissionScheduleMissing.code(),
        "commission_schedule_missing"
    );
    assert_eq!(ScheduleWarning::TierGap.code(), "tier_gap");
}

#[test]
fn c_4_a_schedule_of_the_same_month_is_not_one_before() {
    let current = month("2026-05");
    let again = check_effective_from(TierPeriod::Year, month("2026-07"), current, &[month("2026-07")]);
    assert_eq!(again, Ok(()));
    let starts = [month("2026-07"), month("2026-01"), month("2026-05")];
    assert_eq!(schedule_in_force(&starts, month("2026-05")), Some(2));
    assert_eq!(schedule_in_force(&starts, month("2026-06")), Some(2));
    assert_eq!(schedule_in_force(&starts, month("2026-07")), Some(0));
    assert_eq!(schedule_in_force(&[], current), None);
}

#[test]
fn every_refusal_has_the_code_of_its_rule() {
    let schedule = |tiers| {
        CommissionSchedule::new(TierMode::Volume, TierPeriod::Month, tiers)
            .unwrap_err()
            .code()
    };
    assert_eq!(schedule(vec![tier("5", Some("4"), "1")]), "tier_range_invalid");
    assert_eq!(schedule(vec![tier("-0.0001", Some("4"), "1")]), "tier_range_invalid");
    assert_eq!(
        schedule(vec![tier("0", Some("4.0001"), "1"), tier("4", None, "1")]),
        "tier_overlap"
    );
    let touching = vec![tier("0", Some("4"), "1"), tier("4", None, "1")];
    assert!(CommissionSchedule::new(TierMode::Volume, TierPeriod::Month, touching).is_ok());

    let percentage = |text| CommissionError::from(Percentage::parse(text).unwrap_err()).code();
    assert_eq!(percentage("100.0001"), "percent_out_of_range");
    assert_eq!(percentage("-1"), "percent_out_of_range");
    assert_eq!(percentage("0.00001"), "percent_precision");
    assert_eq!(percentage("five"), "decimal_invalid");
    let bound = |text| CommissionError::from(PlainAmount::parse(text).unwrap_err()).code();
    assert_eq!(bound("922337203685477.5808"), "amount_out_of_range");
    assert_eq!(bound("0.00001"), "amount_precision");
    let money = |text, code| CommissionError::from(Money::parse(text, currency(code)).unwrap_err()).code();
    assert_eq!(money("92233720368547758.08", "EUR"), "amount_out_of_range");
    assert_eq!(money("0.1", "JPY"), "amount_precision");
    let unknown = Currency::from_code("EUX").unwrap_err();
    assert_eq!(
        CommissionError::from(MoneyError::from(unknown)).code(),
        "currency_unknown"
    );

    let of = |error: CommissionError| error.code();
    assert_eq!(of(CommissionError::EffectiveFromPast), "effective_from_past");
    assert_eq!(
        of(CommissionError::EffectiveFromNotJanuary),
        "effective_from_not_january"
    );
    assert_eq!(of(CommissionError::DocumentMissing), "document_missing");
    assert_eq!(of(CommissionError::EarlierStatementOpen), "earlier_statement_open");
    assert_eq!(of(CommissionError::StatementExists), "statement_exists");
    assert_eq!(of(DecimalError::PercentPrecision.into()), "percent_precision");
}

#[test]
fn a_base_in_another_currency_changes_nothing() {
    let mut ledger = StatementLedger::new(currency("EUR"));
    let yen = Money::from_minor(1, currency("JPY"));
    let refused = ledger.set_payable_base(month("2026-01"), yen).unwrap_err();
    assert_eq!(refused.code(), "currency_mismatch");
    assert_eq!(close(&mut ledger, "2026-01", &flat("5")).statement_amount, eur("0"));
    assert!(year_figures(&c8(TierMode::Graduated, TierPeriod::Year), currency("EUR"), &[yen]).is_err());
}
