//! The function F and the figures of months and years (C-7, C-9).

use domain::currency::Currency;
use domain::exact::Exact;
use domain::money::Money;
use domain::tier_mode::TierMode;

use crate::{CommissionError, CommissionSchedule, CommissionTier, TierPeriod};

/// The part of a base inside one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionSlice {
    /// The tier.
    pub tier: CommissionTier,
    /// The part of the base, negative for a negative base.
    pub base_amount: Exact,
    /// Part × percentage ÷ 100.
    pub unrounded_amount: Exact,
}

impl CommissionSlice {
    /// The part of the base as a decimal without trailing zeros.
    pub fn base_amount_text(&self) -> String {
        self.base_amount
            .decimal_text(4)
            .unwrap_or_else(|| self.base_amount.display10())
    }
}

/// The commission of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// The slices in ascending order of tier; none for a base of 0.
    pub slices: Vec<CommissionSlice>,
    /// F(base), exact.
    pub unrounded_amount: Exact,
    /// F(base), rounded once.
    pub amount: Money,
}

/// F(base): graduated adds the part of the base inside each tier × percentage, volume takes the whole base × the percentage of the
/// tier that contains it; F(−b) = −F(b). Rounded once (C-7, C-9).
///
/// # Errors
/// `amount_out_of_range`.
///
/// # Examples
/// ```
/// use cms_commission::{CommissionSchedule, CommissionTier, TierMode, TierPeriod, commission};
/// use domain::{currency::Currency, decimal::{Percentage, PlainAmount}, money::Money};
///
/// let tier = |from, to: Option<&str>, percentage| CommissionTier {
///     from_amount: PlainAmount::parse(from).unwrap(),
///     to_amount: to.map(|to| PlainAmount::parse(to).unwrap()),
///     percentage: Percentage::parse(percentage).unwrap(),
/// };
/// let tiers = vec![tier("0", Some("10000"), "5"), tier("10000", None, "8")];
/// let base = Money::parse("20000", Currency::from_code("EUR")?)?;
/// let paid = |mode| -> Result<String, Box<dyn std::error::Error>> {
///     let schedule = CommissionSchedule::new(mode, TierPeriod::Month, tiers.clone())?;
///     Ok(commission(&schedule, base)?.amount.amount_text())
/// };
/// assert_eq!(paid(TierMode::Graduated)?, "1300.00");
/// assert_eq!(paid(TierMode::Volume)?, "1600.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn commission(schedule: &CommissionSchedule, base: Money) -> Result<Commission, CommissionError> {
    let exact_base = Exact::from(base);
    let magnitude = exact_base.magnitude();
    let part_of = |tier: &CommissionTier| match schedule.tier_mode() {
        TierMode::Graduated => part_inside(tier, &magnitude),
        TierMode::Volume => whole_if_inside(tier, &magnitude),
    };
    let mut slices = Vec::new();
    let mut unrounded_amount = Exact::zero();
    for tier in schedule.tiers() {
        let Some(part) = part_of(tier) else { continue };
        let base_amount = if exact_base.is_negative() { part.negated() } else { part };
        let slice_amount = base_amount.percent(tier.percentage);
        unrounded_amount = unrounded_amount.plus(&slice_amount);
        slices.push(CommissionSlice {
            tier: *tier,
            base_amount,
            unrounded_amount: slice_amount,
        });
    }
    let amount = unrounded_amount.round_to(base.currency())?;
    Ok(Commission {
        slices,
        unrounded_amount,
        amount,
    })
}

fn part_inside(tier: &CommissionTier, magnitude: &Exact) -> Option<Exact> {
    let end = match tier.to_amount.map(Exact::from) {
        Some(end) if end < *magnitude => end,
        _ => magnitude.clone(),
    };
    let part = end.minus(&Exact::from(tier.from_amount));
    part.is_positive().then_some(part)
}

fn whole_if_inside(tier: &CommissionTier, magnitude: &Exact) -> Option<Exact> {
    let starts = *magnitude >= Exact::from(tier.from_amount);
    let ends = tier.to_amount.is_none_or(|end| *magnitude < Exact::from(end));
    (starts && ends && !magnitude.is_zero()).then(|| magnitude.clone())
}

/// The figures of a year or of the part of it that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearFigures {
    /// One figure per month, in order.
    pub monthly_amounts: Vec<Money>,
    /// Their sum.
    pub year_amount: Money,
}

/// The figures of the months of one unit of a year, from January or the unit's first month on. With yearly tiers the figure of a
/// month is the result up to and including the month less the result up to the month before (C-9, C-18).
///
/// # Errors
/// `currency_mismatch` or `amount_out_of_range`.
pub fn year_figures(
    schedule: &CommissionSchedule,
    currency: Currency,
    monthly_bases: &[Money],
) -> Result<YearFigures, CommissionError> {
    let mut monthly_amounts = Vec::with_capacity(monthly_bases.len());
    let mut base_to_date = Money::zero(currency);
    let mut amount_to_date = Money::zero(currency);
    for base in monthly_bases {
        let figure = match schedule.tier_period() {
            TierPeriod::Month => commission(schedule, *base)?.amount,
            TierPeriod::Year => {
                base_to_date = base_to_date.checked_add(*base)?;
                commission(schedule, base_to_date)?.amount.checked_sub(amount_to_date)?
            }
        };
        amount_to_date = amount_to_date.checked_add(figure)?;
        monthly_amounts.push(figure);
    }
    Ok(YearFigures {
        monthly_amounts,
        year_amount: amount_to_date,
    })
}
