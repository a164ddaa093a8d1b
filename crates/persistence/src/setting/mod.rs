//! Stored values of settings; a key that was never saved has no row and its default counts (ST-2).

mod connection;
pub(crate) mod entity;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::Value;

use crate::time::to_micros;
use crate::{StoreError, Tx};

/// Settings of a transaction. They are owned by the platform; who may see which is decided above.
#[derive(Debug)]
pub struct Settings<'tx>(&'tx Tx);

impl Tx {
    /// The settings.
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }
}

impl Settings<'_> {
    /// The stored value of a key.
    ///
    /// # Errors
    /// [`StoreError`] when the stored text is not JSON.
    pub async fn find(&self, key: &str) -> Result<Option<Value>, StoreError> {
        let row = entity::Entity::find_by_id(key.to_owned())
            .one(self.0.connection())
            .await?;
        row.map(|row| value(&row)).transpose()
    }

    /// All stored values by key.
    ///
    /// # Errors
    /// [`StoreError`] when a stored text is not JSON.
    pub async fn all(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let rows = entity::Entity::find().all(self.0.connection()).await?;
        rows.iter().map(|row| Ok((row.key.clone(), value(row)?))).collect()
    }

    /// Number that grows with every save; the version of the page of settings.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn version(&self) -> Result<i64, StoreError> {
        let rows = entity::Entity::find().all(self.0.connection()).await?;
        Ok(rows.iter().map(|row| row.version).sum())
    }

    /// Stores a value and keeps it in the history (ST-13).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn save(&self, key: &str, value: &Value, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            key: Set(key.to_owned()),
            value: Set(value.to_string()),
            version: Set(1),
            changed_at: Set(to_micros(at)),
        };
        let replace = OnConflict::column(entity::Column::Key)
            .update_columns([entity::Column::Value, entity::Column::ChangedAt])
            .value(entity::Column::Version, next_version())
            .to_owned();
        entity::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(self.0.connection())
            .await?;
        let keep = "INSERT INTO setting_history (key, value, changed_at) VALUES ($1, $2, $3) \
                    ON CONFLICT (key, changed_at) DO UPDATE SET value = excluded.value";
        let kept = vec![key.into(), value.to_string().into(), to_micros(at).into()];
        crate::sql::execute(self.0, keep, kept).await?;
        Ok(())
    }
}

fn next_version() -> sea_orm::sea_query::Expr {
    use sea_orm::sea_query::{Alias, Expr, ExprTrait};
    Expr::col((Alias::new("setting"), entity::Column::Version)).add(1)
}

fn value(row: &entity::Model) -> Result<Value, StoreError> {
    parsed(&row.key, &row.value)
}

/// The stored text of a setting as its value.
pub(crate) fn parsed(key: &str, text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        table: "setting",
        column: "value",
        row: key.to_owned(),
    })
}
