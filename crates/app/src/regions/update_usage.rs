//! Update Usage: reads a range of reported days (U-24).

use chrono::{Days, Months, NaiveDate};
use domain::ids::{JobId, RegionId};
use serde_json::json;

use super::{edit, lock_key, validate};
use crate::audit;
use crate::authorize::authorize;
use crate::jobs::{self, NewJob};
use crate::{Actor, App, Error, Invalid};

/// Longest range.
const LONGEST_MONTHS: u32 = 13;

/// A range of reported days as entered.
#[derive(Clone, Debug)]
pub struct UpdateUsage {
    /// First day.
    pub first_on: String,
    /// Last day, inclusive.
    pub last_on: String,
}

/// The job that reads the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateUsageStarted {
    /// The job.
    pub job_id: JobId,
    /// Whether an identical open job was joined.
    pub joined: bool,
    /// `range_cut` when today and later were cut off.
    pub notices: Vec<&'static str>,
    /// First day that is read.
    pub first_on: NaiveDate,
    /// Last day that is read.
    pub last_on: NaiveDate,
}

/// Queues a job that reads the range, or joins the open one that does.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] `range_reversed`, `range_in_future` or `range_too_long`; 409
/// `connection_not_tested`.
pub async fn update_usage(
    app: &App,
    actor: &Actor,
    id: RegionId,
    input: &UpdateUsage,
) -> Result<UpdateUsageStarted, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "region.update_usage").await?;
    let region = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let (first_on, last_on, notices) = range(input, app.clock().now().date_naive())?;
    if region.state != "ready" {
        return Err(Error::conflict(
            "connection_not_tested",
            "Test the connection of the region first.",
        ));
    }
    tx.regions().usage_from(id, &first_on.to_string()).await?;
    let range = json!({ "first_on": first_on, "last_on": last_on });
    let new = NewJob {
        kind: "usage_update",
        title: format!("Update Usage {}, {first_on} to {last_on}", region.fields.name),
        payload: range.clone(),
        lock_key: Some(lock_key(id)),
        join_key: Some(format!("{id}|{first_on}|{last_on}")),
        business_key: None,
        requested_by: actor.id(),
        tenant_id: None,
        region_id: Some(id),
    };
    let queued = jobs::enqueue(app, &tx, new).await?;
    audit::record(app, &tx, actor, edit::act("region.update_usage", id, None, Some(range))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(UpdateUsageStarted {
        job_id: queued.job_id,
        joined: queued.joined,
        notices,
        first_on,
        last_on,
    })
}

fn range(input: &UpdateUsage, today: NaiveDate) -> Result<(NaiveDate, NaiveDate, Vec<&'static str>), Error> {
    let mut invalid = Invalid::new();
    let first = validate::date(&mut invalid, "/first_on", &input.first_on);
    let last = validate::date(&mut invalid, "/last_on", &input.last_on);
    invalid.check()?;
    let (Some(first), Some(last)) = (first, last) else {
        return Err(Invalid::one("/first_on", "date_invalid", "Enter a date as YYYY-MM-DD."));
    };
    if last < first {
        return Err(Invalid::one(
            "/last_on",
            "range_reversed",
            "The last day lies before the first.",
        ));
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    if first > yesterday {
        return Err(Invalid::one(
            "/first_on",
            "range_in_future",
            "The range holds no complete day (UTC).",
        ));
    }
    if first
        .checked_add_months(Months::new(LONGEST_MONTHS))
        .is_some_and(|end| last >= end)
    {
        return Err(Invalid::one("/last_on", "range_too_long", "Choose at most 13 months."));
    }
    if last > yesterday {
        Ok((first, yesterday, vec!["range_cut"]))
    } else {
        Ok((first, last, Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(first_on: &str, last_on: &str) -> Result<(String, String, Vec<&'static str>), &'static str> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let input = UpdateUsage {
            first_on: first_on.into(),
            last_on: last_on.into(),
        };
        match range(&input, today) {
            Ok((first, last, notices)) => Ok((first.to_string(), last.to_string(), notices)),
            Err(Error::Invalid(errors)) => Err(errors[0].code),
            Err(_) => Err("another error"),
        }
    }

    #[test]
    fn today_and_later_are_cut_off_with_a_notice_u24() {
        assert_eq!(
            cut("2026-11-01", "2026-11-30"),
            Ok(("2026-11-01".into(), "2026-11-21".into(), vec!["range_cut"]))
        );
        assert_eq!(
            cut("2026-11-01", "2026-11-21"),
            Ok(("2026-11-01".into(), "2026-11-21".into(), vec![]))
        );
    }

    #[test]
    fn impossible_ranges_are_refused_with_their_code_u24() {
        assert_eq!(cut("2026-11-10", "2026-11-09"), Err("range_reversed"));
        assert_eq!(cut("2026-11-22", "2026-11-25"), Err("range_in_future"));
        assert_eq!(cut("2025-10-01", "2026-11-01"), Err("range_too_long"));
        assert_eq!(cut("2025-10-01", "2026-10-31").map(|_| ()), Ok(()));
        assert_eq!(cut("2026-13-01", "2026-11-01"), Err("date_invalid"));
    }
}
