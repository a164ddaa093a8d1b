//! The clipboard.

use super::basic::{Look, button};
use crate::state;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// A button that copies a text; it says so when it is done.
pub fn copy(label: &str, content: impl Into<String>) -> AnyView {
    let content = content.into();
    let done = RwSignal::new(false);
    view! {
        {button(label, Look::Plain, move || {
            if write(&content).is_some() {
                done.set(true);
                state::announce("Copied");
            }
        })}
        <span class="muted" aria-hidden="true">{move || done.get().then_some("Copied.")}</span>
    }
    .into_any()
}

/// Asks the browser; absent where it has no clipboard, as on pages without TLS.
fn write(content: &str) -> Option<()> {
    let navigator = Reflect::get(&window(), &JsValue::from_str("navigator")).ok()?;
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    let write = Reflect::get(&clipboard, &JsValue::from_str("writeText")).ok()?;
    let write = write.dyn_into::<Function>().ok()?;
    write.call1(&clipboard, &JsValue::from_str(content)).ok().map(drop)
}
