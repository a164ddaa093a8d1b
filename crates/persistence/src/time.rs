//! Instants as stored: microseconds since 1970 UTC.

use chrono::{DateTime, Utc};

use crate::StoreError;

/// The stored form of an instant.
pub fn to_micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The instant of a stored value.
///
/// # Errors
/// [`StoreError::Inconsistent`] when the value is outside the calendar.
pub fn from_micros(micros: i64, table: &'static str, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| StoreError::Inconsistent {
        table,
        column,
        row: micros.to_string(),
    })
}
