//! Schedules: each occurrence is a job with a key that exists once, so several servers and backward clocks queue it once
//! (R-54, U-21).

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::scope::Scope;
use persistence::Tx;
use persistence::region::{RegionFields, RegionRow};
use serde_json::json;

use super::{NewJob, enqueue};
use crate::regions::lock_key;
use crate::{App, Error};

/// A failed run is tried again inside its window after this long (U-21).
const RETRY_AFTER_MINUTES: i64 = 30;

/// Carries out planned moves (PM-15), warns of keys that end (I-67) and queues what is due now; answers how many jobs that were.
///
/// # Errors
/// An error of the database.
pub async fn queue_due(app: &App) -> Result<usize, Error> {
    crate::organisation::moves::carry_out_due(app).await?;
    crate::service_accounts::warn_of_ends(app).await?;
    let scope = Scope::system("schedules collect every region");
    let regions = {
        let tx = app.store().read().await?;
        tx.regions().all(scope).await?
    };
    let now = app.clock().now();
    let mut queued = 0_usize;
    for region in regions
        .iter()
        .filter(|region| region.state == "ready" && region.fields.enabled)
    {
        let Some(day) = window_of(&region.fields, now) else {
            continue;
        };
        let tx = app.store().begin().await?;
        if let Some(key) = free_occurrence(&tx, region, day).await? {
            enqueue(app, &tx, collection(region, key)).await?;
            tx.commit().await?;
            queued = queued.saturating_add(1);
        }
    }
    Ok(queued)
}

/// The day whose collection window, in the region's zone, contains `now`; a window that ends before it starts spans
/// midnight and belongs to the day it starts on.
fn window_of(fields: &RegionFields, now: DateTime<Utc>) -> Option<NaiveDate> {
    let zone: Tz = fields.time_zone.parse().ok()?;
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let (start, end) = (time(&fields.run_window_start)?, time(&fields.run_window_end)?);
    let local = now.with_timezone(&zone).naive_local();
    let (today, at) = (local.date(), local.time());
    if start < end {
        (start <= at && at < end).then_some(today)
    } else if at >= start {
        Some(today)
    } else if at < end {
        today.checked_sub_days(Days::new(1))
    } else {
        None
    }
}

/// The key of the run that is due: the first of the day, or the next one half an hour after one that failed or left
/// windows unread.
async fn free_occurrence(tx: &Tx, region: &RegionRow, day: NaiveDate) -> Result<Option<String>, Error> {
    for number in 0..48 {
        let key = format!("{}|{day}|{number}", region.id);
        match tx.jobs().occurrence("usage_collection", &key).await? {
            None => return Ok(Some(key)),
            Some(run) if run.needs_another() && run.ended_for >= Duration::minutes(RETRY_AFTER_MINUTES) => {}
            Some(_) => return Ok(None),
        }
    }
    Ok(None)
}

fn collection(region: &RegionRow, business_key: String) -> NewJob {
    NewJob {
        kind: "usage_collection",
        title: format!("Collect usage of {}", region.fields.name),
        payload: json!({}),
        lock_key: Some(lock_key(region.id)),
        join_key: None,
        business_key: Some(business_key),
        requested_by: None,
        tenant_id: None,
        region_id: Some(region.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(zone: &str, start: &str, end: &str) -> RegionFields {
        RegionFields {
            name: "zrh1".into(),
            details: String::new(),
            time_zone: zone.into(),
            run_window_start: start.into(),
            run_window_end: end.into(),
            lookback_days: 3,
            granularity: "hourly".into(),
            enabled: true,
        }
    }

    fn window(fields: &RegionFields, now: &str) -> Option<String> {
        window_of(fields, now.parse().unwrap()).map(|day| day.to_string())
    }

    #[test]
    fn the_window_is_read_in_the_zone_of_the_region_u21() {
        let zurich = fields("Europe/Zurich", "01:00", "06:00");
        assert_eq!(window(&zurich, "2026-11-22T23:59:59Z"), None);
        assert_eq!(window(&zurich, "2026-11-23T00:00:00Z").as_deref(), Some("2026-11-23"));
        assert_eq!(window(&zurich, "2026-11-23T04:59:59Z").as_deref(), Some("2026-11-23"));
        assert_eq!(window(&zurich, "2026-11-23T05:00:00Z"), None);
        assert_eq!(
            window(&zurich, "2026-07-01T23:30:00Z").as_deref(),
            Some("2026-07-02"),
            "summer time"
        );
    }

    #[test]
    fn a_window_that_spans_midnight_belongs_to_the_day_it_starts_on_u21() {
        let late = fields("UTC", "22:00", "02:00");
        assert_eq!(window(&late, "2026-11-22T22:00:00Z").as_deref(), Some("2026-11-22"));
        assert_eq!(window(&late, "2026-11-23T01:59:00Z").as_deref(), Some("2026-11-22"));
        assert_eq!(window(&late, "2026-11-23T02:00:00Z"), None);
    }
}
