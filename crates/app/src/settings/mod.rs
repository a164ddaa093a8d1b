//! Settings as use cases read them: the stored value, else the default of `settings.csv` (ST-2).

mod check;
mod connection;
mod logo;
mod pairs;
mod update;

pub use connection::{ConnectionTest, test_mail, test_storage};
pub use update::{SettingsPage, StoredSetting, flags, page, update, update_protected};

use std::collections::BTreeMap;

use outbound::Secret;
use persistence::Tx;
use persistence::secret::SecretPlace;
use serde_json::Value;

use crate::{App, Error, secrets};

/// All settings as they are at one moment: one query for whoever needs several.
#[derive(Debug)]
pub struct Snapshot(BTreeMap<String, Value>);

impl Snapshot {
    /// Reads the stored values.
    ///
    /// # Errors
    /// [`Error::Internal`] of storage.
    pub async fn take(tx: &Tx) -> Result<Self, Error> {
        Ok(Self(tx.settings().all().await?))
    }

    /// Whether a switch is on.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key is not a switch of the table.
    pub fn switch(&self, key: &str) -> Result<bool, Error> {
        self.value(key)?.as_bool().ok_or_else(|| wrong_type(key))
    }

    /// The text of a setting; empty when not set.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key is not a text of the table.
    pub fn text(&self, key: &str) -> Result<String, Error> {
        let text = self.value(key)?.as_str().map(str::to_owned);
        text.ok_or_else(|| wrong_type(key))
    }

    fn value(&self, key: &str) -> Result<&Value, Error> {
        let stored = self.0.get(key);
        stored
            .or_else(|| Some(&domain::setting::row(key)?.default))
            .ok_or_else(|| wrong_type(key))
    }
}

/// Whether a switch is on.
///
/// # Errors
/// [`Error::Internal`] when the key is not a switch of the table.
pub async fn read_switch(tx: &Tx, key: &str) -> Result<bool, Error> {
    read(tx, key).await?.as_bool().ok_or_else(|| wrong_type(key))
}

/// The text of a setting; empty when not set.
///
/// # Errors
/// [`Error::Internal`] when the key is not a text of the table.
pub async fn read_text(tx: &Tx, key: &str) -> Result<String, Error> {
    read(tx, key)
        .await?
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| wrong_type(key))
}

/// The number of a setting.
///
/// # Errors
/// [`Error::Internal`] when the key is not an integer of the table.
pub async fn read_integer(tx: &Tx, key: &str) -> Result<i64, Error> {
    integer(key, tx.settings().find(key).await?)
}

/// The number of a setting whose stored value, if there is one, was read with something else.
///
/// # Errors
/// [`Error::Internal`] when the key is not an integer of the table.
pub fn integer(key: &str, stored: Option<Value>) -> Result<i64, Error> {
    or_default(key, stored)?.as_i64().ok_or_else(|| wrong_type(key))
}

/// The PNG of the logo on documents (ST-26); none when there is none.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn logo(tx: &Tx) -> Result<Option<Vec<u8>>, Error> {
    Ok(logo::bytes(&read_text(tx, "invoices.header_logo").await?))
}

/// Where the sealed value of a secret setting is kept.
pub fn secret_place(key: &str) -> SecretPlace {
    SecretPlace {
        owner_kind: "setting",
        owner_id: key.to_owned(),
        name: "value",
    }
}

/// The opened value of a secret setting, for the one call that needs it (S-58); none when none is stored.
///
/// # Errors
/// [`Error::Internal`] of storage, or when it does not open.
pub(crate) async fn read_secret(app: &App, tx: &Tx, key: &str) -> Result<Option<Secret<String>>, Error> {
    secrets::find_text(app, tx, &secret_place(key)).await
}

async fn read(tx: &Tx, key: &str) -> Result<Value, Error> {
    or_default(key, tx.settings().find(key).await?)
}

fn or_default(key: &str, stored: Option<Value>) -> Result<Value, Error> {
    stored
        .or_else(|| Some(domain::setting::row(key)?.default.clone()))
        .ok_or_else(|| wrong_type(key))
}

fn wrong_type(key: &str) -> Error {
    Error::internal(format!("the setting {key} does not exist or has another type"))
}
