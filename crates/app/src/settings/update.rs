//! The page of settings and its save, a section at a time (ST-1 to ST-5).

use std::collections::BTreeMap;

use domain::setting::{self, SettingRow};
use persistence::Tx;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Snapshot;
use super::check::checked;
use super::{connection, pairs};
use crate::audit::{self, Act};
use crate::authorize::{authorize, permitted, stepped_up};
use crate::sign_in::session::{self, Flags};
use crate::{Actor, App, Error, Invalid, secrets};

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
    session::flags(&Snapshot::take(&tx).await?)
}

/// Saves changed keys of one section, all or none (ST-2); each change is audited with old and new value (ST-3).
///
/// # Errors
/// [`Error::NotFound`] for an unknown or protected section, [`Error::Stale`], [`Error::Invalid`] with one entry a key,
/// 409 `connection_not_tested`, `locked_by_invoices` or `exchange_rates_exist`.
pub async fn update(
    app: &App,
    actor: &Actor,
    section: &str,
    expected: i64,
    values: &BTreeMap<String, Value>,
) -> Result<SettingsPage, Error> {
    let known = setting::SECTIONS.contains(&section) && !PROTECTED.contains(&section);
    save(
        app,
        actor,
        ("setting.update", known.then_some(section)),
        expected,
        values,
    )
    .await
}

/// Saves changed keys of a section with connections or protection (ST-6, ST-7).
///
/// # Errors
/// As [`update`], and [`Error::StepUpRequired`].
pub async fn update_protected(
    app: &App,
    actor: &Actor,
    section: &str,
    expected: i64,
    values: &BTreeMap<String, Value>,
) -> Result<SettingsPage, Error> {
    let known = PROTECTED.contains(&section);
    save(
        app,
        actor,
        ("setting.update_protected", known.then_some(section)),
        expected,
        values,
    )
    .await
}

async fn save(
    app: &App,
    actor: &Actor,
    (operation, section): (&'static str, Option<&str>),
    expected: i64,
    values: &BTreeMap<String, Value>,
) -> Result<SettingsPage, Error> {
    let tx = app.store().begin().await?;
    permitted(actor, operation)?;
    let section = section.ok_or(Error::NotFound)?;
    stepped_up(app, actor, operation)?;
    let before = load(&tx).await?;
    let changes = accepted(section, &before, values)?;
    connection::check_references(&tx, &changes).await?;
    if before.version != expected {
        return Err(Error::Stale);
    }
    connection::check_states(&tx, &changes).await?;
    for change in &changes {
        store(app, &tx, change).await?;
        audit::record(app, &tx, actor, act(operation, change)).await?;
    }
    connection::after(app, &tx, actor, &changes).await?;
    let after = load(&tx).await?;
    let keys = changes.iter().map(|change| change.row.key.as_str());
    if !changes.is_empty() {
        crate::invoices::stale::settings_changed(&tx, keys).await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// A key with its old and new value.
#[derive(Clone)]
pub(super) struct Change {
    /// Row of the table.
    pub row: &'static SettingRow,
    /// Value as it was shown.
    pub old: Value,
    /// Value to store; of a secret only whether it is set.
    pub new: Value,
    /// The secret itself; empty to remove it.
    pub secret: Option<Zeroizing<String>>,
}

async fn store(app: &App, tx: &Tx, change: &Change) -> Result<(), Error> {
    let now = app.clock().now();
    tx.settings().save(&change.row.key, &change.new, now).await?;
    let Some(secret) = &change.secret else {
        return Ok(());
    };
    let place = super::secret_place(&change.row.key);
    if secret.is_empty() {
        tx.secrets().destroy(&place).await?;
        return Ok(());
    }
    secrets::put(app, tx, &place, secret.as_bytes(), None).await
}

fn accepted(section: &str, before: &SettingsPage, values: &BTreeMap<String, Value>) -> Result<Vec<Change>, Error> {
    let mut invalid = Invalid::new();
    let mut changes = Vec::new();
    for (key, entered) in values {
        let present = before
            .settings
            .iter()
            .find(|setting| &setting.row.key == key && setting.row.section == section);
        match present.map(|setting| (setting, checked(setting.row, entered))) {
            None => invalid.add(pointer(key), "setting_unknown", "This section has no such setting."),
            Some((_, Err((code, detail)))) => invalid.add(pointer(key), code, detail),
            Some((setting, Ok(new))) => changes.extend(changed(setting, new)),
        }
    }
    pairs::check(&mut invalid, before, &mut changes);
    invalid.check()?;
    Ok(changes)
}

fn changed(setting: &StoredSetting, new: Value) -> Option<Change> {
    let (new, secret) = if setting.row.secret {
        let text = new.as_str().unwrap_or_default().to_owned();
        (json!({ "set": !text.is_empty() }), Some(Zeroizing::new(text)))
    } else {
        (new, None)
    };
    let removes_nothing = new == setting.value && secret.as_ref().is_none_or(|text| text.is_empty());
    (!removes_nothing).then(|| Change {
        row: setting.row,
        old: setting.value.clone(),
        new,
        secret,
    })
}

/// Pointer to a key of the body.
pub(super) fn pointer(key: &str) -> String {
    format!("/values/{}", key.replace('~', "~0").replace('/', "~1"))
}

async fn load(tx: &Tx) -> Result<SettingsPage, Error> {
    let stored = tx.settings().all().await?;
    let mut settings = Vec::new();
    for section in setting::SECTIONS {
        for row in setting::table().iter().filter(|row| row.section == section) {
            let saved = stored.get(&row.key).cloned();
            let value = match row.kind.as_str() {
                "secret" => json!({ "set": tx.secrets().find(&super::secret_place(&row.key)).await?.is_some() }),
                "image" => match saved {
                    Some(Value::String(image)) if !image.is_empty() => json!({ "set": true, "image": image }),
                    _ => json!({ "set": false }),
                },
                _ => saved.unwrap_or_else(|| row.default.clone()),
            };
            settings.push(StoredSetting { row, value });
        }
    }
    Ok(SettingsPage {
        settings,
        version: tx.settings().version().await?,
    })
}

/// Secrets and pictures are recorded as `changed` (ST-3, I-75).
fn act(operation: &'static str, change: &Change) -> Act {
    let hidden = matches!(change.row.kind.as_str(), "secret" | "image");
    let shown = |value: &Value| {
        if hidden {
            json!({ "value": "changed" })
        } else {
            json!({ "value": value })
        }
    };
    Act {
        operation: operation.to_owned(),
        target_kind: "setting",
        target_id: change.row.key.clone(),
        before: (!hidden).then(|| shown(&change.old)),
        after: Some(shown(&change.new)),
        ..Act::default()
    }
}
