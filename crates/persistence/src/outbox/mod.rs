//! What is to leave the database: rows of the deciding transaction, done by a sender.

mod entity;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, Value as Parameter};
use serde_json::Value;
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{Backend, StoreError, Tx, sql};

/// A message that a sender took.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxMessage {
    /// Identity.
    pub id: Uuid,
    /// What it carries.
    pub payload: Value,
    /// How often it was tried, this time included.
    pub attempt: i64,
    /// When it was put in.
    pub created_at: DateTime<Utc>,
}

/// The outbox of a transaction.
#[derive(Debug)]
pub struct Outbox<'tx>(&'tx Tx);

impl Tx {
    /// The outbox.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox(self)
    }
}

impl Outbox<'_> {
    /// Puts a message in; `subject_key` makes it unique for its kind.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the message is there already.
    pub async fn put(
        &self,
        id: Uuid,
        kind: &str,
        subject_key: &str,
        payload: &Value,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id),
            kind: Set(kind.to_owned()),
            subject_key: Set(subject_key.to_owned()),
            payload: Set(payload.to_string()),
            state: Set("waiting".to_owned()),
            attempt: Set(0),
            run_after: Set(to_micros(at)),
            last_answer: Set(None),
            created_at: Set(to_micros(at)),
            done_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Takes the message of a kind that is due first and keeps it until `lease_until`; a sender that dies gives it back
    /// by that. Two senders never take the same one.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn take(
        &self,
        kind: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<OutboxMessage>, StoreError> {
        let skip = match self.0.backend() {
            Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let text = format!(
            "UPDATE outbox_message SET attempt = attempt + 1, run_after = $1 WHERE id = (SELECT id FROM outbox_message \
             WHERE kind = $2 AND state = 'waiting' AND run_after <= $3 ORDER BY run_after, id LIMIT 1 {skip}) \
             RETURNING id, payload, attempt, created_at"
        );
        let values = vec![
            Parameter::from(to_micros(lease_until)),
            Parameter::from(kind),
            Parameter::from(to_micros(now)),
        ];
        let row = sql::one(self.0, &text, values).await?;
        row.map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            let payload: String = row.try_get("", "payload")?;
            Ok(OutboxMessage {
                id,
                payload: serde_json::from_str(&payload).map_err(|_| StoreError::Inconsistent {
                    table: "outbox_message",
                    column: "payload",
                    row: id.to_string(),
                })?,
                attempt: row.try_get("", "attempt")?,
                created_at: from_micros(row.try_get("", "created_at")?, "outbox_message", "created_at")?,
            })
        })
        .transpose()
    }

    /// Whether a message of a kind is due.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_due(&self, kind: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let text =
            "SELECT 1 AS due FROM outbox_message WHERE kind = $1 AND state = 'waiting' AND run_after <= $2 LIMIT 1";
        let values = vec![Parameter::from(kind), Parameter::from(to_micros(now))];
        Ok(sql::one(self.0, text, values).await?.is_some())
    }

    /// Notes that a message was handed over: the record of it exists once.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn done(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE outbox_message SET state = 'done', done_at = $1, last_answer = NULL \
                    WHERE id = $2 AND state = 'waiting'";
        sql::execute(self.0, text, vec![Parameter::from(to_micros(at)), Parameter::from(id)]).await?;
        Ok(())
    }

    /// Notes a failure and when the next try is due; none gives the message up.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn failed(&self, id: Uuid, answer: &str, next: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let text = "UPDATE outbox_message SET state = $1, run_after = COALESCE($2, run_after), last_answer = $3 \
                    WHERE id = $4 AND state = 'waiting'";
        let values = vec![
            Parameter::from(if next.is_some() { "waiting" } else { "failed" }),
            Parameter::from(next.map(to_micros)),
            Parameter::from(answer),
            Parameter::from(id),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }
}
