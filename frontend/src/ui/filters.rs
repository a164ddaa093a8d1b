//! The search box and the filters above a list; all of it is in the address.

use super::basic::{Look, button};
use super::field::Options;
use super::list::List;
use super::nav;
use super::picker::{Ask, picker};
use crate::query::Query;
use leptos::prelude::*;

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

/// Changes one parameter and starts at the first page.
pub fn change(query: Memo<Query>, path: Memo<String>, name: &str, value: &str) {
    let target = query.with_untracked(|query| query.with(name, value).with("cursor", ""));
    nav::go_query(&target.on(&path.get_untracked()));
}

/// The search box, the filters, and what stands at the right.
pub fn toolbar(spec: &List, query: Memo<Query>, right: AnyView) -> AnyView {
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
    view! { <div class="toolbar" role="search">{search}{filters}{clear}{right}</div> }.into_any()
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
