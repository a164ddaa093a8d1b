//! Regions and their usage (usage.md).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A region as pickers show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegionName {
    /// Identity.
    pub id: Uuid,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub name: String,
    /// Whether new subscriptions can be placed there.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub ready: bool,
}

/// A region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegionView {
    /// Identity.
    pub id: Uuid,
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = "Zurich"))]
    pub details: String,
    /// Management address of the operator.
    #[cfg_attr(feature = "openapi", schema(example = "https://adminmanagement.zrh1.cloud.example"))]
    pub admin_endpoint: String,
    /// Management address of users.
    #[cfg_attr(feature = "openapi", schema(example = "https://management.zrh1.cloud.example"))]
    pub tenant_endpoint: Option<String>,
    /// `entra` or `adfs`, discovered by the connection test.
    #[cfg_attr(feature = "openapi", schema(example = "entra"))]
    pub identity_system: Option<String>,
    /// Directory of the service principal; not needed with AD FS.
    #[cfg_attr(feature = "openapi", schema(example = "7d1b9b42-3c55-4c8e-8f0e-2a6f0f3f9a10"))]
    pub directory: Option<String>,
    /// Login host named by the metadata, confirmed.
    #[cfg_attr(feature = "openapi", schema(example = "https://login.microsoftonline.com/"))]
    pub login_endpoint: Option<String>,
    /// Service principal.
    pub client_id: Option<String>,
    /// `secret` or `certificate`.
    #[cfg_attr(feature = "openapi", schema(example = "secret"))]
    pub credential_kind: Option<String>,
    /// Whether a credential is stored; it is never returned.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub credential_set: bool,
    /// When it was stored.
    pub credential_set_at: Option<String>,
    /// Whether an own certificate authority is stored.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub private_ca: bool,
    /// Location name of the stamp.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub location: Option<String>,
    /// IANA zone of the collection window.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Zurich"))]
    pub time_zone: String,
    /// Start of the collection window.
    #[cfg_attr(feature = "openapi", schema(example = "01:00"))]
    pub run_window_start: String,
    /// End of the collection window.
    #[cfg_attr(feature = "openapi", schema(example = "06:00"))]
    pub run_window_end: String,
    /// Reported days read again by every run.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub lookback_days: i64,
    /// `hourly` or `daily`.
    #[cfg_attr(feature = "openapi", schema(example = "hourly"))]
    pub granularity: String,
    /// `not_ready` or `ready`.
    #[cfg_attr(feature = "openapi", schema(example = "ready"))]
    pub state: String,
    /// Whether scheduled collection runs.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub enabled: bool,
    /// `unknown`, `healthy`, `degraded` or `unhealthy` (U-75).
    #[cfg_attr(feature = "openapi", schema(example = "healthy"))]
    pub health: String,
    /// Start of the newest collection.
    pub last_run_at: Option<String>,
    /// End of the newest successful collection.
    pub last_success_at: Option<String>,
    /// What the newest failed run said.
    pub last_error: Option<String>,
    /// Stored usage rows in force.
    #[cfg_attr(feature = "openapi", schema(example = 124_000))]
    pub usage_rows: u64,
    /// First reported day that was read.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08-01"))]
    pub first_reported_on: Option<String>,
    /// Last reported day that was read.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-31"))]
    pub last_reported_on: Option<String>,
    /// Platform subscriptions with usage that no subscription is registered for (U-41).
    pub unmapped: Vec<UnmappedView>,
    /// Meters with usage that no published item prices.
    pub unpriced_meters: Vec<String>,
    /// Rows kept aside (U-44).
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub quarantined_rows: u64,
    /// Version for `If-Match`.
    pub etag: String,
}

/// Parked usage of a platform subscription that is not registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnmappedView {
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: Uuid,
    /// Stored rows.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub rows: u64,
    /// Earliest usage.
    pub first_usage_at: Option<String>,
    /// Latest usage.
    pub last_usage_at: Option<String>,
}

/// A region to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegionInput {
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = "Zurich"))]
    #[serde(default)]
    pub details: Option<String>,
    /// Endpoints and credentials.
    pub connection: ConnectionInput,
    /// IANA zone; absent: UTC.
    #[cfg_attr(feature = "openapi", schema(example = "UTC"))]
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Absent: 01:00.
    #[cfg_attr(feature = "openapi", schema(example = "01:00"))]
    #[serde(default)]
    pub run_window_start: Option<String>,
    /// Absent: 06:00.
    #[cfg_attr(feature = "openapi", schema(example = "06:00"))]
    #[serde(default)]
    pub run_window_end: Option<String>,
    /// 1 to 31; absent: 3.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    #[serde(default)]
    pub lookback_days: Option<i64>,
    /// `hourly` or `daily`; absent: hourly.
    #[cfg_attr(feature = "openapi", schema(example = "hourly"))]
    #[serde(default)]
    pub granularity: Option<String>,
}

