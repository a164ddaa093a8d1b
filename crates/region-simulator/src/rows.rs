//! The rows of a reported window, as the provider usage API prints them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};
use serde_json::json;

use crate::estate::{Estate, Source};
use crate::quantity::json_number;

/// Windows kept as text.
const KEPT: usize = 6;

/// Granularity of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// A row for each hour.
    Hourly,
    /// A row for each day.
    Daily,
}

/// A row with the subscription it belongs to.
#[derive(Clone, Debug)]
pub struct Row {
    /// Index of the subscription.
    pub subscription: usize,
    /// JSON text.
    pub text: String,
}

type Key = (DateTime<Utc>, DateTime<Utc>, Granularity);

/// Makes the rows of windows, and keeps the newest.
#[derive(Debug)]
pub struct Rows {
    estate: Arc<Estate>,
    prefixes: Vec<(String, String)>,
    kept: Mutex<VecDeque<(Key, Arc<Vec<Row>>)>>,
}

impl Rows {
    /// The rows of an estate, reported to a provider subscription.
    pub fn new(estate: Arc<Estate>, provider: uuid::Uuid) -> Self {
        let prefixes = estate
            .sources
            .iter()
            .map(|source| frame(&estate, source, provider))
            .collect();
        Self {
            estate,
            prefixes,
            kept: Mutex::new(VecDeque::new()),
        }
    }

    /// The rows reported in `[start, end)`.
    pub fn window(&self, start: DateTime<Utc>, end: DateTime<Utc>, granularity: Granularity) -> Arc<Vec<Row>> {
        let key = (start, end, granularity);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rows)) = kept.iter().find(|(known, _)| *known == key) {
            return Arc::clone(rows);
        }
        let rows = Arc::new(self.make(start, end, granularity));
        kept.push_back((key, Arc::clone(&rows)));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        rows
    }

    fn make(&self, start: DateTime<Utc>, end: DateTime<Utc>, granularity: Granularity) -> Vec<Row> {
        let mut rows = Vec::new();
        for (source, frame) in self.estate.sources.iter().zip(&self.prefixes) {
            let mut used = start - TimeDelta::hours(source.lag_hours);
            let until = end - TimeDelta::hours(source.lag_hours);
            let mut day: Option<(NaiveDate, i128)> = None;
            while used < until {
                let date = used.date_naive();
                if source.stands(date) {
                    let quantity = source.hour(date, used.hour());
                    match granularity {
                        Granularity::Hourly => {
                            rows.push(row(source, frame, used, used + TimeDelta::hours(1), quantity));
                        }
                        Granularity::Daily => match &mut day {
                            Some((of, sum)) if *of == date => *sum = sum.saturating_add(quantity),
                            other => {
                                rows.extend(other.replace((date, quantity)).map(|done| daily(source, frame, done)));
                            }
                        },
                    }
                }
                used += TimeDelta::hours(1);
            }
            rows.extend(day.map(|done| daily(source, frame, done)));
        }
        rows
    }
}

fn daily(source: &Source, frame: &(String, String), (date, quantity): (NaiveDate, i128)) -> Row {
    let start = midnight(date);
    let end = midnight(date.checked_add_days(Days::new(1)).unwrap_or(date));
    row(source, frame, start, end, quantity)
}

/// The first instant of a day.
pub fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn row(
    source: &Source,
    (before, after): &(String, String),
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    quantity: i128,
) -> Row {
    let at = |instant: DateTime<Utc>| instant.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    let text = format!(
        r#"{before}"usageStartTime":"{}","usageEndTime":"{}",{after}"quantity":{}}}}}"#,
        at(start),
        at(end),
        json_number(quantity)
    );
    Row {
        subscription: source.subscription,
        text,
    }
}

/// What stands before and after the times in each row of a source.
fn frame(estate: &Estate, source: &Source, provider: uuid::Uuid) -> (String, String) {
    let subscription = estate
        .subscriptions
        .get(source.subscription)
        .map(|known| known.id)
        .unwrap_or_default();
    let name = format!("{subscription}-{}", source.meter);
    let before = format!(
        r#"{{"id":"/subscriptions/{provider}/providers/Microsoft.Commerce/UsageAggregate/{name}","name":"{name}","type":"Microsoft.Commerce/UsageAggregate","properties":{{"subscriptionId":"{subscription}","#
    );
    let instance = json!({ "Microsoft.Resources": {
        "resourceUri": source.resource_uri,
        "location": estate.config.region,
        "tags": source.tags,
        "additionalInfo": source.additional,
    }});
    let instance = serde_json::Value::String(instance.to_string());
    let after = format!(
        r#""instanceData":{instance},"meterId":"{}","name":"{name}","#,
        source.meter
    );
    (before, after)
}
