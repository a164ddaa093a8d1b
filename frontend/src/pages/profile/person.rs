//! Names, phone, locale, time zone and address.

use super::super::common::{given, held, optional};
use super::{Frames, card};
use crate::api::{self, Loader};
use crate::state;
use crate::ui::{Field, Form, Input, field, form, note, stack};
use api_types::profile::{ProfileInput, ProfileView};
use api_types::user::EmailAddressInput;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

const LOCALES: [(&str, &str); 9] = [
    ("", "Not set: 4 812.40"),
    ("de-AT", "Deutsch (Österreich)"),
    ("de-CH", "Deutsch (Schweiz)"),
    ("de-DE", "Deutsch (Deutschland)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-US", "English (United States)"),
    ("es-ES", "Español (España)"),
    ("fr-FR", "Français (France)"),
    ("nl-NL", "Nederlands (Nederland)"),
];

/// The form of the names.
pub fn names(frames: Frames, profile: &ProfileView, loader: Loader<ProfileView>) -> AnyView {
    let frame = frames.person;
    let (first, last) = (held(&profile.first_name), held(&profile.last_name));
    let phone = held(profile.phone_number.as_deref().unwrap_or_default());
    let locale = held(profile.locale.as_deref().unwrap_or_default());
    let zone = held(profile.time_zone.as_deref().unwrap_or_default());
    let etag = StoredValue::new(profile.etag.clone());
    let fields = vec![
        field(
            frame,
            Field::new("First Name", "/first_name")
                .required()
                .complete("given-name"),
            first,
        ),
        field(
            frame,
            Field::new("Last Name", "/last_name").required().complete("family-name"),
            last,
        ),
        field(
            frame,
            Field::new("Phone Number", "/phone_number").of("tel").complete("tel"),
            phone,
        ),
        field(
            frame,
            Field::new("Locale", "/locale")
                .input(locales(profile.locale.as_deref()))
                .help("How figures are written on your screens."),
            locale,
        ),
        field(
            frame,
            Field::new("Time Zone", "/time_zone")
                .input(zones(profile.time_zone.as_deref()))
                .help("Of the times on your screens; billing months and dates of documents stay as they are."),
            zone,
        ),
    ];
    let grid = view! { <div class="fields">{fields}</div> }.into_any();
    let submit = move || {
        let body = ProfileInput {
            first_name: given(first),
            last_name: given(last),
            phone_number: optional(phone),
            locale: optional(locale),
            time_zone: optional(zone),
        };
        frame.run(
            async move { api::put::<_, ProfileView>("/profile", &etag.get_value(), &body).await },
            move |profile| {
                state::changed(&profile);
                loader.set(profile);
                // Their instants too are shown in the new zone at once.
                frames.sessions.reload();
            },
        );
    };
    card("Person", form(frame, "Save", vec![grid], vec![], submit))
}

/// A choice that may hold a value the list does not know.
fn with_present(mut pairs: Vec<(String, String)>, present: Option<&str>) -> Input {
    if let Some(present) = present.filter(|present| !pairs.iter().any(|(key, _)| key == present)) {
        pairs.push((present.to_owned(), present.to_owned()));
    }
    Input::Select(Signal::stored(pairs))
}

fn locales(present: Option<&str>) -> Input {
    let pairs = LOCALES
        .iter()
        .map(|(key, label)| ((*key).to_owned(), (*label).to_owned()));
    with_present(pairs.collect(), present)
}

fn zones(present: Option<&str>) -> Input {
    let mut pairs = vec![(String::new(), "Not set: UTC".to_owned())];
    pairs.extend(
        known_zones()
            .into_iter()
            .map(|zone| (zone.clone(), zone.replace('_', " "))),
    );
    with_present(pairs, present)
}

/// The zones the browser knows; only UTC where it does not say.
fn known_zones() -> Vec<String> {
    let ask = || {
        let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
        let list = Reflect::get(&intl, &JsValue::from_str("supportedValuesOf")).ok()?;
        let list = list.dyn_into::<Function>().ok()?;
        let zones = list.call1(&intl, &JsValue::from_str("timeZone")).ok()?;
        let zones = zones.dyn_into::<Array>().ok()?;
        Some(zones.iter().filter_map(|zone| zone.as_string()).collect::<Vec<_>>())
    };
    let mut zones = ask().unwrap_or_default();
    if !zones.iter().any(|zone| zone == "UTC") {
        zones.insert(0, "UTC".to_owned());
    }
    zones
}

/// The form of the address (I-8).
pub fn address(frame: Form, profile: &ProfileView, loader: Loader<ProfileView>) -> AnyView {
    let address = held("");
    let waiting = profile.pending_email_address.as_ref().map(|pending| {
        note(
            "info",
            format!(
                "A link was sent to {pending}. Until it is opened, {} counts.",
                profile.email_address
            ),
        )
    });
    let spec = Field::new("New Email Address", "/email_address")
        .of("email")
        .required()
        .help("A link is sent to it; the present address is told.");
    let submit = move || {
        let body = EmailAddressInput {
            email_address: given(address),
        };
        frame.run(
            async move { api::post::<_, ProfileView>("/profile/email-address", &body).await },
            move |profile| {
                state::announce("The link is on its way");
                loader.set(profile);
            },
        );
    };
    let grid = view! { <div class="fields">{field(frame, spec, address)}</div> }.into_any();
    let content = form(frame, "Change", vec![grid], vec![], submit);
    card("Email Address", stack(vec![waiting.into_any(), content]))
}
