//! Issuing a preview (B-40 to B-44).

use domain::due_dates::{date_in_zone, due_on, parse_time_zone};
use domain::ids::InvoiceId;
use domain::scope::Scope;
use persistence::Tx;
use persistence::invoice::{InvoiceRow, InvoiceStatus, IssueFigures, Visible};
use serde_json::json;

use super::read::{InvoiceDetails, details, find};
use super::snapshot::{self, Captured};
use super::{Blocker, act, blockers};
use crate::authorize::{authorize, stepped_up};
use crate::jobs::{NewJob, enqueue};
use crate::{Actor, App, Error, Invalid, audit, settings};

/// Characters a reason for an override has at least (B-42).
const SHORTEST_REASON: usize = 10;

/// Issues a preview that was read as version `expected`: takes the number, captures dates and profiles and queues the
/// rendering, all in one transaction.
///
/// # Errors
/// [`Error::NotFound`]; 409 `already_issued`, also for the slower of two (B-43); 409 `blocked` naming the blockers;
/// [`Error::Stale`]; [`Error::Invalid`] for a reason that is too short; [`Error::NotPermitted`] and
/// [`Error::StepUpRequired`] for an override.
pub async fn issue(
    app: &App,
    actor: &Actor,
    id: InvoiceId,
    expected: Option<i64>,
    override_reason: Option<&str>,
) -> Result<InvoiceDetails, Error> {
    let tx = app.store().begin().await?;
    let seen = find(&tx, actor, "invoice.issue", id).await?;
    stepped_up(app, actor, "invoice.issue")?;
    let reason = match override_reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => Some(checked_reason(app, &tx, actor, reason).await?),
        None => None,
    };
    if seen.status != InvoiceStatus::Preview {
        return Err(already_issued());
    }
    let row = claim(&tx, id, expected).await?;
    let overridden = blocked(app, &tx, &row, reason.is_some()).await?;
    let figures = figures(app, &tx, &row, &overridden, reason.clone()).await?;
    tx.invoices().issue(id, &figures).await?;
    queue_rendering(app, &tx, actor, &row, &figures.number).await?;
    let issued = again(&tx, id).await?;
    let facts = json!({
        "number": issued.number, "issued_on": issued.issued_on, "due_on": issued.due_on, "currency": issued.currency,
        "net_minor": issued.net_minor, "tax_minor": issued.tax_minor, "total_minor": issued.total_minor,
        "overridden": issued.blockers,
    });
    let entry = audit::Act {
        reason,
        ..act("invoice.issue", &issued, None, Some(facts))
    };
    audit::record(app, &tx, actor, entry).await?;
    let shown = details(app, &tx, issued).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(shown)
}

fn already_issued() -> Error {
    Error::conflict("already_issued", "The document was issued already.")
}

/// Only who may override gets past this, with a reason worth keeping (B-42).
async fn checked_reason(app: &App, tx: &Tx, actor: &Actor, reason: &str) -> Result<String, Error> {
    authorize(app, tx, actor, "invoice.override_blocker").await?;
    let length = reason.chars().count();
    if length < SHORTEST_REASON {
        let detail = "Give a reason of at least 10 characters.";
        return Err(Invalid::one("/override_reason", "too_short", detail));
    }
    domain::text::paragraph(reason, 1_000).map_err(|error| Invalid::one("/override_reason", error.code(), error))
}

/// Takes hold of the preview. Nothing that was read before counts from here on.
async fn claim(tx: &Tx, id: InvoiceId, expected: Option<i64>) -> Result<InvoiceRow, Error> {
    let held = tx.invoices().claim_preview(id, expected).await?;
    let row = again(tx, id).await?;
    if row.status != InvoiceStatus::Preview {
        return Err(already_issued());
    }
    if held { Ok(row) } else { Err(Error::Stale) }
}

async fn again(tx: &Tx, id: InvoiceId) -> Result<InvoiceRow, Error> {
    let all = Scope::system("the document was found in the actor's scope before");
    tx.invoices().find(all, Visible::All, id).await?.ok_or(Error::NotFound)
}

/// Refuses a blocked preview; answers the blockers that the reason overrides.
async fn blocked(app: &App, tx: &Tx, row: &InvoiceRow, may_override: bool) -> Result<Vec<Blocker>, Error> {
    let found = blockers::of(app, tx, std::slice::from_ref(row))
        .await?
        .pop()
        .unwrap_or_default();
    let blocking: Vec<&str> = found
        .iter()
        .filter(|blocker| !(may_override && blocker.may_be_overridden()))
        .map(|blocker| blocker.identifier())
        .collect();
    if blocking.is_empty() {
        return Ok(found);
    }
    Err(Error::conflict(
        "blocked",
        format!("The preview cannot be issued: {}.", blocking.join(", ")),
    ))
}

async fn figures(
    app: &App,
    tx: &Tx,
    row: &InvoiceRow,
    overridden: &[Blocker],
    override_reason: Option<String>,
) -> Result<IssueFigures, Error> {
    let issued_at = app.clock().now();
    let captured = Captured::now(tx, row).await?;
    let zone = parse_time_zone(&captured.time_zone).map_err(Error::internal)?;
    let issued_on = date_in_zone(issued_at, zone);
    let payment_terms_days = snapshot::terms(tx, row.tenant_id).await?;
    let days = u32::try_from(payment_terms_days).map_err(Error::internal)?;
    let year = chrono::Datelike::year(&issued_on);
    let prefix = settings::read_text(tx, "invoices.number_prefix").await?;
    // The number is the last thing taken, and goes back when the transaction does.
    let number = tx.invoices().next_number("invoice", year).await?;
    Ok(IssueFigures {
        status: if row.total_minor == 0 {
            InvoiceStatus::Paid
        } else {
            InvoiceStatus::Issued
        },
        number: format!("{prefix}{year:04}-{number:06}"),
        issued_at,
        issued_on,
        due_on: due_on(issued_on, days).map_err(Error::internal)?,
        payment_terms_days,
        snapshot: serde_json::to_value(captured).map_err(Error::internal)?,
        overridden: overridden
            .iter()
            .map(|blocker| blocker.identifier().to_owned())
            .collect(),
        override_reason: override_reason.filter(|_| !overridden.is_empty()),
    })
}

/// The rendering is a job of the same transaction: it cannot be forgotten (B-84).
async fn queue_rendering(app: &App, tx: &Tx, actor: &Actor, row: &InvoiceRow, number: &str) -> Result<(), Error> {
    let job = NewJob {
        kind: "document_rendering",
        title: format!("Render {number}"),
        payload: json!({ "invoice_id": row.id }),
        lock_key: None,
        join_key: None,
        business_key: Some(row.id.to_string()),
        requested_by: actor.id(),
        tenant_id: Some(row.tenant_id),
        region_id: None,
    };
    enqueue(app, tx, job).await?;
    Ok(())
}
