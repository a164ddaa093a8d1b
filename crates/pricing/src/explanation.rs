//! Explanations: every figure behind a line, complete enough to compute the line anew (P-95, P-96).

use std::collections::HashMap;

use domain::decimal::{Quantity, Rate, quantity_sum};
use domain::exact::Exact;
use domain::money::{Money, MoneyError};
use domain::period::Period;
use serde::{Deserialize, Serialize};

use crate::{
    Conversion, HoursDivisor, PricingItem, RatePeriod, RateSource, Rated, RatingContext, ScopeStep, TierMode,
    effective_rate,
};

mod steps;

/// Where an item comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceOrigin {
    /// The price list.
    pub price_list_id: String,
    /// The version.
    pub version: u32,
    /// The month the version is valid from; none for a draft.
    pub effective_from: Option<Period>,
    /// The step of P-15 that found the item.
    pub scope_step: ScopeStep,
}

/// What a step does with its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// The sum of all inputs.
    Add,
    /// The first less the second.
    Subtract,
    /// The product of the first two, divided by the third where there is one (P-35).
    Multiply,
    /// The first divided by the second.
    Divide,
    /// The smaller of two.
    Minimum,
    /// The first × the second ÷ 100.
    Percent,
    /// The first × the second ÷ the third (P-71).
    Convert,
    /// Rounded half away from zero to the currency of the amount (P-60).
    Round,
}

/// A named exact value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The name; that of an earlier step means its result.
    pub name: String,
    /// The exact value as a fraction.
    pub exact: Exact,
    /// The display form (G-5).
    pub displayed: String,
}

/// One step of the computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The rule applied.
    pub rule: String,
    /// What is done.
    pub operation: Operation,
    /// The inputs in order.
    pub inputs: Vec<Figure>,
    /// The result.
    pub result: Figure,
}

/// A slice as explained (P-95).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedSlice {
    /// First quantity of tier or gap.
    pub from_quantity: Quantity,
    /// First quantity after it.
    pub to_quantity: Option<Quantity>,
    /// The rate.
    pub rate: Rate,
    /// The part of the chargeable quantity, display form.
    pub quantity: String,
    /// Tier or base rate.
    pub source: RateSource,
    /// The exact amount, display form.
    pub unrounded_amount: String,
}

/// All figures behind a usage line. Stored with the document; it never changes (P-96).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The period.
    pub period: Period,
    /// The meter.
    pub meter_id: String,
    /// The item's SKU.
    pub sku: String,
    /// The item.
    pub pricing_item_id: String,
    /// List, version and step of P-15; none for items that come from no list.
    pub origin: Option<PriceOrigin>,
    /// The unit of rate and tiers.
    pub unit: String,
    /// Graduated or volume.
    pub tier_mode: TierMode,
    /// Rate per unit or per month.
    pub rate_period: RatePeriod,
    /// h and why; none for a rate per unit.
    pub hours_divisor: Option<HoursDivisor>,
    /// Rate ÷ h of an item without tiers, display form.
    pub effective_rate: Option<String>,
    /// Q in meter units.
    #[serde(with = "quantity_sum")]
    pub quantity: Quantity,
    /// The slices, ascending.
    pub slices: Vec<ExplainedSlice>,
    /// Both exchange rates, where the document's currency is not the list's (P-73).
    pub conversion: Option<Conversion>,
    /// Every step, in order; each result is an input of later ones.
    pub steps: Vec<Step>,
    /// The exact amount in the document's currency, display form.
    pub unrounded_amount: String,
    /// The rounded amount.
    pub amount: Money,
}

/// Why an explanation does not compute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplanationError {
    /// A step whose recorded result is not what its inputs give, or whose input differs from the result it names.
    #[error("the step {0} does not compute")]
    Mismatch(String),
    /// A step with too few inputs or a division by zero.
    #[error("the step {0} is malformed")]
    Malformed(String),
    /// There is no rounding step.
    #[error("the explanation has no amount")]
    AmountMissing,
    /// The amount cannot be stored.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl ExplanationError {
    /// The rule's error code (G-7).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mismatch(_) => "explanation_mismatch",
            Self::Malformed(_) => "explanation_malformed",
            Self::AmountMissing => "explanation_incomplete",
            Self::Money(error) => error.code(),
        }
    }
}

