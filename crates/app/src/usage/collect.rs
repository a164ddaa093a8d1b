//! The collection job: reads reported days of a region, oldest first (U-20 to U-27).

use azure_stack::{Session, StampError};
use chrono::{Days, NaiveDate};
use domain::ids::RegionId;
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::StoreError;
use persistence::alert::Raise;
use persistence::region::RegionRow;
use serde_json::json;
use uuid::Uuid;

use super::collect_day::{Source, collect_day};
use super::counters::Counters;
use super::reading::Noted;
use super::unmapped;
use crate::jobs::{Done, JobError, Running};
use crate::regions::{self, OpenError};
use crate::{App, Error, ids};

/// Days that were never read and are read by one scheduled run (U-22).
const MISSING_AT_ONCE: usize = 31;

/// Runs a `usage_update` or `usage_collection` job.
pub(crate) async fn run(app: &App, running: &Running) -> Result<Done, JobError> {
    let id = running
        .region_id()
        .ok_or_else(|| JobError::configuration("The job names no region."))?;
    let region = load(app, id).await?;
    let tx = running.begin().await?;
    tx.regions().run_started(id, app.clock().now()).await?;
    tx.commit().await?;
    let ended = collect(app, running, &region).await;
    let told = match &ended {
        Ok(done) => done.errors.first().cloned(),
        Err(JobError::Failed { message, .. }) => Some(message.clone()),
        Err(JobError::TimedOut) => Some(JobError::TimedOut.to_string()),
        Err(JobError::App(_)) => Some("The run stopped because of an internal error.".to_owned()),
        // Nothing may be written by a worker that lost its job, and a cancelled run says nothing about the region.
        Err(JobError::Lost | JobError::Cancelled) => return ended,
    };
    let tx = running.begin().await?;
    tx.regions().run_ended(id, app.clock().now(), told.as_deref()).await?;
    tx.commit().await?;
    ended
}

async fn load(app: &App, id: RegionId) -> Result<RegionRow, JobError> {
    let tx = app.store().read().await?;
    let scope = Scope::system("collection works on every region");
    let region = tx.regions().find(scope, id).await?;
    let region = region.ok_or_else(|| JobError::configuration("The region was removed."))?;
    if region.state == "ready" {
        Ok(region)
    } else {
        Err(JobError::configuration(
            "The connection of the region was changed and has not been tested since.",
        ))
    }
}

async fn collect(app: &App, running: &Running, region: &RegionRow) -> Result<Done, JobError> {
    let days = days(app, running, region).await?;
    let session = open(app, region).await?;
    let providers = providers(app, running, region, &session).await?;
    let tx = app.store().read().await?;
    let mut noted = Noted::load(&tx, region.id).await?;
    drop(tx);
    let source = Source {
        session: &session,
        providers: &providers,
    };
    let total = i64::try_from(days.len()).ok();
    let mut sums = Counters::default();
    let mut errors = Vec::new();
    for (day, done) in days.iter().zip(0_i64..) {
        running.checkpoint()?;
        running.progress(done, total, "days").await?;
        match collect_day(app, running, region, *day, &source, &mut noted).await {
            Ok(finished) => {
                log(running, *day, &finished).await?;
                sums.add(&finished.counters);
                if finished.held_back {
                    errors.push(format!(
                        "{day}: the reading has fewer rows than stored and is held back."
                    ));
                }
            }
            // The window stays unread and is tried again; later ones are not ready either (U-26).
            Err(CollectError::Stamp(error)) if error.is_not_yet() => {
                errors.push(format!("{day}: {error}"));
                break;
            }
            Err(CollectError::Stamp(error)) => return Err(JobError::source(format!("{day}: {error}"))),
            Err(CollectError::Job(error)) => return Err(error),
        }
    }
    running.progress(total.unwrap_or(0), total, "days").await?;
    unmapped::settle(app, running, region, &session).await?;
    let mut result = serde_json::to_value(&sums).map_err(Error::internal)?;
    if let Some(fields) = result.as_object_mut() {
        fields.remove("control_totals");
        fields.insert("days".to_owned(), json!(days.len()));
    }
    let message = format!(
        "{} days read: {} rows added, {} changed.",
        days.len(),
        sums.added,
        sums.changed
    );
    Ok(Done {
        result,
        errors,
        message: Some(message),
    })
}

/// Why a day was not collected.
#[derive(Debug)]
pub(super) enum CollectError {
    /// The source failed.
    Stamp(StampError),
    /// The job ended or the database failed.
    Job(JobError),
}

impl From<JobError> for CollectError {
    fn from(error: JobError) -> Self {
        Self::Job(error)
    }
}

