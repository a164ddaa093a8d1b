//! Windows of usage: what one reading holds, and how it replaces what is stored (U-32 to U-37).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::NaturalKey;
use crate::decimal::Quantity;

/// One row of a window: key, ordinal among rows of the same key (from 1, ascending by quantity), quantity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowRow {
    /// The natural key.
    pub key: NaturalKey,
    /// 1 for the smallest quantity of the key, 2 for the next (U-32).
    pub ordinal: u32,
    /// The quantity.
    pub quantity: Quantity,
}

/// What one complete reading of a window holds (U-32).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadWindow {
    /// The rows, in order of key and ordinal.
    pub rows: Vec<WindowRow>,
    /// Rows that repeated another one exactly and count once.
    pub duplicate_rows: u32,
    /// Keys with more than one quantity.
    pub repeated_keys: u32,
}

/// What the replacement of a window changed (U-33).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows that were not stored before.
    pub added: u32,
    /// Rows whose quantity differs.
    pub changed: u32,
    /// Rows that are the same and cause no write.
    pub unchanged: u32,
    /// Rows that are gone.
    pub removed: u32,
}

/// What happens to a complete reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The reading replaces the stored rows.
    Applied(Changes),
    /// The reading has fewer rows than stored and is held back (U-37).
    Shrunk {
        /// Rows stored.
        stored_rows: u32,
        /// Rows read.
        read_rows: u32,
    },
}

/// Brings the rows of one reading into their stored form: equal rows are one, rows of one key with different quantities get ordinals
/// in ascending order of quantity (U-32). The order of the rows has no influence.
pub fn reduce(rows: impl IntoIterator<Item = (NaturalKey, Quantity)>) -> ReadWindow {
    let mut by_key: BTreeMap<NaturalKey, BTreeSet<Quantity>> = BTreeMap::new();
    let mut window = ReadWindow::default();
    for (key, quantity) in rows {
        if !by_key.entry(key).or_default().insert(quantity) {
            window.duplicate_rows = window.duplicate_rows.saturating_add(1);
        }
    }
    for (key, quantities) in by_key {
        if quantities.len() > 1 {
            window.repeated_keys = window.repeated_keys.saturating_add(1);
        }
        let numbered = quantities.into_iter().zip(1..);
        window.rows.extend(numbered.map(|(quantity, ordinal)| WindowRow {
            key: key.clone(),
            ordinal,
            quantity,
        }));
    }
    window
}

/// Counts what replacing `stored` by `read` adds, changes, keeps and removes (U-33).
pub fn compare(stored: &[WindowRow], read: &[WindowRow]) -> Changes {
    let before: BTreeMap<_, _> = stored
        .iter()
        .map(|row| ((&row.key, row.ordinal), row.quantity))
        .collect();
    let mut changes = Changes::default();
    let mut kept = 0_u32;
    for row in read {
        let counter = match before.get(&(&row.key, row.ordinal)) {
            None => &mut changes.added,
            Some(quantity) => {
                kept = kept.saturating_add(1);
                if *quantity == row.quantity {
                    &mut changes.unchanged
                } else {
                    &mut changes.changed
                }
            }
        };
        *counter = counter.saturating_add(1);
    }
    changes.removed = count(before.len()).saturating_sub(kept);
    changes
}

/// Decides what a complete reading does to the stored rows of the same window, or of the same window and subscription for a reading
/// limited to one (U-33, U-34, U-37).
pub fn replace(stored: &[WindowRow], read: &[WindowRow]) -> Outcome {
    if read.len() < stored.len() {
        return Outcome::Shrunk {
            stored_rows: count(stored.len()),
            read_rows: count(read.len()),
        };
    }
    Outcome::Applied(compare(stored, read))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

type WindowId = (String, NaiveDate);

/// The rules U-32 to U-37 over a store in memory; the model the database's store is compared with.
#[derive(Debug, Clone, Default)]
pub struct WindowStore {
    stored: BTreeMap<WindowId, Vec<WindowRow>>,
    held: BTreeMap<WindowId, Vec<WindowRow>>,
}

impl WindowStore {
    /// Applies a complete reading of a window, or holds it back. An applied reading discards one held before.
    pub fn collect(&mut self, region_id: &str, reported_date: NaiveDate, read: Vec<WindowRow>) -> Outcome {
        let id = (region_id.to_owned(), reported_date);
        let outcome = replace(self.stored.get(&id).map_or(&[], Vec::as_slice), &read);
        match outcome {
            Outcome::Applied(_) => {
                self.held.remove(&id);
                self.stored.insert(id, read);
            }
            Outcome::Shrunk { .. } => {
                self.held.insert(id, read);
            }
        }
        outcome
    }

    /// Applies the held reading of a window (`usage.accept_window`, U-37); nothing when none is held.
    pub fn accept(&mut self, region_id: &str, reported_date: NaiveDate) -> Option<Changes> {
        let id = (region_id.to_owned(), reported_date);
        let held = self.held.remove(&id)?;
        let changes = compare(self.stored.get(&id).map_or(&[], Vec::as_slice), &held);
        self.stored.insert(id, held);
        Some(changes)
    }

    /// All stored rows in order of key and ordinal.
    pub fn rows(&self) -> impl Iterator<Item = &WindowRow> {
        self.stored.values().flatten()
    }
}
