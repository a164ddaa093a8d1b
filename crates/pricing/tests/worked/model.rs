//! The model of a price increase (P-80 to P-83).

use cms_pricing::{Increase, ItemCreditKind, PriceChange, TierMode, items_to_confirm, model_result};
use domain::exact::Exact;
use domain::money::Money;
use proptest::prelude::*;

use crate::{context, currency, eur, item, item_credits, p_29, price, quantity, tier};

fn change(old: &str, new: &str) -> PriceChange {
    PriceChange::new(eur(old), eur(new)).unwrap()
}

#[test]
fn p_82_a_month_is_replayed_with_old_and_new_rates() {
    let replayed = |increase: &Increase, units: &str| {
        let january = context("2026-01", true);
        let change = PriceChange::replay(&p_29(TierMode::Graduated), increase, quantity(units), &january).unwrap();
        let percent = change.difference_percent().map(|percent| percent.display(2));
        (
            change.old_amount().amount_text(),
            change.new_amount().amount_text(),
            percent,
        )
    };
    let ten = Increase::percentage("10").unwrap();
    let cent = Increase::fixed_amount("0.01").unwrap();
    let told =
        |old: &str, new: &str, percent: Option<&str>| (old.to_owned(), new.to_owned(), percent.map(str::to_owned));
    // 6,200 units at 0.10, 0.08 and 0.05 are 480.00; one cent more on each is 62.00 more.
    assert_eq!(replayed(&ten, "6200"), told("480.00", "528.00", Some("10.00")));
    assert_eq!(replayed(&cent, "6200"), told("480.00", "542.00", Some("12.92")));
    assert_eq!(
        replayed(&Increase::percentage("-50").unwrap(), "6200"),
        told("480.00", "240.00", Some("-50.00"))
    );
    assert_eq!(replayed(&ten, "0"), told("0.00", "0.00", None));
}

#[test]
fn p_80_credits_and_boundaries_stay() {
    let credited = item(|input| {
        input.rate = price("2");
        input.credits = item_credits(&[(ItemCreditKind::Amount, "50"), (ItemCreditKind::Quantity, "10")]);
    });
    let january = context("2026-01", true);
    let double = Increase::percentage("100").unwrap();
    let change = PriceChange::replay(&credited, &double, quantity("60"), &january).unwrap();
    // (60 − 10) × 2 − 50 = 50 and (60 − 10) × 4 − 50 = 150: more than double.
    assert_eq!((change.old_amount(), change.new_amount()), (eur("50"), eur("150")));
    assert_eq!(change.difference_amount(), Ok(eur("100")));
    assert_eq!(change.difference_percent(), Some(Exact::from_integer(200)));
}

#[test]
fn p_82_tenants_and_meters_add_up_to_the_total() {
    let lines = [
        (("b", "vm"), change("10.00", "11.00")),
        (("a", "disk"), change("0.00", "3.00")),
        (("b", "vm"), change("30.00", "33.00")),
        (("a", "vm"), change("5.00", "4.00")),
    ];
    let result = model_result(currency("EUR"), lines).unwrap();
    let keys: Vec<_> = result.by_key.keys().copied().collect();
    assert_eq!(keys, [("a", "disk"), ("a", "vm"), ("b", "vm")]);
    assert_eq!(result.by_key[&("b", "vm")], change("40.00", "44.00"));
    assert_eq!(result.by_key[&("a", "disk")].difference_percent(), None);
    assert_eq!(result.by_key[&("a", "vm")].difference_amount(), Ok(eur("-1.00")));
    assert_eq!(result.total, change("45.00", "51.00"));
    let nothing = model_result::<u8>(currency("EUR"), []).unwrap();
    assert_eq!((nothing.by_key.len(), nothing.total), (0, change("0", "0")));
}

#[test]
fn p_81_items_that_change_by_more_than_100_percent_are_named() {
    let base = item(|input| input.rate = price("0.5"));
    let tiered = item(|input| {
        input.rate = price("9");
        input.tiers = vec![tier("0", None, "0.4")];
    });
    let half = Increase::fixed_amount("0.5").unwrap();
    // 0.5 → 1.0 is exactly 100 %; 0.4 → 0.9 is more.
    assert_eq!(items_to_confirm(&[base.clone(), tiered.clone()], &half), Ok(vec![1]));
    assert_eq!(
        items_to_confirm(&[base, tiered], &Increase::percentage("100").unwrap()),
        Ok(vec![])
    );
    let free = item(|input| input.rate = price("0"));
    assert_eq!(items_to_confirm(std::slice::from_ref(&free), &half), Ok(vec![0]));
    let lower = Increase::fixed_amount("-0.1").unwrap();
    let (index, error) = items_to_confirm(&[item(|_| {}), free], &lower).unwrap_err();
    assert_eq!((index, error.code()), (1, "rate_negative"));
}

#[test]
fn a_model_that_cannot_be_stored_or_mixes_currencies_is_refused() {
    let yen = Money::from_minor(1, currency("JPY"));
    assert_eq!(PriceChange::new(eur("1"), yen).unwrap_err().code(), "currency_mismatch");
    let most = Money::from_minor(i64::MAX, currency("EUR"));
    let least = most.checked_neg().unwrap();
    assert_eq!(PriceChange::new(least, most).unwrap_err().code(), "amount_out_of_range");
    let huge = PriceChange::new(most, most).unwrap();
    assert_eq!(
        model_result(currency("EUR"), [(1, huge), (2, huge)])
            .unwrap_err()
            .code(),
        "amount_out_of_range"
    );
    let foreign = PriceChange::new(yen, yen).unwrap();
    assert_eq!(
        model_result(currency("EUR"), [(1, foreign)]).unwrap_err().code(),
        "currency_mismatch"
    );
    let dear = item(|input| input.rate = price("999999999"));
    let january = context("2026-01", true);
    let beyond = PriceChange::replay(&dear, &Increase::percentage("1").unwrap(), quantity("1"), &january);
    assert_eq!(beyond.unwrap_err().code(), "rate_out_of_range");
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_its_keys_in_any_order(lines in prop::collection::vec((0_u8..5, -9_999_i64..9_999, -9_999_i64..9_999), 0..30)) {
        let money = |minor| Money::from_minor(minor, currency("EUR"));
        let changes: Vec<_> = lines
            .iter()
            .map(|(key, old, new)| (*key, PriceChange::new(money(*old), money(*new)).unwrap()))
            .collect();
        let result = model_result(currency("EUR"), changes.clone()).unwrap();
        let again = model_result(currency("EUR"), result.by_key.values().enumerate().map(|(index, change)| (index, *change))).unwrap();
        prop_assert_eq!(again.total, result.total);
        let reversed = model_result(currency("EUR"), changes.into_iter().rev()).unwrap();
        prop_assert_eq!(reversed, result.clone());
        let difference: i64 = lines.iter().map(|(_, old, new)| new - old).sum();
        prop_assert_eq!(result.total.difference_amount(), Ok(money(difference)));
    }

    #[test]
    fn an_increase_of_nothing_changes_nothing(units in 0_u32..100_000) {
        let january = context("2026-01", true);
        let units = domain::decimal::Quantity::from_units(units);
        for increase in [Increase::percentage("0").unwrap(), Increase::fixed_amount("0").unwrap()] {
            let change = PriceChange::replay(&p_29(TierMode::Volume), &increase, units, &january).unwrap();
            prop_assert_eq!(change.old_amount(), change.new_amount());
        }
    }
}