impl From<Error> for CollectError {
    fn from(error: Error) -> Self {
        Self::Job(error.into())
    }
}

impl From<StoreError> for CollectError {
    fn from(error: StoreError) -> Self {
        Self::Job(error.into())
    }
}

/// The days of a run: those asked for, or what U-22 says.
async fn days(app: &App, running: &Running, region: &RegionRow) -> Result<Vec<NaiveDate>, JobError> {
    let yesterday = app.clock().now().date_naive().pred_opt().ok_or(JobError::Lost)?;
    let read = |name: &str| running.payload().get(name)?.as_str()?.parse::<NaiveDate>().ok();
    if running.kind() == "usage_update" {
        let (Some(first), Some(last)) = (read("first_on"), read("last_on")) else {
            return Err(JobError::configuration("The job names no days."));
        };
        return Ok(first
            .iter_days()
            .take_while(|day| *day <= last.min(yesterday))
            .collect());
    }
    let first = region
        .first_usage_on
        .as_deref()
        .and_then(|day| day.parse::<NaiveDate>().ok())
        .unwrap_or(yesterday);
    let tx = app.store().read().await?;
    let known = tx.usage().read_days(region.id, first, yesterday).await?;
    let missing = first
        .iter_days()
        .take_while(|day| *day <= yesterday)
        .filter(|day| !known.contains(&day.to_string()));
    let mut days: Vec<NaiveDate> = missing.take(MISSING_AT_ONCE).collect();
    let lookback = u64::try_from(region.fields.lookback_days)
        .unwrap_or(0)
        .saturating_sub(1);
    let again = yesterday
        .checked_sub_days(Days::new(lookback))
        .unwrap_or(yesterday)
        .max(first);
    days.extend(again.iter_days().take_while(|day| *day <= yesterday));
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

async fn open(app: &App, region: &RegionRow) -> Result<Session, JobError> {
    let tx = app.store().read().await?;
    let credential = regions::credential(app, &tx, region).await?;
    drop(tx);
    let credential = credential
        .ok_or_else(|| JobError::configuration("The region has no credential. Set it and test the connection."))?;
    let session = regions::open_session(app, region, credential)
        .await
        .map_err(|error| match error {
            OpenError::Stamp(error) => JobError::source(error.to_string()),
            OpenError::App(error) => error.into(),
        })?;
    session
        .sign_in()
        .await
        .map_err(|error| JobError::source(error.to_string()))?;
    Ok(session)
}

/// The provider subscriptions whose direct subscribers are read: the operator's own, then the delegated ones (U-8).
async fn providers(app: &App, running: &Running, region: &RegionRow, session: &Session) -> Result<Vec<Uuid>, JobError> {
    let own = region
        .provider_subscription_id
        .as_deref()
        .and_then(|id| Uuid::parse_str(id).ok());
    let own = own
        .ok_or_else(|| JobError::configuration("The provider subscription is not known. Test the connection again."))?;
    let subject = format!("region:{}", region.id);
    let mut delegated: Vec<Uuid> = match session.delegated_providers(own).await {
        // A stamp without that list has no delegated providers.
        Err(error) if error.status() == Some(404) => Vec::new(),
        Ok(list) => list
            .into_iter()
            .map(|provider| provider.subscription_id)
            .filter(|id| *id != own)
            .collect(),
        Err(error) => {
            let message = format!("The delegated providers cannot be listed: {error}");
            let tx = running.begin().await?;
            tx.jobs().log(running.job_id(), "warning", &message).await?;
            let raise = Raise {
                id: ids::new_id(app),
                kind: "delegated_provider_unreadable",
                severity: "warning",
                subject_key: &subject,
                message: &message,
                owner: Anchor::Platform,
            };
            tx.alerts().raise(raise, app.clock().now()).await?;
            tx.commit().await?;
            return Ok(vec![own]);
        }
    };
    delegated.sort_unstable();
    delegated.dedup();
    Ok(std::iter::once(own).chain(delegated).collect())
}

async fn log(running: &Running, day: NaiveDate, finished: &super::finish::Finished) -> Result<(), JobError> {
    let counters = &finished.counters;
    let (level, end) = if finished.held_back {
        ("warning", ", held back")
    } else {
        ("information", "")
    };
    let message = format!(
        "{day}: {} rows read, {} added, {} changed, {} unchanged, {} removed, {} quarantined{end}.",
        counters.rows_read,
        counters.added,
        counters.changed,
        counters.unchanged,
        counters.removed,
        counters.quarantined
    );
    running.log(level, &message).await
}
