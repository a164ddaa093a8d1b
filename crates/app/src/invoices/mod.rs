//! Invoices: generate, list, read, explain, issue, delete and the documents made of them (billing.md).

mod blockers;
mod delete;
mod document;
mod download;
mod explain;
mod generate;
mod generation;
mod issue;
pub mod open;
pub(crate) mod prices;
pub(crate) mod rating;
mod read;
mod snapshot;
pub mod stale;
pub(crate) mod usage_of_month;

pub use blockers::Blocker;
pub use delete::delete;
pub use download::{DocumentFile, DocumentFormat, download};
pub use explain::{ExplainedDay, ExplainedLine, ExplainedResource, ExplainedStep, explain, steps};
pub use generate::{NewGeneration, generate};
pub use issue::issue;
pub use read::{InvoiceDetails, InvoiceFigures, list, read};

pub(crate) use download::run as run_rendering;
pub(crate) use generation::run as run_generation;

use domain::ids::TenantId;
use domain::role::Level;
use persistence::invoice::{InvoiceRow, Visible};
use serde_json::Value;

use crate::Actor;
use crate::audit::Act;

/// Tenant roles see no previews (S-12).
pub(crate) fn visible(actor: &Actor) -> Visible {
    if actor.role.level() == Level::Tenant {
        Visible::IssuedOnly
    } else {
        Visible::All
    }
}

fn act(operation: &str, row: &InvoiceRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "invoice",
        target_id: row.id.to_string(),
        distributor_id: Some(row.distributor_id),
        partner_id: Some(row.partner_id),
        tenant_id: Some::<TenantId>(row.tenant_id),
        before,
        after,
        reason: None,
    }
}
