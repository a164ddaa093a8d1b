//! Laws of the commission engine (C-2 to C-4, C-7, C-9, C-12, C-13, C-22 to C-25).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use std::collections::BTreeMap;

use cms_commission::{
    CommissionDocument, CommissionError, CommissionSchedule, CommissionTier, CommissionUnit, DocumentKind,
    DocumentStatus, ScheduleWarning, StatementLedger, TierMode, TierPeriod, bases, check_effective_from, commission,
    schedule_in_force, split_by_ancestor, summary, year_figures,
};
use domain::currency::Currency;
use domain::decimal::{Percentage, PlainAmount};
use domain::exact::Exact;
use domain::money::Money;
use domain::period::Period;
use proptest::prelude::*;

fn currency() -> Currency {
    Currency::from_code("EUR").unwrap()
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor, currency())
}

fn tier(from: &str, to: Option<&str>, percentage: &str) -> CommissionTier {
    CommissionTier {
        from_amount: PlainAmount::parse(from).unwrap(),
        to_amount: to.map(|to| PlainAmount::parse(to).unwrap()),
        percentage: Percentage::parse(percentage).unwrap(),
    }
}

fn c8(mode: TierMode, period: TierPeriod) -> CommissionSchedule {
    let tiers = vec![
        tier("50000", None, "10"),
        tier("0", Some("10000"), "5"),
        tier("10000", Some("50000"), "8"),
    ];
    CommissionSchedule::new(mode, period, tiers).unwrap()
}

fn any_schedule(period: TierPeriod) -> impl Strategy<Value = CommissionSchedule> {
    let bounds = prop::collection::btree_set(0_u32..200, 0..6);
    let rates = prop::collection::vec((0_i128..=1_000_000, any::<bool>()), 6);
    let mode = prop_oneof![Just(TierMode::Graduated), Just(TierMode::Volume)];
    (mode, bounds, rates, any::<bool>()).prop_map(move |(mode, bounds, rates, open)| {
        let bounds: Vec<PlainAmount> = bounds
            .iter()
            .map(|bound| PlainAmount::parse(&bound.to_string()).unwrap())
            .collect();
        let percentage = |index: usize| Percentage::from_scaled(rates[index].0).unwrap();
        let mut tiers: Vec<CommissionTier> = bounds
            .windows(2)
            .enumerate()
            .filter(|(index, _)| rates[*index].1)
            .map(|(index, pair)| CommissionTier {
                from_amount: pair[0],
                to_amount: Some(pair[1]),
                percentage: percentage(index),
            })
            .collect();
        if let (true, Some(last)) = (open, bounds.last()) {
            tiers.push(CommissionTier {
                from_amount: *last,
                to_amount: None,
                percentage: percentage(5),
            });
        }
        CommissionSchedule::new(mode, period, tiers).unwrap()
    })
}

fn any_base() -> impl Strategy<Value = Money> {
    prop_oneof![
        -25_000_i64..25_000,
        (-250_i64..250).prop_map(|whole| whole * 100),
        any::<i32>().prop_map(i64::from)
    ]
    .prop_map(money)
}

/// F by its definition: every point of the base has the percentage of its tier.
fn by_definition(schedule: &CommissionSchedule, base: Money) -> Exact {
    let magnitude = Exact::from(base).magnitude();
    let mut sum = Exact::zero();
    for tier in schedule.tiers() {
        let from = Exact::from(tier.from_amount);
        let to = tier.to_amount.map(Exact::from);
        let part = match schedule.tier_mode() {
            TierMode::Graduated => {
                let end = to.filter(|to| *to < magnitude).unwrap_or(magnitude.clone());
                end.minus(&from).at_least_zero()
            }
            TierMode::Volume if from <= magnitude && to.is_none_or(|to| magnitude < to) => magnitude.clone(),
            TierMode::Volume => Exact::zero(),
        };
        sum = sum.plus(&part.percent(tier.percentage));
    }
    if base.is_negative() { sum.negated() } else { sum }
}

