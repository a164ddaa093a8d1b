//! The sealing of entries: one after the other into a chain of hashes (I-71, S-88).

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta};
use domain::audit_chain::{self, GENESIS_HASH};
use domain::role::Anchor;
use persistence::alert::Raise;
use persistence::audit::{AuditRow, Head};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{App, Error};

/// Entries sealed in one transaction.
const AT_ONCE: i64 = 500;
/// How long the sealer waits when nothing is left.
const IDLE: Duration = Duration::from_secs(5);
/// An entry without a seal for longer is a violation (I-71).
const UNSEALED_MINUTES: i64 = 5;
/// What the alert is about.
pub(super) const SUBJECT: &str = "audit";

/// Seals what waits until `shutdown` turns true.
pub async fn run_forever(app: App, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        match seal_waiting(&app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(?error, "the audit record could not be sealed");
                if let Err(error) = complain(&app).await {
                    tracing::error!(?error, "the alert about unsealed entries could not be raised");
                }
            }
        }
        // Ends early when the server stops; a sender that is gone means the same.
        if let Ok(Err(_)) = tokio::time::timeout(IDLE, shutdown.changed()).await {
            return;
        }
    }
}

/// Seals the oldest waiting entries; answers how many. The head goes to the log.
///
/// # Errors
/// [`Error::Internal`] of storage, also when another sealer was first.
pub async fn seal_waiting(app: &App) -> Result<usize, Error> {
    let waiting = app.store().read().await?.audit().waiting().await?.0;
    if waiting == 0 {
        return Ok(0);
    }
    let tx = app.store().begin().await?;
    let mut head = tx.audit().head().await?.unwrap_or_else(genesis);
    let entries = tx.audit().unsealed(AT_ONCE).await?;
    for entry in &entries {
        head = next(&head, entry)?;
        tx.audit().seal(&head, entry.id, app.clock().now()).await?;
    }
    tx.commit().await?;
    if !entries.is_empty() {
        tracing::info!(sequence = head.sequence, hash = head.hash, "audit record sealed");
    }
    Ok(entries.len())
}

/// What stands before the first entry.
pub(super) fn genesis() -> Head {
    Head {
        sequence: 0,
        hash: GENESIS_HASH.to_owned(),
    }
}

/// The head after one more entry.
///
/// # Errors
/// [`Error::Internal`] when the entry has no canonical form.
pub(super) fn next(head: &Head, entry: &AuditRow) -> Result<Head, Error> {
    let sequence = head.sequence.saturating_add(1);
    let (_, hash) = audit_chain::seal(&head.hash, &sealed_form(sequence, entry)).map_err(Error::internal)?;
    Ok(Head { sequence, hash })
}

/// The entry as it is sealed: every field of I-70.
pub(super) fn sealed_form(sequence: i64, entry: &AuditRow) -> Value {
    json!({
        "sequence": sequence,
        "at": entry.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "credential_kind": entry.credential_kind,
        "operation": entry.operation,
        "target_kind": entry.target_kind,
        "target_id": entry.target_id,
        "distributor_id": entry.distributor_id,
        "partner_id": entry.partner_id,
        "tenant_id": entry.tenant_id,
        "before": entry.before.clone().map(without_fractions),
        "after": entry.after.clone().map(without_fractions),
        "reason": entry.reason,
        "request_id": entry.request_id,
        "source_address": entry.source_address,
        "step_up": entry.step_up,
    })
}

/// Canonical JSON has no numbers except integers; any other is sealed as its text.
fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => number.to_string().into(),
        Value::Array(items) => items.into_iter().map(without_fractions).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, without_fractions(value)))
            .collect(),
        other => other,
    }
}

async fn complain(app: &App) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    let (number, oldest) = tx.audit().waiting().await?;
    if oldest.is_some_and(|at| now - at > TimeDelta::minutes(UNSEALED_MINUTES)) {
        let message = format!("{number} audit entries are not sealed.");
        let raise = Raise {
            id: crate::ids::new_id(app),
            kind: "verify_failed",
            severity: "critical",
            subject_key: SUBJECT,
            message: &message,
            owner: Anchor::Platform,
        };
        tx.alerts().raise(raise, now).await?;
        tx.commit().await?;
    }
    Ok(())
}
