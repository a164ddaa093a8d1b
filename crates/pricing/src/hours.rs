//! The hours a rate per month is divided by (P-30 to P-35).

use std::num::NonZeroU32;

use domain::period::Period;
use serde::{Deserialize, Serialize};

/// Why the divisor has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursReason {
    /// Use Monthly Variable Pricing is on: the hours of the period (P-31).
    HoursOfPeriod,
    /// It is off: `billing.reference_hours_per_month`.
    ReferenceHours,
}

/// The hours a rate per month is divided by in one period, for items whose `rate_period` is `month` (P-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HoursDivisor {
    hours: NonZeroU32,
    reason: HoursReason,
}

impl HoursDivisor {
    /// The divisor of a period under the settings that count for it (P-32, ST-13).
    ///
    /// # Examples
    /// ```
    /// use std::num::NonZeroU32;
    ///
    /// use cms_pricing::HoursDivisor;
    /// use domain::period::Period;
    ///
    /// let reference = NonZeroU32::new(730).expect("not 0");
    /// let february = Period::parse("2026-02")?;
    /// assert_eq!(HoursDivisor::of(february, true, reference).hours().get(), 672);
    /// assert_eq!(HoursDivisor::of(february, false, reference).hours().get(), 730);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(period: Period, use_monthly_variable_pricing: bool, reference_hours_per_month: NonZeroU32) -> Self {
        match NonZeroU32::new(period.hours()) {
            Some(hours) if use_monthly_variable_pricing => Self {
                hours,
                reason: HoursReason::HoursOfPeriod,
            },
            _ => Self {
                hours: reference_hours_per_month,
                reason: HoursReason::ReferenceHours,
            },
        }
    }

    /// A divisor kept from an earlier computation of the period (B-34).
    pub fn kept(hours: NonZeroU32, reason: HoursReason) -> Self {
        Self { hours, reason }
    }

    /// The hours.
    pub fn hours(self) -> NonZeroU32 {
        self.hours
    }

    /// Why.
    pub fn reason(self) -> HoursReason {
        self.reason
    }
}
