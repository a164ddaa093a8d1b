//! Ctrl K: pages by name, and whatever the lists of the API find, within the own scope.

use crate::api;
use crate::paths::{Kind, Place};
use crate::query::encode;
use crate::state;
use crate::ui::{Look, button, dialog, nav};
use api_types::Page;
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use uuid::Uuid;

/// A line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hit {
    group: &'static str,
    name: String,
    href: String,
}

const PAGES: [(&str, Place); 17] = [
    ("Dashboard", Place::Dashboard),
    ("Distributors", Place::Entities(Kind::Distributor)),
    ("Partners", Place::Entities(Kind::Partner)),
    ("Tenants", Place::Entities(Kind::Tenant)),
    ("Regions", Place::Regions),
    ("Subscriptions", Place::Subscriptions),
    ("Pricing", Place::PriceLists),
    ("Invoices", Place::Invoices),
    ("Usage", Place::UsageRecords),
    ("Jobs", Place::Jobs),
    ("System Settings", Place::Settings),
    ("Users", Place::Users),
    ("Create user", Place::UserCreate),
    ("Create tenant", Place::EntityCreate(Kind::Tenant)),
    ("Service Accounts", Place::ServiceAccounts),
    ("Profile", Place::Profile),
    ("Permissions", Place::Permissions),
];

/// Lists that are searched: group, address, list of the app.
const LISTS: [(&str, &str, Place); 7] = [
    ("Tenant", "/tenants", Place::Entities(Kind::Tenant)),
    ("Partner", "/partners", Place::Entities(Kind::Partner)),
    ("Distributor", "/distributors", Place::Entities(Kind::Distributor)),
    ("Invoice", "/invoices", Place::Invoices),
    ("Subscription", "/subscriptions", Place::Subscriptions),
    ("User", "/users", Place::Users),
    ("Region", "/regions", Place::Regions),
];

