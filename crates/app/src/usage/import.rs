//! Import of usage files of disconnected regions, without manifest (U-93, S-65).

use std::collections::BTreeMap;

use azure_stack::{UsageRow, parse_usage_document};
use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::RegionId;
use domain::natural_key::QuarantineReason;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::batch::Batch;
use super::counters::Counters;
use super::reading::{Kept, Mode, Noted, Reading};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::jobs::{self, Done, JobError, NewJob, Running};
use crate::regions::lock_key;
use crate::{Actor, App, Error, Invalid};

/// Largest file in bytes.
const LARGEST_FILE: usize = 256 * 1024 * 1024;
/// Rows stored in one transaction.
const ROWS_AT_ONCE: usize = 5_000;
/// Bad rows that are named one by one.
const NAMED_ROWS: usize = 1_000;

/// A file as given.
#[derive(Clone, Debug)]
pub struct ImportFile {
    /// Name, for messages.
    pub name: String,
    /// Content.
    pub content: Vec<u8>,
}

/// A row that is not billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// File.
    pub file: String,
    /// Position among the rows of the file, from 1.
    pub row: u64,
    /// Reason (U-44).
    pub reason: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Rows in the files.
    pub rows: u64,
    /// Rows that were not stored before.
    pub added: u64,
    /// Rows that replaced stored ones.
    pub changed: u64,
    /// Rows that were stored as they are.
    pub unchanged: u64,
    /// Rows that repeated another one of the files exactly.
    pub duplicate_rows: u64,
    /// Rows kept aside (U-44).
    pub quarantined: u64,
    /// Rows that belong to no reported day, because their start cannot be read; they are not stored.
    pub refused: u64,
    /// The first thousand rows that are not billed.
    pub bad_rows: Vec<BadRow>,
    /// Reported days that were touched.
    pub days: u64,
}

/// A row with its place, for messages.
struct Placed {
    file: usize,
    position: u64,
    row: UsageRow,
}

/// Rows by reported day.
struct Sorted {
    days: BTreeMap<NaiveDate, Vec<Placed>>,
    summary: ImportSummary,
    names: Vec<String>,
}

/// Merges files into the usage of a region: rows with the same key replace, all others stay, nothing is removed, and no
/// window counts as read. A file that is no usage document refuses all of them, and nothing is stored.
///
/// # Errors
/// [`Error::NotFound`] for an unknown region, [`Error::Invalid`] naming a file that is no usage document, 409
/// `job_running` while a job works on the region.
pub async fn import(app: &App, actor: &Actor, region: &str, files: Vec<ImportFile>) -> Result<ImportSummary, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "usage.import_file").await?;
    let row = tx.regions().find_by_name(scope, region).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let sorted = sort(files, app.clock().now())?;
    let new = NewJob {
        kind: "usage_import",
        title: format!("Import usage into {region}"),
        payload: json!({ "files": names }),
        lock_key: Some(lock_key(row.id)),
        join_key: None,
        business_key: None,
        requested_by: actor.id(),
        tenant_id: None,
        region_id: Some(row.id),
    };
    let (work_app, work_actor, id, granularity) = (app.clone(), actor.clone(), row.id, row.fields.granularity.clone());
    let work =
        |running: Running| async move { store(&work_app, &work_actor, &running, id, &granularity, sorted).await };
    // The work of a whole import is too large for the stack of whoever waits for it.
    match Box::pin(jobs::run_inline(app, new, work)).await {
        Ok(done) => serde_json::from_value(done.result).map_err(Error::internal),
        Err(JobError::App(error)) => Err(error),
        Err(other) => Err(Error::internal(other)),
    }
}

