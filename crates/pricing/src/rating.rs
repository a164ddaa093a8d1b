//! The rating function (P-40).

use domain::currency::Currency;
use domain::decimal::{DecimalError, Quantity, Rate};
use domain::exact::Exact;
use domain::money::Money;

use crate::{Conversion, HoursDivisor, PricingError, PricingItem, RatePeriod, Slice};

/// What the rating of an item in a month depends on besides item and quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingContext {
    /// The list's currency.
    pub currency: Currency,
    /// The hours divisor of the period; it acts on rates per month only.
    pub hours_divisor: HoursDivisor,
    /// The conversion to the document's currency; none when it is the list's.
    pub conversion: Option<Conversion>,
}

impl RatingContext {
    /// The currency of the amount: the document's.
    pub fn amount_currency(&self) -> Currency {
        self.conversion
            .as_ref()
            .map_or(self.currency, |conversion| conversion.to.currency)
    }

    /// The divisor of an item's rates; none for a rate per unit (P-30).
    pub fn divisor_of(&self, item: &PricingItem) -> Option<HoursDivisor> {
        (item.rate_period() == RatePeriod::Month).then_some(self.hours_divisor)
    }
}

/// The exact charge of a quantity, before it is rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Q: the quantity in meter units.
    pub quantity: Quantity,
    /// q: in priced units.
    pub priced_quantity: Exact,
    /// What the quantity credit took.
    pub credited_quantity: Exact,
    /// c: what is left to charge.
    pub chargeable_quantity: Exact,
    /// The slices of c with their exact amounts, in ascending order.
    pub slices: Vec<(Slice, Exact)>,
    /// h, for rates per month.
    pub hours_divisor: Option<HoursDivisor>,
    /// g: the sum of the slices.
    pub gross_amount: Exact,
    /// What the percent credit took.
    pub percent_credit_amount: Exact,
    /// What the amount credit took.
    pub amount_credit_amount: Exact,
    /// x: in the list's currency.
    pub list_amount: Exact,
    /// x in the document's currency; the only thing that is rounded (P-60).
    pub unrounded_amount: Exact,
}

/// A rated line: the exact charge and its rounded amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The exact charge.
    pub charge: Charge,
    /// The amount, rounded once.
    pub amount: Money,
}

/// Rates the quantity of one subscription, item and month (P-40).
///
/// # Errors
/// `quantity_negative`, or `amount_out_of_range` when the amount cannot be stored.
///
/// # Examples
/// ```
/// use std::num::NonZeroU32;
///
/// use cms_pricing::{
///     HoursDivisor, ItemCredits, PricingItem, PricingItemInput, RatePeriod, RatingContext, Tier, TierMode, UnitKind, rate,
/// };
/// use domain::{currency::Currency, decimal::{Quantity, Rate}, period::Period};
///
/// // 74.40 for a machine that runs all of January, 59.52 from 500 hours on.
/// let item = PricingItem::new(PricingItemInput {
///     item_id: "1".into(),
///     meter_id: "vm-hours".into(),
///     sku: "standard_a2".into(),
///     rate: Rate::parse("74.40")?,
///     rate_period: RatePeriod::Month,
///     unit_kind: UnitKind::Hour,
///     unit: "hour".into(),
///     meter_unit: "hour".into(),
///     unit_divisor: 1,
///     description: String::new(),
///     tier_mode: TierMode::Graduated,
///     tiers: vec![Tier {
///         from_quantity: Quantity::from_units(500),
///         to_quantity: None,
///         rate: Rate::parse("59.52")?,
///     }],
///     credits: ItemCredits::NONE,
/// })?;
/// let context = RatingContext {
///     currency: Currency::from_code("EUR")?,
///     hours_divisor: HoursDivisor::of(Period::parse("2026-01")?, true, NonZeroU32::new(730).expect("not 0")),
///     conversion: None,
/// };
/// let rated = rate(&item, Quantity::from_units(900), &context)?;
/// // 500 × 74.40 ÷ 744 + 400 × 59.52 ÷ 744
/// assert_eq!(rated.amount.amount_text(), "82.00");
/// assert_eq!(rated.charge.slices.len(), 2);
/// assert_eq!(rate(&item, Quantity::parse("-1")?, &context).unwrap_err().code(), "quantity_negative");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rate(item: &PricingItem, quantity: Quantity, context: &RatingContext) -> Result<Rated, PricingError> {
    let charge = charge(item, quantity, context)?;
    let amount = charge.unrounded_amount.round_to(context.amount_currency())?;
    Ok(Rated { charge, amount })
}

