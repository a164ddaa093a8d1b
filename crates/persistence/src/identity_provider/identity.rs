//! Linked identities: issuer and subject, found by nothing else (I-42, S-34).

use chrono::{DateTime, Utc};
use domain::ids::{IdentityId, IdentityProviderId, UserId};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// A linked identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Identity of the link.
    pub id: IdentityId,
    /// Whose.
    pub user_id: UserId,
    /// Name of the provider; the issuer when the provider is gone.
    pub provider_name: String,
    /// Issuer.
    pub issuer: String,
    /// When it was linked.
    pub linked_at: DateTime<Utc>,
    /// Last sign-in with it.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Linked identities of a transaction.
#[derive(Debug)]
pub struct Identities<'tx>(&'tx Tx);

impl Tx {
    /// The linked identities.
    pub fn identities(&self) -> Identities<'_> {
        Identities(self)
    }
}

const COLUMNS: &str = "SELECT i.id, i.user_id, COALESCE(p.name, i.issuer) AS provider_name, i.issuer, i.linked_at, \
                       i.last_used_at FROM user_identity i LEFT JOIN identity_provider p ON p.id = i.identity_provider_id";

impl Identities<'_> {
    /// Whose identity this is.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, issuer: &str, subject: &str) -> Result<Option<IdentityRow>, StoreError> {
        let text = format!("{COLUMNS} WHERE i.issuer = $1 AND i.subject = $2");
        let row = sql::one(self.0, &text, vec![Value::from(issuer), Value::from(subject)]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// The identities of a user, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn of_user(&self, user: UserId) -> Result<Vec<IdentityRow>, StoreError> {
        let text = format!("{COLUMNS} WHERE i.user_id = $1 ORDER BY i.linked_at, i.id");
        let rows = sql::all(self.0, &text, vec![Value::from(user.uuid())]).await?;
        rows.iter().map(read).collect()
    }

    /// Links an identity to a user.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when somebody has it already.
    pub async fn insert(
        &self,
        id: IdentityId,
        user: UserId,
        provider: IdentityProviderId,
        (issuer, subject): (&str, &str),
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO user_identity (id, user_id, identity_provider_id, issuer, subject, linked_at) \
                    VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            Value::from(id.uuid()),
            Value::from(user.uuid()),
            Value::from(provider.uuid()),
            Value::from(issuer),
            Value::from(subject),
            Value::from(to_micros(at)),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Notes a sign-in with an identity.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn touch(&self, id: IdentityId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE user_identity SET last_used_at = $1 WHERE id = $2";
        sql::execute(self.0, text, vec![Value::from(to_micros(at)), Value::from(id.uuid())]).await?;
        Ok(())
    }

    /// Unlinks an identity of a user; false when the user has no such identity.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete(&self, user: UserId, id: IdentityId) -> Result<bool, StoreError> {
        let text = "DELETE FROM user_identity WHERE id = $1 AND user_id = $2";
        let values = vec![Value::from(id.uuid()), Value::from(user.uuid())];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }

    /// Unlinks every identity of a user who is erased (I-5).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_of_user(&self, user: UserId) -> Result<(), StoreError> {
        let text = "DELETE FROM user_identity WHERE user_id = $1";
        sql::execute(self.0, text, vec![Value::from(user.uuid())]).await?;
        Ok(())
    }
}

fn read(row: &QueryResult) -> Result<IdentityRow, StoreError> {
    let last_used_at: Option<i64> = row.try_get("", "last_used_at")?;
    Ok(IdentityRow {
        id: row.try_get::<Uuid>("", "id")?.into(),
        user_id: row.try_get::<Uuid>("", "user_id")?.into(),
        provider_name: row.try_get("", "provider_name")?,
        issuer: row.try_get("", "issuer")?,
        linked_at: from_micros(row.try_get("", "linked_at")?, "user_identity", "linked_at")?,
        last_used_at: last_used_at
            .map(|at| from_micros(at, "user_identity", "last_used_at"))
            .transpose()?,
    })
}