/// Reads every file before anything is stored, and finds the reported day of each row.
fn sort(files: Vec<ImportFile>, now: DateTime<Utc>) -> Result<Sorted, Error> {
    let mut sorted = Sorted {
        days: BTreeMap::new(),
        summary: ImportSummary::default(),
        names: Vec::new(),
    };
    for (file, ImportFile { name, content }) in files.into_iter().enumerate() {
        let refused = |detail: &dyn std::fmt::Display| {
            Invalid::one(
                format!("/{name}"),
                "usage_document_invalid",
                format!("{name}: {detail}"),
            )
        };
        if content.len() > LARGEST_FILE {
            return Err(refused(&"the file is larger than 256 MiB; divide it"));
        }
        for row in parse_usage_document(&content).map_err(|fault| refused(&fault))? {
            let row = row.map_err(|fault| refused(&fault))?;
            sorted.summary.rows = sorted.summary.rows.saturating_add(1);
            let placed = Placed {
                file,
                position: row.position,
                row: row.row,
            };
            match day_of(&placed.row, now) {
                Ok(day) => sorted.days.entry(day).or_default().push(placed),
                Err(reason) => {
                    sorted.summary.refused = sorted.summary.refused.saturating_add(1);
                    sorted.summary.name(&name, placed.position, reason);
                }
            }
        }
        sorted.names.push(name);
    }
    Ok(sorted)
}

/// The UTC day of the row's start (U-93).
fn day_of(row: &UsageRow, now: DateTime<Utc>) -> Result<NaiveDate, QuarantineReason> {
    let sound = match row {
        UsageRow::Sound(sound) => sound,
        UsageRow::Malformed(malformed) => return Err(malformed.reason),
    };
    let start = DateTime::parse_from_rfc3339(&sound.usage_start).map_err(|_| QuarantineReason::UsageTimeInvalid)?;
    let day = start.with_timezone(&Utc).date_naive();
    if day > now.date_naive() {
        Err(QuarantineReason::UsageTimeFuture)
    } else {
        Ok(day)
    }
}

impl ImportSummary {
    fn name(&mut self, file: &str, row: u64, reason: QuarantineReason) {
        if self.bad_rows.len() < NAMED_ROWS {
            self.bad_rows.push(BadRow {
                file: file.to_owned(),
                row,
                reason: reason.code().to_owned(),
            });
        }
    }
}

async fn store(
    app: &App,
    actor: &Actor,
    running: &Running,
    region: RegionId,
    granularity: &str,
    sorted: Sorted,
) -> Result<Done, JobError> {
    let Sorted {
        days,
        mut summary,
        names,
    } = sorted;
    let mut noted = Noted::load(&app.store().read().await?, region).await?;
    let mut sums = Counters::default();
    for (day, rows) in days {
        running.checkpoint()?;
        let tx = running.begin().await?;
        let mut reading = Reading::open(app, &tx, region, day, granularity, Mode::Merge).await?;
        tx.commit().await?;
        for part in rows.chunks(ROWS_AT_ONCE) {
            let mut batch = Batch::default();
            for placed in part {
                if let Kept::Aside(reason) = reading.take(app, &mut noted, &placed.row, &mut batch)? {
                    summary.name(
                        names.get(placed.file).map_or("", String::as_str),
                        placed.position,
                        reason,
                    );
                }
            }
            if let Some(ready) = reading.ready(batch, None)? {
                let tx = running.begin().await?;
                reading.keeper().store(&tx, ready).await?;
                tx.commit().await?;
            }
        }
        let tx = running.begin().await?;
        let finished = reading.finish(app, &tx).await?;
        tx.commit().await?;
        sums.add(&finished.counters);
        summary.days = summary.days.saturating_add(1);
    }
    summary.added = sums.added;
    summary.changed = sums.changed;
    summary.unchanged = sums.unchanged;
    summary.duplicate_rows = sums.duplicate_rows;
    summary.quarantined = sums.quarantined;
    let result = serde_json::to_value(&summary).map_err(Error::internal)?;
    record(app, actor, running, region, &summary).await?;
    let errors = if summary.bad_rows.is_empty() {
        Vec::new()
    } else {
        vec![format!(
            "{} rows are not billed.",
            summary.quarantined.saturating_add(summary.refused)
        )]
    };
    Ok(Done {
        result,
        errors,
        message: None,
    })
}

async fn record(
    app: &App,
    actor: &Actor,
    running: &Running,
    region: RegionId,
    summary: &ImportSummary,
) -> Result<(), JobError> {
    let tx = running.begin().await?;
    let act = Act {
        operation: "usage.import_file".to_owned(),
        target_kind: "region",
        target_id: region.to_string(),
        after: Some(json!({ "rows": summary.rows, "added": summary.added, "changed": summary.changed })),
        ..Act::default()
    };
    audit::record(app, &tx, actor, act).await?;
    tx.commit().await?;
    Ok(())
}