proptest! {
    #[test]
    fn f_is_what_its_definition_says_and_odd(schedule in any_schedule(TierPeriod::Month), base in any_base()) {
        let result = commission(&schedule, base).unwrap();
        prop_assert_eq!(&result.unrounded_amount, &by_definition(&schedule, base));
        let sum = result.slices.iter().fold(Exact::zero(), |sum, slice| sum.plus(&slice.unrounded_amount));
        prop_assert_eq!(&sum, &result.unrounded_amount);
        let mirrored = commission(&schedule, base.checked_neg().unwrap()).unwrap();
        prop_assert_eq!(mirrored.amount, result.amount.checked_neg().unwrap());
        prop_assert!(result.amount.amount_minor().abs() <= base.amount_minor().abs());
    }

    #[test]
    fn graduated_commission_never_falls_when_the_base_grows(schedule in any_schedule(TierPeriod::Month), a in any_base(), b in any_base()) {
        prop_assume!(schedule.tier_mode() == TierMode::Graduated);
        let (low, high) = if a.amount_minor() <= b.amount_minor() { (a, b) } else { (b, a) };
        let amount = |base| commission(&schedule, base).unwrap().amount.amount_minor();
        prop_assert!(amount(low) <= amount(high));
    }

    /// The base of a unit is the sum of its documents, so its commission is that of the documents summed (C-9, C-10).
    #[test]
    fn the_commission_of_a_sum_of_documents_is_that_of_the_documents_summed(
        schedule in any_schedule(TierPeriod::Month),
        nets in prop::collection::vec((any_base(), any::<bool>()), 0..12),
    ) {
        let documents: Vec<CommissionDocument> = nets
            .iter()
            .enumerate()
            .map(|(index, (net, own_credit_note))| {
                let kind = if *own_credit_note { DocumentKind::CreditNote } else { DocumentKind::Invoice };
                document(&index.to_string(), kind, net.amount_minor(), DocumentStatus::Paid, None)
            })
            .collect();
        let sum: i64 = nets.iter().map(|(net, negative)| if *negative { -net.amount_minor() } else { net.amount_minor() }).sum();
        let result = summary(&schedule, currency(), &documents, money(0), money(0)).unwrap();
        prop_assert_eq!(result.bases.payable_base_amount, money(sum));
        prop_assert_eq!(result.results.payable_amount, commission(&schedule, money(sum)).unwrap().amount);
        prop_assert_eq!(result.results.earned_amount, result.results.payable_amount);
        let halves = documents.split_at(documents.len() / 2);
        let half = |part: &[CommissionDocument]| bases(currency(), part, money(0)).unwrap().payable_base_amount;
        prop_assert_eq!(half(halves.0).checked_add(half(halves.1)).unwrap(), money(sum));
    }

    /// Splitting a document by ancestor moves money between them and makes none (C-11).
    #[test]
    fn the_parts_of_a_document_add_up_to_it(lines in prop::collection::vec((0_u8..4, any_base()), 0..20)) {
        let parts = split_by_ancestor(currency(), lines.clone()).unwrap();
        let whole = Money::sum(currency(), lines.iter().map(|(_, amount)| *amount)).unwrap();
        prop_assert_eq!(Money::sum(currency(), parts.values().copied()).unwrap(), whole);
        let reversed = split_by_ancestor(currency(), lines.into_iter().rev()).unwrap();
        prop_assert_eq!(parts, reversed);
    }

    /// The order in which tiers are entered has no influence (C-2).
    #[test]
    fn the_order_of_tiers_is_irrelevant(schedule in any_schedule(TierPeriod::Month), base in any_base()) {
        let mut tiers = schedule.tiers().to_vec();
        tiers.reverse();
        let reversed = CommissionSchedule::new(schedule.tier_mode(), schedule.tier_period(), tiers).unwrap();
        prop_assert_eq!(commission(&reversed, base), commission(&schedule, base));
    }

    #[test]
    fn the_months_of_a_year_add_up_to_its_result(schedule in any_schedule(TierPeriod::Year), months in prop::collection::vec(any_base(), 0..13)) {
        let figures = year_figures(&schedule, currency(), &months).unwrap();
        let total = Money::sum(currency(), months.iter().copied()).unwrap();
        prop_assert_eq!(figures.year_amount, commission(&schedule, total).unwrap().amount);
        prop_assert_eq!(Money::sum(currency(), figures.monthly_amounts).unwrap(), figures.year_amount);
    }

    /// However often bases change, what was paid and what is carried is F of the bases now (C-24).
    #[test]
    fn statements_pay_f_of_the_final_bases(
        yearly in any::<bool>(),
        schedules in (any_schedule(TierPeriod::Month), any_schedule(TierPeriod::Year)),
        changes in prop::collection::vec(prop::collection::vec((0_i32..15, any_base()), 0..4), 1..15),
    ) {
        let schedule = if yearly { schedules.1 } else { schedules.0 };
        let start = Period::parse("2026-01").unwrap();
        let mut ledger = StatementLedger::new(currency());
        let mut known: BTreeMap<Period, Money> = BTreeMap::new();
        let mut paid = money(0);
        let mut carried = money(0);
        for (index, corrections) in changes.into_iter().enumerate() {
            let period = start.plus_months(i32::try_from(index).unwrap());
            for (month, base) in corrections {
                let month = start.plus_months(month);
                known.insert(month, base);
                ledger.set_payable_base(month, base).unwrap();
            }
            let statement = ledger.close(period, |_| Some(&schedule)).unwrap();
            prop_assert!(!statement.statement_amount.is_negative() && !statement.carried_out_amount.is_positive());
            prop_assert_eq!(statement.carried_in_amount, carried);
            paid = paid.checked_add(statement.statement_amount).unwrap();
            carried = statement.carried_out_amount;
            let mut units: BTreeMap<CommissionUnit, Money> = BTreeMap::new();
            for (month, base) in known.range(..=period) {
                let unit = units.entry(CommissionUnit::of(Some(&schedule), *month)).or_insert(money(0));
                *unit = unit.checked_add(*base).unwrap();
            }
            let owed = units.values().map(|base| commission(&schedule, *base).unwrap().amount);
            prop_assert_eq!(paid.checked_add(carried).unwrap(), Money::sum(currency(), owed).unwrap());
        }
    }

    #[test]
    fn the_bases_are_nested_for_documents_that_are_not_negative(
        documents in prop::collection::vec((0_u8..4, 0_i64..10_000, prop::option::of(0_i64..10_000)), 0..10),
    ) {
        let mut all = Vec::new();
        for (index, (status, net, credited)) in documents.into_iter().enumerate() {
            let status = [DocumentStatus::Preview, DocumentStatus::Issued, DocumentStatus::Paid, DocumentStatus::Void][usize::from(status)];
            all.push(document(&format!("i{index}"), DocumentKind::Invoice, net, status, None));
            if let (Some(credited), true) = (credited, status != DocumentStatus::Preview) {
                let note = format!("n{index}");
                all.push(document(&note, DocumentKind::CreditNote, credited.min(net), DocumentStatus::Issued, Some(&format!("i{index}"))));
            }
        }
        let bases = bases(currency(), &all, money(0)).unwrap();
        let minor = [bases.payable_base_amount, bases.earned_base_amount, bases.estimated_base_amount].map(Money::amount_minor);
        prop_assert!(0 <= minor[0] && minor[0] <= minor[1] && minor[1] <= minor[2]);
    }
}

