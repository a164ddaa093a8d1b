//! Lists: sorted, filtered and paged by the server; all of it is in the address.

use super::basic::{Look, button, empty, failure, skeleton};
use super::columns::{Shown, chooser};
use super::filters::{Filter, change, toolbar};
use super::nav;
use super::table::{Column, draw};
use crate::api::{Load, Loader, load};
use crate::branch::{Branch, PARAMETER};
use crate::format;
use crate::query::{Query, next_sort};
use crate::state;
use api_types::Page;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// Description of a list.
#[derive(Clone)]
pub struct List {
    /// Address after `/api/v1`.
    pub address: String,
    /// Parameters that are always sent.
    pub fixed: Vec<(&'static str, String)>,
    /// Whether it can be searched.
    pub search: bool,
    /// Columns; the first names the row.
    pub columns: Vec<Column>,
    /// Filters.
    pub filters: Vec<Filter>,
    /// One and many of what it lists.
    pub noun: (&'static str, &'static str),
    /// Said when there is nothing at all.
    pub empty: &'static str,
    /// Next step when there is nothing: label and address.
    pub next_step: Option<(&'static str, String)>,
}

/// The list, and the loader to read it again.
pub fn list<T>(spec: List, row: impl Fn(&T) -> Vec<AnyView> + Send + Sync + 'static) -> (Loader<Page<T>>, AnyView)
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    let query = nav::query();
    let (of, fixed, names) = (spec.address.clone(), spec.fixed.clone(), parameters(&spec));
    // The address of the API changes only when one of its own parameters does.
    let address = Memo::new(move |_| query.with(|query| api_address(&of, &fixed, &names, query)));
    let loader = load::<Page<T>>(move || address.get());
    let trail = StoredValue::new(Vec::<String>::new());
    let shown = Shown::of(&spec.address, &spec.columns);
    let bar = toolbar(&spec, query, chooser(shown));
    let body = move || {
        loader.state.with(|state| match state {
            Load::Waiting => skeleton(),
            Load::Failed(error) => failure(error, Some(Callback::new(move |()| loader.reload()))),
            Load::Ready(page) => {
                let rows = untrack(|| page.items.iter().map(&row).collect::<Vec<_>>());
                let rows = rows.into_iter().map(|cells| shown.cells(cells)).collect();
                full(
                    &spec,
                    &shown.columns(),
                    query,
                    rows,
                    page.next_cursor.clone(),
                    page.total,
                    trail,
                )
            }
        })
    };
    (loader, view! { <div class="list">{bar}{body}</div> }.into_any())
}

fn parameters(spec: &List) -> Vec<&'static str> {
    let mut names = vec!["search", "sort", "cursor", "limit"];
    names.extend(spec.filters.iter().map(|filter| filter.name));
    names
}

fn api_address(of: &str, fixed: &[(&'static str, String)], names: &[&'static str], query: &Query) -> String {
    let mut sent = Query::default();
    for name in names {
        sent.set(name, query.get(name));
    }
    if let Some(branch) = Branch::parse(query.get(PARAMETER))
        && let Some(name) = branch.narrows(of)
        && sent.get(name).is_empty()
    {
        sent.set(name, &branch.id.to_string());
    }
    for (name, value) in fixed {
        sent.set(name, value);
    }
    sent.on(of)
}

fn full(
    spec: &List,
    columns: &[Column],
    query: Memo<Query>,
    rows: Vec<Vec<AnyView>>,
    next: Option<String>,
    total: Option<u64>,
    trail: StoredValue<Vec<String>>,
) -> AnyView {
    let path = nav::path();
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let (one, many) = spec.noun;
    let narrowed = query.with_untracked(|query| {
        parameters(spec)
            .iter()
            .any(|name| !matches!(*name, "sort" | "limit") && !query.get(name).is_empty())
            || Branch::parse(query.get(PARAMETER)).is_some_and(|branch| branch.narrows(&spec.address).is_some())
    });
    if rows.is_empty() {
        state::announce(format!("No {many}"));
        if narrowed {
            return empty(format!("No {many} match these filters."), None);
        }
        let step = spec
            .next_step
            .clone()
            .map(|(label, href)| super::button_link(label, Look::Primary, href));
        return empty(spec.empty, step);
    }
    let counted = match total {
        Some(total) if total > shown => format!("{} of {}", format::count(shown), format::counted(total, one, many)),
        _ => format::counted(shown, one, many),
    };
    state::announce(counted.clone());
    let here = query.with_untracked(|query| query.get("cursor").to_owned());
    let go_to = move |cursor: &str| {
        nav::go(
            &query
                .with_untracked(|query| query.with("cursor", cursor))
                .on(&path.get_untracked()),
        );
    };
    let previous = (!here.is_empty()).then(|| {
        button("‹ Previous", Look::Plain, move || {
            let before = trail.try_update_value(Vec::pop).flatten().unwrap_or_default();
            go_to(&before);
        })
    });
    let next = next.map(|cursor| {
        button("Next ›", Look::Plain, move || {
            trail.update_value(|trail| trail.push(here.clone()));
            go_to(&cursor);
        })
    });
    let sorted = query.with_untracked(|query| query.get("sort").to_owned());
    let sort = Callback::new(move |field: &'static str| {
        let current = query.with_untracked(|query| query.get("sort").to_owned());
        change(query, path, "sort", &next_sort(&current, field));
    });
    view! {
        {draw(columns, rows, many, &sorted, Some(sort))}
        <div class="paging"><span class="muted">{counted}</span><span class="actions">{previous}{next}</span></div>
    }
    .into_any()
}
