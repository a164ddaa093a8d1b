//! The one sealed platform account (I-47, S-35).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::role::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};

use super::entity::app_user::{Column, Entity};
use super::{UserRow, Users};
use crate::time::to_micros;
use crate::{StoreError, sql};

impl Users<'_> {
    /// Makes the account ready to be activated anew: enabled, without a password, free of lockouts.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn break_seal(&self, id: UserId) -> Result<(), StoreError> {
        let text = "UPDATE app_user SET state = 'invited', disabled = 0, locked_by_administrator = 0, locked_until = NULL, \
                    failures = 0, reset_required = 0, password_hash = NULL, version = version + 1 WHERE id = $1";
        sql::execute(self.0, text, vec![Value::from(id.uuid())]).await?;
        Ok(())
    }

    /// Seals the account of an address once nobody uses it: no session and no link is left that is still good. Answers
    /// whether it did.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn seal_unused(&self, address: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let text = "UPDATE app_user SET state = 'invited', disabled = 1, password_hash = NULL, version = version + 1 \
                    WHERE email_address = $1 AND deleted_at IS NULL AND disabled = 0 \
                    AND NOT EXISTS (SELECT 1 FROM session s WHERE s.user_id = app_user.id AND s.expires_at > $2) \
                    AND NOT EXISTS (SELECT 1 FROM one_time_link l WHERE l.user_id = app_user.id AND l.used_at IS NULL AND l.expires_at > $2)";
        let sealed = sql::execute(self.0, text, vec![address.into(), to_micros(at).into()]).await?;
        Ok(sealed == 1)
    }

    /// The platform administrators that can be told something.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn platform_administrators(&self) -> Result<Vec<UserRow>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Role.eq(Role::PlatformAdministrator.identifier()))
            .filter(Column::DeletedAt.is_null())
            .filter(Column::Disabled.eq(0))
            .filter(Column::Shadow.eq(0))
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
