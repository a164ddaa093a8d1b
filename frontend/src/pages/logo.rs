//! The logo of invoices: a file picker with a picture of what was chosen (ST-26).

use crate::state;
use crate::ui::{Form, Look, button};
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The value while the stored logo waits to be removed.
const REMOVE: &str = "remove";

/// Bytes of a file at most.
const LIMIT: u32 = 1024 * 1024;

/// The control. The value is the stored or the chosen file as a data URL, or `remove`.
pub fn control(
    frame: Form,
    label: &str,
    pointer: &str,
    help: &str,
    stored: bool,
    value: RwSignal<String>,
    allowed: bool,
) -> AnyView {
    let id = frame.field_id(pointer);
    let (about, help) = (format!("{id}-help"), help.to_owned());
    let own = pointer.to_owned();
    let wrong = Signal::derive(move || {
        frame.error.with(|error| {
            let fields = error.as_ref()?.fields();
            fields
                .iter()
                .find(|field| field.pointer == own)
                .map(|field| field.detail.clone())
        })
    });
    let (refused, before) = (pointer.to_owned(), value.get_untracked());
    let chosen = move |event: leptos::ev::Event| {
        state::set_dirty(true);
        frame.error.set(None);
        match file_of(&event) {
            Some((_, kind, size)) if size > LIMIT || !matches!(kind.as_str(), "image/png" | "image/jpeg") => {
                value.set(before.clone());
                frame.refuse(&refused, "Choose a PNG or JPEG file of at most 1 MiB.");
            }
            Some((file, _, _)) => read(&file, value),
            None => value.set(before.clone()),
        }
    };
    let remove = (stored && allowed).then(|| {
        button("Remove", Look::Plain, move || {
            state::set_dirty(true);
            value.set(REMOVE.to_owned());
        })
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label.to_owned()}<span class="muted">" (optional)"</span></label>
            <div class="control">
                <input
                    id=id
                    type="file"
                    accept="image/png,image/jpeg"
                    disabled=!allowed
                    aria-describedby=about.clone()
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    on:change=chosen
                />
                {remove}
            </div>
            <p class="help" id=about>{help}</p>
            {move || (value.get() == REMOVE).then(|| view! { <p class="help">"It is removed with Save."</p> })}
            {move || wrong.get().map(|sentence| view! { <p class="wrong">{sentence}</p> })}
        </div>
    }
    .into_any()
}

/// The value as the server takes it: a data URL, empty to remove it.
pub fn sent(value: &str) -> &str {
    if value == REMOVE { "" } else { value }
}

/// The stored logo as a data URL, empty when there is none.
pub fn stored(value: &Value) -> &str {
    value.get("image").and_then(Value::as_str).unwrap_or_default()
}

/// The chosen file, its type and its size in bytes.
fn file_of(event: &leptos::ev::Event) -> Option<(JsValue, String, u32)> {
    let input: JsValue = event.target()?.into();
    let files = get(&input, "files")?;
    let file = get(&files, "0")?;
    let kind = get(&file, "type")?.as_string()?;
    let size = js_sys::JSON::stringify(&get(&file, "size")?).ok()?;
    Some((file, kind, String::from(size).parse().unwrap_or(u32::MAX)))
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let found = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!found.is_undefined() && !found.is_null()).then_some(found)
}

/// Reads a file as a data URL. By name rather than by a binding: the binding would weigh on the first load.
fn read(file: &JsValue, value: RwSignal<String>) {
    let Some(class) = get(&js_sys::global(), "FileReader").and_then(|class| class.dyn_into::<Function>().ok()) else {
        return;
    };
    let Ok(reader) = Reflect::construct(&class, &Array::new()) else {
        return;
    };
    let source = reader.clone();
    let done = Closure::once_into_js(move || {
        let url = get(&source, "result").and_then(|result| result.as_string());
        value.try_set(url.unwrap_or_default());
    });
    let begun = Reflect::set(&reader, &JsValue::from_str("onload"), &done).is_ok();
    let method = get(&reader, "readAsDataURL").and_then(|method| method.dyn_into::<Function>().ok());
    if let (true, Some(method)) = (begun, method) {
        // A file that cannot be read leaves the field empty.
        let _ = method.call1(&reader, file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_sends_an_empty_text() {
        assert_eq!(sent("data:image/png;base64,AAEC"), "data:image/png;base64,AAEC");
        assert_eq!(sent(REMOVE), "");
    }
}
