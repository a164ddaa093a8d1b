//! What was done to one thing, newest first, as the audit log keeps it.

use super::audit;
use crate::api::load;
use crate::paths::Place;
use crate::query::Query;
use crate::state;
use crate::ui::{Column, Look, button, empty, instant, link, section, show_more, stack, table, text};
use api_types::Page;
use api_types::audit::AuditEntryView;
use leptos::prelude::*;
use uuid::Uuid;

/// How many entries the page of a thing shows; the audit page has the rest.
const SHOWN: &str = "10";

/// Whether the role reads the audit log.
pub(super) fn is_shown() -> bool {
    state::can(Place::Audit.operation())
}

/// The last part of a page; nothing for roles without the audit log. `kind` is the target kind of audit entries.
pub(super) fn history(kind: &'static str, id: Uuid) -> AnyView {
    if !is_shown() {
        return ().into_any();
    }
    section("History", entries(kind, id))
}

/// The same without a heading, for a tab.
pub(super) fn entries(kind: &'static str, id: Uuid) -> AnyView {
    let mut of_this = Query::default();
    of_this.set("target_kind", kind);
    of_this.set("target_id", &id.to_string());
    let all = of_this.on(&Place::Audit.path());
    of_this.set("limit", SHOWN);
    let loader = load::<Page<AuditEntryView>>(move || of_this.on("/audit"));
    let chosen = RwSignal::new(None::<AuditEntryView>);
    stack(vec![
        show_more(loader, move |page| newest(page, chosen, &all)),
        audit::details(chosen),
    ])
}

fn newest(page: &Page<AuditEntryView>, chosen: RwSignal<Option<AuditEntryView>>, all: &str) -> AnyView {
    if page.items.is_empty() {
        return empty("Nothing was done to it yet.", None);
    }
    let columns = [Column::new("Operation"), Column::new("At"), Column::new("Actor")];
    let rows = page.items.iter().map(|entry| {
        let shown = entry.clone();
        let open = move || chosen.set(Some(shown.clone()));
        vec![
            button(entry.operation.clone(), Look::Quiet, open),
            instant(Some(&entry.at)),
            text(&audit::actor(entry)),
        ]
    });
    let older = page.next_cursor.is_some().then(|| link("All entries", all.to_owned()));
    stack(vec![table("history", &columns, rows.collect()), older.into_any()])
}
