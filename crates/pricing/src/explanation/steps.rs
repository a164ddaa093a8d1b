//! The steps from a quantity to its rounded amount (P-21, P-24 to P-26, P-40, P-50, P-51, P-60, P-71).

use domain::exact::Exact;

use super::{Figure, Operation, Step};
use crate::{Charge, PricingItem, RateSource, Rated, RatingContext, TierMode};

fn figure(name: impl Into<String>, exact: impl Into<Exact>) -> Figure {
    let exact = exact.into();
    Figure {
        name: name.into(),
        displayed: exact.display10(),
        exact,
    }
}

fn step(rule: &str, operation: Operation, inputs: Vec<Figure>, name: &str, exact: &Exact) -> Step {
    Step {
        rule: rule.to_owned(),
        operation,
        inputs,
        result: figure(name, exact.clone()),
    }
}

/// Every step of a rated quantity, each result an input of later ones (P-95).
pub(super) fn of(rated: &Rated, item: &PricingItem, context: &RatingContext) -> Vec<Step> {
    let charge = &rated.charge;
    let mut steps = quantity_steps(charge, item);
    let slice_figures = slice_steps(charge, item, &mut steps);
    steps.push(step(
        "P-40",
        Operation::Add,
        slice_figures,
        "gross_amount",
        &charge.gross_amount,
    ));
    credit_steps(charge, item, &mut steps);
    let list_amount = figure("list_amount", charge.list_amount.clone());
    steps.push(match &context.conversion {
        Some(conversion) => {
            let to = figure("exchange_rate_to", conversion.to.rate);
            let from = figure("exchange_rate_from", conversion.from.rate);
            let inputs = vec![list_amount, to, from];
            step(
                "P-71",
                Operation::Convert,
                inputs,
                "unrounded_amount",
                &charge.unrounded_amount,
            )
        }
        None => step(
            "P-40",
            Operation::Add,
            vec![list_amount],
            "unrounded_amount",
            &charge.unrounded_amount,
        ),
    });
    let unrounded = figure("unrounded_amount", charge.unrounded_amount.clone());
    let mut rounding = step(
        "P-60",
        Operation::Round,
        vec![unrounded],
        "amount",
        &Exact::from(rated.amount),
    );
    rounding.result.displayed = rated.amount.amount_text();
    steps.push(rounding);
    steps
}

fn quantity_steps(charge: &Charge, item: &PricingItem) -> Vec<Step> {
    let divisor = Exact::from_integer(i128::from(item.unit_divisor().get()));
    let priced = figure("priced_quantity", charge.priced_quantity.clone());
    let credit = figure("quantity_credit", item.credits().quantity());
    let credited = figure("credited_quantity", charge.credited_quantity.clone());
    let quantity = vec![figure("quantity", charge.quantity), figure("unit_divisor", divisor)];
    vec![
        step(
            "P-21",
            Operation::Divide,
            quantity,
            "priced_quantity",
            &charge.priced_quantity,
        ),
        step(
            "P-50",
            Operation::Minimum,
            vec![credit, priced.clone()],
            "credited_quantity",
            &charge.credited_quantity,
        ),
        step(
            "P-51",
            Operation::Subtract,
            vec![priced, credited],
            "chargeable_quantity",
            &charge.chargeable_quantity,
        ),
    ]
}

/// One step per slice; the slices' quantities add up to the chargeable quantity.
fn slice_steps(charge: &Charge, item: &PricingItem, steps: &mut Vec<Step>) -> Vec<Figure> {
    let quantities: Vec<Figure> = charge
        .slices
        .iter()
        .zip(1_u32..)
        .map(|((slice, _), number)| figure(format!("slice_{number}_quantity"), slice.quantity.clone()))
        .collect();
    steps.push(step(
        "P-40",
        Operation::Add,
        quantities.clone(),
        "chargeable_quantity",
        &charge.chargeable_quantity,
    ));
    let mut amounts = Vec::new();
    for (((slice, amount), quantity), number) in charge.slices.iter().zip(quantities).zip(1_u32..) {
        let rule = match (slice.segment.source, item.tier_table().mode()) {
            (RateSource::Base, _) => "P-24",
            (RateSource::Tier, TierMode::Graduated) => "P-25",
            (RateSource::Tier, TierMode::Volume) => "P-26",
        };
        let mut inputs = vec![quantity, figure(format!("slice_{number}_rate"), slice.segment.rate)];
        if let Some(divisor) = charge.hours_divisor {
            inputs.push(figure(
                "hours_divisor",
                Exact::from_integer(i128::from(divisor.hours().get())),
            ));
        }
        let name = format!("slice_{number}_amount");
        steps.push(step(rule, Operation::Multiply, inputs, &name, amount));
        amounts.push(figure(name, amount.clone()));
    }
    amounts
}

fn credit_steps(charge: &Charge, item: &PricingItem, steps: &mut Vec<Step>) {
    let gross = figure("gross_amount", charge.gross_amount.clone());
    let percent = figure("percent_credit", item.credits().percent());
    let percent_taken = figure("percent_credit_amount", charge.percent_credit_amount.clone());
    let after_percent = charge.gross_amount.minus(&charge.percent_credit_amount);
    let remaining = figure("amount_after_percent_credit", after_percent.clone());
    let amount_credit = figure("amount_credit", item.credits().amount());
    let amount_taken = figure("amount_credit_amount", charge.amount_credit_amount.clone());
    steps.extend([
        step(
            "P-50",
            Operation::Percent,
            vec![gross.clone(), percent],
            &percent_taken.name,
            &percent_taken.exact,
        ),
        step(
            "P-40",
            Operation::Subtract,
            vec![gross, percent_taken.clone()],
            &remaining.name,
            &after_percent,
        ),
        step(
            "P-50",
            Operation::Minimum,
            vec![amount_credit, remaining.clone()],
            &amount_taken.name,
            &amount_taken.exact,
        ),
        step(
            "P-40",
            Operation::Subtract,
            vec![remaining, amount_taken],
            "list_amount",
            &charge.list_amount,
        ),
    ]);
}
