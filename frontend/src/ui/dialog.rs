//! Native dialogs: the browser keeps the focus inside and closes them with Escape.

use super::basic::{Look, button, button_when, failure};
use super::form::Form;
use crate::state;
use leptos::html;
use leptos::prelude::*;

/// A dialog in the middle of the page; its content exists only while it is open.
pub fn dialog(
    open: RwSignal<bool>,
    title: impl Into<String>,
    content: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    frame(open, title.into(), "dialog", Callback::new(move |()| content()))
}

/// A panel at the right side.
pub fn panel(
    open: RwSignal<bool>,
    title: impl Into<String>,
    content: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    frame(open, title.into(), "dialog panel", Callback::new(move |()| content()))
}

fn frame(open: RwSignal<bool>, title: String, class: &'static str, content: Callback<(), AnyView>) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let unsaved = StoredValue::new(false);
    Effect::new(move |_| {
        let wanted = open.get();
        if let Some(element) = node.get() {
            if !wanted {
                element.close();
            } else if !element.open() {
                unsaved.set_value(state::was_dirty());
                // One frame later the content is there and takes the focus.
                request_animation_frame(move || {
                    if open.try_get_untracked() == Some(true) && !element.open() {
                        let _ = element.show_modal();
                    }
                });
            }
        }
    });
    // What was typed into a closed dialog is given up; unsaved work of the page below it is not.
    let closed = move |_| {
        state::set_dirty(unsaved.get_value());
        open.set(false);
    };
    let name = title.clone();
    view! {
        <dialog node_ref=node class=class aria-label=name on:close=closed>
            {move || {
                open.get().then(|| {
                    let title = title.clone();
                    view! {
                        <header class="dialog-head">
                            <h2>{title}</h2>
                            <button
                                type="button"
                                class="button quiet icon"
                                aria-label="Close"
                                on:click=move |_| open.set(false)
                            >
                                "✕"
                            </button>
                        </header>
                        <div class="dialog-body">{content.run(())}</div>
                    }
                })
            }}
        </dialog>
    }
    .into_any()
}

/// Asks before something is done: names the thing, what will happen and what will not.
pub fn confirm(
    open: RwSignal<bool>,
    title: impl Into<String>,
    verb: &'static str,
    look: Look,
    form: Form,
    content: impl Fn() -> AnyView + Send + Sync + 'static,
    action: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let action = Callback::new(move |()| action());
    dialog(open, title, move || {
        view! {
            <div class="stack">
                {content()}
                {move || form.error.with(|error| error.as_ref().map(|error| failure(error, None)))}
                <div class="actions end">
                    {button("Cancel", Look::Plain, move || open.set(false))}
                    {button_when(verb, look, move || form.busy.get(), move || action.run(()))}
                </div>
            </div>
        }
        .into_any()
    })
}
