//! What several pages share.

use crate::api;
use crate::ui::{Field, Form, Look, button, confirm, field, nav};
use leptos::prelude::*;

/// What is deleted, and what the person must know before.
#[derive(Clone)]
pub struct Deletion {
    /// Start of the ids of the dialog's fields.
    pub id: &'static str,
    /// "Delete tenant Harbour Freight".
    pub title: String,
    /// What will happen and what will not.
    pub consequences: Vec<String>,
    /// Typed to confirm; empty when it need not be.
    pub name: String,
    /// Address after `/api/v1`.
    pub address: String,
    /// Version that is deleted.
    pub etag: Option<String>,
    /// Where to go afterwards.
    pub after: String,
}

/// The Delete button and its dialog; afterwards another page is shown.
pub fn delete(deletion: Deletion) -> AnyView {
    let after = deletion.after.clone();
    delete_then(deletion, Callback::new(move |()| nav::go(&after)))
}

/// The Delete button and its dialog; afterwards `done` is called.
pub fn delete_then(deletion: Deletion, done: Callback<()>) -> AnyView {
    let open = RwSignal::new(false);
    let form = Form::new(deletion.id);
    let typed = RwSignal::new(String::new());
    let content = {
        let (name, consequences) = (deletion.name.clone(), deletion.consequences.clone());
        move || {
            let lines = consequences
                .iter()
                .map(|line| view! { <li>{line.clone()}</li> }.into_any())
                .collect::<Vec<_>>();
            let ask = (!name.is_empty()).then(|| {
                let label = format!("Type {name} to confirm");
                field(form, Field::new(&label, "/confirmation").required(), typed)
            });
            view! { <ul class="plain">{lines}</ul> {ask} }.into_any()
        }
    };
    let title = deletion.title.clone();
    let action = move || {
        if !deletion.name.is_empty() && typed.get_untracked().trim() != deletion.name {
            form.refuse("/confirmation", "The name is not the same.");
            return;
        }
        let (address, etag) = (deletion.address.clone(), deletion.etag.clone());
        form.run(async move { api::delete(&address, etag.as_deref()).await }, move |()| {
            open.try_set(false);
            done.run(());
        });
    };
    view! {
        {button("Delete", Look::Danger, move || open.set(true))}
        {confirm(open, title, "Delete", Look::Danger, form, content, action)}
    }
    .into_any()
}

/// A signal that holds the text of a field.
pub fn held(value: impl Into<String>) -> RwSignal<String> {
    RwSignal::new(value.into())
}

/// The text of a field, trimmed.
pub fn given(value: RwSignal<String>) -> String {
    value.with_untracked(|value| value.trim().to_owned())
}

/// The text of a field, absent when empty.
pub fn optional(value: RwSignal<String>) -> Option<String> {
    Some(given(value)).filter(|value| !value.is_empty())
}

/// The non-empty lines of a field.
pub fn lines(value: RwSignal<String>) -> Vec<String> {
    given(value)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
