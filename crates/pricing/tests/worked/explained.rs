//! Explanations: which steps there are, what they say, and that nothing in them can be changed unnoticed (P-95, P-96).

use cms_pricing::{
    Explanation, ExplanationError, ItemCreditKind, Operation, PriceOrigin, RatePeriod, RateSource, ScopeStep, Step,
    TierMode, rate,
};
use domain::exact::Exact;
use domain::money::Money;
use proptest::prelude::*;

use crate::{context, converted_to, currency, eur, item, item_credits, p_29, period, price, quantity, tier};

/// 25,000 ÷ 1,000 − 5 = 20; (10 × 200 + 10 × 100) ÷ 744; − 10 %; − 2; × 1.1 ÷ 0.5.
fn everything() -> Explanation {
    let item = item(|input| {
        input.unit_divisor = 1_000;
        input.rate = price("100");
        input.rate_period = RatePeriod::Month;
        input.tiers = vec![tier("0", Some("10"), "200")];
        input.credits = item_credits(&[
            (ItemCreditKind::Quantity, "5"),
            (ItemCreditKind::Percent, "10"),
            (ItemCreditKind::Amount, "2"),
        ]);
    });
    let context = converted_to("USD", "0.5", "1.1");
    let rated = rate(&item, quantity("25000"), &context).unwrap();
    let origin = PriceOrigin {
        price_list_id: "list".to_owned(),
        version: 3,
        effective_from: Some(period("2026-01")),
        scope_step: ScopeStep::RegionSku,
    };
    Explanation::new(&rated, &item, &context, period("2026-01"), Some(origin))
}

fn told(step: &Step) -> String {
    let inputs: Vec<&str> = step.inputs.iter().map(|input| input.name.as_str()).collect();
    format!("{} {} <- {}", step.rule, step.result.name, inputs.join(", "))
}

#[test]
fn p_95_every_step_names_its_rule_its_inputs_and_its_result() {
    let explanation = everything();
    let steps: Vec<String> = explanation.steps.iter().map(told).collect();
    assert_eq!(
        steps,
        [
            "P-21 priced_quantity <- quantity, unit_divisor",
            "P-50 credited_quantity <- quantity_credit, priced_quantity",
            "P-51 chargeable_quantity <- priced_quantity, credited_quantity",
            "P-40 chargeable_quantity <- slice_1_quantity, slice_2_quantity",
            "P-25 slice_1_amount <- slice_1_quantity, slice_1_rate, hours_divisor",
            "P-24 slice_2_amount <- slice_2_quantity, slice_2_rate, hours_divisor",
            "P-40 gross_amount <- slice_1_amount, slice_2_amount",
            "P-50 percent_credit_amount <- gross_amount, percent_credit",
            "P-40 amount_after_percent_credit <- gross_amount, percent_credit_amount",
            "P-50 amount_credit_amount <- amount_credit, amount_after_percent_credit",
            "P-40 list_amount <- amount_after_percent_credit, amount_credit_amount",
            "P-71 unrounded_amount <- list_amount, exchange_rate_to, exchange_rate_from",
            "P-60 amount <- unrounded_amount",
        ]
    );
    let result = |name: &str| {
        let step = explanation.steps.iter().rfind(|step| step.result.name == name);
        step.unwrap().result.exact.fraction_text()
    };
    // 3,000 ÷ 744 = 125/31; − 10 % = 225/62; − 2 = 101/62; × 2.2 = 1111/310 = 3.5838…
    assert_eq!(result("chargeable_quantity"), "20");
    assert_eq!(result("gross_amount"), "125/31");
    assert_eq!(result("percent_credit_amount"), "25/62");
    assert_eq!(result("list_amount"), "101/62");
    assert_eq!(result("unrounded_amount"), "1111/310");
    assert_eq!(explanation.amount.amount_text(), "3.58");
    assert_eq!(explanation.recompute(), Ok(explanation.amount));
}

#[test]
fn p_95_the_figures_of_a_line_are_those_of_its_item() {
    let explanation = everything();
    assert_eq!(
        (
            explanation.meter_id.as_str(),
            explanation.sku.as_str(),
            explanation.pricing_item_id.as_str()
        ),
        ("meter-1", "standard_a2", "item-7")
    );
    assert_eq!(
        (explanation.unit.as_str(), explanation.effective_rate.as_ref()),
        ("pack", None)
    );
    assert_eq!(explanation.hours_divisor.unwrap().hours().get(), 744);
    assert_eq!(explanation.unrounded_amount, "3.5838709677");
    let slices: Vec<_> = explanation
        .slices
        .iter()
        .map(|slice| (slice.quantity.as_str(), slice.source, slice.unrounded_amount.as_str()))
        .collect();
    assert_eq!(
        slices,
        [
            ("10.0000000000", RateSource::Tier, "2.6881720430"),
            ("10.0000000000", RateSource::Base, "1.3440860215"),
        ]
    );
    let untiered = item(|_| {});
    let january = context("2026-01", true);
    let rated = rate(&untiered, quantity("2"), &january).unwrap();
    let explanation = Explanation::new(&rated, &untiered, &january, period("2026-01"), None);
    assert_eq!(explanation.effective_rate.as_deref(), Some("1.0000000000"));
    assert_eq!(explanation.hours_divisor, None);
    assert_eq!(
        told(&explanation.steps[explanation.steps.len() - 2]),
        "P-40 unrounded_amount <- list_amount"
    );
}

