//! Details of an entity (PM-30).

use domain::text::{self, TextInvalid};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Invalid};

/// Postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street lines.
    pub lines: Vec<String>,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// State or region.
    pub region: String,
}

impl Address {
    /// The cleaned address; `line` notes what is wrong with a part of it.
    fn checked(&self, name: &str, line: &mut impl FnMut(&str, &str, usize) -> String) -> Self {
        Self {
            lines: self
                .lines
                .iter()
                .enumerate()
                .map(|(index, entered)| line(&format!("{name}/lines/{index}"), entered, 200))
                .collect(),
            city: line(&format!("{name}/city"), &self.city, 200),
            postal_code: line(&format!("{name}/postal_code"), &self.postal_code, 30),
            region: line(&format!("{name}/region"), &self.region, 200),
        }
    }
}

/// Details of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name on documents.
    pub legal_name: String,
    /// Contact person.
    pub contact_person: String,
    /// Mail address of the contact person; may be empty.
    #[serde(default)]
    pub contact_email_address: String,
    /// Phone.
    pub phone: String,
    /// Postal address.
    pub address: Address,
    /// Address on documents; absent: the postal address.
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// ISO 3166-1 alpha-2; empty when unknown.
    pub country: String,
    /// Language and formats; absent: inherited.
    pub locale: Option<String>,
    /// 0 to 10 mail addresses.
    pub billing_contacts: Vec<String>,
    /// Tax number.
    pub tax_id: String,
    /// Free text.
    pub notes: String,
}

impl Profile {
    /// The cleaned profile, or what is wrong with it noted below `/profile`.
    pub(super) fn checked(&self, invalid: &mut Invalid) -> Self {
        let mut line = |pointer: &str, entered: &str, longest: usize| {
            let read = text::optional_line(entered, longest);
            invalid
                .keep(&format!("/profile/{pointer}"), read, TextInvalid::code)
                .unwrap_or_default()
        };
        let cleaned = Self {
            legal_name: line("legal_name", &self.legal_name, 200),
            contact_person: line("contact_person", &self.contact_person, 200),
            phone: line("phone", &self.phone, 50),
            contact_email_address: String::new(),
            address: self.address.checked("address", &mut line),
            billing_address: self
                .billing_address
                .as_ref()
                .map(|address| address.checked("billing_address", &mut line)),
            country: line("country", &self.country, 2).to_uppercase(),
            locale: self
                .locale
                .as_deref()
                .map(|entered| line("locale", entered, 35))
                .filter(|tag| !tag.is_empty()),
            tax_id: line("tax_id", &self.tax_id, 50),
            billing_contacts: Vec::new(),
            notes: String::new(),
        };
        cleaned.with_texts(self, invalid)
    }

    fn with_texts(mut self, entered: &Self, invalid: &mut Invalid) -> Self {
        for (name, address) in [
            ("address", Some(&self.address)),
            ("billing_address", self.billing_address.as_ref()),
        ] {
            if address.is_some_and(|address| address.lines.len() > 5) {
                invalid.add(format!("/profile/{name}/lines"), "too_long", "Use at most 5 lines.");
            }
        }
        if !entered.contact_email_address.trim().is_empty() {
            let read = text::email_address(&entered.contact_email_address);
            let read = invalid.keep("/profile/contact_email_address", read, TextInvalid::code);
            self.contact_email_address = read.unwrap_or_default();
        }
        let letters = self.country.chars().all(|letter| letter.is_ascii_uppercase());
        let complete = self.country.is_empty() || (letters && self.country.len() == 2);
        if !complete {
            invalid.add(
                "/profile/country",
                "country_unknown",
                "Use the two letters of the country, such as DE.",
            );
        }
        if entered.billing_contacts.len() > 10 {
            invalid.add("/profile/billing_contacts", "too_long", "Use at most 10 addresses.");
        }
        for (index, contact) in entered.billing_contacts.iter().enumerate() {
            let pointer = format!("/profile/billing_contacts/{index}");
            let read = invalid.keep(&pointer, text::email_address(contact), TextInvalid::code);
            self.billing_contacts.extend(read);
        }
        let notes = invalid.keep(
            "/profile/notes",
            text::paragraph(&entered.notes, 4000),
            TextInvalid::code,
        );
        self.notes = notes.unwrap_or_default();
        self
    }

    /// The stored form.
    pub(crate) fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Error::Internal`] when it has another shape.
    pub fn from_json(stored: &Value) -> Result<Self, Error> {
        serde_json::from_value(stored.clone()).map_err(Error::internal)
    }
}
