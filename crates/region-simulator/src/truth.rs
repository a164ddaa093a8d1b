//! What the region reported, added up from the estate itself and not from the rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::estate::Estate;
use crate::meters::normalised;
use crate::quantity::text;

/// One exact sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Subscription at the stamp.
    pub platform_subscription_id: Uuid,
    /// Meter, lower case with hyphens.
    pub meter_id: String,
    /// Size of a machine, lower case; else empty.
    pub sku: String,
    /// Month of use, `YYYY-MM`.
    pub period: String,
    /// Exact quantity.
    pub quantity: String,
    /// Hours of use in the sum.
    pub hours: u64,
}

/// Exact sums of everything reported in a range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Sums by subscription, meter, size and month.
    pub sums: Vec<Sum>,
    /// Rows of an hourly reading of the range.
    pub hourly_rows: u64,
}

impl Truth {
    /// What an estate reported in `[start, end)`.
    pub fn of(estate: &Estate, start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        let mut sums: BTreeMap<(Uuid, String, String, String), (i128, u64)> = BTreeMap::new();
        let mut hourly_rows = 0_u64;
        for source in &estate.sources {
            let Some(subscription) = estate.subscriptions.get(source.subscription) else {
                continue;
            };
            let lag = TimeDelta::hours(source.lag_hours);
            let mut reported = start;
            while reported < end {
                let used = reported - lag;
                let day = used.date_naive();
                if source.stands(day) {
                    let period = format!("{:04}-{:02}", day.year(), day.month());
                    let key = (subscription.id, normalised(source.meter), source.sku.clone(), period);
                    let entry = sums.entry(key).or_default();
                    entry.0 = entry.0.saturating_add(source.hour(day, used.hour()));
                    entry.1 = entry.1.saturating_add(1);
                    hourly_rows = hourly_rows.saturating_add(1);
                }
                reported += TimeDelta::hours(1);
            }
        }
        let sums = sums.into_iter().map(
            |((platform_subscription_id, meter_id, sku, period), (quantity, hours))| Sum {
                platform_subscription_id,
                meter_id,
                sku,
                period,
                quantity: text(quantity),
                hours,
            },
        );
        Self {
            sums: sums.collect(),
            hourly_rows,
        }
    }
}
