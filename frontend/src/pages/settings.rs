//! System Settings: a tab for each section, a control for each setting by its type, Save for each section.

mod help;

use super::common::held;
use super::{connection_test, identity_providers, logo, look};
use crate::api::{self, Loader, load};
use crate::format;
use crate::forms::currencies;
use crate::forms::entity::group;
use crate::state;
use crate::ui::{Field, Form, Input, empty, field, form, head, lookup, nav, show, stack, tabs, text};
use api_types::setting::{SettingView, SettingsPage, SettingsUpdate};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Sections of `setting.update_protected`.
const PROTECTED: [&str; 3] = ["Mail", "Storage", "Security"];

/// The section that is a list of its own (ST-1).
const SIGN_IN: &str = "sign-in";

/// The page.
pub fn page() -> AnyView {
    let loader = load::<SettingsPage>(|| "/settings".to_owned());
    let query = nav::query();
    let frame = Form::new("setting");
    stack(vec![
        head(
            "System Settings",
            text("Rules of the whole platform. Changes apply from the next use."),
            vec![],
        ),
        show(loader, move |page| content(page, loader, query, frame)),
    ])
}

fn content(
    page: &SettingsPage,
    loader: Loader<SettingsPage>,
    query: Memo<crate::query::Query>,
    frame: Form,
) -> AnyView {
    let mut sections: Vec<String> = vec![];
    for setting in &page.items {
        if !sections.contains(&setting.section) {
            sections.push(setting.section.clone());
        }
    }
    let mut names: Vec<(String, String)> = sections
        .iter()
        .map(|name| (name.to_lowercase(), name.clone()))
        .collect();
    if state::can("identity_provider.list") {
        names.push((SIGN_IN.to_owned(), "Sign-in".to_owned()));
    }
    let page = page.clone();
    let shown = Memo::new(move |_| query.with(|query| query.get("section").to_owned()));
    // What was refused or saved in one section is not said in the next.
    Effect::new(move |before: Option<String>| {
        let now = shown.get();
        if before.is_some_and(|before| before != now) {
            frame.error.set(None);
            frame.saved.set(false);
        }
        now
    });
    let body = move || {
        let wanted = shown.get();
        if wanted == SIGN_IN && state::can("identity_provider.list") {
            return untrack(identity_providers::section);
        }
        let section = sections
            .iter()
            .find(|name| name.to_lowercase() == wanted)
            .or_else(|| sections.first());
        match section {
            Some(section) => untrack(|| section_form(&page, section, loader, frame)),
            None => empty("There are no settings.", None),
        }
    };
    stack(vec![tabs("Sections", "section", names, query), body.into_any()])
}

fn section_form(page: &SettingsPage, section: &str, loader: Loader<SettingsPage>, frame: Form) -> AnyView {
    let allowed = state::can(if PROTECTED.contains(&section) {
        "setting.update_protected"
    } else {
        "setting.update"
    });
    let held: Vec<(SettingView, RwSignal<String>)> = page
        .items
        .iter()
        .filter(|setting| setting.section == section)
        .map(|setting| (setting.clone(), held(start(setting))))
        .collect();
    let fields = held
        .iter()
        .map(|(setting, value)| control(frame, setting, *value, allowed))
        .collect::<Vec<_>>();
    let mut fields = vec![group(section, fields)];
    if section == "Invoices" {
        let preview = look::preview(&held);
        fields = vec![view! { <div class="beside">{fields} <div class="follows">{preview}</div></div> }.into_any()];
    }
    let test = connection_test::button(section);
    if !allowed {
        return view! { <div class="form">{fields} {test}</div> }.into_any();
    }
    let list = if PROTECTED.contains(&section) {
        "protected-settings"
    } else {
        "settings"
    };
    let (etag, address) = (page.etag.clone(), format!("/{list}/{}", crate::query::encode(section)));
    let others = vec![test];
    form(frame, "Save", fields, others, move || {
        let Some(values) = changed(&held, frame) else {
            return;
        };
        if values.is_empty() {
            state::set_dirty(false);
            frame.error.set(None);
            frame.saved.set(true);
            return;
        }
        let body = SettingsUpdate { values };
        let (etag, address) = (etag.clone(), address.clone());
        frame.run(
            async move { api::put(&address, &etag, &body).await },
            move |page: SettingsPage| {
                for warning in &page.warnings {
                    state::announce(warning.detail.clone());
                }
                loader.set(page);
            },
        );
    })
}

