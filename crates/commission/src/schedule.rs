//! Commission schedules (C-1 to C-4).

use domain::decimal::{Percentage, PlainAmount};
use domain::period::Period;
use domain::tier_mode::TierMode;
use serde::{Deserialize, Serialize};

use crate::CommissionError;

/// A half-open range of the base with its percentage, in the entity's currency (C-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionTier {
    /// First amount of the tier.
    pub from_amount: PlainAmount,
    /// First amount after the tier; none for a tier without end.
    pub to_amount: Option<PlainAmount>,
    /// The percentage inside the tier.
    pub percentage: Percentage,
}

/// What the tiers are measured over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierPeriod {
    /// The month.
    #[default]
    Month,
    /// The calendar year.
    Year,
}

/// What saving or resolving a schedule warns about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleWarning {
    /// Some amount lies in no tier and earns nothing (C-2).
    TierGap,
    /// No schedule applies; the entity earns nothing (C-3).
    CommissionScheduleMissing,
}

impl ScheduleWarning {
    /// The rule's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TierGap => "tier_gap",
            Self::CommissionScheduleMissing => "commission_schedule_missing",
        }
    }
}

/// The percentage tiers of one entity, checked. Without tiers it is a schedule that pays nothing (C-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommissionSchedule {
    tier_mode: TierMode,
    tier_period: TierPeriod,
    tiers: Vec<CommissionTier>,
}

impl CommissionSchedule {
    /// Checks and orders the tiers; the order of entry is irrelevant (C-2).
    ///
    /// # Errors
    /// `tier_range_invalid` or `tier_overlap`.
    pub fn new(
        tier_mode: TierMode,
        tier_period: TierPeriod,
        mut tiers: Vec<CommissionTier>,
    ) -> Result<Self, CommissionError> {
        let valid = |tier: &CommissionTier| {
            !tier.from_amount.is_negative() && tier.to_amount.is_none_or(|end| end > tier.from_amount)
        };
        if !tiers.iter().all(valid) {
            return Err(CommissionError::TierRangeInvalid);
        }
        tiers.sort_by_key(|tier| tier.from_amount);
        let mut pairs = tiers.iter().zip(tiers.iter().skip(1));
        if pairs.any(|(tier, next)| tier.to_amount.is_none_or(|end| end > next.from_amount)) {
            return Err(CommissionError::TierOverlap);
        }
        Ok(Self {
            tier_mode,
            tier_period,
            tiers,
        })
    }

    /// Graduated or volume.
    pub fn tier_mode(&self) -> TierMode {
        self.tier_mode
    }

    /// Month or year.
    pub fn tier_period(&self) -> TierPeriod {
        self.tier_period
    }

    /// The tiers in ascending order.
    pub fn tiers(&self) -> &[CommissionTier] {
        &self.tiers
    }

    /// What saving the schedule warns about: amounts from 0 on that lie in no tier (C-2).
    pub fn warnings(&self) -> Vec<ScheduleWarning> {
        let mut position = Some(PlainAmount::ZERO);
        for tier in &self.tiers {
            if position != Some(tier.from_amount) {
                return vec![ScheduleWarning::TierGap];
            }
            position = tier.to_amount;
        }
        let gap = position.is_some() && !self.tiers.is_empty();
        if gap {
            vec![ScheduleWarning::TierGap]
        } else {
            Vec::new()
        }
    }
}

/// Where the schedule of a partner comes from (C-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleSource {
    /// The entity's own.
    OwnSchedule,
    /// The distributor's default for its partners.
    DistributorPartnerDefault,
}

impl ScheduleSource {
    /// The rule's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnSchedule => "own_schedule",
            Self::DistributorPartnerDefault => "distributor_partner_default",
        }
    }
}

/// The schedule that applies, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolvedSchedule<'a> {
    /// Where it comes from; none when no schedule applies.
    pub source: Option<ScheduleSource>,
    /// The schedule; none pays 0.
    pub schedule: Option<&'a CommissionSchedule>,
}

impl ResolvedSchedule<'_> {
    /// The alert of C-3 when no schedule applies.
    pub fn warnings(&self) -> Vec<ScheduleWarning> {
        if self.schedule.is_none() {
            vec![ScheduleWarning::CommissionScheduleMissing]
        } else {
            Vec::new()
        }
    }
}

/// The schedule of a partner in a month, from those in force in it: its own, else its distributor's default for partners, else
/// none. For a distributor the default is `None`: it has only its own (C-3).
pub fn resolve_schedule<'a>(
    own: Option<&'a CommissionSchedule>,
    distributor_partner_default: Option<&'a CommissionSchedule>,
) -> ResolvedSchedule<'a> {
    match (own, distributor_partner_default) {
        (Some(_), _) => ResolvedSchedule {
            source: Some(ScheduleSource::OwnSchedule),
            schedule: own,
        },
        (None, Some(_)) => ResolvedSchedule {
            source: Some(ScheduleSource::DistributorPartnerDefault),
            schedule: distributor_partner_default,
        },
        (None, None) => ResolvedSchedule {
            source: None,
            schedule: None,
        },
    }
}

/// Which of the schedules of one purpose is in force: the one with the latest start that is not later than the period (C-4). The
/// answer is the index into `effective_from`.
///
/// # Examples
/// ```
/// use cms_commission::schedule_in_force;
/// use domain::period::Period;
///
/// let month = |text| Period::parse(text).unwrap();
/// let starts = [month("2026-02"), month("2026-06")];
/// assert_eq!(schedule_in_force(&starts, month("2026-05")), Some(0));
/// assert_eq!(schedule_in_force(&starts, month("2026-01")), None);
/// ```
pub fn schedule_in_force(effective_from: &[Period], period: Period) -> Option<usize> {
    let started = effective_from.iter().enumerate().filter(|(_, start)| **start <= period);
    started.max_by_key(|(_, start)| **start).map(|(index, _)| index)
}

/// Whether a new schedule may start in `effective_from` (C-4): a coming month, or the current one while none of its purpose is in
/// force; with yearly tiers a January, unless the entity had none before. `existing` holds the starts of the purpose's schedules.
///
/// # Errors
/// `effective_from_past` or `effective_from_not_january`.
///
/// # Examples
/// ```
/// use cms_commission::{CommissionError, TierPeriod, check_effective_from};
/// use domain::period::Period;
///
/// let month = |text| Period::parse(text).unwrap();
/// let (current, existing) = (month("2026-05"), [month("2026-02")]);
/// assert_eq!(check_effective_from(TierPeriod::Month, month("2026-06"), current, &existing), Ok(()));
/// let yearly = check_effective_from(TierPeriod::Year, month("2026-06"), current, &existing);
/// assert_eq!(yearly, Err(CommissionError::EffectiveFromNotJanuary));
/// ```
pub fn check_effective_from(
    tier_period: TierPeriod,
    effective_from: Period,
    current: Period,
    existing: &[Period],
) -> Result<(), CommissionError> {
    let open_now = effective_from == current && schedule_in_force(existing, current).is_none();
    if effective_from <= current && !open_now {
        return Err(CommissionError::EffectiveFromPast);
    }
    let had_one_before = existing.iter().any(|start| *start < effective_from);
    if tier_period == TierPeriod::Year && had_one_before && effective_from.month() != 1 {
        return Err(CommissionError::EffectiveFromNotJanuary);
    }
    Ok(())
}