fn document(
    id: &str,
    kind: DocumentKind,
    net: i64,
    status: DocumentStatus,
    credits: Option<&str>,
) -> CommissionDocument {
    CommissionDocument {
        document_id: id.to_owned(),
        kind,
        net_amount: money(net),
        status,
        credits_document_id: credits.map(str::to_owned),
        conversion: None,
    }
}

#[test]
fn a_credit_note_that_is_the_period_s_own_document_counts_negative() {
    let own = document("n1", DocumentKind::CreditNote, 500, DocumentStatus::Paid, None);
    let bases = bases(currency(), &[own], money(0)).unwrap();
    assert_eq!(bases.payable_base_amount, money(-500));
}

#[test]
fn a_credit_note_over_an_unknown_document_is_refused() {
    let note = document(
        "n1",
        DocumentKind::CreditNote,
        500,
        DocumentStatus::Issued,
        Some("elsewhere"),
    );
    assert_eq!(
        bases(currency(), &[note], money(0)),
        Err(CommissionError::DocumentMissing)
    );
}

#[test]
fn tiers_are_refused_or_warned_about() {
    let schedule = |tiers| CommissionSchedule::new(TierMode::Graduated, TierPeriod::Month, tiers);
    assert_eq!(
        schedule(vec![tier("10", Some("10"), "1")]),
        Err(CommissionError::TierRangeInvalid)
    );
    assert_eq!(
        schedule(vec![tier("-1", None, "1")]),
        Err(CommissionError::TierRangeInvalid)
    );
    assert_eq!(
        schedule(vec![tier("0", None, "1"), tier("5", Some("6"), "1")]),
        Err(CommissionError::TierOverlap)
    );
    let gap = [ScheduleWarning::TierGap];
    assert_eq!(schedule(vec![tier("1", None, "1")]).unwrap().warnings(), gap);
    assert_eq!(schedule(vec![tier("0", Some("1"), "1")]).unwrap().warnings(), gap);
    assert!(c8(TierMode::Graduated, TierPeriod::Month).warnings().is_empty());
    let pays_nothing = schedule(vec![]).unwrap();
    assert!(pays_nothing.warnings().is_empty());
    assert_eq!(commission(&pays_nothing, money(10_000)).unwrap().amount, money(0));
}

