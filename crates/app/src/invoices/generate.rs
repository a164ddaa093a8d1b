//! Asking for previews (B-4, U-62).

use domain::ids::TenantId;
use domain::period::Period;
use domain::scope::Scope;
use persistence::Tx;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::authorize::authorize;
use crate::jobs::{Enqueued, NewJob, enqueue};
use crate::{Actor, App, Error, Invalid, audit};

/// Which previews to make.
#[derive(Clone, Debug)]
pub struct NewGeneration {
    /// Month.
    pub period: Period,
    /// None: every tenant in scope.
    pub tenant_ids: Option<Vec<TenantId>>,
}

/// Queues the job that makes the previews of a month; the same request joins the open one.
///
/// # Errors
/// [`Error::Invalid`] for a month that has not begun and for tenants outside the scope.
pub async fn generate(app: &App, actor: &Actor, input: &NewGeneration) -> Result<Enqueued, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "invoice.generate").await?;
    if input.period.starts_at() > app.clock().now() {
        return Err(Invalid::one("/period", "period_in_future", "The month has not begun."));
    }
    let tenants = tenants(&tx, scope, input.tenant_ids.as_deref()).await?;
    let period = input.period;
    let job = NewJob {
        kind: "invoice_generation",
        title: format!("Generate invoices of {period}"),
        payload: json!({ "period": period, "tenant_ids": tenants }),
        lock_key: Some(format!("invoice_generation:{period}")),
        join_key: Some(join_key(period, tenants.as_deref())),
        business_key: None,
        requested_by: actor.id(),
        tenant_id: None,
        region_id: None,
    };
    let queued = enqueue(app, &tx, job).await?;
    let act = audit::Act {
        operation: "invoice.generate".to_owned(),
        target_kind: "job",
        target_id: queued.job_id.to_string(),
        after: Some(json!({ "period": period, "tenants": tenants.as_ref().map(Vec::len) })),
        ..audit::Act::default()
    };
    audit::record(app, &tx, actor, act).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(queued)
}

/// The tenants by id, in order; none for the platform's "every tenant".
async fn tenants(tx: &Tx, scope: Scope, named: Option<&[TenantId]>) -> Result<Option<Vec<TenantId>>, Error> {
    if named.is_none() && scope.is_everything() {
        return Ok(None);
    }
    let in_scope = tx.invoices().tenants_in(scope).await?;
    let Some(named) = named else {
        return Ok(Some(in_scope));
    };
    let mut invalid = Invalid::new();
    for (index, id) in named.iter().enumerate() {
        if in_scope.binary_search(id).is_err() {
            let detail = "Nothing with this id is visible to you.";
            invalid.add(format!("/tenant_ids/{index}"), "unknown_reference", detail);
        }
    }
    invalid.check()?;
    let mut named = named.to_vec();
    named.sort_unstable();
    named.dedup();
    Ok(Some(named))
}

fn join_key(period: Period, tenants: Option<&[TenantId]>) -> String {
    let Some(tenants) = tenants else {
        return format!("{period}:all");
    };
    let mut hash = Sha256::new();
    for id in tenants {
        hash.update(id.uuid().as_bytes());
    }
    format!("{period}:{}", hex::encode(hash.finalize()))
}
