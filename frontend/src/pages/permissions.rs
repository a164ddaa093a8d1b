//! Help: who may do what, as the server's policy says.

use crate::api::load;
use crate::format;
use crate::ui::{Column, empty, head, show, stack, table, text};
use leptos::prelude::*;
use serde_json::Value;

const ROLES: [(&str, &str); 8] = [
    ("platform_administrator", "Platform Administrator"),
    ("distributor_administrator", "Distributor Administrator"),
    ("partner_administrator", "Partner Administrator"),
    ("tenant_administrator", "Tenant Administrator"),
    ("platform_reader", "Platform Reader"),
    ("distributor_reader", "Distributor Reader"),
    ("partner_reader", "Partner Reader"),
    ("tenant_reader", "Tenant Reader"),
];

/// The page.
pub fn page() -> AnyView {
    let loader = load::<Value>(|| "/permissions".to_owned());
    let lead = "What each role may do: everywhere, in its own scope, only while a setting is on, or not at all.";
    stack(vec![head("Permissions", text(lead), vec![]), show(loader, content)])
}

fn content(answer: &Value) -> AnyView {
    let rows = answer
        .as_array()
        .or_else(|| answer.get("items").and_then(Value::as_array));
    let Some(rows) = rows.filter(|rows| !rows.is_empty()) else {
        return empty("The policy has no rows.", None);
    };
    let mut columns = vec![Column::new("Operation"), Column::new("Screen")];
    columns.extend(ROLES.iter().map(|(_, label)| Column::new(label)));
    table("permissions", &columns, rows.iter().map(row).collect())
}

fn row(row: &Value) -> Vec<AnyView> {
    let word = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut cells = vec![
        view! { <code>{word("operation").to_owned()}</code> }.into_any(),
        text(word("screen")),
    ];
    for (role, _) in ROLES {
        let nested = ["roles", "cells", "grants"]
            .iter()
            .find_map(|key| row.get(*key)?.get(role)?.as_str());
        cells.push(text(&cell(nested.unwrap_or_else(|| word(role)))));
    }
    cells
}

/// A cell of the policy in words.
fn cell(code: &str) -> String {
    match code {
        "all" => "All".to_owned(),
        "own" => "Own scope".to_owned(),
        "none" | "" => String::new(),
        other => match other.split_once(':') {
            Some((_, setting)) => format!("Own scope, if {setting}"),
            None => format::words(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_the_policy_are_told_in_words() {
        assert_eq!(cell("all"), "All");
        assert_eq!(cell("none"), "");
        assert_eq!(
            cell("own_if:tenants.partner_self_provisioning"),
            "Own scope, if tenants.partner_self_provisioning"
        );
    }
}
