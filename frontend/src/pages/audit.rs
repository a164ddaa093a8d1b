//! Audit: who did what to what, with before and after; export and verification of the chain (I-70 to I-74).

use super::common::{held, optional};
use crate::api;
use crate::format;
use crate::query::Query;
use crate::state;
use crate::ui::{
    Column, Field, Filter, FilterInput, Form, List, Look, button, button_when, dialog, download, fact, facts, failure,
    field, head, instant, list, note, panel, section, stack, table, text,
};
use api_types::audit::{AuditEntryView, AuditVerification};
use leptos::prelude::*;
use serde_json::Value;

const FILTERS: [Filter; 6] = [
    Filter {
        name: "from",
        label: "From",
        input: FilterInput::Date,
    },
    Filter {
        name: "to",
        label: "To",
        input: FilterInput::Date,
    },
    Filter {
        name: "operation",
        label: "Operation",
        input: FilterInput::Text,
    },
    Filter {
        name: "target_kind",
        label: "Target Kind",
        input: FilterInput::Text,
    },
    Filter {
        name: "target_id",
        label: "Target Id",
        input: FilterInput::Text,
    },
    Filter {
        name: "actor_id",
        label: "Actor Id",
        input: FilterInput::Text,
    },
];

/// The page.
pub fn page() -> AnyView {
    let chosen = RwSignal::new(None::<AuditEntryView>);
    let spec = List {
        address: "/audit".to_owned(),
        fixed: vec![],
        search: false,
        columns: vec![
            Column::new("Operation"),
            Column::new("At").sort("at"),
            Column::new("Actor"),
            Column::new("Target"),
            Column::new("From Address"),
            Column::new("Number").number(),
        ],
        filters: FILTERS.to_vec(),
        noun: ("entry", "entries"),
        empty: "No entries. Everything that is changed, and every sign-in and download, leaves one here.",
        next_step: None,
    };
    let entries = list::<AuditEntryView>(spec, move |entry| row(entry, chosen)).1;
    let mut actions = vec![];
    if state::can("audit.verify") {
        actions.push(verify());
    }
    if state::can("audit.export") {
        actions.push(export());
    }
    let lead = "Who did what to what, with before and after. Entries are never changed or removed.";
    stack(vec![head("Audit", text(lead), actions), entries, details(chosen)])
}

fn row(entry: &AuditEntryView, chosen: RwSignal<Option<AuditEntryView>>) -> Vec<AnyView> {
    let shown = entry.clone();
    let open = button(entry.operation.clone(), Look::Quiet, move || {
        chosen.set(Some(shown.clone()));
    });
    let target = format!("{} {}", format::words(&entry.target_kind), entry.target_id);
    vec![
        open,
        instant(Some(&entry.at)),
        text(&actor(entry)),
        text(target.trim()),
        text(entry.source_address.as_deref().unwrap_or_default()),
        text(&entry.sequence.map(figure).unwrap_or_default()),
    ]
}

/// Who did it.
pub(super) fn actor(entry: &AuditEntryView) -> String {
    let named = entry
        .actor_name
        .clone()
        .or_else(|| entry.actor_id.map(|id| id.to_string()));
    match named {
        Some(name) if entry.actor_kind != "user" => format!("{} {name}", format::words(&entry.actor_kind)),
        Some(name) => name,
        None => format::words(&entry.actor_kind),
    }
}

/// The panel of one entry in full.
pub(super) fn details(chosen: RwSignal<Option<AuditEntryView>>) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if chosen.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            chosen.set(None);
        }
    });
    panel(open, "Audit entry", move || {
        chosen.get().as_ref().map(entry_view).into_any()
    })
}

fn entry_view(entry: &AuditEntryView) -> AnyView {
    let optional = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
    stack(vec![
        facts(vec![
            fact("Operation", text(&entry.operation)),
            fact("At", instant(Some(&entry.at))),
            fact("Actor", text(&actor(entry))),
            fact("Signed in with", text(&format::words(&entry.credential_kind))),
            fact("Fresh sign-in", text(if entry.step_up { "Yes" } else { "No" })),
            fact("Target", text(&format::words(&entry.target_kind))),
            fact("Target Id", text(&entry.target_id)),
            fact("From Address", optional(&entry.source_address)),
            fact("Request", optional(&entry.request_id)),
            fact("Reason", optional(&entry.reason)),
        ]),
        section("Before and after", changes(entry.before.as_ref(), entry.after.as_ref())),
        entry.sequence.map_or_else(
            || note("info", "Not sealed yet: it joins the chain within five minutes."),
            |place| note("info", format!("Sealed as entry {} of the chain.", figure(place))),
        ),
    ])
}

/// A number of the chain in groups of digits.
fn figure(value: i64) -> String {
    format::group(&value.to_string())
}

