//! `csv_injection.json`, `audit_chain.json`.

use domain::audit_chain::seal;
use domain::csv_cell::{decimal_field, text_field};
use serde_json::{Value, json};

use crate::input::{CaseError, Input};

pub(crate) fn csv_injection(input: Input<'_>) -> Result<Value, CaseError> {
    let value = input.text("value")?;
    let field = match input.text("type")? {
        "text" => text_field(value),
        "decimal" => decimal_field(value),
        other => return Err(CaseError::Malformed(other.to_owned())),
    };
    Ok(json!({ "csv_field": field }))
}

pub(crate) fn audit_chain(input: Input<'_>) -> Result<Value, CaseError> {
    let (canonical, hash) = seal(input.text("previous_hash")?, input.object("entry")?.0)?;
    Ok(json!({ "canonical": canonical, "hash": hash }))
}
