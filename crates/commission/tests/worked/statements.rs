//! Statements, which schedule counts, and every refusal by its code (C-3, C-4, C-22 to C-25).

use cms_commission::{
    CommissionError, CommissionSchedule, CommissionUnit, ScheduleSource, ScheduleWarning, Statement, StatementLedger,
    TierMode, TierPeriod, UnitPosition, check_effective_from, close_statement, resolve_schedule, schedule_in_force,
    year_figures,
};
use domain::currency::Currency;
use domain::decimal::{DecimalError, Percentage, PlainAmount};
use domain::money::{Money, MoneyError};

use crate::{c8, currency, eur, flat, month, tier};

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
