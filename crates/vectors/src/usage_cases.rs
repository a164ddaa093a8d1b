//! `natural_key.json`.

use std::collections::BTreeMap;

use domain::decimal::Quantity;
use domain::natural_key::{Outcome, ReadWindow, ReceivedRow, WindowStore, normalise, reduce};
use serde_json::{Map, Value, json};

use crate::date_cases::{date, instant_text};
use crate::input::{CaseError, Input};

pub(crate) fn natural_key(input: Input<'_>) -> Result<Value, CaseError> {
    let mut store = WindowStore::default();
    let mut steps = Vec::new();
    for step in input.objects("steps") {
        steps.push(if step.get("accept").is_some() {
            accept(&mut store, step.object("accept")?)?
        } else {
            collect(&mut store, step.object("collect")?)?
        });
    }
    let (stored, totals) = shown(&store)?;
    Ok(json!({ "steps": steps, "stored": stored, "totals": totals }))
}

fn accept(store: &mut WindowStore, window: Input<'_>) -> Result<Value, CaseError> {
    let changes = store.accept(window.text("region_id")?, date(window.text("reported_date")?)?);
    let changes = changes.ok_or_else(|| CaseError::Malformed("no reading is held".to_owned()))?;
    Ok(json!({ "status": "accepted", "removed": changes.removed }))
}

fn collect(store: &mut WindowStore, window: Input<'_>) -> Result<Value, CaseError> {
    if !window.flag("complete")? {
        return Ok(json!({ "status": "incomplete" }));
    }
    let region_id = window.text("region_id")?;
    let reported_date = date(window.text("reported_date")?)?;
    let mut rows = Vec::new();
    let mut quarantined = Vec::new();
    for row in window.objects("rows") {
        let received = ReceivedRow {
            platform_subscription_id: row.text("platform_subscription_id")?,
            meter_id: row.text("meter_id")?,
            usage_start: row.text("usage_start")?,
            usage_end: row.text("usage_end")?,
            resource_uri: row.text("resource_uri")?,
            sku: row.optional_text("sku").unwrap_or_default(),
            quantity: row.text("quantity")?,
        };
        match normalise(region_id, reported_date, &received) {
            Ok(row) => rows.push(row),
            Err(reason) => quarantined.push(reason.code()),
        }
    }
    let ReadWindow {
        rows,
        duplicate_rows,
        repeated_keys,
    } = reduce(rows);
    let mut answer = Map::new();
    let mut set = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    set("duplicate_rows", json!(duplicate_rows));
    set("repeated_keys", json!(repeated_keys));
    set("quarantined", json!(quarantined));
    match store.collect(region_id, reported_date, rows) {
        Outcome::Applied(changes) => {
            set("status", json!("applied"));
            set("added", json!(changes.added));
            set("changed", json!(changes.changed));
            set("unchanged", json!(changes.unchanged));
            set("removed", json!(changes.removed));
        }
        Outcome::Shrunk { stored_rows, read_rows } => {
            set("status", json!("shrunk"));
            set("stored_rows", json!(stored_rows));
            set("read_rows", json!(read_rows));
        }
    }
    Ok(Value::Object(answer))
}

fn shown(store: &WindowStore) -> Result<(Vec<Value>, Vec<Value>), CaseError> {
    let mut stored = Vec::new();
    let mut totals: BTreeMap<[&str; 4], Quantity> = BTreeMap::new();
    for row in store.rows() {
        let key = &row.key;
        stored.push(json!({
            "region_id": key.region_id,
            "reported_date": key.reported_date,
            "platform_subscription_id": key.platform_subscription_id,
            "meter_id": key.meter_id,
            "usage_start": instant_text(key.usage_start),
            "usage_end": instant_text(key.usage_end),
            "resource_uri": key.resource_uri,
            "sku": key.sku,
            "quantity": row.quantity,
            "ordinal": row.ordinal,
        }));
        let group = [
            &*key.region_id,
            &*key.platform_subscription_id,
            &*key.meter_id,
            &*key.sku,
        ];
        let total = totals.entry(group).or_insert(Quantity::ZERO);
        *total = total
            .checked_add(row.quantity)
            .ok_or(CaseError::Refused("quantity_out_of_range"))?;
    }
    let totals = totals
        .into_iter()
        .map(|([region, subscription, meter, sku], quantity)| {
            json!({
                "region_id": region,
                "platform_subscription_id": subscription,
                "meter_id": meter,
                "sku": sku,
                "quantity": quantity,
            })
        });
    Ok((stored, totals.collect()))
}