impl Explanation {
    /// Explains a rated quantity.
    pub fn new(
        rated: &Rated,
        item: &PricingItem,
        context: &RatingContext,
        period: Period,
        origin: Option<PriceOrigin>,
    ) -> Self {
        let charge = &rated.charge;
        let untiered = item.tier_table().tiers().is_empty();
        Self {
            period,
            meter_id: item.meter_id().to_owned(),
            sku: item.sku().to_owned(),
            pricing_item_id: item.item_id().to_owned(),
            origin,
            unit: item.unit().to_owned(),
            tier_mode: item.tier_table().mode(),
            rate_period: item.rate_period(),
            hours_divisor: charge.hours_divisor,
            effective_rate: untiered.then(|| effective_rate(item.rate(), charge.hours_divisor).display10()),
            quantity: charge.quantity,
            slices: charge
                .slices
                .iter()
                .map(|(slice, amount)| explained_slice(slice, amount))
                .collect(),
            conversion: context.conversion.clone(),
            steps: steps::of(rated, item, context),
            unrounded_amount: charge.unrounded_amount.display10(),
            amount: rated.amount,
        }
    }

    /// Computes every step anew from its inputs and gives the amount (P-96).
    ///
    /// # Errors
    /// The first step that does not compute, or an amount that differs from the recorded one.
    pub fn recompute(&self) -> Result<Money, ExplanationError> {
        let mut results: HashMap<&str, &Exact> = HashMap::new();
        let mut amount = None;
        for step in &self.steps {
            let mismatch = || ExplanationError::Mismatch(step.result.name.clone());
            for input in &step.inputs {
                if results
                    .get(input.name.as_str())
                    .is_some_and(|earlier| **earlier != input.exact)
                {
                    return Err(mismatch());
                }
            }
            let exact = self.evaluate(step)?;
            let earlier = results.get(step.result.name.as_str());
            if exact != step.result.exact || earlier.is_some_and(|earlier| **earlier != exact) {
                return Err(mismatch());
            }
            if step.operation == Operation::Round {
                amount = Some(exact.round_to(self.amount.currency())?);
            }
            results.insert(&step.result.name, &step.result.exact);
        }
        let amount = amount.ok_or(ExplanationError::AmountMissing)?;
        let currency = self.conversion.as_ref().map(|conversion| conversion.to.currency);
        if amount == self.amount && currency.is_none_or(|currency| currency == amount.currency()) {
            Ok(amount)
        } else {
            Err(ExplanationError::Mismatch("amount".to_owned()))
        }
    }

    fn evaluate(&self, step: &Step) -> Result<Exact, ExplanationError> {
        let malformed = || ExplanationError::Malformed(step.result.name.clone());
        let input = |index: usize| step.inputs.get(index).map(|figure| &figure.exact).ok_or_else(malformed);
        Ok(match step.operation {
            Operation::Add => step
                .inputs
                .iter()
                .fold(Exact::zero(), |sum, figure| sum.plus(&figure.exact)),
            Operation::Subtract => input(0)?.minus(input(1)?),
            Operation::Multiply => {
                let product = input(0)?.times(input(1)?);
                match step.inputs.get(2) {
                    Some(divisor) => product.checked_div(&divisor.exact).ok_or_else(malformed)?,
                    None => product,
                }
            }
            Operation::Divide => input(0)?.checked_div(input(1)?).ok_or_else(malformed)?,
            Operation::Minimum => input(0)?.min(input(1)?).clone(),
            Operation::Percent => input(0)?
                .times(input(1)?)
                .checked_div(&Exact::from_integer(100))
                .ok_or_else(malformed)?,
            Operation::Convert => input(0)?
                .times(input(1)?)
                .checked_div(input(2)?)
                .ok_or_else(malformed)?,
            Operation::Round => Exact::from(input(0)?.round_to(self.amount.currency())?),
        })
    }
}

fn explained_slice(slice: &crate::Slice, amount: &Exact) -> ExplainedSlice {
    ExplainedSlice {
        from_quantity: slice.segment.from_quantity,
        to_quantity: slice.segment.to_quantity,
        rate: slice.segment.rate,
        quantity: slice.quantity.display10(),
        source: slice.segment.source,
        unrounded_amount: amount.display10(),
    }
}
