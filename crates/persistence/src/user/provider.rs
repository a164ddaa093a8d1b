//! What users need to know about identity providers (I-45, PM-13).

use crate::{StoreError, Tx, sql};

impl Tx {
    /// Whether an identity provider is enabled.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn has_enabled_identity_provider(&self) -> Result<bool, StoreError> {
        let enabled = "SELECT 1 AS found FROM identity_provider WHERE enabled = 1 LIMIT 1";
        Ok(sql::one(self, enabled, Vec::new()).await?.is_some())
    }
}