/// Each field with its old and its new value; only those that differ when both are known.
fn changes(before: Option<&Value>, after: Option<&Value>) -> AnyView {
    let rows: Vec<Vec<AnyView>> = differences(before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null))
        .into_iter()
        .map(|(name, old, new)| vec![text(&format::words(&name)), text(&old), text(&new)])
        .collect();
    if rows.is_empty() {
        return text("Nothing was changed.");
    }
    table(
        "changes",
        &[Column::new("Field"), Column::new("Before"), Column::new("After")],
        rows,
    )
}

/// Name, old and new value of everything that differs, nested names joined by dots.
fn differences(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let mut old = vec![];
    let mut new = vec![];
    flatten("", before, &mut old);
    flatten("", after, &mut new);
    let find = |list: &[(String, String)], name: &str| {
        let found = list.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut names: Vec<&String> = old.iter().map(|(name, _)| name).collect();
    let added = new
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !old.iter().any(|(known, _)| known == *name));
    names.extend(added);
    names
        .into_iter()
        .map(|name| (name.clone(), find(&old, name), find(&new, name)))
        .filter(|(_, old, new)| old != new)
        .collect()
}

fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                flatten(&name, value, into);
            }
        }
        Value::String(text) => into.push((label_of(name), text.clone())),
        other => into.push((label_of(name), other.to_string())),
    }
}

fn label_of(name: &str) -> String {
    if name.is_empty() {
        "value".to_owned()
    } else {
        name.to_owned()
    }
}

/// Recomputes the chain on the server.
fn verify() -> AnyView {
    let frame = Form::new("verify");
    let open = RwSignal::new(false);
    let found = RwSignal::new(None::<AuditVerification>);
    let check = move || {
        found.set(None);
        open.set(true);
        frame.run(
            async move { api::post::<_, AuditVerification>("/audit/verify", &serde_json::json!({})).await },
            move |answer| found.set(Some(answer)),
        );
    };
    let content = move || {
        view! {
            <div role="status" class="stack">
                {move || frame.busy.get().then(|| note("info", "Recomputing every hash …"))}
                {move || frame.error.with(|error| error.as_ref().map(|error| failure(error, None)))}
                {move || found.with(|found| found.as_ref().map(verdict))}
            </div>
        }
        .into_any()
    };
    view! {
        {button_when("Verify", Look::Plain, move || frame.busy.get(), check)}
        {dialog(open, "Verify the audit log", content)}
    }
    .into_any()
}

fn verdict(found: &AuditVerification) -> AnyView {
    let sealed = figure(found.checked);
    let sentence = match (found.intact, found.first_break) {
        (true, _) => note("good", format!("The chain is whole; sealed entries checked: {sealed}.")),
        (false, Some(number)) => note(
            "bad",
            format!("The chain breaks at entry {number}: it or one before it was altered. Compare it with a backup."),
        ),
        (false, None) => note("bad", "The chain is broken. Compare it with a backup."),
    };
    stack(vec![
        sentence,
        facts(vec![
            fact("Waiting to be sealed", text(&figure(found.unsealed))),
            fact(
                "Head",
                view! { <code class="break">{found.head.clone()}</code> }.into_any(),
            ),
        ]),
    ])
}

/// Asks for the range, then offers the file (I-74).
fn export() -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("export");
    let content = move || {
        let (from, to) = (held(""), held(""));
        let address = move || {
            from.track();
            to.track();
            let mut query = Query::default();
            query.set("from", &optional(from).unwrap_or_default());
            query.set("to", &optional(to).unwrap_or_default());
            query.on("/api/v1/audit/export")
        };
        view! {
            <div class="stack">
                <p>"JSON Lines of every entry of the range with its hash, and the head of the chain at the end."</p>
                <div class="fields">
                    {field(frame, Field::new("First day", "/from").of("date"), from)}
                    {field(frame, Field::new("Last day", "/to").of("date"), to)}
                </div>
                <div class="actions end">{move || download("Download", address())}</div>
            </div>
        }
        .into_any()
    };
    view! { {button("Export", Look::Plain, move || open.set(true))} {dialog(open, "Export the audit log", content)} }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_shown() {
        let before = json!({"name": "A", "profile": {"country": "DE", "phone": "changed"}});
        let after = json!({"name": "B", "profile": {"country": "DE", "phone": "changed"}, "terms": 30});
        assert_eq!(
            differences(&before, &after),
            [
                ("name".to_owned(), "A".to_owned(), "B".to_owned()),
                ("terms".to_owned(), String::new(), "30".to_owned()),
            ]
        );
    }

    #[test]
    fn a_creation_shows_every_new_value_and_a_deletion_every_old_one() {
        let whole = json!({"name": "A", "enabled": true});
        assert_eq!(differences(&Value::Null, &whole).len(), 2);
        assert_eq!(differences(&whole, &Value::Null).len(), 2);
        assert!(differences(&whole, &whole).is_empty());
        assert_eq!(
            differences(&json!("off"), &json!("on")),
            [("value".to_owned(), "off".to_owned(), "on".to_owned())]
        );
    }
}