/// What the control begins with.
fn start(setting: &SettingView) -> String {
    match setting.r#type.as_str() {
        "image" => logo::stored(&setting.value).to_owned(),
        _ => shown(&setting.value),
    }
}

/// The value as text; a secret is never known.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Changed keys in the form the type asks for; `None` after a refusal.
fn changed(held: &[(SettingView, RwSignal<String>)], frame: Form) -> Option<BTreeMap<String, Value>> {
    let mut values = BTreeMap::new();
    for (setting, value) in held {
        let now = value.get_untracked();
        if now == start(setting) {
            continue;
        }
        if setting.r#type == "image" {
            values.insert(setting.key.clone(), Value::from(logo::sent(&now)));
            continue;
        }
        let Some(sent) = typed(&setting.r#type, &now) else {
            frame.refuse(&pointer(&setting.key), "Enter a whole number.");
            return None;
        };
        values.insert(setting.key.clone(), sent);
    }
    Some(values)
}

/// A text as the JSON value of a setting's type.
fn typed(kind: &str, text: &str) -> Option<Value> {
    match kind {
        "switch" => Some(Value::Bool(text == "true")),
        "integer" => text.trim().parse::<i64>().ok().map(Value::from),
        "text" => Some(Value::from(text.replace("\r\n", "\n"))),
        _ => Some(Value::from(text.trim())),
    }
}

fn pointer(key: &str) -> String {
    format!("/values/{key}")
}

fn control(frame: Form, setting: &SettingView, value: RwSignal<String>, allowed: bool) -> AnyView {
    let secret_set = setting.value.get("set").and_then(Value::as_bool).unwrap_or(false);
    let help = help::help(setting, secret_set);
    let spec = Field::new(&setting.label, &pointer(&setting.key))
        .help(&help)
        .off(!allowed);
    if setting.r#type == "image" {
        return logo::control(
            frame,
            &setting.label,
            &pointer(&setting.key),
            &help,
            secret_set,
            value,
            allowed,
        );
    }
    let spec = match setting.r#type.as_str() {
        "switch" => spec.input(Input::Switch),
        "integer" => spec.of("number").required(),
        "colour" => spec.of("color").required(),
        "text" => spec.input(Input::Area),
        "email" => spec.of("email"),
        "url" => spec.of("url"),
        "secret" => spec.of("password").complete("new-password"),
        "currency" => spec.input(currencies("None")),
        "tenant" => spec.input(lookup("/tenants")),
        "choice" => spec.required().input(choices(&setting.bounds)),
        _ => spec,
    };
    field(frame, spec, value)
}

/// `a | b | c` of the bounds, as options.
fn choices(bounds: &str) -> Input {
    let pairs = bounds
        .split('|')
        .map(str::trim)
        .map(|code| (code.to_owned(), choice(code)))
        .collect::<Vec<_>>();
    Input::Select(Signal::stored(pairs))
}

/// A choice as people write it: names of protocols and versions stay what they are.
fn choice(code: &str) -> String {
    if code.starts_with(|letter: char| letter.is_ascii_digit()) {
        return code.to_owned();
    }
    format::words(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_the_value_its_type_asks_for() {
        assert_eq!(typed("switch", "true"), Some(Value::Bool(true)));
        assert_eq!(typed("switch", "false"), Some(Value::Bool(false)));
        assert_eq!(typed("integer", " 30 "), Some(Value::from(30)));
        assert_eq!(typed("integer", "3.5"), None);
        assert_eq!(typed("line", " INV- "), Some(Value::from("INV-")));
        assert_eq!(typed("text", "a\r\nb"), Some(Value::from("a\nb")));
    }

    #[test]
    fn protocols_and_versions_are_written_as_they_are_called() {
        assert_eq!(choice("starttls"), "STARTTLS");
        assert_eq!(choice("2017-11-09"), "2017-11-09");
        assert_eq!(choice("shared_key"), "Shared key");
    }

    #[test]
    fn a_secret_is_shown_as_nothing() {
        assert_eq!(shown(&serde_json::json!({"set": true})), "");
        assert_eq!(shown(&serde_json::json!(true)), "true");
        assert_eq!(shown(&serde_json::json!(7)), "7");
    }
}
