//! Deleting a preview (B-16).

use domain::ids::InvoiceId;
use serde_json::json;

use super::act;
use super::read::find;
use crate::authorize::stepped_up;
use crate::{Actor, App, Error, audit};

/// Deletes a preview; its usage is then uninvoiced again.
///
/// # Errors
/// [`Error::NotFound`]; 409 `not_a_preview`.
pub async fn delete(app: &App, actor: &Actor, id: InvoiceId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let row = find(&tx, actor, "invoice.delete", id).await?;
    stepped_up(app, actor, "invoice.delete")?;
    if !tx.invoices().delete_preview(id).await? {
        return Err(Error::conflict("not_a_preview", "Only previews can be deleted."));
    }
    let facts = json!({ "period": row.period, "revision": row.revision, "net_minor": row.net_minor });
    audit::record(app, &tx, actor, act("invoice.delete", &row, Some(facts), None)).await?;
    tx.commit().await?;
    Ok(())
}