/// The exact charge without the rounding, for figures that are shown and never stored (P-28).
///
/// # Errors
/// `quantity_negative`.
pub fn charge(item: &PricingItem, quantity: Quantity, context: &RatingContext) -> Result<Charge, PricingError> {
    if quantity.is_negative() {
        return Err(DecimalError::QuantityNegative.into());
    }
    let credits = item.credits();
    let priced_quantity = Exact::from(quantity).divided_by(item.unit_divisor());
    let chargeable_quantity = priced_quantity.minus(&Exact::from(credits.quantity())).at_least_zero();
    let hours_divisor = context.divisor_of(item);
    let slices: Vec<(Slice, Exact)> = item
        .tier_table()
        .slices(&chargeable_quantity)
        .into_iter()
        .map(|slice| {
            let amount = slice_amount(&slice, hours_divisor);
            (slice, amount)
        })
        .collect();
    let gross_amount = slices.iter().fold(Exact::zero(), |sum, (_, amount)| sum.plus(amount));
    let percent_credit_amount = gross_amount.percent(credits.percent());
    let after_percent = gross_amount.minus(&percent_credit_amount);
    let list_amount = after_percent.minus(&Exact::from(credits.amount())).at_least_zero();
    let unrounded_amount = match &context.conversion {
        Some(conversion) => list_amount.converted(conversion.from.rate, conversion.to.rate),
        None => list_amount.clone(),
    };
    Ok(Charge {
        quantity,
        credited_quantity: priced_quantity.minus(&chargeable_quantity),
        priced_quantity,
        chargeable_quantity,
        slices,
        hours_divisor,
        amount_credit_amount: after_percent.minus(&list_amount),
        gross_amount,
        percent_credit_amount,
        list_amount,
        unrounded_amount,
    })
}

/// Quantity × rate, divided by the hours last (P-35).
fn slice_amount(slice: &Slice, hours_divisor: Option<HoursDivisor>) -> Exact {
    divided_by_hours(slice.quantity.times(&Exact::from(slice.segment.rate)), hours_divisor)
}

fn divided_by_hours(amount: Exact, hours_divisor: Option<HoursDivisor>) -> Exact {
    match hours_divisor {
        Some(divisor) => amount.divided_by(divisor.hours().into()),
        None => amount,
    }
}

/// The rate of one priced unit: the rate itself, or for a rate per month the rate divided by the hours. For display.
pub fn effective_rate(rate: Rate, hours_divisor: Option<HoursDivisor>) -> Exact {
    divided_by_hours(Exact::from(rate), hours_divisor)
}

/// The exact charge of each day: the charge up to and including the day less the charge up to the day before (P-28). The days
/// add up to the charge of the month, whatever the split; in volume mode one can be negative.
///
/// # Errors
/// `quantity_negative` or `quantity_out_of_range`.
pub fn daily_charges(
    item: &PricingItem,
    daily_quantities: &[Quantity],
    context: &RatingContext,
) -> Result<Vec<Exact>, PricingError> {
    let mut charges = Vec::with_capacity(daily_quantities.len());
    let mut quantity = Quantity::ZERO;
    let mut before = charge(item, quantity, context)?.unrounded_amount;
    for day in daily_quantities {
        if day.is_negative() {
            return Err(DecimalError::QuantityNegative.into());
        }
        quantity = quantity.checked_add(*day).ok_or(DecimalError::QuantityOutOfRange)?;
        let now = charge(item, quantity, context)?.unrounded_amount;
        charges.push(now.minus(&before));
        before = now;
    }
    Ok(charges)
}
