//! Pairs of values that cannot stand together (ST-5), and what one change brings with it (ST-7).

use domain::setting;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::update::{Change, SettingsPage, pointer};
use crate::Invalid;

/// Changes of these remove the stored secret beside them; it is typed in again (ST-7, S-57).
const DROPS: [(&str, &[&str]); 2] = [
    (
        "mail.password",
        &["mail.host", "mail.port", "mail.encryption", "mail.user_name"],
    ),
    (
        "storage.credential",
        &["storage.endpoint", "storage.account", "storage.credential_kind"],
    ),
];

/// Notes every pair that is refused and adds the changes that follow from others.
pub(super) fn check(invalid: &mut Invalid, before: &SettingsPage, changes: &mut Vec<Change>) {
    provisioning(invalid, before, changes);
    activation(invalid, before, changes);
    prefixes(invalid, before, changes);
    mail(invalid, before, changes);
    for (secret, causes) in DROPS {
        let caused = changes.iter().any(|change| causes.contains(&change.row.key.as_str()));
        let typed = changes.iter().any(|change| change.row.key == secret);
        if caused && !typed && value(before, &[], secret) == Some(json!({ "set": true })) {
            add(
                before,
                changes,
                secret,
                json!({ "set": false }),
                Some(Zeroizing::default()),
            );
        }
    }
}

fn provisioning(invalid: &mut Invalid, before: &SettingsPage, changes: &[Change]) {
    let auto = "subscriptions.auto_create_missing_subscriptions";
    let tenant = value(before, changes, "subscriptions.auto_created_subscription_tenant_id");
    if on(before, changes, auto) && tenant == Some(Value::from("")) {
        invalid.add(
            pointer(auto),
            "tenant_required",
            "Choose the tenant of new subscriptions first.",
        );
    }
}

fn activation(invalid: &mut Invalid, before: &SettingsPage, changes: &mut Vec<Change>) {
    let code = "users.require_user_activation_code";
    if !on(before, changes, code) || on(before, changes, "users.require_user_activation") {
        return;
    }
    let asked = changes
        .iter()
        .any(|change| change.row.key == code && change.new == Value::Bool(true));
    if asked {
        invalid.add(
            pointer(code),
            "activation_required",
            "Turn Require User Activation on first.",
        );
    } else {
        add(before, changes, code, Value::Bool(false), None);
    }
}

fn prefixes(invalid: &mut Invalid, before: &SettingsPage, changes: &[Change]) {
    let (invoice, note) = ("invoices.number_prefix", "invoices.credit_note_number_prefix");
    if value(before, changes, invoice) == value(before, changes, note) {
        let detail = "Invoices and credit notes need other prefixes.";
        invalid.add(pointer(invoice), "prefix_not_unique", detail);
    }
}

fn mail(invalid: &mut Invalid, before: &SettingsPage, changes: &[Change]) {
    let plain = value(before, changes, "mail.encryption") == Some(Value::from("none"));
    if plain && value(before, changes, "mail.user_name") != Some(Value::from("")) {
        let detail = "A user name needs encryption.";
        invalid.add(pointer("mail.encryption"), "mail_insecure", detail);
    }
}

fn add(before: &SettingsPage, changes: &mut Vec<Change>, key: &str, new: Value, secret: Option<Zeroizing<String>>) {
    if let (Some(row), Some(old)) = (setting::row(key), value(before, &[], key)) {
        changes.push(Change { row, old, new, secret });
    }
}

fn on(before: &SettingsPage, changes: &[Change], key: &str) -> bool {
    value(before, changes, key) == Some(Value::Bool(true))
}

/// The value after the changes.
fn value(before: &SettingsPage, changes: &[Change], key: &str) -> Option<Value> {
    let entered = changes.iter().find(|change| change.row.key == key);
    entered.map(|change| change.new.clone()).or_else(|| {
        let present = before.settings.iter().find(|setting| setting.row.key == key);
        present.map(|setting| setting.value.clone())
    })
}
