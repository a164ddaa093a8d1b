//! What is to leave the database: rows of the deciding transaction, done by a sender.

mod entity;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::Value;
use uuid::Uuid;

use crate::time::to_micros;
use crate::{StoreError, Tx};

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
}
