//! Calendar dates of documents, delinquency notices and the moment previews are created (B-2, B-3, B-60 to B-64).

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::period::Period;

/// Why a date could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The result lies beyond the calendar.
    #[error("the date is outside the calendar")]
    OutOfRange,
    /// The name is not a zone of the IANA database.
    #[error("the time zone is not known")]
    TimeZoneUnknown,
}

impl DateError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfRange => "date_out_of_range",
            Self::TimeZoneUnknown => "time_zone_unknown",
        }
    }
}

/// Reads a name of the IANA time zone database, such as `Europe/Berlin`.
///
/// # Errors
/// `time_zone_unknown`.
pub fn parse_time_zone(name: &str) -> Result<Tz, DateError> {
    name.parse().map_err(|_| DateError::TimeZoneUnknown)
}

/// The calendar date of an instant in the billing time zone: `issued_on`, notice days, "today" (B-2).
pub fn date_in_zone(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// `due_on` = `issued_on` + payment terms in calendar days (B-60).
///
/// # Errors
/// `date_out_of_range`.
///
/// # Examples
/// ```
/// use cms_domain::due_dates::due_on;
///
/// let issued_on = "2028-02-05".parse()?;
/// assert_eq!(due_on(issued_on, 30)?.to_string(), "2028-03-06");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn due_on(issued_on: NaiveDate, payment_terms_days: u32) -> Result<NaiveDate, DateError> {
    issued_on
        .checked_add_days(Days::new(payment_terms_days.into()))
        .ok_or(DateError::OutOfRange)
}

/// The first day a document with this due date is overdue, if anything is left to pay (B-61).
pub fn overdue_from(due_on: NaiveDate) -> NaiveDate {
    due_on.succ_opt().unwrap_or(due_on)
}

/// Whether a document with an open amount is overdue today (B-61).
pub fn is_overdue(due_on: NaiveDate, today: NaiveDate) -> bool {
    today > due_on
}

/// Whole days a document is past due; 0 when it is not (B-66).
pub fn days_overdue(due_on: NaiveDate, today: NaiveDate) -> u32 {
    u32::try_from(today.signed_duration_since(due_on).num_days()).unwrap_or(0)
}

/// The grid day a run on `today` sends a notice for, if one is due: the latest day of the grid `due_on` + 1 + k × interval that is
/// not after today, provided it is later than the day of the last notice (B-64). The outbox key of the notice names this grid day
/// (B-65). The caller has checked that something is open (B-63). An interval of 0 counts as 1.
///
/// # Examples
/// ```
/// use cms_domain::due_dates::notice_grid_day;
///
/// let (due_on, today) = ("2026-03-07".parse()?, "2026-03-17".parse()?);
/// let first = notice_grid_day(due_on, 7, today, None);
/// assert_eq!(first.map(|day| day.to_string()).as_deref(), Some("2026-03-15"));
/// assert_eq!(notice_grid_day(due_on, 7, today, first), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn notice_grid_day(
    due_on: NaiveDate,
    interval_days: u32,
    today: NaiveDate,
    last_notice_on: Option<NaiveDate>,
) -> Option<NaiveDate> {
    let first = due_on.succ_opt()?;
    let elapsed = u64::try_from(today.signed_duration_since(first).num_days()).ok()?;
    let interval = u64::from(interval_days.max(1));
    let steps = elapsed.checked_div(interval)?;
    let grid_day = first.checked_add_days(Days::new(steps.checked_mul(interval)?))?;
    match last_notice_on {
        Some(last) if grid_day <= last => None,
        _ => Some(grid_day),
    }
}

/// When previews of a period are created by themselves: the later of the period's end and 00:00 billing time zone on (first day of
/// the next month + submission delay) (B-3).
///
/// # Errors
/// `date_out_of_range`.
///
/// # Examples
/// ```
/// use cms_domain::due_dates::{parse_time_zone, preview_at};
/// use cms_domain::period::Period;
///
/// let at = preview_at(Period::parse("2026-01")?, 3, parse_time_zone("Europe/Berlin")?)?;
/// assert_eq!(at.to_rfc3339(), "2026-02-03T23:00:00+00:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn preview_at(period: Period, submission_delay_days: u32, zone: Tz) -> Result<DateTime<Utc>, DateError> {
    let day = period
        .next()
        .first_day()
        .checked_add_days(Days::new(submission_delay_days.into()))
        .ok_or(DateError::OutOfRange)?;
    Ok(start_of_day(day, zone)?.max(period.ends_at()))
}

/// The first instant of a calendar day in a zone. Where clocks skip midnight, the day starts when they go on.
///
/// # Errors
/// `date_out_of_range`.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Result<DateTime<Utc>, DateError> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Zones move by at most a day, in steps of a quarter of an hour since zones are kept in UTC offsets.
    (0..=24 * 60)
        .step_by(15)
        .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|instant| instant.with_timezone(&Utc))
        .ok_or(DateError::OutOfRange)
}
