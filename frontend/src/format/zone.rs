//! The clock of a time zone, as the browser keeps it: zones are large, and every browser brings them.

use js_sys::{Array, Date, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Turns an instant in UTC into what a clock shows then.
type Read = Box<dyn Fn(&str) -> Option<String>>;

/// Tells instants in one zone. It is made once and asked for every instant of a list.
pub struct Clock {
    zone: String,
    read: Read,
}

impl Clock {
    /// The clock of an IANA zone; none for UTC, which needs none, and for a zone the browser does not know.
    pub fn of(zone: &str) -> Option<Self> {
        if zone.is_empty() || zone == "UTC" {
            return None;
        }
        let formatter = formatter(zone)?;
        let parts = method(&formatter, "formatToParts")?;
        Some(Self::reading(zone, move |instant| {
            let date = Date::new(&JsValue::from_str(instant));
            let parts = parts.call1(&formatter, &date).ok()?.dyn_into::<Array>().ok()?;
            joined(&parts)
        }))
    }

    /// A clock that is read this way: `2026-11-22T14:05:59Z` gives `2026-11-22T15:05:59`.
    pub fn reading(zone: &str, read: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self {
            zone: zone.to_owned(),
            read: Box::new(read),
        }
    }

    /// Name of the zone.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// What the clock shows at an instant in UTC, to the second; none for any other text.
    pub fn tell(&self, instant: &str) -> Option<String> {
        let second = instant.strip_suffix('Z')?.get(..19)?;
        (self.read)(&format!("{second}Z"))
    }
}

/// The browser's formatter of a zone. Its constructor throws for a zone it does not know.
fn formatter(zone: &str) -> Option<JsValue> {
    let options = Object::new();
    for (name, value) in [
        ("timeZone", zone),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
    ] {
        Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let make = method(&intl, "DateTimeFormat")?;
    let arguments = Array::of2(&JsValue::from_str("en-GB"), &options);
    Reflect::construct(&make, &arguments).ok()
}

fn method(of: &JsValue, name: &str) -> Option<Function> {
    let found = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    found.dyn_into::<Function>().ok()
}

/// `2026-11-22T15:05:59` from the parts of the formatter, whatever their order and signs.
fn joined(parts: &Array) -> Option<String> {
    let part = |wanted: &str| {
        parts.iter().find_map(|part| {
            let field = |name: &str| Reflect::get(&part, &JsValue::from_str(name)).ok()?.as_string();
            (field("type")? == wanted).then(|| field("value"))?
        })
    };
    let [year, month, day] = [part("year")?, part("month")?, part("day")?];
    let [hour, minute, second] = [part("hour")?, part("minute")?, part("second")?];
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}"))
}
