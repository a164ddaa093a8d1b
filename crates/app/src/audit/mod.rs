//! Audit entries, written in the transaction of the change (I-70, S-87).

mod read;
mod refusal;
mod seal;
mod verify;

pub use read::{Entry, list};
pub use refusal::record_refusal;
pub use seal::{run_forever, seal_waiting};
pub use verify::{Exported, Verification, begin_export, export_page, verify, verify_chain};

use domain::ids::{DistributorId, PartnerId, TenantId};
use domain::role::Anchor;
use persistence::Tx;
use persistence::audit::NewEntry;
use serde_json::Value;

use crate::{Actor, App, Error};

/// What was done to what; secrets and personal fields appear as `"changed"` (I-75).
#[derive(Clone, Debug, Default)]
pub struct Act {
    /// Operation of `permissions.csv`, or the name of a sign-in step.
    pub operation: String,
    /// Kind of the target, such as `tenant`.
    pub target_kind: &'static str,
    /// Id of the target.
    pub target_id: String,
    /// Distributor that owns the target.
    pub distributor_id: Option<DistributorId>,
    /// Partner that owns the target.
    pub partner_id: Option<PartnerId>,
    /// Tenant that owns the target.
    pub tenant_id: Option<TenantId>,
    /// State before.
    pub before: Option<Value>,
    /// State after.
    pub after: Option<Value>,
    /// Reason given by the actor.
    pub reason: Option<String>,
}

impl Act {
    /// An act on something that belongs to an anchor.
    pub fn on(operation: &str, target_kind: &'static str, target_id: String, anchor: Anchor) -> Self {
        let (distributor_id, partner_id, tenant_id) = match anchor {
            Anchor::Platform => (None, None, None),
            Anchor::Distributor(id) => (Some(id), None, None),
            Anchor::Partner(id) => (None, Some(id), None),
            Anchor::Tenant(id) => (None, None, Some(id)),
        };
        Self {
            operation: operation.to_owned(),
            target_kind,
            target_id,
            distributor_id,
            partner_id,
            tenant_id,
            ..Self::default()
        }
    }
}

/// Records the act of a person or of the console, and that the request had its effect.
///
/// # Errors
/// [`Error::Internal`] when it cannot be stored, [`Error::Conflict`] when a twin of the request was first; the change
/// must then not be committed.
pub async fn record(app: &App, tx: &Tx, actor: &Actor, act: Act) -> Result<(), Error> {
    let entry = NewEntry {
        at: app.clock().now(),
        actor_kind: match (actor.user_id, actor.service_account_id) {
            (Some(_), _) => "user",
            (None, Some(_)) => "service_account",
            (None, None) => "system",
        },
        actor_id: actor.id(),
        credential_kind: actor.credential.identifier(),
        operation: act.operation,
        target_kind: act.target_kind,
        target_id: act.target_id,
        distributor_id: act.distributor_id.map(DistributorId::uuid),
        partner_id: act.partner_id.map(PartnerId::uuid),
        tenant_id: act.tenant_id.map(TenantId::uuid),
        before: act.before,
        after: act.after,
        reason: act.reason,
        request_id: Some(actor.request_id.clone()),
        source_address: actor.source_address.clone(),
        step_up: actor.proven_at.is_some(),
    };
    tx.audit().append(entry).await?;
    crate::idempotency::note(app, tx, actor).await
}
