//! Recomputing the chain (I-73) and writing it out (I-74).

use chrono::{DateTime, Utc};
use domain::audit_chain;
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::alert::Raise;
use persistence::audit::Head;
use serde_json::{Value, json};

use super::seal::{SUBJECT, genesis, sealed_form};
use super::{Act, record};
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// Entries read at once.
const AT_ONCE: i64 = 500;

/// What recomputing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Sealed entries that were checked, up to the break.
    pub checked: i64,
    /// Entries without a seal.
    pub unsealed: i64,
    /// Place of the first entry that does not match.
    pub first_break: Option<i64>,
    /// Hash of the last sealed entry.
    pub head: String,
}

/// A page of the export.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// JSON lines.
    pub lines: Vec<Value>,
    /// Head after the last read entry; none when the export is at its end.
    pub next: Option<Head>,
}

/// Recomputes the chain for an actor.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn verify(app: &App, actor: &Actor) -> Result<Verification, Error> {
    {
        let tx = app.store().read().await?;
        authorize(app, &tx, actor, "audit.verify").await?;
    }
    verify_chain(app).await
}

/// Recomputes the chain; a break raises the alert `verify_failed`, its absence closes it.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn verify_chain(app: &App) -> Result<Verification, Error> {
    let mut head = genesis();
    let mut first_break = None;
    'chain: loop {
        let tx = app.store().read().await?;
        let sealed = tx.audit().sealed_after(everything(), head.sequence, AT_ONCE).await?;
        if sealed.is_empty() {
            break;
        }
        for seal in sealed {
            let expected = head.sequence.saturating_add(1);
            let hash = seal.entry.as_ref().and_then(|entry| {
                let form = sealed_form(expected, entry);
                audit_chain::seal(&head.hash, &form).ok().map(|(_, hash)| hash)
            });
            if seal.sequence != expected || hash.as_ref() != Some(&seal.hash) {
                first_break = Some(expected);
                break 'chain;
            }
            head = Head {
                sequence: expected,
                hash: seal.hash,
            };
        }
    }
    let (last, unsealed) = {
        let tx = app.store().read().await?;
        (tx.audit().head().await?, tx.audit().waiting().await?.0)
    };
    tell(app, first_break).await?;
    Ok(Verification {
        checked: head.sequence,
        unsealed,
        first_break,
        head: last.unwrap_or_else(genesis).hash,
    })
}

async fn tell(app: &App, first_break: Option<i64>) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    if let Some(sequence) = first_break {
        let message = format!("The audit record does not match its seal at entry {sequence}.");
        let raise = Raise {
            id: crate::ids::new_id(app),
            kind: "verify_failed",
            severity: "critical",
            subject_key: SUBJECT,
            message: &message,
            owner: Anchor::Platform,
        };
        tx.alerts().raise(raise, now).await?;
    } else {
        tx.alerts().close("verify_failed", SUBJECT, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// May the actor export? The export itself is recorded (I-70).
///
/// # Errors
/// [`Error::NotPermitted`] or [`Error::StepUpRequired`].
pub async fn begin_export(
    app: &App,
    actor: &Actor,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Head, Error> {
    let tx = app.store().begin().await?;
    authorize(app, &tx, actor, "audit.export").await?;
    let act = Act {
        operation: "audit.export".to_owned(),
        target_kind: "audit",
        target_id: "audit".to_owned(),
        after: Some(json!({ "from": from, "to": to })),
        ..Act::default()
    };
    record(app, &tx, actor, act).await?;
    tx.commit().await?;
    Ok(genesis())
}

/// The lines after `head` that lie in the range; the last page ends with the head of the chain.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn export_page(
    app: &App,
    head: Head,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Exported, Error> {
    let tx = app.store().read().await?;
    let sealed = tx.audit().sealed_after(everything(), head.sequence, AT_ONCE).await?;
    let mut lines = Vec::new();
    if sealed.is_empty() {
        lines.push(json!({ "head": { "sequence": head.sequence, "hash": head.hash } }));
        return Ok(Exported { lines, next: None });
    }
    let mut head = head;
    for seal in sealed {
        let inside = seal
            .entry
            .as_ref()
            .is_some_and(|entry| from.is_none_or(|from| entry.at >= from) && to.is_none_or(|to| entry.at < to));
        if inside {
            let entry = seal.entry.as_ref().map(|entry| sealed_form(seal.sequence, entry));
            lines.push(json!({ "previous_hash": head.hash, "entry": entry, "hash": seal.hash }));
        }
        head = Head {
            sequence: seal.sequence,
            hash: seal.hash,
        };
    }
    Ok(Exported {
        lines,
        next: Some(head),
    })
}

fn everything() -> Scope {
    Scope::system("the chain goes through every branch")
}
