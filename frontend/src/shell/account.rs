//! Who is signed in, sign-out, and light or dark.

use crate::api;
use crate::format;
use crate::paths::Place;
use crate::state::State;
use crate::ui::{Look, button, nav};
use api_types::session::SessionUser;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Who is signed in, with the way to Profile and out.
pub fn account(state: State) -> AnyView {
    let user = |pick: fn(&SessionUser) -> String| {
        move || {
            state
                .session
                .with(|session| session.as_ref().map(|view| pick(&view.user)))
        }
    };
    let name = user(|user| format!("{} {}", user.first_name, user.last_name));
    let role = user(|user| format::title(&user.role));
    let leave = move || {
        spawn_local(async move {
            if api::delete("/session", None).await.is_ok() {
                state.dirty.set(false);
                state.take(None);
                nav::go(&Place::SignIn.path());
            }
        });
    };
    view! {
        <a class="account" href=Place::Profile.path()><bdi>{name}</bdi><small>{role}</small></a>
        {button("Sign out", Look::Plain, leave)}
    }
    .into_any()
}

/// The choice is kept in the browser and overrides the system's.
pub fn theme_switch() -> AnyView {
    let theme = RwSignal::new(stored_theme());
    Effect::new(move |_| {
        let chosen = theme.get();
        if let Some(root) = document().document_element() {
            let _ = if chosen.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", &chosen)
            };
        }
    });
    let turn = move || {
        let next = match theme.get_untracked().as_str() {
            "dark" => "light",
            "light" => "",
            _ => "dark",
        };
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item("cms-theme", next);
        }
        theme.set(next.to_owned());
    };
    let label = move || match theme.get().as_str() {
        "dark" => "Theme: dark",
        "light" => "Theme: light",
        _ => "Theme: system",
    };
    view! { <button type="button" class="button quiet" on:click=move |_| turn()>{label}</button> }.into_any()
}

fn stored_theme() -> String {
    let storage = window().local_storage().ok().flatten();
    let stored = storage
        .and_then(|storage| storage.get_item("cms-theme").ok().flatten())
        .unwrap_or_default();
    if matches!(stored.as_str(), "dark" | "light") {
        stored
    } else {
        String::new()
    }
}
