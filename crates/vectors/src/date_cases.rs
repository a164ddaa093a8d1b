//! `due_dates.json`, `month_hours.json`.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::due_dates::{date_in_zone, due_on, notice_grid_day, overdue_from, parse_time_zone, preview_at};
use domain::period::Period;
use serde_json::{Value, json};

use crate::input::{CaseError, Input};

pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, CaseError> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| CaseError::Malformed(text.to_owned()))?;
    Ok(instant.with_timezone(&Utc))
}

pub(crate) fn instant_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(crate) fn date(text: &str) -> Result<NaiveDate, CaseError> {
    text.parse().map_err(|_| CaseError::Malformed(text.to_owned()))
}

pub(crate) fn due_dates(input: Input<'_>) -> Result<Value, CaseError> {
    match input.text("operation")? {
        "due" => {
            let due_on = due_on(
                date(input.text("issued_on")?)?,
                input.small_count("payment_terms_days")?,
            )?;
            Ok(json!({ "due_on": due_on, "overdue_from": overdue_from(due_on) }))
        }
        "issued_on" => {
            let zone = parse_time_zone(input.text("billing_time_zone")?)?;
            Ok(json!({ "issued_on": date_in_zone(instant(input.text("issued_at")?)?, zone) }))
        }
        "preview_at" => {
            let zone = parse_time_zone(input.text("billing_time_zone")?)?;
            let at = preview_at(
                input.period("period")?,
                input.small_count("submission_delay_days")?,
                zone,
            )?;
            Ok(json!({ "preview_at": instant_text(at) }))
        }
        "notices" => notices(input),
        other => Err(CaseError::Malformed(other.to_owned())),
    }
}

/// The daily job on each of its days, with an invoice that may be paid in between (B-63, B-64).
fn notices(input: Input<'_>) -> Result<Value, CaseError> {
    let due = date(input.text("due_on")?)?;
    let interval = input.small_count("interval_days")?;
    let paid_on = input.optional_text("paid_on").map(date).transpose()?;
    let mut sent: Vec<NaiveDate> = Vec::new();
    for day in input.texts("job_days")? {
        let today = date(day)?;
        let open = paid_on.is_none_or(|paid| today < paid);
        if open && notice_grid_day(due, interval, today, sent.last().copied()).is_some() {
            sent.push(today);
        }
    }
    Ok(json!({ "notices": sent }))
}

pub(crate) fn month_hours(input: Input<'_>) -> Result<Value, CaseError> {
    match input.text("operation")? {
        "hours" => {
            let period = input.period("period")?;
            Ok(json!({
                "starts_at": instant_text(period.starts_at()),
                "ends_at": instant_text(period.ends_at()),
                "hours": period.hours(),
            }))
        }
        "period_of" => Ok(json!({ "period": Period::of(instant(input.text("usage_start")?)?) })),
        other => Err(CaseError::Malformed(other.to_owned())),
    }
}
