//! Credits of items, subscriptions and tenants (P-50 to P-55, B-35).

use cms_pricing::{
    CreditBalance, CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind, ItemCreditKind, ItemCredits,
    PricingError, apply_credits,
};
use domain::decimal::Percentage;
use domain::money::Money;

use crate::{currency, eur, item_credits, quantity};

fn line(subscription: &str, amount: &str, late: bool) -> CreditableLine {
    CreditableLine {
        subscription_id: Some(subscription.to_owned()),
        amount: eur(amount),
        late,
    }
}

fn percent(text: &str) -> DocumentCreditKind {
    DocumentCreditKind::Percent(Percentage::parse(text).unwrap())
}

fn monthly(text: &str) -> DocumentCreditKind {
    DocumentCreditKind::MonthlyAmount(eur(text))
}

fn once(text: &str) -> DocumentCreditKind {
    DocumentCreditKind::Once { balance: eur(text) }
}

fn of_subscription(subscription: &str, credit_id: &str, kind: DocumentCreditKind) -> DocumentCredit {
    DocumentCredit {
        credit_id: credit_id.to_owned(),
        target: CreditTarget::Subscription(subscription.to_owned()),
        kind,
    }
}

fn of_tenant(credit_id: &str, kind: DocumentCreditKind) -> DocumentCredit {
    DocumentCredit {
        credit_id: credit_id.to_owned(),
        target: CreditTarget::Tenant,
        kind,
    }
}

/// The credit lines as `id amount`, what is left, and the balances.
fn applied(lines: &[CreditableLine], credits: &[DocumentCredit]) -> (Vec<String>, String, Vec<String>) {
    let applied = apply_credits(currency("EUR"), lines, credits).unwrap();
    let taken = applied
        .credit_lines
        .iter()
        .map(|line| format!("{} {}", line.credit_id, line.amount.amount_text()));
    let balances = applied
        .balances
        .iter()
        .map(|(id, left)| format!("{id} {}", left.amount_text()));
    (taken.collect(), applied.net_amount.amount_text(), balances.collect())
}

#[test]
fn p_53_percents_then_monthly_amounts_then_balances_then_the_tenant() {
    let lines = [line("s1", "100.00", false), line("s2", "50.00", false)];
    let credits = [
        of_tenant("tenant", percent("50")),
        of_subscription("s1", "balance", once("100.00")),
        of_subscription("s1", "monthly", monthly("30.00")),
        of_subscription("s1", "percent", percent("10")),
        of_subscription("s1", "percent again", percent("10")),
    ];
    // s1: 100 − 10 − 9 − 30 − 51 = 0; the tenant's half of the 50 of s2 is 25.
    let expected = [
        "percent -10.00",
        "percent again -9.00",
        "monthly -30.00",
        "balance -51.00",
        "tenant -25.00",
    ];
    let (taken, net, balances) = applied(&lines, &credits);
    assert_eq!((taken, net.as_str()), (expected.map(str::to_owned).to_vec(), "25.00"));
    assert_eq!(balances, ["balance 49.00"]);
}

#[test]
fn p_54_nothing_is_credited_where_nothing_is_left() {
    let credits = [
        of_subscription("s1", "percent", percent("50")),
        of_subscription("s1", "monthly", monthly("5.00")),
        of_subscription("s1", "balance", once("5.00")),
    ];
    let (taken, net, balances) = applied(&[line("s1", "-10.00", false)], &credits);
    assert_eq!((taken.len(), net.as_str()), (0, "-10.00"));
    assert_eq!(balances, ["balance 5.00"]);
    let (taken, net, _) = applied(&[line("s1", "0.00", false)], &credits);
    assert_eq!((taken.len(), net.as_str()), (0, "0.00"));
    // Half of 0.05 is 0.025 and rounds to 0.03 (P-60).
    let (taken, net, _) = applied(&[line("s1", "0.05", false)], &credits[..1]);
    assert_eq!((taken, net.as_str()), (vec!["percent -0.03".to_owned()], "0.02"));
}

#[test]
fn b_35_late_lines_are_reached_by_balances_over_what_is_left_in_all() {
    let credits = [
        of_subscription("s1", "percent", percent("50")),
        of_subscription("s1", "monthly", monthly("5.00")),
        of_subscription("s1", "balance", once("50.00")),
    ];
    let lines = [line("s1", "-10.00", false), line("s1", "30.00", true)];
    let (taken, net, balances) = applied(&lines, &credits);
    assert_eq!((taken, net.as_str()), (vec!["balance -20.00".to_owned()], "0.00"));
    assert_eq!(balances, ["balance 30.00"]);
    // The balance takes from the period's own lines first, so that a later credit still finds the late ones.
    let second = [
        of_subscription("s1", "first", once("12.00")),
        of_subscription("s1", "second", once("12.00")),
        of_tenant("tenant", percent("100")),
    ];
    let lines = [line("s1", "15.00", false), line("s1", "20.00", true)];
    let (taken, net, _) = applied(&lines, &second);
    assert_eq!(taken, ["first -12.00", "second -12.00"]);
    assert_eq!(net, "11.00");
}