/// Endpoints and credentials of a region; replaces the stored ones (U-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionInput {
    /// https address with a host.
    #[cfg_attr(feature = "openapi", schema(example = "https://adminmanagement.zrh1.cloud.example"))]
    pub admin_endpoint: String,
    /// Absent: discovered.
    #[serde(default)]
    pub tenant_endpoint: Option<String>,
    /// GUID or domain of the home directory; not needed with AD FS.
    #[serde(default)]
    pub directory: Option<String>,
    /// Service principal.
    #[cfg_attr(feature = "openapi", schema(example = "1f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77"))]
    pub client_id: String,
    /// Secret; write only. Absent: keep the stored one when no endpoint changed.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Certificate with key instead of a secret; write only.
    #[serde(default)]
    pub certificate_pem: Option<String>,
    /// When the secret expires.
    #[cfg_attr(feature = "openapi", schema(example = "2027-11-01"))]
    #[serde(default)]
    pub expires_on: Option<String>,
    /// Certificate authority of the stamp.
    #[serde(default)]
    pub private_ca_pem: Option<String>,
    /// Confirms the login host the metadata names; absent: the connection test shows it and sends no credential there.
    #[serde(default)]
    pub login_endpoint: Option<String>,
}

/// New state of a region's details and schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegionUpdate {
    /// Unique name.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub name: String,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(example = "Zurich"))]
    pub details: String,
    /// IANA zone.
    #[cfg_attr(feature = "openapi", schema(example = "UTC"))]
    pub time_zone: String,
    /// Start of the collection window.
    #[cfg_attr(feature = "openapi", schema(example = "01:00"))]
    pub run_window_start: String,
    /// End of the collection window.
    #[cfg_attr(feature = "openapi", schema(example = "06:00"))]
    pub run_window_end: String,
    /// 1 to 31.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub lookback_days: i64,
    /// `hourly` or `daily`.
    #[cfg_attr(feature = "openapi", schema(example = "hourly"))]
    pub granularity: String,
    /// Can be on only when the region is ready.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub enabled: bool,
}

/// Result of Test Connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionTest {
    /// Whether metadata, token, role and usage answered.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub succeeded: bool,
    /// What was tried, in order.
    pub steps: Vec<ConnectionStep>,
    /// Login address the stamp names, when it is not the confirmed one; the credential was not sent.
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    #[serde(default)]
    pub login_to_confirm: Option<String>,
}

/// One step of the connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionStep {
    /// `name`, `address`, `tls`, `metadata`, `token`, `role` or `usage`.
    #[cfg_attr(feature = "openapi", schema(example = "token"))]
    pub step: String,
    /// Whether it went well.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub succeeded: bool,
    /// What was found, or what to mend.
    #[cfg_attr(feature = "openapi", schema(example = "Signed in at login.microsoftonline.com."))]
    pub message: String,
}

/// Range of reported days to read (U-24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateUsage {
    /// First day.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-01"))]
    pub first_on: String,
    /// Last day, inclusive.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-31"))]
    pub last_on: String,
}

/// The job that reads the range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateUsageStarted {
    /// Job to follow.
    pub job_id: Uuid,
    /// Whether an identical open job was joined.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub joined: bool,
    /// What was changed in the request.
    #[cfg_attr(feature = "openapi", schema(example = json!(["range_cut"])))]
    pub notices: Vec<String>,
    /// First day that is read.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-01"))]
    pub first_on: String,
    /// Last day that is read.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-31"))]
    pub last_on: String,
}

/// One reported day of a region (U-20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WindowView {
    /// UTC day of reported time.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-31"))]
    pub reported_on: String,
    /// `read`, `imported`, `reading`, `held_back`.
    #[cfg_attr(feature = "openapi", schema(example = "read"))]
    pub state: String,
    /// Rows in force.
    #[cfg_attr(feature = "openapi", schema(example = 4100))]
    pub rows: u64,
    /// When it was last read completely.
    pub read_at: Option<String>,
    /// Rows the last reading added.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub added: u64,
    /// Rows it changed.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub changed: u64,
    /// Rows it removed.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub removed: u64,
    /// Rows it found equal.
    #[cfg_attr(feature = "openapi", schema(example = 4100))]
    pub unchanged: u64,
    /// Rows it put aside.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub quarantined: u64,
}

/// A usage row that cannot be billed as it is (U-44).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuarantinedView {
    /// Identity.
    pub id: Uuid,
    /// Region.
    pub region: Reference,
    /// Reported day.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-31"))]
    pub reported_on: String,
    /// Why it is kept aside.
    #[cfg_attr(feature = "openapi", schema(example = "quantity_negative"))]
    pub reason: String,
    /// Subscription as received.
    pub platform_subscription_id: Option<String>,
    /// Meter as received.
    pub meter_id: Option<String>,
    /// The row as received.
    #[cfg_attr(feature = "openapi", schema(example = "{}"))]
    pub received: String,
    /// When it was read.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-01T01:10:00Z"))]
    pub read_at: String,
}
