//! Health of a region from its last runs (U-75).

use chrono::{DateTime, Duration, Utc};
use persistence::region::RegionRow;

/// Failures in a row that make a region unhealthy.
const UNHEALTHY_AFTER: u64 = 3;
/// Days without a successful collection after which a region is degraded.
const DEGRADED_AFTER_DAYS: i64 = 2;

/// Health of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Never connected, disabled, or not run yet.
    Unknown,
    /// The last run succeeded lately.
    Healthy,
    /// The last run failed, or none succeeded for more than two days.
    Degraded,
    /// Three failures in a row, or the credential has expired.
    Unhealthy,
}

impl Health {
    /// The identifier on the wire.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// The health of a region at `now`; `failures` are the failed runs since the last successful one.
pub(super) fn of(region: &RegionRow, expires_on: Option<&str>, failures: u64, now: DateTime<Utc>) -> Health {
    let expired = expires_on.is_some_and(|day| day <= now.date_naive().to_string().as_str());
    if region.state != "ready" || (!region.fields.enabled && region.last_run_at.is_none()) {
        return Health::Unknown;
    }
    if expired || failures >= UNHEALTHY_AFTER {
        return Health::Unhealthy;
    }
    let late = |at: DateTime<Utc>| now - at > Duration::days(DEGRADED_AFTER_DAYS);
    match region.last_success_at {
        _ if region.last_error.is_some() => Health::Degraded,
        Some(at) if region.fields.enabled && late(at) => Health::Degraded,
        Some(_) => Health::Healthy,
        None => Health::Unknown,
    }
}
