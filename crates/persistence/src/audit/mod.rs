//! The audit record: insert only (I-71).

mod entity;
mod read;
mod seal;

pub use read::{AuditFilter, AuditRow};
pub use seal::{Head, SealedEntry};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::Value;
use uuid::Uuid;

use crate::time::to_micros;
use crate::{StoreError, Tx};

/// An entry to append (I-70); its number is given when it is sealed (S-88).
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `service_account` or `system`.
    pub actor_kind: &'static str,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// Kind of credential.
    pub credential_kind: &'static str,
    /// What was done.
    pub operation: String,
    /// Kind of the target.
    pub target_kind: &'static str,
    /// Id of the target.
    pub target_id: String,
    /// Owning distributor.
    pub distributor_id: Option<Uuid>,
    /// Owning partner.
    pub partner_id: Option<Uuid>,
    /// Owning tenant.
    pub tenant_id: Option<Uuid>,
    /// State before.
    pub before: Option<Value>,
    /// State after.
    pub after: Option<Value>,
    /// Reason given.
    pub reason: Option<String>,
    /// Request.
    pub request_id: Option<String>,
    /// Address of the caller.
    pub source_address: Option<String>,
    /// Whether identity was proved freshly.
    pub step_up: bool,
}

/// Audit entries of a transaction.
#[derive(Debug)]
pub struct Audit<'tx>(&'tx Tx);

impl Tx {
    /// The audit record.
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }
}

impl Audit<'_> {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be stored.
    pub async fn append(&self, entry: NewEntry) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            at: Set(to_micros(entry.at)),
            actor_kind: Set(entry.actor_kind.to_owned()),
            actor_id: Set(entry.actor_id),
            credential_kind: Set(entry.credential_kind.to_owned()),
            operation: Set(entry.operation),
            target_kind: Set(entry.target_kind.to_owned()),
            target_id: Set(entry.target_id),
            distributor_id: Set(entry.distributor_id),
            partner_id: Set(entry.partner_id),
            tenant_id: Set(entry.tenant_id),
            before_json: Set(entry.before.map(|value| value.to_string())),
            after_json: Set(entry.after.map(|value| value.to_string())),
            reason: Set(entry.reason),
            request_id: Set(entry.request_id),
            source_address: Set(entry.source_address),
            step_up: Set(i64::from(entry.step_up)),
            ..Default::default()
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }
}
