//! The three ended months that the demo fills.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, Days, NaiveDate};

use crate::failure::{Failure, Outcome};

/// How many months have usage.
const COUNT: u32 = 3;

/// The months before the present one.
#[derive(Debug, Clone)]
pub struct Months {
    firsts: Vec<NaiveDate>,
    /// Last day that can be collected: usage of the last hours of a month is reported on the next day.
    pub collect_until: NaiveDate,
}

impl Months {
    /// The months before the present one of this machine's clock.
    ///
    /// # Errors
    /// When the clock is out of range.
    pub fn before_now() -> Outcome<Self> {
        let yesterday = today()?.pred_opt().ok_or_else(wrong)?;
        Self::until(yesterday).ok_or_else(wrong)
    }

    /// Only the last of them.
    pub fn last(&self) -> Self {
        Self {
            firsts: self.firsts.last().copied().into_iter().collect(),
            collect_until: self.collect_until,
        }
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.firsts.len()).unwrap_or(COUNT)
    }

    /// The last ended months when `yesterday` is the last day that can be collected.
    fn until(yesterday: NaiveDate) -> Option<Self> {
        let current = yesterday.succ_opt()?.with_day(1)?;
        let firsts = (1..=COUNT)
            .rev()
            .map(|back| current.checked_sub_months(chrono::Months::new(back)));
        let collect_until = yesterday.min(current.checked_add_days(Days::new(1))?);
        Some(Self {
            firsts: firsts.collect::<Option<_>>()?,
            collect_until,
        })
    }

    /// First day of the first month.
    pub fn first_day(&self) -> NaiveDate {
        self.firsts.first().copied().unwrap_or_default()
    }

    /// `YYYY-MM` of each month, the earliest first.
    pub fn names(&self) -> Vec<String> {
        self.firsts
            .iter()
            .map(|first| first.format("%Y-%m").to_string())
            .collect()
    }
}

/// Today by this machine's clock, in UTC.
///
/// # Errors
/// When the clock is out of range.
#[expect(
    clippy::disallowed_methods,
    reason = "the demo is a person's stand-in: it lives in the host's present"
)]
pub fn today() -> Outcome<NaiveDate> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let seconds = i64::try_from(since.as_secs())?;
    Ok(DateTime::from_timestamp(seconds, 0).ok_or_else(wrong)?.date_naive())
}

fn wrong() -> Failure {
    Failure::new("the clock of this machine is wrong")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_months_are_the_ended_ones_and_collection_reaches_into_the_present_one() {
        let months = Months::until(day("2026-11-21")).unwrap();
        assert_eq!(months.names(), ["2026-08", "2026-09", "2026-10"]);
        assert_eq!(months.first_day(), day("2026-08-01"));
        assert_eq!(months.collect_until, day("2026-11-02"));
    }

    #[test]
    fn on_the_first_of_a_month_collection_ends_with_the_month_before() {
        let months = Months::until(day("2026-12-31")).unwrap();
        assert_eq!(months.names(), ["2026-10", "2026-11", "2026-12"]);
        assert_eq!(months.collect_until, day("2026-12-31"));
    }
}
