//! What users need to know about identity providers (I-45, PM-13).

use sea_orm::Value;

use crate::{Backend, StoreError, Tx, sql};

impl Tx {
    /// Whether an identity provider is enabled; none while the schema has no providers.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn has_enabled_identity_provider(&self) -> Result<bool, StoreError> {
        let table = match self.backend() {
            Backend::Postgres => {
                "SELECT 1 AS found FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
            }
            Backend::Sqlite => "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = $1",
        };
        if sql::one(self, table, vec![Value::from("identity_provider")])
            .await?
            .is_none()
        {
            return Ok(false);
        }
        let enabled = "SELECT 1 AS found FROM identity_provider WHERE enabled = 1 LIMIT 1";
        Ok(sql::one(self, enabled, Vec::new()).await?.is_some())
    }
}