#[test]
fn p_26_a_volume_slice_cites_its_own_rule() {
    let volume = p_29(TierMode::Volume);
    let january = context("2026-01", true);
    let rated = rate(&volume, quantity("1000"), &january).unwrap();
    let explanation = Explanation::new(&rated, &volume, &january, period("2026-01"), None);
    assert_eq!(
        told(&explanation.steps[4]),
        "P-26 slice_1_amount <- slice_1_quantity, slice_1_rate"
    );
}

#[test]
fn p_96_whatever_is_changed_is_found() {
    let mismatch = |change: fn(&mut Explanation)| {
        let mut explanation = everything();
        change(&mut explanation);
        explanation.recompute().unwrap_err().code()
    };
    assert_eq!(mismatch(|e| e.amount = eur("3.58")), "explanation_mismatch");
    assert_eq!(
        mismatch(|e| e.amount = Money::from_minor(359, currency("USD"))),
        "explanation_mismatch"
    );
    assert_eq!(
        mismatch(|e| e.steps[0].result.exact = Exact::from_integer(26)),
        "explanation_mismatch"
    );
    assert_eq!(
        mismatch(|e| e.steps[2].inputs[0].exact = Exact::from_integer(26)),
        "explanation_mismatch"
    );
    assert_eq!(
        mismatch(|e| e.steps[0].inputs[1].exact = Exact::zero()),
        "explanation_malformed"
    );
    assert_eq!(mismatch(|e| e.steps[0].inputs.truncate(1)), "explanation_malformed");
    assert_eq!(
        mismatch(|e| e.steps[11].inputs[2].exact = Exact::zero()),
        "explanation_malformed"
    );
    assert_eq!(mismatch(|e| drop(e.steps.pop())), "explanation_incomplete");
    assert_eq!(mismatch(|e| e.steps.clear()), "explanation_incomplete");
    assert_eq!(
        mismatch(|e| e.steps[1].operation = Operation::Add),
        "explanation_mismatch"
    );
    let huge = mismatch(|e| {
        let last = e.steps.len() - 1;
        e.steps[last].inputs[0].name = "other".to_owned();
        e.steps[last].inputs[0].exact = Exact::from_integer(i128::MAX);
    });
    assert_eq!(huge, "amount_out_of_range");
    assert_eq!(
        ExplanationError::AmountMissing.to_string(),
        "the explanation has no amount"
    );
}

proptest! {
    /// Without looking at the steps' own operations: chargeable × rate ÷ hours, credits, conversion, rounding (P-40).
    #[test]
    fn an_explanation_s_figures_multiply_out_to_its_amount(units in 0_u32..2_000_000, crumbs in 0_i128..1_000_000_000) {
        let quantity = domain::decimal::Quantity::from_atto(
            domain::decimal::Quantity::from_units(units).atto() + crumbs,
        );
        let item = p_29(TierMode::Graduated);
        let context = converted_to("KWD", "0.9", "0.31");
        let rated = rate(&item, quantity, &context).unwrap();
        let explanation = Explanation::new(&rated, &item, &context, period("2026-01"), None);
        let value = |name: &str| {
            let mut figures = explanation.steps.iter().flat_map(|step| step.inputs.iter().chain([&step.result]));
            figures.find(|figure| figure.name == name).map(|figure| figure.exact.clone())
        };
        let mut gross = Exact::zero();
        let mut covered = Exact::zero();
        for number in 1..=explanation.slices.len() {
            let part = value(&format!("slice_{number}_quantity")).unwrap();
            gross = gross.plus(&part.times(&value(&format!("slice_{number}_rate")).unwrap()));
            covered = covered.plus(&part);
        }
        prop_assert_eq!(&covered, &Exact::from(quantity));
        let converted = gross
            .times(&value("exchange_rate_to").unwrap())
            .checked_div(&value("exchange_rate_from").unwrap())
            .unwrap();
        prop_assert_eq!(&converted, &rated.charge.unrounded_amount);
        prop_assert_eq!(converted.round_to(currency("KWD")).unwrap(), explanation.amount);
    }
}
