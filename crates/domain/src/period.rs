//! Billing periods: calendar months in UTC (B-1, P-31, U-40).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar month in UTC, `[first day 00:00, first day of the next month 00:00)`, written `YYYY-MM`.
///
/// # Examples
/// ```
/// use cms_domain::period::{Period, PeriodError};
///
/// let february = Period::parse("2028-02")?;
/// assert_eq!((february.days(), february.hours()), (29, 696));
/// assert_eq!(february.next().to_string(), "2028-03");
/// assert_eq!(Period::parse("2028-13"), Err(PeriodError::Invalid));
/// # Ok::<(), PeriodError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// Months since January of the year 0.
    months: i32,
}

/// Why a month was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not a month of the form `YYYY-MM`.
    #[error("not a month of the form YYYY-MM")]
    Invalid,
}

impl PeriodError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "period_invalid",
        }
    }
}

impl Period {
    /// The month `month` (1 to 12) of `year` (1 to 9999).
    ///
    /// # Errors
    /// `period_invalid`.
    pub fn new(year: i32, month: u32) -> Result<Self, PeriodError> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return Err(PeriodError::Invalid);
        }
        Ok(Self::from_parts(year, month))
    }

    /// Reads `YYYY-MM`.
    ///
    /// # Errors
    /// `period_invalid`.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let (year, month) = text.split_once('-').ok_or(PeriodError::Invalid)?;
        let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(PeriodError::Invalid);
        }
        let year = year.parse().map_err(|_| PeriodError::Invalid)?;
        Self::new(year, month.parse().map_err(|_| PeriodError::Invalid)?)
    }

    /// The period an instant belongs to (U-40).
    pub fn of(instant: DateTime<Utc>) -> Self {
        Self::of_date(instant.date_naive())
    }

    /// The period a UTC calendar date belongs to.
    pub fn of_date(date: NaiveDate) -> Self {
        Self::from_parts(date.year(), date.month())
    }

    fn from_parts(year: i32, month: u32) -> Self {
        let month = i32::try_from(month).unwrap_or(1);
        Self {
            months: year.saturating_mul(12).saturating_add(month.saturating_sub(1)),
        }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.months.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> u32 {
        u32::try_from(self.months.rem_euclid(12)).unwrap_or(0).saturating_add(1)
    }

    /// The month after.
    pub fn next(self) -> Self {
        self.plus_months(1)
    }

    /// The month before.
    pub fn previous(self) -> Self {
        self.plus_months(-1)
    }

    /// The month so many months later, or earlier for a negative count.
    pub fn plus_months(self, count: i32) -> Self {
        Self {
            months: self.months.saturating_add(count),
        }
    }

    /// How many months `self` lies after `earlier`; negative when before.
    pub fn months_since(self, earlier: Self) -> i32 {
        self.months.saturating_sub(earlier.months)
    }

    /// January of the same year.
    pub fn first_of_year(self) -> Self {
        Self::from_parts(self.year(), 1)
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        // Years far beyond the calendar have no date; the last one stands for them.
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).unwrap_or(NaiveDate::MAX)
    }

    /// The last day, whose exchange rate counts for the month (P-71).
    pub fn last_day(self) -> NaiveDate {
        let next = self.next().first_day();
        next.pred_opt().unwrap_or(next)
    }

    /// The first instant (inclusive).
    pub fn starts_at(self) -> DateTime<Utc> {
        self.first_day().and_time(NaiveTime::MIN).and_utc()
    }

    /// The first instant of the next period (exclusive end).
    pub fn ends_at(self) -> DateTime<Utc> {
        self.next().starts_at()
    }

    /// Days of the month: 28 to 31.
    pub fn days(self) -> u32 {
        self.last_day().day()
    }

    /// Hours of the period: days × 24 (P-31).
    pub fn hours(self) -> u32 {
        self.days().saturating_mul(24)
    }

    /// Whether the instant belongs to the period.
    pub fn contains(self, instant: DateTime<Utc>) -> bool {
        Self::of(instant) == self
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Period({self})")
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| serde::de::Error::custom(error.code()))
    }
}
