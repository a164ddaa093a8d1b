//! Rows on their way into the database.

use chrono::{DateTime, Utc};
use domain::ids::RegionId;
use persistence::Tx;
use persistence::usage::{NewQuarantined, NewUsageRow, Target};
use serde_json::Value;
use uuid::Uuid;

use super::reading::Mode;
use crate::Error;

/// Rows to store with the next commit.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) rows: Vec<NewUsageRow>,
    pub(super) quarantined: Vec<NewQuarantined>,
    pub(super) subscriptions: Vec<Uuid>,
    pub(super) meters: Vec<String>,
}

impl Batch {
    /// Rows to write.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is to be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.quarantined.is_empty() && self.subscriptions.is_empty() && self.meters.is_empty()
    }
}

/// A batch with the state of its reading behind it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(super) batch: Batch,
    /// Where an interrupted first reading goes on.
    pub(super) next: Option<String>,
    /// What the reading counted so far.
    pub(super) counters: Value,
}

/// Where the rows of a reading are kept. It knows nothing of what is still being read, so that one batch is stored while
/// the next one is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keeper {
    pub(super) region: RegionId,
    pub(super) window: i64,
    pub(super) target: Target,
    pub(super) mode: Mode,
    pub(super) at: DateTime<Utc>,
}

impl Keeper {
    /// Stores a batch and where a first reading goes on, in the caller's fenced transaction (U-25).
    pub(crate) async fn store(&self, tx: &Tx, ready: Ready) -> Result<(), Error> {
        let Ready { batch, next, counters } = ready;
        let usage = tx.usage();
        usage
            .note_subscriptions(self.region, &batch.subscriptions, self.at)
            .await?;
        usage.note_meters(self.region, &batch.meters, self.at).await?;
        for row in &batch.quarantined {
            usage.quarantine(self.window, row, self.at).await?;
        }
        usage
            .insert_rows(self.window, self.target, self.at.timestamp_micros(), batch.rows)
            .await?;
        if self.target == Target::Record && self.mode == Mode::Replace {
            usage.set_resume_point(self.window, next.as_deref(), &counters).await?;
        }
        Ok(())
    }
}
