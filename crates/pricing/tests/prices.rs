//! Which item prices a record, what is refused, exchange rates, changes of rates (P-6 to P-17, P-33, P-70 to P-81).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "test code")]

use std::sync::Arc;

use cms_pricing::{
    ExchangeQuote, Increase, ItemCreditKind, ItemCredits, PriceBook, PriceListItems, PricingError, PricingItem,
    PricingItemInput, RatePeriod, ScopeStep, Tier, TierMode, UnitKind, Warning, check_version, convert_item,
    double_charge_possible, quote_on, version_in_force,
};
use domain::currency::Currency;
use domain::decimal::{DecimalError, ExchangeRate, Quantity, Rate};
use domain::period::Period;

const VM_HOURS: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";
const BASE_VCORES: &str = "fab6eb84-500b-4a09-a8ca-7358f8bbaea5";
const WINDOWS_VCORES: &str = "9cd92d4c-bafd-4492-b278-bedc2de8232a";
const S10: &str = "d5f7731b-f639-404a-89d0-e46186e22c8d";
const ACTUAL_STANDARD: &str = "7ba084ec-ef9c-4d64-a179-7732c6cb5e28";
const ACTUAL_SNAPSHOT: &str = "108fa95b-be0d-4cd9-96e8-5b0d59505df1";

fn input(meter: &str, sku: &str) -> PricingItemInput {
    PricingItemInput {
        item_id: format!("{meter}/{sku}"),
        meter_id: meter.to_owned(),
        sku: sku.to_owned(),
        rate: Rate::parse("1").unwrap(),
        rate_period: RatePeriod::Unit,
        unit_kind: UnitKind::Count,
        unit: "unit".to_owned(),
        meter_unit: "unit".to_owned(),
        unit_divisor: 1,
        description: String::new(),
        tier_mode: TierMode::Graduated,
        tiers: Vec::new(),
        credits: ItemCredits::NONE,
    }
}

