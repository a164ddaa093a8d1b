//! The page of settings and its save, a section at a time (ST-1 to ST-5).

use std::collections::BTreeMap;

use domain::setting::{self, SettingRow};
use persistence::Tx;
use serde_json::{Value, json};

use super::check::checked;
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::sign_in::session::{self, Flags};
use crate::{Actor, App, Error, Invalid};

/// Sections with connections or protection (ST-6); they belong to `setting.update_protected`.
const PROTECTED: [&str; 3] = ["Mail", "Storage", "Security"];

/// One setting with its present value.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSetting {
    /// Row of the table.
    pub row: &'static SettingRow,
    /// Present value; secrets as `{"set": …}`.
    pub value: Value,
}

/// All settings and the version of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsPage {
    /// Settings in screen order.
    pub settings: Vec<StoredSetting>,
    /// Grows with every save.
    pub version: i64,
}

/// All settings.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn page(app: &App, actor: &Actor) -> Result<SettingsPage, Error> {
    let tx = app.store().read().await?;
    authorize(app, &tx, actor, "setting.read").await?;
    load(&tx).await
}

/// The flags of ST-8.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn flags(app: &App, actor: &Actor) -> Result<Flags, Error> {
    let tx = app.store().read().await?;
    authorize(app, &tx, actor, "setting.read_flags").await?;
    session::flags(&tx).await
}

/// Saves changed keys of one section, all or none (ST-2); each change is audited with old and new value (ST-3).
///
/// # Errors
/// [`Error::NotFound`] for an unknown or protected section, [`Error::Stale`], [`Error::Invalid`] with one entry a key.
pub async fn update(
    app: &App,
    actor: &Actor,
    section: &str,
    expected: i64,
    values: &BTreeMap<String, Value>,
) -> Result<SettingsPage, Error> {
    let tx = app.store().begin().await?;
    authorize(app, &tx, actor, "setting.update").await?;
    if PROTECTED.contains(&section) || !setting::SECTIONS.contains(&section) {
        return Err(Error::NotFound);
    }
    let before = load(&tx).await?;
    if before.version != expected {
        return Err(Error::Stale);
    }
    let changes = accepted(section, &before, values)?;
    for (row, old, new) in &changes {
        tx.settings().save(&row.key, new, app.clock().now()).await?;
        audit::record(app, &tx, actor, act(row, old, new)).await?;
    }
    let after = load(&tx).await?;
    if !changes.is_empty() {
        crate::invoices::stale::settings_changed(&tx, changes.iter().map(|(row, _, _)| row.key.as_str())).await?;
    }
    tx.commit().await?;
    Ok(after)
}

type Change = (&'static SettingRow, Value, Value);

fn accepted(section: &str, before: &SettingsPage, values: &BTreeMap<String, Value>) -> Result<Vec<Change>, Error> {
    let mut invalid = Invalid::new();
    let mut changes = Vec::new();
    for (key, entered) in values {
        let pointer = format!("/values/{}", key.replace('~', "~0").replace('/', "~1"));
        let present = before
            .settings
            .iter()
            .find(|setting| &setting.row.key == key && setting.row.section == section);
        match present.map(|setting| (setting, checked(setting.row, entered))) {
            None => invalid.add(pointer, "setting_unknown", "This section has no such setting."),
            Some((_, Err((code, detail)))) => invalid.add(pointer, code, detail),
            Some((setting, Ok(new))) if new != setting.value => changes.push((setting.row, setting.value.clone(), new)),
            Some(_) => {}
        }
    }
    check_pairs(&mut invalid, before, &mut changes);
    invalid.check()?;
    Ok(changes)
}

/// ST-5: pairs of values that cannot stand together.
fn check_pairs(invalid: &mut Invalid, before: &SettingsPage, changes: &mut Vec<Change>) {
    let value = |changes: &[Change], key: &str| {
        let entered = changes
            .iter()
            .find(|(row, _, _)| row.key == key)
            .map(|(_, _, new)| new.clone());
        entered.or_else(|| {
            before
                .settings
                .iter()
                .find(|setting| setting.row.key == key)
                .map(|s| s.value.clone())
        })
    };
    let on = |value: Option<Value>| value == Some(Value::Bool(true));
    let auto = "subscriptions.auto_create_missing_subscriptions";
    let tenant = value(changes, "subscriptions.auto_created_subscription_tenant_id");
    if on(value(changes, auto)) && tenant == Some(Value::from("")) {
        invalid.add(
            format!("/values/{auto}"),
            "tenant_required",
            "Choose the tenant of new subscriptions first.",
        );
    }
    let code = "users.require_user_activation_code";
    if on(value(changes, code)) && !on(value(changes, "users.require_user_activation")) {
        let asked = changes
            .iter()
            .any(|(row, _, new)| row.key == code && new == &Value::Bool(true));
        if asked {
            invalid.add(
                format!("/values/{code}"),
                "activation_required",
                "Turn Require User Activation on first.",
            );
        } else if let Some(row) = setting::row(code) {
            changes.push((row, Value::Bool(true), Value::Bool(false)));
        }
    }
    let prefix = "invoices.number_prefix";
    if value(changes, prefix) == value(changes, "invoices.credit_note_number_prefix") {
        invalid.add(
            format!("/values/{prefix}"),
            "prefix_not_unique",
            "Invoices and credit notes need other prefixes.",
        );
    }
}

async fn load(tx: &Tx) -> Result<SettingsPage, Error> {
    let stored = tx.settings().all().await?;
    let mut settings = Vec::new();
    for section in setting::SECTIONS {
        for row in setting::table().iter().filter(|row| row.section == section) {
            let saved = stored.get(&row.key).cloned();
            let value = if row.secret {
                json!({ "set": saved.is_some() })
            } else {
                saved.unwrap_or_else(|| row.default.clone())
            };
            settings.push(StoredSetting { row, value });
        }
    }
    Ok(SettingsPage {
        settings,
        version: tx.settings().version().await?,
    })
}

fn act(row: &SettingRow, old: &Value, new: &Value) -> Act {
    Act {
        operation: "setting.update".to_owned(),
        target_kind: "setting",
        target_id: row.key.clone(),
        before: Some(json!({ "value": old })),
        after: Some(json!({ "value": new })),
        ..Act::default()
    }
}
