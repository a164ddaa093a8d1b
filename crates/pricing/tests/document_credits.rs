//! Credits of documents, their balances and tax credited (P-50 to P-56, B-35, B-51, B-56).

#![allow(clippy::unwrap_used, missing_docs, reason = "test code")]

use cms_pricing::{
    CreditBalance, CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind, apply_credits, credited_tax,
    in_force, tax,
};
use domain::currency::Currency;
use domain::decimal::Percentage;
use domain::money::Money;
use domain::period::Period;
use proptest::prelude::*;

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::from_code("EUR").unwrap()).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn line(subscription: &str, amount: &str, late: bool) -> CreditableLine {
    CreditableLine {
        subscription_id: Some(subscription.to_owned()),
        amount: eur(amount),
        late,
    }
}

fn credit(id: &str, target: CreditTarget, kind: DocumentCreditKind) -> DocumentCredit {
    DocumentCredit {
        credit_id: id.to_owned(),
        target,
        kind,
    }
}

#[test]
fn late_lines_are_reached_by_balances_only() {
    let lines = [line("s1", "100.00", false), line("s1", "40.00", true)];
    let percent = DocumentCreditKind::Percent(Percentage::parse("50").unwrap());
    let credits = [
        credit("p", CreditTarget::Tenant, percent),
        credit(
            "m",
            CreditTarget::Tenant,
            DocumentCreditKind::MonthlyAmount(eur("70.00")),
        ),
        credit(
            "b",
            CreditTarget::Tenant,
            DocumentCreditKind::Once { balance: eur("60.00") },
        ),
    ];
    let applied = apply_credits(eur("0").currency(), &lines, &credits).unwrap();
    let amounts: Vec<String> = applied
        .credit_lines
        .iter()
        .map(|line| line.amount.amount_text())
        .collect();
    assert_eq!(amounts, ["-50.00", "-50.00", "-40.00"]);
    assert_eq!(applied.net_amount, eur("0.00"));
    assert_eq!(applied.balances, [("b".to_owned(), eur("20.00"))]);
}

#[test]
fn a_credit_in_another_currency_does_nothing() {
    let yen = Money::from_minor(500, Currency::from_code("JPY").unwrap());
    let credits = [credit(
        "b",
        CreditTarget::Tenant,
        DocumentCreditKind::Once { balance: yen },
    )];
    let applied = apply_credits(eur("0").currency(), &[line("s1", "10.00", false)], &credits).unwrap();
    assert!(applied.credit_lines.is_empty());
    assert_eq!(applied.balances, [("b".to_owned(), yen)]);
}

#[test]
fn a_credit_acts_from_its_first_to_its_last_month() {
    let acts = |month| in_force(period("2026-02"), Some(period("2026-04")), period(month));
    assert_eq!(
        ["2026-01", "2026-02", "2026-04", "2026-05"].map(acts),
        [false, true, true, false]
    );
    assert!(in_force(period("2026-02"), None, period("2099-12")));
}

#[test]
fn tax_credited_so_far_is_always_the_rounded_tax_of_the_net_credited() {
    let rate = Percentage::parse("19").unwrap();
    let mut credited = eur("0.00");
    let mut taxes = eur("0.00");
    for part in ["0.01", "0.02", "0.02", "33.33", "0.10"] {
        let note = credited_tax(credited, eur(part), rate).unwrap();
        credited = credited.checked_add(note.net_amount).unwrap();
        taxes = taxes.checked_add(note.tax_amount).unwrap();
        assert_eq!(taxes, tax(credited, rate).unwrap().tax_amount);
    }
}

proptest! {
    #[test]
    fn used_balance_and_lapsed_make_the_value_always(value in 0_i64..10_000, steps in prop::collection::vec((0_u8..3, 0_i64..5_000), 0..12)) {
        let money = |minor| Money::from_minor(minor, eur("0").currency());
        let mut account = CreditBalance::new(money(value)).unwrap();
        for (kind, amount) in steps {
            let next = match kind {
                0 => account.draw(money(amount)),
                1 => account.restore(money(amount)),
                _ => account.lapse(),
            };
            account = next.unwrap_or(account);
            let balance = account.balance().unwrap();
            let sum = Money::sum(money(0).currency(), [account.used(), balance, account.lapsed()]).unwrap();
            prop_assert_eq!(sum, money(value));
            prop_assert!(!balance.is_negative() && !account.used().is_negative());
            prop_assert_eq!(CreditBalance::from_parts(account.value(), account.used(), account.lapsed()), Ok(account));
        }
    }

    #[test]
    fn credits_never_take_more_than_there_is(
        lines in prop::collection::vec((0_u8..3, -500_i64..2_000, any::<bool>()), 0..6),
        credits in prop::collection::vec((0_u8..4, 0_u8..3, 0_i64..3_000), 0..8),
    ) {
        let money = |minor| Money::from_minor(minor, eur("0").currency());
        let lines: Vec<CreditableLine> = lines
            .into_iter()
            .map(|(s, amount, late)| CreditableLine { subscription_id: Some(s.to_string()), amount: money(amount), late })
            .collect();
        let credits: Vec<DocumentCredit> = credits
            .into_iter()
            .enumerate()
            .map(|(index, (target, kind, value))| {
                let target = if target == 3 { CreditTarget::Tenant } else { CreditTarget::Subscription(target.to_string()) };
                let kind = match kind {
                    0 => DocumentCreditKind::Percent(Percentage::from_scaled(i128::from(value) * 333).unwrap()),
                    1 => DocumentCreditKind::MonthlyAmount(money(value)),
                    _ => DocumentCreditKind::Once { balance: money(value) },
                };
                credit(&index.to_string(), target, kind)
            })
            .collect();
        let applied = apply_credits(eur("0").currency(), &lines, &credits).unwrap();
        prop_assert!(applied.credit_lines.iter().all(|line| line.amount.is_negative()));
        prop_assert!(!applied.net_amount.is_negative() || applied.credit_lines.is_empty() || lines.iter().any(|line| line.amount.is_negative()));
        prop_assert!(applied.balances.iter().all(|(_, balance)| !balance.is_negative()));
        let credited = Money::sum(applied.gross_amount.currency(), applied.credit_lines.iter().map(|line| line.amount)).unwrap();
        prop_assert_eq!(applied.gross_amount.checked_add(credited).unwrap(), applied.net_amount);
    }
}