fn item(meter: &str, sku: &str) -> PricingItem {
    PricingItem::new(input(meter, sku)).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn list(id: &str, items: Vec<PricingItem>) -> Arc<PriceListItems> {
    Arc::new(PriceListItems::new(
        id.to_owned(),
        1,
        None,
        Currency::from_code("EUR").unwrap(),
        items,
    ))
}

#[test]
fn the_first_of_the_four_steps_prices_a_record() {
    let tenant = list("t", vec![item("m1", "a"), item("m1", ""), item("m2", "a")]);
    let region = list(
        "r",
        vec![item("m1", "a"), item("m2", "b"), item("m2", ""), item("m3", "")],
    );
    let book = PriceBook::new().with_tenant_list(tenant).with_region_list("r1", region);
    let step = |region: &str, meter: &str, sku: &str| {
        book.choose(region, meter, sku).map(|chosen| {
            (
                chosen.step,
                chosen.step.number(),
                chosen.list.price_list_id().to_owned(),
            )
        })
    };
    assert_eq!(step("r1", "m1", "a"), Some((ScopeStep::TenantSku, 1, "t".to_owned())));
    assert_eq!(step("r1", "m1", "b"), Some((ScopeStep::TenantMeter, 2, "t".to_owned())));
    assert_eq!(step("r1", "m2", "a"), Some((ScopeStep::TenantSku, 1, "t".to_owned())));
    assert_eq!(step("r1", "m2", "b"), Some((ScopeStep::RegionSku, 3, "r".to_owned())));
    assert_eq!(step("r1", "m2", ""), Some((ScopeStep::RegionMeter, 4, "r".to_owned())));
    assert_eq!(step("r1", "m3", "z"), Some((ScopeStep::RegionMeter, 4, "r".to_owned())));
    assert_eq!(step("r2", "m3", "z"), None);
    assert_eq!(step("r1", "m9", ""), None);
}

#[test]
fn p_95_a_list_tells_its_version_its_start_and_its_items() {
    let currency = Currency::from_code("CHF").unwrap();
    let items = vec![item("m1", "a"), item("m1", "A"), item("m2", "")];
    let draft = PriceListItems::new("list".to_owned(), 7, None, currency, items.clone());
    assert_eq!((draft.price_list_id(), draft.version()), ("list", 7));
    assert_eq!((draft.effective_from(), draft.currency()), (None, currency));
    assert_eq!(draft.items(), items);
    let started = PriceListItems::new("list".to_owned(), 8, Some(period("2026-03")), currency, items);
    assert_eq!(started.effective_from(), Some(period("2026-03")));
    // Where a meter and SKU stand twice, which publishing refuses, the first counts.
    let book = PriceBook::new().with_region_list("r", Arc::new(started));
    assert_eq!(book.choose("r", "M-1", "a").unwrap().item.item_id(), "m1/a");
}

#[test]
fn meters_are_compared_without_case_and_hyphens_and_skus_without_case() {
    let book = PriceBook::new().with_region_list("r1", list("r", vec![item(VM_HOURS, "Standard_A2")]));
    let found = |meter: &str, sku: &str| book.choose("r1", meter, sku).is_some();
    assert!(found("6DAB500FA4FD49C4956D229BB9C8C793", "STANDARD_a2"));
    assert!(!found(VM_HOURS, ""));
}

#[test]
fn the_version_in_force_is_the_latest_that_has_started_and_none_after_retirement() {
    let starts = [period("2026-03"), period("2026-01"), period("2026-06")];
    let at = |month: &str| version_in_force(&starts, Some(period("2026-09")), period(month));
    assert_eq!(
        (at("2025-12"), at("2026-02"), at("2026-03"), at("2026-08")),
        (None, Some(1), Some(0), Some(2))
    );
    assert_eq!(at("2026-09"), None);
    assert_eq!(version_in_force(&starts, None, period("2030-01")), Some(2));
}

#[test]
fn an_item_needs_a_divisor_in_range_and_a_unit_of_its_own() {
    let with = |change: fn(&mut PricingItemInput)| {
        let mut input = input("m", "");
        change(&mut input);
        PricingItem::new(input).map(|_| ())
    };
    assert_eq!(with(|i| i.unit_divisor = 0), Err(PricingError::UnitDivisorInvalid));
    assert_eq!(
        with(|i| i.unit_divisor = 1_000_000_000_001),
        Err(PricingError::UnitDivisorInvalid)
    );
    assert_eq!(with(|i| i.unit_divisor = 1_000), Err(PricingError::UnitRequired));
    assert_eq!(
        with(|i| {
            i.unit_divisor = 1_000_000_000_000;
            i.unit = "a million million".to_owned();
        }),
        Ok(())
    );
    assert_eq!(
        with(|i| i.rate_period = RatePeriod::Month),
        Err(PricingError::RatePeriodNotAllowed)
    );
    assert_eq!(
        with(|i| {
            i.rate_period = RatePeriod::Month;
            i.unit_kind = UnitKind::Hour;
        }),
        Ok(())
    );
}

#[test]
fn credits_of_an_item_are_checked_by_kind() {
    use ItemCreditKind::{Amount, Percent, Quantity};
    let parse = |credits: &[(ItemCreditKind, &str)]| ItemCredits::parse(credits.iter().copied()).map(|_| ());
    assert_eq!(
        parse(&[(Quantity, "1"), (Percent, "100"), (Amount, "0.0000000001")]),
        Ok(())
    );
    assert_eq!(
        parse(&[(Quantity, "1"), (Quantity, "2")]),
        Err(PricingError::CreditDuplicate)
    );
    assert_eq!(parse(&[(Percent, "-1")]), Err(PricingError::CreditNegative));
    assert_eq!(
        parse(&[(Percent, "100.0001")]),
        Err(DecimalError::PercentOutOfRange.into())
    );
    assert_eq!(parse(&[(Amount, "0.00000000001")]), Err(PricingError::CreditPrecision));
    assert_eq!(parse(&[(Quantity, "x")]), Err(DecimalError::Invalid.into()));
}

#[test]
fn a_version_needs_items_and_each_meter_and_sku_once() {
    assert_eq!(check_version(&[]), Err((None, PricingError::ItemsMissing)));
    let twice = [item("m-1", "a"), item("m2", "a"), item("M1", "A")];
    assert_eq!(check_version(&twice), Err((Some(2), PricingError::ItemDuplicate)));
    assert_eq!(check_version(&[item("m1", ""), item("m1", "a")]), Ok(vec![]));
}

#[test]
fn lists_that_price_usage_twice_are_published_with_a_warning() {
    assert!(double_charge_possible([VM_HOURS, BASE_VCORES, WINDOWS_VCORES]));
    assert!(!double_charge_possible([VM_HOURS, BASE_VCORES]));
    assert!(double_charge_possible([S10, ACTUAL_STANDARD]));
    assert!(!double_charge_possible([S10, ACTUAL_SNAPSHOT]));
    assert!(!double_charge_possible([S10, VM_HOURS]));
    let mut gap = input(S10, "");
    gap.tiers = vec![Tier {
        from_quantity: Quantity::from_units(1),
        to_quantity: None,
        rate: Rate::ZERO,
    }];
    let items = [PricingItem::new(gap).unwrap(), item(ACTUAL_STANDARD, "")];
    assert_eq!(
        check_version(&items),
        Ok(vec![Warning::TierGap, Warning::DoubleChargePossible])
    );
}

#[test]
fn an_exchange_rate_counts_for_31_days() {
    let quote = |day: &str, rate: &str| ExchangeQuote {
        rate: ExchangeRate::parse(rate).unwrap(),
        valid_from_on: day.parse().unwrap(),
        source: "bank".to_owned(),
    };
    let quotes = [
        quote("2026-01-31", "1.1"),
        quote("2026-01-01", "1.2"),
        quote("2026-03-01", "1.3"),
    ];
    let on = |day: &str| quote_on(&quotes, day.parse().unwrap()).map(|quote| quote.rate.to_string());
    assert_eq!(on("2025-12-31"), Err(PricingError::ExchangeRateMissing));
    assert_eq!(on("2026-01-30").unwrap(), "1.2");
    assert_eq!(on("2026-02-28").unwrap(), "1.1");
    assert_eq!(on("2026-03-31").unwrap(), "1.3");
    assert_eq!(on("2026-04-01").unwrap(), "1.3");
    assert_eq!(on("2026-04-02"), Err(PricingError::ExchangeRateMissing));
}

#[test]
fn an_increase_changes_base_and_tier_rates_and_nothing_else() {
    let mut tiered = input("m", "");
    tiered.tiers = vec![Tier {
        from_quantity: Quantity::ZERO,
        to_quantity: Some(Quantity::from_units(9)),
        rate: Rate::parse("0.5").unwrap(),
    }];
    tiered.credits = ItemCredits::parse([(ItemCreditKind::Amount, "3")]).unwrap();
    let old = PricingItem::new(tiered).unwrap();
    let new = Increase::percentage("10").unwrap().apply_to_item(&old).unwrap();
    assert_eq!(
        (new.rate().to_string(), new.tier_table().tiers()[0].rate.to_string()),
        ("1.1".into(), "0.55".into())
    );
    assert_eq!(
        (new.tier_table().tiers()[0].to_quantity, new.credits()),
        (Some(Quantity::from_units(9)), old.credits())
    );
    let lower = Increase::fixed_amount("-0.6").unwrap().apply_to_item(&old);
    assert_eq!(lower, Err(DecimalError::RateNegative.into()));
    assert_eq!(Increase::percentage("-100"), Err(PricingError::IncreaseOutOfRange));
    let rate = |text| Rate::parse(text).unwrap();
    assert!(Increase::needs_confirmation(rate("1"), rate("2.0000000001")));
    assert!(!Increase::needs_confirmation(rate("1"), rate("2")));
    assert!(Increase::needs_confirmation(rate("0"), rate("0.1")));
}

#[test]
fn a_converted_item_has_rates_and_amount_credit_of_ten_digits() {
    let mut source = input("m", "");
    source.credits = ItemCredits::parse([(ItemCreditKind::Amount, "3"), (ItemCreditKind::Quantity, "7")]).unwrap();
    let item = PricingItem::new(source).unwrap();
    let exchange = |text| ExchangeRate::parse(text).unwrap();
    let converted = convert_item(&item, exchange("3"), exchange("1")).unwrap();
    assert_eq!(converted.rate().to_string(), "0.3333333333");
    assert_eq!(converted.credits().amount().to_string(), "1");
    assert_eq!(converted.credits().quantity().to_string(), "7");
}
