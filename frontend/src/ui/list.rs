//! Lists: sorted, filtered and paged by the server; all of it is in the address.

use super::basic::{Look, button, empty, failure, skeleton};
use super::field::Options;
use super::nav;
use super::picker::{Ask, picker};
use crate::api::{Load, Loader, load};
use crate::format;
use crate::query::{Query, next_sort};
use crate::state;
use api_types::Page;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    label: &'static str,
    sort: &'static str,
    number: bool,
}

impl Column {
    /// A column of text.
    pub const fn new(label: &'static str) -> Self {
        Self {
            label,
            sort: "",
            number: false,
        }
    }

    /// Can be sorted by this field.
    pub const fn sort(mut self, field: &'static str) -> Self {
        self.sort = field;
        self
    }

    /// Holds figures: aligned to the right.
    pub const fn number(mut self) -> Self {
        self.number = true;
        self
    }
}

/// How a filter is entered.
#[derive(Clone, Copy, Debug)]
pub enum FilterInput {
    /// A month.
    Month,
    /// A date.
    Date,
    /// One of these values.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of what the API lists at this address.
    Remote(&'static str),
    /// Free text.
    Text,
}

/// A filter: parameter of the API and of the address.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Parameter.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// Control.
    pub input: FilterInput,
}

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
    let bar = toolbar(&spec, query);
    let body = move || {
        loader.state.with(|state| match state {
            Load::Waiting => skeleton(),
            Load::Failed(error) => failure(error, Some(Callback::new(move |()| loader.reload()))),
            Load::Ready(page) => {
                let rows = untrack(|| page.items.iter().map(&row).collect::<Vec<_>>());
                full(&spec, query, rows, page.next_cursor.clone(), page.total, trail)
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
    for (name, value) in fixed {
        sent.set(name, value);
    }
    sent.on(of)
}

/// Changes one parameter and starts at the first page.
fn change(query: Memo<Query>, path: Memo<String>, name: &str, value: &str) {
    let target = query.with_untracked(|query| query.with(name, value).with("cursor", ""));
    nav::go_query(&target.on(&path.get_untracked()));
}

fn toolbar(spec: &List, query: Memo<Query>) -> AnyView {
    let path = nav::path();
    let search = spec.search.then(|| {
        let label = format!("Search {}", spec.noun.1);
        view! {
            <div class="filter">
                <label for="filter-search">{label}</label>
                <input
                    id="filter-search"
                    type="search"
                    autocomplete="off"
                    prop:value=move || query.with(|query| query.get("search").to_owned())
                    on:change=move |event| change(query, path, "search", event_target_value(&event).trim())
                />
            </div>
        }
        .into_any()
    });
    let filters = spec
        .filters
        .iter()
        .map(|filter| filter_control(*filter, query, path))
        .collect::<Vec<_>>();
    if search.is_none() && filters.is_empty() {
        return ().into_any();
    }
    let names = spec.filters.iter().map(|filter| filter.name).collect::<Vec<_>>();
    let clear = move || {
        let set =
            query.with(|query| !query.get("search").is_empty() || names.iter().any(|name| !query.get(name).is_empty()));
        let names = names.clone();
        set.then(|| {
            button("Clear filters", Look::Quiet, move || {
                let mut target = query.get_untracked().with("search", "").with("cursor", "");
                for name in &names {
                    target.set(name, "");
                }
                nav::go_query(&target.on(&path.get_untracked()));
            })
        })
    };
    view! { <div class="toolbar" role="search">{search}{filters}{clear}</div> }.into_any()
}

fn filter_control(filter: Filter, query: Memo<Query>, path: Memo<String>) -> AnyView {
    let name = filter.name;
    let value = Memo::new(move |_| query.with(|query| query.get(name).to_owned()));
    let control = match filter.input {
        FilterInput::Month => filter_input("month", name, value, query, path),
        FilterInput::Date => filter_input("date", name, value, query, path),
        FilterInput::Text => filter_input("text", name, value, query, path),
        FilterInput::Choice(pairs) => {
            let mut all = vec![(String::new(), "All".to_owned())];
            all.extend(
                pairs
                    .iter()
                    .map(|(key, label)| ((*key).to_owned(), (*label).to_owned())),
            );
            filter_select(Signal::stored(all), name, value, query, path)
        }
        FilterInput::Remote(address) => picker(Ask {
            id: format!("filter-{name}"),
            address: Signal::stored(address.to_owned()),
            value: value.into(),
            choose: Callback::new(move |id: String| change(query, path, name, &id)),
            none: "All",
            about: None,
            required: false,
            off: false,
            wrong: Signal::stored(false),
        }),
    };
    let id = format!("filter-{name}");
    view! { <div class="filter"><label for=id>{filter.label}</label>{control}</div> }.into_any()
}

fn filter_input(
    kind: &'static str,
    name: &'static str,
    value: Memo<String>,
    query: Memo<Query>,
    path: Memo<String>,
) -> AnyView {
    view! {
        <input
            id=format!("filter-{name}")
            type=kind
            autocomplete="off"
            prop:value=move || value.get()
            on:change=move |event| change(query, path, name, event_target_value(&event).trim())
        />
    }
    .into_any()
}

fn filter_select(
    pairs: Options,
    name: &'static str,
    value: Memo<String>,
    query: Memo<Query>,
    path: Memo<String>,
) -> AnyView {
    let choices = move || {
        pairs
            .get()
            .into_iter()
            .map(|(key, label)| {
                let mine = key.clone();
                let chosen = move || value.with(|value| *value == mine);
                view! { <option value=key prop:selected=chosen>{label}</option> }.into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <select id=format!("filter-{name}") on:change=move |event| change(query, path, name, &event_target_value(&event))>{choices}</select>
    }
    .into_any()
}

fn full(
    spec: &List,
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
        {draw(&spec.columns, rows, many, &sorted, Some(sort))}
        <div class="paging"><span class="muted">{counted}</span><span class="actions">{previous}{next}</span></div>
    }
    .into_any()
}

/// A table without sorting and paging.
pub fn table(name: &'static str, columns: &[Column], rows: Vec<Vec<AnyView>>) -> AnyView {
    draw(columns, rows, name, "", None)
}

fn draw(
    columns: &[Column],
    rows: Vec<Vec<AnyView>>,
    name: &'static str,
    sorted: &str,
    sort: Option<Callback<&'static str>>,
) -> AnyView {
    let heads = columns
        .iter()
        .map(|column| column_head(*column, sorted, sort))
        .collect::<Vec<_>>();
    let numbers: Vec<bool> = columns.iter().map(|column| column.number).collect();
    let rows = rows
        .into_iter()
        .map(|cells| draw_row(cells, &numbers))
        .collect::<Vec<_>>();
    view! {
        <div class="table" tabindex="0" role="region" aria-label=format::words(name)>
            <table>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn draw_row(cells: Vec<AnyView>, numbers: &[bool]) -> AnyView {
    let cells = cells
        .into_iter()
        .enumerate()
        .map(|(index, cell)| {
            if index == 0 {
                return view! { <th scope="row">{cell}</th> }.into_any();
            }
            let class = numbers.get(index).copied().unwrap_or(false).then_some("number");
            view! { <td class=class>{cell}</td> }.into_any()
        })
        .collect::<Vec<_>>();
    view! { <tr>{cells}</tr> }.into_any()
}

fn column_head(column: Column, sorted: &str, sort: Option<Callback<&'static str>>) -> AnyView {
    let class = column.number.then_some("number");
    let (Some(sort), false) = (sort, column.sort.is_empty()) else {
        return view! { <th scope="col" class=class>{column.label}</th> }.into_any();
    };
    let (order, mark) = if sorted == column.sort {
        ("ascending", " ▲")
    } else if sorted.strip_prefix('-') == Some(column.sort) {
        ("descending", " ▼")
    } else {
        ("none", "")
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <button type="button" class="sort" on:click=move |_| sort.run(column.sort)>
                {column.label}
                <span aria-hidden="true">{mark}</span>
            </button>
        </th>
    }
    .into_any()
}