/// The button in the head and the dialog behind it.
pub fn palette() -> AnyView {
    let open = RwSignal::new(false);
    let handle = window_event_listener(ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || handle.remove());
    view! {
        {button("Search  Ctrl K", Look::Plain, move || open.set(true))}
        {dialog(open, "Go to", move || content(open))}
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Finder {
    open: RwSignal<bool>,
    hits: RwSignal<Vec<Hit>>,
    active: RwSignal<usize>,
    turn: StoredValue<u32>,
}

fn content(open: RwSignal<bool>) -> AnyView {
    let finder = Finder {
        open,
        hits: RwSignal::new(pages("")),
        active: RwSignal::new(0),
        turn: StoredValue::new(0),
    };
    let at = move || format!("palette-{}", finder.active.get());
    view! {
        <div class="palette">
            <input
                type="search"
                role="combobox"
                autofocus=true
                autocomplete="off"
                spellcheck="false"
                placeholder="Page, name, invoice number or mail address"
                aria-label="Go to"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=at
                on:input=move |event| finder.search(&event_target_value(&event))
                on:keydown=move |event| finder.key(&event)
            />
            <ul role="listbox" id="palette-list" aria-label="Found">{move || lines(finder)}</ul>
        </div>
    }
    .into_any()
}

impl Finder {
    fn search(self, text: &str) {
        let text = text.trim().to_owned();
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        self.active.set(0);
        self.hits.set(pages(&text));
        if text.chars().count() < 2 {
            return;
        }
        let lists = LISTS.iter().filter(|(_, _, list)| state::can(list.operation()));
        for (order, &(group, address, list)) in lists.enumerate() {
            let path = format!("{address}?limit=5&search={}", encode(&text));
            spawn_local(async move {
                TimeoutFuture::new(200).await;
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                let Ok(page) = api::get::<Page<Value>>(&path).await else {
                    return;
                };
                let found: Vec<Hit> = page.items.iter().filter_map(|item| hit(group, list, item)).collect();
                if self.turn.try_get_value() == Some(turn) {
                    self.hits.try_update(|hits| insert(hits, order, found));
                }
            });
        }
    }

    fn key(self, event: &ev::KeyboardEvent) {
        let last = self.hits.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => self.active.update(|at| *at = at.saturating_add(1).min(last)),
            "ArrowUp" => self.active.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                let at = self.active.get_untracked();
                if let Some(hit) = self.hits.with_untracked(|hits| hits.get(at).cloned()) {
                    self.go(&hit);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn go(self, hit: &Hit) {
        self.open.set(false);
        nav::go(&hit.href);
    }
}

/// Answers arrive in any order; the groups stand in one.
fn insert(hits: &mut Vec<Hit>, order: usize, found: Vec<Hit>) {
    let place = |group: &str| LISTS.iter().position(|(known, ..)| *known == group);
    let at = hits
        .iter()
        .position(|hit| place(hit.group).is_some_and(|known| known > order))
        .unwrap_or(hits.len());
    hits.splice(at..at, found);
}

/// The pages whose name has the text.
fn pages(text: &str) -> Vec<Hit> {
    let text = text.to_lowercase();
    PAGES
        .iter()
        .filter(|(name, place)| name.to_lowercase().contains(&text) && state::can(place.operation()))
        .map(|(name, place)| Hit {
            group: "Page",
            name: (*name).to_owned(),
            href: place.path(),
        })
        .collect()
}

/// A record as a line: what it is called and where its page is.
fn hit(group: &'static str, list: Place, item: &Value) -> Option<Hit> {
    let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = Uuid::parse_str(text("id")).ok()?;
    let name = match list {
        Place::Users => format!(
            "{} {}, {}",
            text("first_name"),
            text("last_name"),
            text("email_address")
        ),
        Place::Invoices => {
            let tenant = item.pointer("/tenant/name").and_then(Value::as_str).unwrap_or_default();
            let number = if text("number").is_empty() {
                "Preview"
            } else {
                text("number")
            };
            format!("{number}, {tenant}")
        }
        _ => text("name").to_owned(),
    };
    Some(Hit {
        group,
        name,
        href: list.one(id).path(),
    })
}

fn lines(finder: Finder) -> Vec<AnyView> {
    let hits = finder.hits.get();
    if hits.is_empty() {
        return vec![view! { <li role="option" aria-selected="false" class="muted">"Nothing found."</li> }.into_any()];
    }
    hits.into_iter()
        .enumerate()
        .map(|(index, hit)| {
            let here = move || finder.active.get() == index;
            let (name, group) = (hit.name.clone(), hit.group);
            view! {
                <li
                    role="option"
                    id=format!("palette-{index}")
                    class:active=here
                    aria-selected=move || here().to_string()
                    on:click=move |_| finder.go(&hit)
                >
                    <bdi>{name}</bdi>
                    <small>{group}</small>
                </li>
            }
            .into_any()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0192f0a0-0000-7000-8000-000000000001";

    #[test]
    fn a_record_is_found_by_what_people_call_it() {
        let user = json!({"id": ID, "first_name": "Ada", "last_name": "Berg", "email_address": "ada@aurora.example"});
        let found = hit("User", Place::Users, &user).unwrap();
        assert_eq!(found.name, "Ada Berg, ada@aurora.example");
        assert_eq!(found.href, format!("/users/{ID}"));
        let preview = json!({"id": ID, "number": null, "tenant": {"name": "Harbour Freight"}});
        assert_eq!(
            hit("Invoice", Place::Invoices, &preview).unwrap().name,
            "Preview, Harbour Freight"
        );
    }

    #[test]
    fn groups_stand_in_one_order_however_the_answers_arrive() {
        let line = |group| Hit {
            group,
            name: String::new(),
            href: String::new(),
        };
        let mut hits = vec![line("Page")];
        insert(&mut hits, 5, vec![line("User")]);
        insert(&mut hits, 0, vec![line("Tenant")]);
        let groups: Vec<&str> = hits.iter().map(|hit| hit.group).collect();
        assert_eq!(groups, ["Page", "Tenant", "User"]);
    }
}
