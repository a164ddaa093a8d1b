//! A box that finds one record by name: the server searches, so it works with any number of records.

use crate::api::{self, Named};
use crate::query::encode;
use api_types::Page;
use gloo_timers::future::TimeoutFuture;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many names are offered at a time.
const OFFERED: usize = 20;

/// What the box needs to know.
pub struct Ask {
    /// Id of the control.
    pub id: String,
    /// List of the API, with or without parameters; `search` is added.
    pub address: Signal<String>,
    /// Id of the chosen record; empty for none.
    pub value: Signal<String>,
    /// Takes the id of another choice.
    pub choose: Callback<String>,
    /// Shown while nothing is chosen.
    pub none: &'static str,
    /// Id of the help sentence.
    pub about: Option<String>,
    /// Must be filled in.
    pub required: bool,
    /// Cannot be changed.
    pub off: bool,
    /// Whether the choice was refused.
    pub wrong: Signal<bool>,
}

#[derive(Clone, Copy)]
struct Picker {
    address: Signal<String>,
    value: Signal<String>,
    choose: Callback<String>,
    text: RwSignal<String>,
    known: RwSignal<Option<Named>>,
    items: RwSignal<Vec<Named>>,
    more: RwSignal<bool>,
    open: RwSignal<bool>,
    active: RwSignal<usize>,
    turn: StoredValue<u32>,
}

impl Picker {
    fn new(ask: &Ask) -> Self {
        Self {
            address: ask.address,
            value: ask.value,
            choose: ask.choose,
            text: RwSignal::new(String::new()),
            known: RwSignal::new(None),
            items: RwSignal::new(Vec::new()),
            more: RwSignal::new(false),
            open: RwSignal::new(false),
            active: RwSignal::new(0),
            turn: StoredValue::new(0),
        }
    }

    /// Shows the name of the chosen record, read from the API where it is not known yet.
    fn follow_value(self) {
        Effect::new(move |_| {
            let id = self.value.get();
            if id.is_empty() {
                self.known.set(None);
                self.text.set(String::new());
                return;
            }
            let name = self.known.with_untracked(|known| {
                let known = known.as_ref().filter(|known| known.id == id);
                known.map(|known| known.name.clone())
            });
            if let Some(name) = name {
                self.text.set(name);
                return;
            }
            let list = self.address.get_untracked();
            let path = format!("{}/{id}", list.split('?').next().unwrap_or_default());
            spawn_local(async move {
                // What cannot be read by itself is shown by its id.
                let unnamed = Named {
                    id: id.clone(),
                    name: id.clone(),
                };
                let mut found = api::get::<Named>(&path).await.unwrap_or(unnamed);
                if self.value.try_get_untracked().as_deref() == Some(id.as_str()) {
                    found.id = id;
                    self.text.try_set(found.name.clone());
                    self.known.try_set(Some(found));
                }
            });
        });
    }

    /// Asks for names a moment after the last key; a slow answer never replaces a newer one.
    fn search(self, text: String, wait: u32) {
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        let list = self.address.get_untracked();
        let joint = if list.contains('?') { '&' } else { '?' };
        let path = format!("{list}{joint}limit={OFFERED}&sort=name&search={}", encode(text.trim()));
        spawn_local(async move {
            TimeoutFuture::new(wait).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            let Ok(page) = api::get::<Page<Named>>(&path).await else {
                return;
            };
            if self.turn.try_get_value() == Some(turn) {
                self.more.try_set(page.next_cursor.is_some());
                self.active.try_set(0);
                self.items.try_set(page.items);
                self.open.try_set(true);
            }
        });
    }

    fn take(self, item: Named) {
        let id = item.id.clone();
        self.text.set(item.name.clone());
        self.known.set(Some(item));
        self.close();
        self.choose.run(id);
    }

    fn close(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.open.set(false);
    }

    /// An emptied box chooses nothing; half a word goes back to what was chosen.
    fn leave(self) {
        self.close();
        let chosen = !self.value.get_untracked().is_empty();
        if self.text.with_untracked(|text| text.trim().is_empty()) {
            // A name that has not arrived yet was not emptied by anybody.
            if chosen && self.known.with_untracked(Option::is_some) {
                self.choose.run(String::new());
            }
            return;
        }
        let name = self
            .known
            .with_untracked(|known| known.as_ref().map(|known| known.name.clone()));
        self.text.set(name.filter(|_| chosen).unwrap_or_default());
    }

    fn key(self, event: &KeyboardEvent) {
        let (open, last) = (
            self.open.get_untracked(),
            self.items.with_untracked(Vec::len).saturating_sub(1),
        );
        match event.key().as_str() {
            "ArrowDown" if open => self.active.update(|at| *at = at.saturating_add(1).min(last)),
            "ArrowUp" if open => self.active.update(|at| *at = at.saturating_sub(1)),
            "ArrowDown" => self.search(String::new(), 0),
            "Enter" if open => {
                let at = self.active.get_untracked();
                if let Some(item) = self.items.with_untracked(|items| items.get(at).cloned()) {
                    self.take(item);
                }
            }
            "Escape" if open => self.close(),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The box and the names below it.
pub fn picker(ask: Ask) -> AnyView {
    let picker = Picker::new(&ask);
    picker.follow_value();
    let list = format!("{}-list", ask.id);
    let option = format!("{}-option-", ask.id);
    let (controls, prefix) = (list.clone(), option.clone());
    let at = move || picker.open.get().then(|| format!("{prefix}{}", picker.active.get()));
    let invalid = move || ask.wrong.get().then_some("true");
    // The browser looks at the text, which comes a moment after the choice.
    let missing = move || ask.required && picker.value.with(String::is_empty);
    view! {
        <div class="picker">
            <input
                id=ask.id
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                placeholder=ask.none
                required=missing
                aria-required=ask.required.to_string()
                disabled=ask.off
                aria-autocomplete="list"
                aria-expanded=move || picker.open.get().to_string()
                aria-controls=controls
                aria-activedescendant=at
                aria-invalid=invalid
                aria-describedby=ask.about
                prop:value=move || picker.text.get()
                on:focus=move |_| picker.search(String::new(), 0)
                on:click=move |_| {
                    if !picker.open.get_untracked() {
                        picker.search(String::new(), 0);
                    }
                }
                on:input=move |event| {
                    let text = event_target_value(&event);
                    picker.text.set(text.clone());
                    picker.search(text, 200);
                }
                on:keydown=move |event| picker.key(&event)
                on:blur=move |_| picker.leave()
            />
            <div class="picker-list" hidden=move || !picker.open.get()>
                <ul role="listbox" id=list aria-label="Matches">{move || names(picker, &option)}</ul>
                {move || hint(picker)}
            </div>
        </div>
    }
    .into_any()
}

fn names(picker: Picker, prefix: &str) -> Vec<AnyView> {
    let items = picker.items.get();
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let name = item.name.clone();
            let here = move || picker.active.get() == index;
            view! {
                <li
                    role="option"
                    id=format!("{prefix}{index}")
                    class:active=here
                    aria-selected=move || here().to_string()
                    on:mousedown=move |event| {
                        event.prevent_default();
                        picker.take(item.clone());
                    }
                >
                    <bdi>{name}</bdi>
                </li>
            }
            .into_any()
        })
        .collect()
}

fn hint(picker: Picker) -> Option<AnyView> {
    let sentence = if picker.items.with(Vec::is_empty) {
        "No match."
    } else if picker.more.get() {
        "There are more. Type a part of the name."
    } else {
        return None;
    };
    Some(view! { <p class="muted small">{sentence}</p> }.into_any())
}
