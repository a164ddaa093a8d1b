//! The end of a reading: ordinals, what changed, held back or in force, in one transaction (U-32, U-33, U-37).

use domain::role::Anchor;
use persistence::Tx;
use persistence::alert::Raise;
use persistence::usage::{FinishedWindow, KeyRow, Target};

use super::compare::{Repeated, State};
use super::counters::Counters;
use super::reading::{Mode, Reading};
use crate::invoices::stale;
use crate::{App, Error, ids};
use chrono::Days;
use domain::period::Period;

/// What became of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// What it counted.
    pub(crate) counters: Counters,
    /// It has fewer rows than stored and is held back (U-37).
    pub(crate) held_back: bool,
}

/// What happens to a key with several quantities.
struct Plan {
    key: [u8; 16],
    /// Rows to be retired: ordinal, and whether the row is removed or replaced.
    retired: Vec<(i64, bool)>,
    /// Stored rows that stay: present and new ordinal.
    kept: Vec<(i64, i64)>,
    /// Staged rows that come: provisional and new ordinal.
    coming: Vec<(i64, i64)>,
}

impl Reading {
    /// Puts a complete reading in force, or holds it back. Call it in a fenced transaction.
    pub(crate) async fn finish(mut self, app: &App, tx: &Tx) -> Result<Finished, Error> {
        let held_back = match self.target() {
            Target::Record => {
                self.finish_first(tx).await?;
                false
            }
            Target::Staged => self.finish_again(tx).await?,
        };
        for hash in &self.aside_before {
            if self.mode == Mode::Replace && !held_back {
                tx.usage().forget_quarantined(self.window.id, hash).await?;
            }
        }
        let read = self.mode == Mode::Replace && !held_back;
        let finished = FinishedWindow {
            read_at: read.then_some(self.at),
            held_back,
            counters: self.counters.write()?,
        };
        tx.usage().finish_window(self.window.id, &finished).await?;
        if !held_back && (self.counters.added, self.counters.changed, self.counters.removed) != (0, 0, 0) {
            let earliest = self.day.checked_sub_days(Days::new(31)).unwrap_or(self.day);
            stale::usage_changed(tx, self.region, Period::of_date(earliest), Period::of_date(self.day)).await?;
        }
        self.alert(app, tx, held_back).await?;
        Ok(Finished {
            counters: self.counters,
            held_back,
        })
    }

    /// A window that was never in force: all its rows are new.
    async fn finish_first(&mut self, tx: &Tx) -> Result<(), Error> {
        let mut added = self.slots.len();
        for key in self.repeated.keys() {
            let mut rows = tx.usage().rows_of_key(self.window.id, *key, false).await?;
            rows.sort_by_key(|row| row.quantity);
            let orders: Vec<(i64, i64)> = rows.iter().map(|row| row.ordinal).zip(1..).collect();
            tx.usage().renumber(self.window.id, *key, &orders).await?;
            added = added.saturating_add(rows.len());
        }
        self.counters.added = count(added);
        self.counters.repeated_keys = count(self.repeated.len());
        Ok(())
    }

    /// A window in force; true when the reading is held back.
    async fn finish_again(&mut self, tx: &Tx) -> Result<bool, Error> {
        let mut gone: Vec<[u8; 16]> = Vec::new();
        for (key, slot) in &self.slots {
            let counter = match slot.state {
                State::Equal => &mut self.counters.unchanged,
                State::Changed => &mut self.counters.changed,
                State::New => &mut self.counters.added,
                State::Stored if self.mode == Mode::Merge => continue,
                State::Stored => {
                    gone.push(*key);
                    &mut self.counters.removed
                }
            };
            *counter = counter.saturating_add(1);
        }
        let plans = self.plans(tx, &mut gone).await?;
        let before = self
            .counters
            .unchanged
            .saturating_add(self.counters.changed)
            .saturating_add(self.counters.removed);
        let now = self
            .counters
            .unchanged
            .saturating_add(self.counters.changed)
            .saturating_add(self.counters.added);
        if self.mode == Mode::Replace && now < before {
            tx.usage().clear_staged(self.window.id).await?;
            return Ok(true);
        }
        self.apply(tx, &plans, &gone).await?;
        Ok(false)
    }

