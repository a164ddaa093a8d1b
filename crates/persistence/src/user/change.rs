//! Changes of a user's own row. What has to end with them is ended by [`Users::end_everything`] in the same
//! transaction (S-31).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::scope::Scope;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, Value};

use super::entity::app_user::{Column, Entity};
use super::{Failures, UserFields, Users, col, state};
use crate::time::to_micros;
use crate::{Backend, StoreError, scope, sql};

impl Users<'_> {
    /// Replaces names, phone, locale and zone of a user read as version `expected`; false when it changed since.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn update(
        &self,
        scope: Scope,
        id: UserId,
        expected: i64,
        fields: &UserFields,
    ) -> Result<bool, StoreError> {
        let changed = Entity::update_many()
            .col_expr(Column::FirstName, Expr::val(fields.first_name.clone()))
            .col_expr(Column::LastName, Expr::val(fields.last_name.clone()))
            .col_expr(Column::PhoneNumber, Expr::val(fields.phone_number.clone()))
            .col_expr(Column::Locale, Expr::val(fields.locale.clone()))
            .col_expr(Column::TimeZone, Expr::val(fields.time_zone.clone()))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::DeletedAt.is_null())
            .filter(scope::anchors(scope, &col(Column::AnchorId)))
            .filter(Column::Version.eq(expected))
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    /// Sets the password of a user and makes the account active.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn activate(&self, id: UserId, password_hash: &str) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::PasswordHash, Expr::val(password_hash))
                .col_expr(Column::State, Expr::val(state(true)))
        })
        .await
    }

    /// Makes the account of somebody active who signs in at an identity provider (I-14).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn activate_federated(&self, id: UserId) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update).col_expr(Column::State, Expr::val(state(true)))
        })
        .await
    }

    /// Sets the password, or erases it.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_password(&self, id: UserId, password_hash: Option<&str>) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::PasswordHash, Expr::val(password_hash.map(str::to_owned)))
                .col_expr(Column::ResetRequired, Expr::val(0))
        })
        .await
    }

    /// Replaces the hash of the same password by one of more work (I-21).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn renew_password_hash(&self, id: UserId, password_hash: &str) -> Result<(), StoreError> {
        self.change(id, |update| {
            update.col_expr(Column::PasswordHash, Expr::val(password_hash))
        })
        .await
    }

    /// Stores the count of failures and the lockout (I-50).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_failures(&self, id: UserId, failures: &Failures) -> Result<(), StoreError> {
        self.change(id, |update| {
            update
                .col_expr(Column::Failures, Expr::val(failures.failures))
                .col_expr(Column::Lockouts, Expr::val(failures.lockouts))
                .col_expr(Column::LockedUntil, Expr::val(failures.locked_until.map(to_micros)))
                .col_expr(
                    Column::LastFailureAt,
                    Expr::val(failures.last_failure_at.map(to_micros)),
                )
        })
        .await
    }

    /// Asks for a reset of the password by mail (I-50).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn require_reset(&self, id: UserId) -> Result<(), StoreError> {
        self.change(id, |update| update.col_expr(Column::ResetRequired, Expr::val(1)))
            .await
    }

    /// Stores the count of wrong codes in a row and the lockout; `reset_required` asks for Reset MFA (I-38).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_code_failures(
        &self,
        id: UserId,
        failures: i64,
        locked_until: Option<DateTime<Utc>>,
        reset_required: bool,
    ) -> Result<(), StoreError> {
        self.change(id, |update| {
            update
                .col_expr(Column::CodeFailures, Expr::val(failures))
                .col_expr(Column::CodeLockedUntil, Expr::val(locked_until.map(to_micros)))
                .col_expr(Column::MfaResetRequired, Expr::val(i64::from(reset_required)))
        })
        .await
    }

    /// Changes role and anchor; the caller checked what may be granted (PM-11).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_role(&self, id: UserId, role: Role, anchor: Anchor) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::Role, Expr::val(role.identifier()))
                .col_expr(Column::AnchorId, Expr::val(anchor.id()))
        })
        .await
    }

    /// Suspends the account or ends the suspension (I-4).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<(), StoreError> {
        self.flag(id, Column::Disabled, disabled).await
    }

    /// Locks the account until an administrator unlocks it (I-52).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn lock(&self, id: UserId) -> Result<(), StoreError> {
        self.flag(id, Column::LockedByAdministrator, true).await
    }

    /// Clears any lockout and the counts, not a required reset (I-52).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn unlock(&self, id: UserId) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::LockedByAdministrator, Expr::val(0))
                .col_expr(Column::Failures, Expr::val(0))
                .col_expr(Column::CodeFailures, Expr::val(0))
                .col_expr(Column::CodeLockedUntil, Expr::val(None::<i64>))
                .col_expr(Column::Lockouts, Expr::val(0))
                .col_expr(Column::LockedUntil, Expr::val(None::<i64>))
                .col_expr(Column::LastFailureAt, Expr::val(None::<i64>))
        })
        .await
    }

    /// Sets MFA Required.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_mfa_required(&self, id: UserId, required: bool) -> Result<(), StoreError> {
        self.flag(id, Column::MfaRequired, required).await
    }

    /// Sets Federated Only; on, the password is erased (I-45).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_federated_only(&self, id: UserId, on: bool) -> Result<(), StoreError> {
        self.flag(id, Column::FederatedOnly, on).await?;
        if on {
            self.change(id, |update| {
                update
                    .col_expr(Column::PasswordHash, Expr::val(None::<String>))
                    .col_expr(Column::ResetRequired, Expr::val(0))
            })
            .await?;
        }
        Ok(())
    }

    /// Notes an authenticator whose secret was just stored; `step` is the last step it proved.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn enrol(&self, id: UserId, at: DateTime<Utc>, step: i64) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::MfaEnrolledAt, Expr::val(to_micros(at)))
                .col_expr(Column::MfaLastStep, Expr::val(step))
                .col_expr(Column::MfaDiscarded, Expr::val(0))
                .col_expr(Column::CodeFailures, Expr::val(0))
                .col_expr(Column::CodeLockedUntil, Expr::val(None::<i64>))
                .col_expr(Column::MfaResetRequired, Expr::val(0))
        })
        .await
    }

    /// Forgets the authenticator; the next enrolment needs the mailed code (S-26).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn discard_enrolment(&self, id: UserId) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::MfaEnrolledAt, Expr::val(None::<i64>))
                .col_expr(Column::MfaLastStep, Expr::val(None::<i64>))
                .col_expr(Column::MfaDiscarded, Expr::val(1))
                .col_expr(Column::CodeFailures, Expr::val(0))
                .col_expr(Column::CodeLockedUntil, Expr::val(None::<i64>))
                .col_expr(Column::MfaResetRequired, Expr::val(0))
        })
        .await
    }

    /// Uses up the step of a right code: compared and stored in one statement, so a code works once (S-25).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn use_step(&self, id: UserId, step: i64) -> Result<bool, StoreError> {
        let text = "UPDATE app_user SET mfa_last_step = $1, code_failures = 0 \
                    WHERE id = $2 AND mfa_enrolled_at IS NOT NULL AND (mfa_last_step IS NULL OR mfa_last_step < $1)";
        let changed = sql::execute(self.0, text, vec![Value::from(step), Value::from(id.uuid())]).await?;
        Ok(changed == 1)
    }

    /// Keeps an address until it is confirmed, or forgets it (I-8).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_pending_address(&self, id: UserId, address: Option<&str>) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update).col_expr(Column::PendingEmailAddress, Expr::val(address.map(str::to_owned)))
        })
        .await
    }

    /// Makes a confirmed address the user's.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when somebody has it by now.
    pub async fn set_address(&self, id: UserId, address: &str) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::EmailAddress, Expr::val(address))
                .col_expr(Column::PendingEmailAddress, Expr::val(None::<String>))
                .col_expr(Column::Shadow, Expr::val(0))
        })
        .await
    }

    /// Erases the person and keeps the tombstone: id, role, anchor, times (I-5).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone already.
    pub async fn erase(&self, id: UserId, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update)
                .col_expr(Column::EmailAddress, Expr::val(None::<String>))
                .col_expr(Column::PendingEmailAddress, Expr::val(None::<String>))
                .col_expr(Column::FirstName, Expr::val(None::<String>))
                .col_expr(Column::LastName, Expr::val(None::<String>))
                .col_expr(Column::PhoneNumber, Expr::val(None::<String>))
                .col_expr(Column::Locale, Expr::val(None::<String>))
                .col_expr(Column::TimeZone, Expr::val(None::<String>))
                .col_expr(Column::PasswordHash, Expr::val(None::<String>))
                .col_expr(Column::MfaEnrolledAt, Expr::val(None::<i64>))
                .col_expr(Column::DeletedAt, Expr::val(to_micros(at)))
        })
        .await
    }

    /// Ends sessions, half-way states, links, codes and known browsers of a user (S-31, I-61).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn end_everything(&self, id: UserId) -> Result<(), StoreError> {
        self.0.sessions().delete_of_user(id).await?;
        self.end_beside_sessions(id).await
    }

    /// Ends half-way states, links, codes and known browsers of a user, for the one session that goes on (S-31).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn end_beside_sessions(&self, id: UserId) -> Result<(), StoreError> {
        for table in ["half_session", "one_time_link", "mailed_code", "known_device"] {
            let text = format!("DELETE FROM {table} WHERE user_id = $1");
            sql::execute(self.0, &text, vec![Value::from(id.uuid())]).await?;
        }
        // An address whose link is void is not waiting any more.
        let text = "UPDATE app_user SET pending_email_address = NULL WHERE id = $1";
        sql::execute(self.0, text, vec![Value::from(id.uuid())]).await?;
        Ok(())
    }

    /// Holds the platform administrators until the transaction ends, so that two of them cannot remove each other at
    /// once (PM-13). SQLite has one writer anyway.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn hold_platform_administrators(&self) -> Result<(), StoreError> {
        if self.0.backend() == Backend::Postgres {
            let text = "SELECT id FROM app_user WHERE role = $1 AND deleted_at IS NULL ORDER BY id FOR UPDATE";
            sql::all(
                self.0,
                text,
                vec![Value::from(Role::PlatformAdministrator.identifier())],
            )
            .await?;
        }
        Ok(())
    }

    /// Holds one user until the transaction ends, so that two tries at once are both counted.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn hold(&self, id: UserId) -> Result<(), StoreError> {
        if self.0.backend() == Backend::Postgres {
            let text = "SELECT id FROM app_user WHERE id = $1 FOR UPDATE";
            sql::one(self.0, text, vec![Value::from(id.uuid())]).await?;
        }
        Ok(())
    }

    /// How many platform administrators can sign in, but for `without` (PM-13).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn platform_administrators_without(&self, without: UserId) -> Result<u64, StoreError> {
        let text = "SELECT count(*) AS usable FROM app_user WHERE role = $1 AND deleted_at IS NULL AND shadow = 0 \
                    AND state = 'active' AND disabled = 0 AND locked_by_administrator = 0 AND id <> $2 \
                    AND email_address <> 'break-glass@cms.invalid' \
                    AND ((federated_only = 0 AND password_hash IS NOT NULL) OR EXISTS (SELECT 1 FROM user_identity i \
                    JOIN identity_provider p ON p.id = i.identity_provider_id \
                    WHERE i.user_id = app_user.id AND p.enabled = 1))";
        let values = vec![
            Value::from(Role::PlatformAdministrator.identifier()),
            Value::from(without.uuid()),
        ];
        let row = sql::one(self.0, text, values).await?;
        row.map_or(Ok(0), |row| Ok(sql::count(row.try_get("", "usable")?)))
    }

    async fn flag(&self, id: UserId, column: Column, on: bool) -> Result<(), StoreError> {
        self.change(id, |update| {
            versioned(update).col_expr(column, Expr::val(i64::from(on)))
        })
        .await
    }

    async fn change(
        &self,
        id: UserId,
        what: impl FnOnce(UpdateMany<Entity>) -> UpdateMany<Entity> + Send,
    ) -> Result<(), StoreError> {
        let changed = what(Entity::update_many())
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::DeletedAt.is_null())
            .exec(self.0.connection())
            .await?;
        match changed.rows_affected {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }
}

fn versioned(update: UpdateMany<Entity>) -> UpdateMany<Entity> {
    update.col_expr(Column::Version, Expr::col(Column::Version).add(1))
}
