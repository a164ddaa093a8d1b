//! The server's loop over steps.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use tokio::sync::watch;

use super::{Runner, StepOutcome};
use crate::sign_in::break_glass;
use crate::{App, Error};

/// How long a worker waits when nothing is due.
const IDLE: Duration = Duration::from_millis(500);
/// How long a worker waits when the database does not answer.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// How often schedules are looked at.
const SCHEDULES: Duration = Duration::from_secs(30);

/// How often what has expired is removed.
const CLEAN_UP: TimeDelta = TimeDelta::hours(1);

/// Works on jobs, two at a time, sends mail, seals the audit record and queues what is scheduled until `shutdown` turns true; then gives the leases back.
pub async fn run_forever(app: App, shutdown: watch::Receiver<bool>) {
    let (second, third, fourth) = (shutdown.clone(), shutdown.clone(), shutdown.clone());
    let fifth = shutdown.clone();
    tokio::join!(
        work(&app, Runner::new(app.clone()), shutdown),
        work(&app, Runner::new(app.clone()), second),
        schedule(app.clone(), third),
        crate::mail::run_forever(app.clone(), fourth),
        crate::audit::run_forever(app.clone(), fifth)
    );
}

async fn schedule(app: App, mut shutdown: watch::Receiver<bool>) {
    let mut cleaned = DateTime::UNIX_EPOCH;
    while !*shutdown.borrow() {
        if let Err(error) = super::queue_due(&app).await {
            tracing::error!(?error, "the schedules could not be read");
        }
        if let Err(error) = break_glass::seal_unused(&app).await {
            tracing::error!(?error, "the sealed account could not be looked at");
        }
        let now = app.clock().now();
        if now - cleaned >= CLEAN_UP {
            cleaned = now;
            if let Err(error) = remove_expired(&app).await {
                tracing::error!(?error, "what has expired could not be removed");
            }
        }
        if tokio::time::timeout(SCHEDULES, stopped(&mut shutdown)).await.is_ok() {
            return;
        }
    }
}

/// Removes sessions, links, codes, tokens, counters of tries and stored answers that have had their time.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn remove_expired(app: &App) -> Result<u64, Error> {
    let tx = app.store().begin().await?;
    let removed = tx.remove_expired(app.clock().now()).await?;
    tx.commit().await?;
    Ok(removed)
}

async fn work(app: &App, runner: Runner, mut shutdown: watch::Receiver<bool>) {
    loop {
        let wait = tokio::select! {
            stepped = runner.step() => after(&stepped),
            () = stopped(&mut shutdown) => break,
        };
        if let Some(wait) = wait {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = app.job_queued() => {}
                () = stopped(&mut shutdown) => {}
            }
        }
        if *shutdown.borrow() {
            break;
        }
    }
    if let Err(error) = runner.give_back().await {
        tracing::warn!(%error, "the lease of a job was not given back");
    }
}

fn after(stepped: &Result<StepOutcome, Error>) -> Option<Duration> {
    match stepped {
        Ok(StepOutcome::Idle) => Some(IDLE),
        Ok(_) => None,
        Err(error) => {
            tracing::error!(?error, "a worker could not take a step");
            Some(AFTER_ERROR)
        }
    }
}

/// Ends when the server stops; a sender that is gone means the same.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        if shutdown.changed().await.is_err() {
            return;
        }
    }
}