    async fn plans(&mut self, tx: &Tx, gone: &mut Vec<[u8; 16]>) -> Result<Vec<Plan>, Error> {
        let mut plans = Vec::new();
        for (key, repeated) in &self.repeated {
            let stored = tx.usage().rows_of_key(self.window.id, *key, false).await?;
            if repeated.read.len() > 1 {
                self.counters.repeated_keys = self.counters.repeated_keys.saturating_add(1);
            }
            if !repeated.read.is_empty() {
                plans.push(plan(*key, repeated, &stored, &mut self.counters));
            } else if self.mode == Mode::Replace {
                gone.push(*key);
                self.counters.removed = self.counters.removed.saturating_add(count(stored.len()));
            }
        }
        Ok(plans)
    }

    async fn apply(&self, tx: &Tx, plans: &[Plan], gone: &[[u8; 16]]) -> Result<(), Error> {
        let (usage, window) = (tx.usage(), self.window.id);
        for plan in plans {
            for (ordinal, removed) in &plan.retired {
                usage.retire_row(window, plan.key, *ordinal, *removed, self.at).await?;
            }
            usage.renumber(window, plan.key, &plan.kept).await?;
            for (staged, ordinal) in &plan.coming {
                usage.take_staged(window, plan.key, *staged, *ordinal).await?;
            }
        }
        usage.remove_keys(window, gone, self.at).await?;
        if self.counters.added > 0 || self.counters.changed > 0 {
            usage.apply_staged(window, self.at).await?;
        }
        Ok(())
    }

    async fn alert(&self, app: &App, tx: &Tx, held_back: bool) -> Result<(), Error> {
        let subject = format!("region:{}:{}", self.region, self.day);
        let causes = [
            (
                held_back,
                "usage_window_shrunk",
                "warning",
                "A reading has fewer rows than stored; it is held back.",
            ),
            (
                self.counters.repeated_keys > 0,
                "usage_repeated_key",
                "information",
                "Usage rows with the same key and different quantities were added up.",
            ),
            (
                self.counters.quarantined > 0,
                "usage_quarantined",
                "warning",
                "Usage rows were kept aside because they cannot be billed as they are.",
            ),
        ];
        for (raised, kind, severity, text) in causes {
            if raised {
                let message = format!("{}: {text}", self.day);
                let raise = Raise {
                    id: ids::new_id(app),
                    kind,
                    severity,
                    subject_key: &subject,
                    message: &message,
                    owner: Anchor::Platform,
                };
                tx.alerts().raise(raise, self.at).await?;
            } else if self.mode == Mode::Replace {
                tx.alerts().close(kind, &subject, self.at).await?;
            }
        }
        Ok(())
    }
}

/// Compares by position in ascending order of quantity, as U-32 numbers them.
fn plan(key: [u8; 16], repeated: &Repeated, stored: &[KeyRow], counters: &mut Counters) -> Plan {
    let mut read = repeated.read.clone();
    read.sort_by_key(|(quantity, _)| *quantity);
    let mut plan = Plan {
        key,
        retired: Vec::new(),
        kept: Vec::new(),
        coming: Vec::new(),
    };
    for ((quantity, staged), ordinal) in read.iter().zip(1_i64..) {
        let place = stored.iter().find(|row| row.ordinal == ordinal);
        let counter = match (place, staged) {
            (None, _) => &mut counters.added,
            (Some(row), None) if row.quantity == *quantity => &mut counters.unchanged,
            (Some(_), _) => &mut counters.changed,
        };
        *counter = counter.saturating_add(1);
        match staged {
            Some(staged) => plan.coming.push((*staged, ordinal)),
            None => plan.kept.extend(
                stored
                    .iter()
                    .find(|row| row.quantity == *quantity)
                    .map(|row| (row.ordinal, ordinal)),
            ),
        }
    }
    let length = i64::try_from(read.len()).unwrap_or(i64::MAX);
    for row in stored {
        let removed = row.ordinal > length;
        if removed {
            counters.removed = counters.removed.saturating_add(1);
        }
        if !plan.kept.iter().any(|(present, _)| *present == row.ordinal) {
            plan.retired.push((row.ordinal, removed));
        }
    }
    plan
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
