//! What the audit record keeps of an entity: facts of business as they are, fields of persons only as changed (I-75).

use serde_json::{Map, Value, json};

const BUSINESS: [&str; 4] = ["legal_name", "country", "locale", "tax_id"];

const PERSONAL: [&str; 7] = [
    "contact_person",
    "contact_email_address",
    "phone",
    "address",
    "billing_address",
    "billing_contacts",
    "notes",
];

/// Facts of every kind of entity; `own` are those of one kind.
pub(super) fn facts(name: &str, currency: &str, profile: &Value, own: &[(&str, Value)]) -> Value {
    let mut facts = Map::new();
    facts.insert("name".to_owned(), json!(name));
    facts.insert("currency".to_owned(), json!(currency));
    for field in BUSINESS {
        facts.insert(field.to_owned(), profile.get(field).cloned().unwrap_or_default());
    }
    let own = own.iter().map(|(field, value)| ((*field).to_owned(), value.clone()));
    facts.extend(own);
    Value::Object(facts)
}

/// Facts after an edit, where each field of a person that differs stands as `changed`.
pub(super) fn edited(mut facts: Value, before: &Value, after: &Value) -> Value {
    let changed = PERSONAL
        .iter()
        .filter(|field| before.get(**field) != after.get(**field));
    if let Value::Object(facts) = &mut facts {
        facts.extend(changed.map(|field| ((*field).to_owned(), json!("changed"))));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_records_business_in_clear_and_persons_as_changed_i_75() {
        let before = json!({ "legal_name": "Old AG", "phone": "1", "notes": "", "contact_person": "Ada" });
        let after = json!({ "legal_name": "New AG", "phone": "2", "notes": "called", "contact_person": "Ada" });
        let own = [("payment_terms_days", json!(30))];
        let recorded = edited(facts("Old", "EUR", &after, &own), &before, &after);
        let expected = json!({
            "name": "Old", "currency": "EUR", "legal_name": "New AG", "country": null, "locale": null, "tax_id": null,
            "payment_terms_days": 30, "phone": "changed", "notes": "changed",
        });
        assert_eq!(recorded, expected);
    }
}
