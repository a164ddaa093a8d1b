//! What is stored of a region.

use chrono::{DateTime, Utc};
use domain::ids::RegionId;

use super::entity;
use crate::StoreError;
use crate::named::{Named, NamedKey};
use crate::time::from_micros;

/// Name, text and schedule of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFields {
    /// Unique name.
    pub name: String,
    /// Free text.
    pub details: String,
    /// IANA zone of the collection window.
    pub time_zone: String,
    /// Start of the collection window, `HH:MM`.
    pub run_window_start: String,
    /// End of the collection window, `HH:MM`.
    pub run_window_end: String,
    /// Reported days read again by every run.
    pub lookback_days: i64,
    /// `hourly` or `daily`.
    pub granularity: String,
    /// Whether scheduled collection runs.
    pub enabled: bool,
}

/// Endpoints and principal of a region; the credential itself is a sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFields {
    /// Management address of the operator.
    pub admin_endpoint: String,
    /// Management address of users, when given or discovered.
    pub tenant_endpoint: Option<String>,
    /// Home directory of the principal.
    pub directory: Option<String>,
    /// Login address, when confirmed or discovered.
    pub login_endpoint: Option<String>,
    /// Principal.
    pub client_id: Option<String>,
    /// `secret` or `certificate`; none while no credential is stored.
    pub credential_kind: Option<String>,
    /// Certificate authority of the stamp.
    pub private_ca_pem: Option<String>,
}

/// What a successful connection test found (U-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// `entra` or `adfs`.
    pub identity_system: String,
    /// Login address.
    pub login_endpoint: String,
    /// Management address of users.
    pub tenant_endpoint: Option<String>,
    /// Location name of the stamp.
    pub location: Option<String>,
    /// Default provider subscription.
    pub provider_subscription_id: String,
}

/// A region as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionRow {
    /// Identity.
    pub id: RegionId,
    /// Name, text and schedule.
    pub fields: RegionFields,
    /// Endpoints and principal.
    pub connection: ConnectionFields,
    /// `entra` or `adfs`.
    pub identity_system: Option<String>,
    /// Location name of the stamp.
    pub location: Option<String>,
    /// Default provider subscription.
    pub provider_subscription_id: Option<String>,
    /// `not_ready` or `ready` (U-4).
    pub state: String,
    /// First usage day (U-23).
    pub first_usage_on: Option<String>,
    /// Start of the newest collection.
    pub last_run_at: Option<DateTime<Utc>>,
    /// End of the newest successful collection.
    pub last_success_at: Option<DateTime<Utc>>,
    /// What the newest failed run said.
    pub last_error: Option<String>,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// A region as pickers show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionNameRow {
    /// Identity.
    pub id: RegionId,
    /// Name.
    pub name: String,
    /// Whether new subscriptions can be placed there (U-4).
    pub ready: bool,
}

impl TryFrom<entity::Model> for RegionRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let at = |micros: Option<i64>, column| micros.map(|at| from_micros(at, "region", column)).transpose();
        Ok(Self {
            id: row.id.into(),
            fields: RegionFields {
                name: row.name,
                details: row.details,
                time_zone: row.time_zone,
                run_window_start: row.run_window_start,
                run_window_end: row.run_window_end,
                lookback_days: row.lookback_days,
                granularity: row.granularity,
                enabled: row.enabled == 1,
            },
            connection: ConnectionFields {
                admin_endpoint: row.admin_endpoint,
                tenant_endpoint: row.tenant_endpoint,
                directory: row.directory,
                login_endpoint: row.login_endpoint,
                client_id: row.client_id,
                credential_kind: row.credential_kind,
                private_ca_pem: row.private_ca_pem,
            },
            identity_system: row.identity_system,
            location: row.location,
            provider_subscription_id: row.provider_subscription_id,
            state: row.state,
            first_usage_on: row.first_usage_on,
            last_run_at: at(row.last_run_at, "last_run_at")?,
            last_success_at: at(row.last_success_at, "last_success_at")?,
            last_error: row.last_error,
            version: row.version,
            created_at: from_micros(row.created_at, "region", "created_at")?,
        })
    }
}

impl Named for RegionRow {
    fn key(&self) -> NamedKey<'_> {
        NamedKey {
            id: self.id.to_string(),
            name: &self.fields.name,
            created_at: self.created_at,
        }
    }
}
