//! A user as stored and a user to add.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::role::{Anchor, Role};

use super::entity::app_user;
use crate::StoreError;
use crate::time::from_micros;

/// A live user as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
pub struct UserRow {
    /// Identity.
    pub id: UserId,
    /// Address in its compared form (I-2).
    pub email_address: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Whether the account was activated; otherwise it is `invited`.
    pub active: bool,
    /// Suspended (I-4).
    pub disabled: bool,
    /// Locked by an administrator (I-52).
    pub locked_by_administrator: bool,
    /// Needs a one-time password.
    pub mfa_required: bool,
    /// Signs in only through an identity provider.
    pub federated_only: bool,
    /// Failures in a row (I-50).
    pub failures: i64,
    /// Lockouts in a row (I-50).
    pub lockouts: i64,
    /// End of the lockout by failures.
    pub locked_until: Option<DateTime<Utc>>,
    /// Locale figures are written in; none for the neutral form.
    pub locale: Option<String>,
    /// Zone instants are shown in; none for UTC.
    pub time_zone: Option<String>,
    /// Address that waits for its confirmation (I-8).
    pub pending_email_address: Option<String>,
    /// The address belongs to somebody else; nobody signs in with this entry (S-17).
    pub shadow: bool,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether an authenticator is registered.
    pub mfa_enrolled: bool,
    /// Whether the next enrolment follows a discarded one and needs the mailed code (S-26, I-36).
    pub mfa_discarded: bool,
    /// Wrong codes in a row (I-38).
    pub code_failures: i64,
    /// End of the lockout by wrong codes (I-38).
    pub code_locked_until: Option<DateTime<Utc>>,
    /// The last failure of a stranger, for the slowing of the account (S-22).
    pub last_failure_at: Option<DateTime<Utc>>,
    /// The password has to be reset by mail first (I-50).
    pub reset_required: bool,
    /// An administrator has to reset MFA first (I-38).
    pub mfa_reset_required: bool,
    /// Version for edits.
    pub version: i64,
    /// When the user was added.
    pub created_at: DateTime<Utc>,
}

/// A user to add.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
pub struct NewUser {
    /// Identity.
    pub id: UserId,
    /// Address in its compared form.
    pub email_address: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Password hash in PHC form; none for an invited user.
    pub password_hash: Option<String>,
    /// Whether the account is active at once.
    pub active: bool,
    /// Needs a one-time password.
    pub mfa_required: bool,
    /// Signs in only through an identity provider.
    pub federated_only: bool,
    /// The address belongs to somebody outside the branch (S-17).
    pub shadow: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// Data of a user that are no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFields {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Locale of the app.
    pub locale: Option<String>,
    /// Zone instants are shown in.
    pub time_zone: Option<String>,
}

/// Failures in a row of an account, or of a browser it knows (I-50, I-51).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// Failures in a row.
    pub failures: i64,
    /// Lockouts in a row.
    pub lockouts: i64,
    /// End of the lockout.
    pub locked_until: Option<DateTime<Utc>>,
    /// The last failure.
    pub last_failure_at: Option<DateTime<Utc>>,
}

impl TryFrom<app_user::Model> for UserRow {
    type Error = StoreError;

    fn try_from(row: app_user::Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent {
            table: "app_user",
            column,
            row: row.id.to_string(),
        };
        let role: Role = row.role.parse().map_err(|_| wrong("role"))?;
        Ok(Self {
            id: row.id.into(),
            role,
            anchor: Anchor::of(role, row.anchor_id).ok_or_else(|| wrong("anchor_id"))?,
            email_address: row.email_address.clone().ok_or_else(|| wrong("email_address"))?,
            first_name: row.first_name.clone().ok_or_else(|| wrong("first_name"))?,
            last_name: row.last_name.clone().ok_or_else(|| wrong("last_name"))?,
            phone_number: row.phone_number.clone(),
            active: row.state == "active",
            disabled: row.disabled != 0,
            locked_by_administrator: row.locked_by_administrator != 0,
            mfa_required: row.mfa_required != 0,
            federated_only: row.federated_only != 0,
            failures: row.failures,
            lockouts: row.lockouts,
            locked_until: row
                .locked_until
                .map(|at| from_micros(at, "app_user", "locked_until"))
                .transpose()?,
            locale: row.locale.clone(),
            time_zone: row.time_zone.clone(),
            pending_email_address: row.pending_email_address.clone(),
            shadow: row.shadow != 0,
            has_password: row.password_hash.is_some(),
            mfa_enrolled: row.mfa_enrolled_at.is_some(),
            mfa_discarded: row.mfa_discarded != 0,
            code_failures: row.code_failures,
            code_locked_until: row
                .code_locked_until
                .map(|at| from_micros(at, "app_user", "code_locked_until"))
                .transpose()?,
            last_failure_at: row
                .last_failure_at
                .map(|at| from_micros(at, "app_user", "last_failure_at"))
                .transpose()?,
            reset_required: row.reset_required != 0,
            mfa_reset_required: row.mfa_reset_required != 0,
            version: row.version,
            created_at: from_micros(row.created_at, "app_user", "created_at")?,
        })
    }
}
