//! Alerts: one open alert for each kind and subject (U-80 to U-82).

mod entity;
mod list;

use chrono::{DateTime, Utc};
use domain::role::Anchor;
pub use list::AlertFilter;
use sea_orm::Value;
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// State of an alert whose cause is gone, or that somebody closed.
pub(crate) const CLOSED: &str = "closed";

/// An alert.
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
    /// `open`, `acknowledged` or `closed`.
    pub state: String,
    /// When it opened.
    pub opened_at: DateTime<Utc>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whom it belongs to.
    pub owner: Anchor,
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
    /// Whom it belongs to.
    pub owner: Anchor,
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
        let text = "INSERT INTO alert (id, kind, severity, subject_key, message, state, opened_at, owner_kind, owner_id) \
                    VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8) \
                    ON CONFLICT (kind, subject_key) WHERE state <> 'closed' \
                    DO UPDATE SET severity = excluded.severity, message = excluded.message";
        let values = vec![
            raise.id.into(),
            raise.kind.into(),
            raise.severity.into(),
            raise.subject_key.into(),
            raise.message.into(),
            to_micros(at).into(),
            owner_kind(raise.owner).into(),
            raise.owner.id().into(),
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
        let values: Vec<Value> = vec![kind.into(), subject_key.into(), to_micros(at).into()];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Somebody saw an open alert; false when it is not open.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn acknowledge(&self, id: Uuid) -> Result<bool, StoreError> {
        let text = "UPDATE alert SET state = 'acknowledged' WHERE id = $1 AND state = 'open'";
        Ok(sql::execute(self.0, text, vec![id.into()]).await? == 1)
    }

    /// Somebody closes an alert; false when it is closed. A cause that is still there opens another (U-82).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn close_one(&self, id: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let text = "UPDATE alert SET state = 'closed', closed_at = $2 WHERE id = $1 AND state <> 'closed'";
        Ok(sql::execute(self.0, text, vec![id.into(), to_micros(at).into()]).await? == 1)
    }
}

const DISTRIBUTOR: &str = "distributor";
const PARTNER: &str = "partner";
const TENANT: &str = "tenant";

fn owner_kind(owner: Anchor) -> Option<&'static str> {
    match owner {
        Anchor::Platform => None,
        Anchor::Distributor(_) => Some(DISTRIBUTOR),
        Anchor::Partner(_) => Some(PARTNER),
        Anchor::Tenant(_) => Some(TENANT),
    }
}

fn owner(kind: Option<&str>, id: Option<Uuid>) -> Option<Anchor> {
    match (kind, id) {
        (None, None) => Some(Anchor::Platform),
        (Some(DISTRIBUTOR), Some(id)) => Some(Anchor::Distributor(id.into())),
        (Some(PARTNER), Some(id)) => Some(Anchor::Partner(id.into())),
        (Some(TENANT), Some(id)) => Some(Anchor::Tenant(id.into())),
        _ => None,
    }
}

impl TryFrom<entity::Model> for AlertRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let owner = owner(row.owner_kind.as_deref(), row.owner_id).ok_or_else(|| StoreError::Inconsistent {
            table: "alert",
            column: "owner_kind",
            row: row.id.to_string(),
        })?;
        let closed_at = row.closed_at.map(|at| from_micros(at, "alert", "closed_at"));
        Ok(Self {
            id: row.id,
            kind: row.kind,
            severity: row.severity,
            subject_key: row.subject_key,
            message: row.message,
            state: row.state,
            opened_at: from_micros(row.opened_at, "alert", "opened_at")?,
            closed_at: closed_at.transpose()?,
            owner,
        })
    }
}
