//! Keys that end soon, and alerts about keys that have ended (I-67).

use domain::role::{Anchor, Role};

use super::ApiKeys;
use crate::{StoreError, sql};

/// Kind of the alert.
const KIND: &str = "credential_expiring";
/// A key that works and is not replaced.
const LIVE: &str = "k.revoked_at IS NULL AND a.revoked_at IS NULL AND k.expires_on >= $1";

/// A key that ends soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingKey {
    /// Id of the key.
    pub key_id: String,
    /// Name of the account.
    pub account_name: String,
    /// Whose the account is.
    pub anchor: Anchor,
    /// Last day, `YYYY-MM-DD`.
    pub expires_on: String,
}

impl ApiKeys<'_> {
    /// Live keys whose last day is one up to `until` and that have no open alert of this severity yet.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn ending(&self, today: &str, until: &str, severity: &str) -> Result<Vec<EndingKey>, StoreError> {
        let text = format!(
            "SELECT k.key_id, a.name, a.role, a.anchor_id, k.expires_on FROM api_key k JOIN service_account a ON a.id = k.service_account_id \
             WHERE {LIVE} AND k.expires_on <= $2 AND NOT EXISTS (SELECT 1 FROM alert t WHERE t.kind = '{KIND}' \
             AND t.subject_key = 'api_key:' || k.key_id AND t.severity = $3 AND t.state <> 'closed') ORDER BY k.key_id"
        );
        let rows = sql::all(self.0, &text, vec![today.into(), until.into(), severity.into()]).await?;
        let read = rows.iter().map(|row| {
            let key_id: String = row.try_get("", "key_id")?;
            let role: Option<Role> = row.try_get::<String>("", "role")?.parse().ok();
            let anchor = role.and_then(|role| Anchor::of(role, row.try_get("", "anchor_id").ok()?));
            Ok(EndingKey {
                anchor: anchor.ok_or_else(|| StoreError::Inconsistent {
                    table: "service_account",
                    column: "anchor_id",
                    row: key_id.clone(),
                })?,
                key_id,
                account_name: row.try_get("", "name")?,
                expires_on: row.try_get("", "expires_on")?,
            })
        });
        read.collect()
    }

    /// Subjects of open alerts about keys that have ended or were revoked.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn ended_with_alert(&self, today: &str) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "SELECT t.subject_key FROM alert t WHERE t.kind = '{KIND}' AND t.subject_key LIKE 'api_key:%' AND t.state <> 'closed' \
             AND NOT EXISTS (SELECT 1 FROM api_key k JOIN service_account a ON a.id = k.service_account_id \
             WHERE {LIVE} AND t.subject_key = 'api_key:' || k.key_id)"
        );
        let rows = sql::all(self.0, &text, vec![today.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "subject_key")?)).collect()
    }
}
