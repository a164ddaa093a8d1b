//! Names, phone, locale and zone of a user.

use chrono_tz::Tz;
use domain::ids::UserId;
use domain::text::{self, TextInvalid};
use persistence::user::{UserFields, UserRow};
use serde_json::{Map, Value, json};

use super::User;
use super::doing::Doing;
use crate::{Actor, App, Error, Invalid};

/// What is entered about a person.
#[derive(Clone, Debug, Default)]
pub struct FieldsInput {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Locale of the app.
    pub locale: Option<String>,
    /// IANA time zone.
    pub time_zone: Option<String>,
}

impl FieldsInput {
    /// The fields, or each wrong one by name.
    pub(crate) fn checked(&self) -> Result<UserFields, Error> {
        let mut invalid = Invalid::new();
        let fields = self.read(&mut invalid);
        invalid.check()?;
        Ok(fields)
    }

    /// The fields as far as they can be read; what is wrong is noted.
    pub(crate) fn read(&self, invalid: &mut Invalid) -> UserFields {
        let first = invalid.keep("/first_name", text::line(&self.first_name, 200), TextInvalid::code);
        let last = invalid.keep("/last_name", text::line(&self.last_name, 200), TextInvalid::code);
        let optional = |entered: &Option<String>, longest| {
            let text = text::optional_line(entered.as_deref().unwrap_or(""), longest);
            text.map(|text| Some(text).filter(|text| !text.is_empty()))
        };
        let phone = invalid.keep("/phone_number", optional(&self.phone_number, 50), TextInvalid::code);
        let locale = invalid
            .keep("/locale", optional(&self.locale, 35), TextInvalid::code)
            .flatten();
        let zone = invalid
            .keep("/time_zone", optional(&self.time_zone, 64), TextInvalid::code)
            .flatten();
        if locale.as_deref().is_some_and(|locale| !is_locale(locale)) {
            invalid.add("/locale", "locale_invalid", "Enter a locale such as en-GB.");
        }
        if zone.as_deref().is_some_and(|zone| zone.parse::<Tz>().is_err()) {
            invalid.add(
                "/time_zone",
                "time_zone_unknown",
                "Enter a time zone such as Europe/Berlin.",
            );
        }
        UserFields {
            first_name: first.unwrap_or_default(),
            last_name: last.unwrap_or_default(),
            phone_number: phone.flatten(),
            locale,
            time_zone: zone,
        }
    }
}

/// A language of two or three letters and parts of up to eight letters or figures.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.chars().all(|letter| letter.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

/// What differs, by name; values of persons are not recorded (I-75).
pub(crate) fn changes(before: &UserRow, after: &UserFields) -> Value {
    let mut changed = Map::new();
    let mut note = |name: &str, differs: bool| {
        if differs {
            changed.insert(name.to_owned(), json!("changed"));
        }
    };
    note("first_name", before.first_name != after.first_name);
    note("last_name", before.last_name != after.last_name);
    note("phone_number", before.phone_number != after.phone_number);
    note("locale", before.locale != after.locale);
    note("time_zone", before.time_zone != after.time_zone);
    Value::Object(changed)
}

/// Replaces names, phone, locale and zone of a user that was read as version `expected`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 403 `above_own_level`.
pub async fn update(app: &App, actor: &Actor, id: UserId, expected: i64, input: &FieldsInput) -> Result<User, Error> {
    let doing = Doing::begin(app, actor, "user.update", id).await?;
    let fields = input.checked()?;
    let after = changes(&doing.user, &fields);
    if !doing.tx.users().update(actor.scope(), id, expected, &fields).await? {
        return Err(Error::Stale);
    }
    doing.finish(None, Some(after)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_field_is_named() {
        let input = FieldsInput {
            first_name: String::new(),
            last_name: "Berg".into(),
            phone_number: None,
            locale: Some("English".into()),
            time_zone: Some("Mars/Olympus".into()),
        };
        let Err(Error::Invalid(errors)) = input.checked() else {
            panic!("accepted");
        };
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/first_name", "/locale", "/time_zone"]);
    }
}
