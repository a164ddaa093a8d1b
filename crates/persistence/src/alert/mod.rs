//! Alerts: one open alert for each kind and subject (U-80 to U-82).

use chrono::{DateTime, Utc};
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// An open alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Identity.
    pub id: Uuid,
    /// Kind (U-81).
    pub kind: String,
    /// `information`, `warning` or `critical`.
    pub severity: String,
    /// What it is about.
    pub subject_key: String,
    /// Text.
    pub message: String,
    /// When it opened.
    pub opened_at: DateTime<Utc>,
}

/// A cause to raise.
#[derive(Clone, Copy, Debug)]
pub struct Raise<'a> {
    /// Identity of the alert if it is new.
    pub id: Uuid,
    /// Kind (U-81).
    pub kind: &'a str,
    /// `information`, `warning` or `critical`.
    pub severity: &'a str,
    /// What it is about, such as `region:<id>`.
    pub subject_key: &'a str,
    /// Text.
    pub message: &'a str,
}

/// Alerts of a transaction.
#[derive(Debug)]
pub struct Alerts<'tx>(&'tx Tx);

impl Tx {
    /// The alerts.
    pub fn alerts(&self) -> Alerts<'_> {
        Alerts(self)
    }
}

impl Alerts<'_> {
    /// Opens an alert, or updates the text of the open one of the same kind and subject (U-80).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn raise(&self, raise: Raise<'_>, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO alert (id, kind, severity, subject_key, message, state, opened_at) VALUES ($1, $2, $3, $4, $5, 'open', $6) \
                    ON CONFLICT (kind, subject_key) WHERE state <> 'closed' \
                    DO UPDATE SET severity = excluded.severity, message = excluded.message";
        let values = vec![
            raise.id.into(),
            raise.kind.into(),
            raise.severity.into(),
            raise.subject_key.into(),
            raise.message.into(),
            to_micros(at).into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Closes the open alert of a kind and subject, because its cause is gone (U-82).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn close(&self, kind: &str, subject_key: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE alert SET state = 'closed', closed_at = $3 WHERE kind = $1 AND subject_key = $2 AND state <> 'closed'";
        sql::execute(
            self.0,
            text,
            vec![kind.into(), subject_key.into(), to_micros(at).into()],
        )
        .await?;
        Ok(())
    }

    /// Alerts that are not closed, newest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn open(&self, limit: i64) -> Result<Vec<AlertRow>, StoreError> {
        let text = "SELECT id, kind, severity, subject_key, message, opened_at FROM alert WHERE state <> 'closed' \
                    ORDER BY opened_at DESC, id DESC LIMIT $1";
        sql::all(self.0, text, vec![limit.into()])
            .await?
            .iter()
            .map(row)
            .collect()
    }
}

fn row(row: &QueryResult) -> Result<AlertRow, StoreError> {
    Ok(AlertRow {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        severity: row.try_get("", "severity")?,
        subject_key: row.try_get("", "subject_key")?,
        message: row.try_get("", "message")?,
        opened_at: from_micros(row.try_get("", "opened_at")?, "alert", "opened_at")?,
    })
}
