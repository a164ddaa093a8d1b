//! Meters, price lists and their items (pricing.md, sections 1 to 6).

pub mod catalogue;
mod create;
mod delete;
mod draft;
mod issued_lines;
mod item_input;
mod items;
mod publish;
mod read;
mod stored_item;
mod update;

pub use create::{NewPriceList, create};
pub use delete::delete;
pub use item_input::{CreditInput, ItemInput, TierInput};
pub use items::{create_item, delete_item, update_item};
pub use publish::{Published, publish};
pub use read::{ItemDetails, PriceListDetails, VersionDetails, list, read};
pub use update::update;

pub(crate) use stored_item::{MeterTable, credit_identifier, pricing_item};

use domain::ids::PriceListId;
use persistence::StoreError;
use persistence::price_list::PriceListRow;
use serde_json::{Value, json};

use crate::Error;
use crate::audit::Act;

/// The facts of a list in the audit log.
fn facts(row: &PriceListRow) -> Value {
    json!({
        "display_name": row.display_name,
        "description": row.description,
        "scope_kind": row.target.kind(),
        "target_id": row.target.uuid(),
        "currency": row.currency,
        "retired_from": row.retired_from,
    })
}

fn act(operation: &str, id: PriceListId, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "price_list",
        target_id: id.to_string(),
        before,
        after,
        ..Act::default()
    }
}

/// A duplicate name becomes 409 `name_taken`.
fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => {
            Error::conflict("name_taken", "Another price list has this name. Choose another.")
        }
        other => other.into(),
    }
}