#[test]
fn statements_are_closed_in_order_of_months_and_once() {
    let schedule = c8(TierMode::Graduated, TierPeriod::Month);
    let month = |text| Period::parse(text).unwrap();
    let mut ledger = StatementLedger::new(currency());
    ledger.close(month("2026-01"), |_| Some(&schedule)).unwrap();
    let again = ledger.close(month("2026-01"), |_| Some(&schedule));
    assert_eq!(again, Err(CommissionError::StatementExists));
    let skipped = ledger.close(month("2026-03"), |_| Some(&schedule));
    assert_eq!(skipped, Err(CommissionError::EarlierStatementOpen));
    assert!(ledger.close(month("2026-02"), |_| Some(&schedule)).is_ok());
}

#[test]
fn months_before_a_year_s_own_schedule_keep_their_monthly_units() {
    let monthly = c8(TierMode::Graduated, TierPeriod::Month);
    let yearly = c8(TierMode::Graduated, TierPeriod::Year);
    let month = |text| Period::parse(text).unwrap();
    let schedule_of = |period: Period| match period.month() {
        1 => None,
        2 => Some(&monthly),
        _ => Some(&yearly),
    };
    let mut ledger = StatementLedger::new(currency());
    for text in ["2026-01", "2026-02", "2026-03", "2026-04"] {
        ledger.set_payable_base(month(text), money(900_000)).unwrap();
    }
    let amounts = ["2026-01", "2026-02", "2026-03", "2026-04"].map(|text| {
        let statement = ledger.close(month(text), schedule_of).unwrap();
        (
            statement.lines.last().unwrap().unit.to_string(),
            statement.statement_amount.amount_text(),
        )
    });
    let expected = [
        ("2026-01", "0.00"),
        ("2026-02", "450.00"),
        ("2026", "450.00"),
        ("2026", "690.00"),
    ];
    assert_eq!(
        amounts,
        expected.map(|(unit, amount)| (unit.to_owned(), amount.to_owned()))
    );
}

#[test]
fn a_schedule_starts_in_a_coming_month_and_yearly_tiers_in_a_january() {
    let month = |text| Period::parse(text).unwrap();
    let check = |tier_period, from, existing: &[Period]| {
        check_effective_from(tier_period, month(from), month("2026-05"), existing)
    };
    let none: [Period; 0] = [];
    let one = [month("2026-02")];
    assert_eq!(check(TierPeriod::Month, "2026-06", &one), Ok(()));
    assert_eq!(check(TierPeriod::Month, "2026-05", &none), Ok(()));
    assert_eq!(
        check(TierPeriod::Month, "2026-05", &one),
        Err(CommissionError::EffectiveFromPast)
    );
    assert_eq!(
        check(TierPeriod::Month, "2026-04", &none),
        Err(CommissionError::EffectiveFromPast)
    );
    assert_eq!(check(TierPeriod::Year, "2026-06", &none), Ok(()));
    assert_eq!(
        check(TierPeriod::Year, "2026-06", &one),
        Err(CommissionError::EffectiveFromNotJanuary)
    );
    assert_eq!(check(TierPeriod::Year, "2027-01", &one), Ok(()));
    assert_eq!(
        schedule_in_force(&[month("2026-02"), month("2026-06")], month("2026-05")),
        Some(0)
    );
    assert_eq!(schedule_in_force(&[month("2026-02")], month("2026-01")), None);
}
