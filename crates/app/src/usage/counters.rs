//! Counters and control totals of a reading (U-27).

use std::collections::BTreeMap;

use domain::decimal::{Quantity, quantity_sum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

/// What one reading of a window counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counters {
    /// Rows the source sent.
    pub(crate) rows_read: u64,
    /// Rows that were not stored before.
    pub(crate) added: u64,
    /// Rows that differ from the stored ones.
    pub(crate) changed: u64,
    /// Rows that are the same.
    pub(crate) unchanged: u64,
    /// Rows that are gone.
    pub(crate) removed: u64,
    /// Rows that repeated another one exactly (U-32).
    pub(crate) duplicate_rows: u64,
    /// Keys with more than one quantity (U-32).
    pub(crate) repeated_keys: u64,
    /// Rows kept aside (U-44).
    pub(crate) quarantined: u64,
    /// Pages.
    pub(crate) pages: u64,
    /// Sums by meter.
    pub(crate) control_totals: BTreeMap<String, ControlTotal>,
}

/// Rows and quantity of one meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ControlTotal {
    /// Rows, repeated identical ones left out.
    pub(crate) rows: u64,
    /// Sum.
    #[serde(with = "quantity_sum")]
    pub(crate) quantity: Quantity,
}

impl Counters {
    /// Reads stored counters; those of a window that was never read are all 0.
    pub(crate) fn read(stored: &Value) -> Result<Self, Error> {
        serde_json::from_value(stored.clone()).map_err(Error::internal)
    }

    /// The stored form.
    pub(crate) fn write(&self) -> Result<Value, Error> {
        serde_json::to_value(self).map_err(Error::internal)
    }

    /// Adds an accepted row to the control total of its meter.
    pub(crate) fn accept(&mut self, meter_id: &str, quantity: Quantity) -> Result<(), Error> {
        if let Some(total) = self.control_totals.get_mut(meter_id) {
            let sum = total.quantity.checked_add(quantity);
            total.quantity =
                sum.ok_or_else(|| Error::internal(format!("the sum of meter {meter_id} is out of range")))?;
            total.rows = total.rows.saturating_add(1);
        } else {
            self.control_totals
                .insert(meter_id.to_owned(), ControlTotal { rows: 1, quantity });
        }
        Ok(())
    }

    /// Adds the counters of another window, for the result of a run.
    pub(crate) fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.rows_read, other.rows_read),
            (&mut self.added, other.added),
            (&mut self.changed, other.changed),
            (&mut self.unchanged, other.unchanged),
            (&mut self.removed, other.removed),
            (&mut self.duplicate_rows, other.duplicate_rows),
            (&mut self.repeated_keys, other.repeated_keys),
            (&mut self.quarantined, other.quarantined),
            (&mut self.pages, other.pages),
        ];
        for (sum, part) in pairs {
            *sum = sum.saturating_add(part);
        }
    }
}