#[test]
fn lines_without_a_subscription_are_reached_by_the_tenant_s_credits_only() {
    let own = CreditableLine {
        subscription_id: None,
        amount: eur("8.00"),
        late: false,
    };
    let credits = [of_subscription("s1", "s", percent("50")), of_tenant("t", percent("25"))];
    let (taken, net, _) = applied(&[own], &credits);
    assert_eq!((taken, net.as_str()), (vec!["t -2.00".to_owned()], "6.00"));
    let yen = CreditableLine {
        amount: Money::from_minor(1, currency("JPY")),
        ..line("s1", "0", false)
    };
    let mixed = apply_credits(currency("EUR"), &[yen], &[]).unwrap_err();
    assert_eq!(mixed.code(), "currency_mismatch");
}

#[test]
fn p_55_used_balance_and_lapsed_by_hand() {
    let account = |value, used, lapsed| CreditBalance::from_parts(eur(value), eur(used), eur(lapsed));
    let new = CreditBalance::new(eur("10")).unwrap();
    assert_eq!(account("10", "0", "0"), Ok(new));
    let drawn = new.draw(eur("7")).unwrap();
    assert_eq!((drawn.used(), drawn.balance().unwrap()), (eur("7"), eur("3")));
    assert_eq!(drawn.draw(eur("3.01")), Err(PricingError::BalanceExceeded));
    assert_eq!(drawn.draw(eur("3")).unwrap().balance().unwrap(), eur("0"));
    assert_eq!(drawn.draw(eur("-1")), Err(PricingError::BalanceExceeded));
    let restored = drawn.restore(eur("2")).unwrap();
    assert_eq!((restored.used(), restored.balance().unwrap()), (eur("5"), eur("5")));
    assert_eq!(drawn.restore(eur("7")), Ok(new));
    assert_eq!(drawn.restore(eur("7.01")), Err(PricingError::BalanceExceeded));
    assert_eq!(drawn.restore(eur("-1")), Err(PricingError::BalanceExceeded));
    let lapsed = drawn.lapse().unwrap();
    assert_eq!((lapsed.lapsed(), lapsed.balance().unwrap()), (eur("3"), eur("0")));
    assert_eq!((lapsed.value(), lapsed.used()), (eur("10"), eur("7")));
    // What had lapsed stays lapsed when the document is voided.
    assert_eq!(lapsed.restore(eur("7")).unwrap().balance().unwrap(), eur("7"));
    for wrong in [
        ("10", "-1", "0"),
        ("10", "0", "-1"),
        ("10", "6", "4.01"),
        ("-1", "0", "0"),
    ] {
        assert_eq!(
            account(wrong.0, wrong.1, wrong.2),
            Err(PricingError::BalanceExceeded),
            "{wrong:?}"
        );
    }
    assert!(account("10", "6", "4").is_ok());
    assert_eq!(CreditBalance::new(eur("-0.01")), Err(PricingError::CreditNegative));
    assert!(CreditBalance::new(eur("0")).is_ok());
}

#[test]
fn p_40_the_credits_of_an_item_are_told_in_the_order_they_act() {
    let all = item_credits(&[
        (ItemCreditKind::Amount, "1.50"),
        (ItemCreditKind::Percent, "12.5"),
        (ItemCreditKind::Quantity, "3"),
    ]);
    let told: Vec<(ItemCreditKind, String)> = all.iter().collect();
    let expected = [
        (ItemCreditKind::Quantity, "3"),
        (ItemCreditKind::Percent, "12.5"),
        (ItemCreditKind::Amount, "1.5"),
    ];
    assert_eq!(told, expected.map(|(kind, text)| (kind, text.to_owned())));
    assert_eq!(ItemCredits::NONE.iter().count(), 0);
    assert_eq!(item_credits(&[(ItemCreditKind::Percent, "1")]).iter().count(), 1);
    assert_eq!(all.with_amount(quantity("2")).unwrap().amount(), quantity("2"));
    assert_eq!(all.with_amount(quantity("2")).unwrap().percent(), all.percent());
    assert_eq!(all.with_amount(quantity("-2")), Err(PricingError::CreditNegative));
    assert_eq!(
        all.with_amount(quantity("0.00000000001")),
        Err(PricingError::CreditPrecision)
    );
    assert_eq!(item_credits(&[(ItemCreditKind::Amount, "0")]), ItemCredits::NONE);
}
