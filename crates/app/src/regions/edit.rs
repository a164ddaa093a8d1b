//! Create, edit and remove regions.

use chrono::Days;
use domain::ids::RegionId;
use domain::text::{self, TextInvalid};
use persistence::StoreError;
use persistence::region::{RegionFields, RegionRow};
use serde_json::{Value, json};

use super::connect::{self, ConnectionInput};
use super::details::{RegionDetails, details};
use super::{lock_key, validate};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::{Actor, App, Error, Invalid, ids};

/// Name, text and schedule of a region as entered (U-1, U-2).
#[derive(Clone, Debug)]
pub struct RegionInput {
    /// Unique name.
    pub name: String,
    /// Free text.
    pub details: String,
    /// IANA zone; none: UTC.
    pub time_zone: Option<String>,
    /// Start of the collection window; none: 01:00.
    pub run_window_start: Option<String>,
    /// End of the collection window; none: 06:00.
    pub run_window_end: Option<String>,
    /// 1 to 31; none: 3.
    pub lookback_days: Option<i64>,
    /// `hourly` or `daily`; none: hourly.
    pub granularity: Option<String>,
    /// Whether scheduled collection runs.
    pub enabled: bool,
}

/// Adds a region; its first usage day is today minus the look-back (U-23).
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(
    app: &App,
    actor: &Actor,
    input: &RegionInput,
    connection: &ConnectionInput,
) -> Result<RegionDetails, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "region.create").await?;
    let mut invalid = Invalid::new();
    let fields = RegionFields {
        enabled: false,
        ..checked(&mut invalid, input)
    };
    let new = connect::checked(&mut invalid, "/connection", connection);
    invalid.check()?;
    let now = app.clock().now();
    let id: RegionId = ids::new_id(app);
    let lookback = u64::try_from(fields.lookback_days).unwrap_or(0);
    let first = now
        .date_naive()
        .checked_sub_days(Days::new(lookback))
        .unwrap_or(now.date_naive());
    tx.regions()
        .insert(id, &fields, &new.fields, &first.to_string(), now)
        .await
        .map_err(name_taken)?;
    connect::store_credential(app, &tx, id, &new).await?;
    let row = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    audit::record(app, &tx, actor, act("region.create", id, None, Some(facts(&row)))).await?;
    let details = details(app, &tx, row).await?;
    tx.commit().await?;
    Ok(details)
}

/// Replaces name, text and schedule of a region that was read as version `expected` (U-6).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: RegionId,
    expected: i64,
    input: &RegionInput,
) -> Result<RegionDetails, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "region.update").await?;
    let before = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let fields = checked(&mut invalid, input);
    if fields.enabled && before.state != "ready" {
        invalid.add(
            "/enabled",
            "region_not_ready",
            "Test the connection first; a region is collected only when it is ready.",
        );
    }
    invalid.check()?;
    if !tx.regions().update(id, expected, &fields).await.map_err(name_taken)? {
        return Err(Error::Stale);
    }
    let after = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let entry = act("region.update", id, Some(facts(&before)), Some(facts(&after)));
    audit::record(app, &tx, actor, entry).await?;
    let details = details(app, &tx, after).await?;
    tx.commit().await?;
    Ok(details)
}

/// Archives a region that nothing hangs on and destroys its credential (U-9).
///
/// # Errors
/// [`Error::NotFound`], 409 `has_subscriptions`, `job_running` or `has_uninvoiced_usage`.
pub async fn delete(app: &App, actor: &Actor, id: RegionId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "region.delete").await?;
    let row = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    if tx.regions().live_subscriptions(id).await? > 0 {
        return Err(Error::conflict(
            "has_subscriptions",
            "The region still has subscriptions. Delete them first.",
        ));
    }
    if tx.jobs().is_open_for_lock(&lock_key(id)).await? {
        return Err(Error::conflict(
            "job_running",
            "A job works on this region. Cancel it or wait for its end.",
        ));
    }
    if tx.usage().of_region(id).await?.rows > 0 {
        return Err(Error::conflict(
            "has_uninvoiced_usage",
            "The region holds usage that may not be on an issued invoice. Disable the region instead.",
        ));
    }
    tx.secrets().destroy(&connect::place(id)).await?;
    tx.regions().archive(id, app.clock().now()).await?;
    audit::record(app, &tx, actor, act("region.delete", id, Some(facts(&row)), None)).await?;
    tx.commit().await?;
    Ok(())
}

fn checked(invalid: &mut Invalid, input: &RegionInput) -> RegionFields {
    let lookback_days = input.lookback_days.unwrap_or(3);
    if !(1..=31).contains(&lookback_days) {
        invalid.add("/lookback_days", "out_of_range", "Enter 1 to 31 days.");
    }
    let granularity = input.granularity.clone().unwrap_or_else(|| "hourly".to_owned());
    if !["hourly", "daily"].contains(&granularity.as_str()) {
        invalid.add("/granularity", "choice_invalid", "Choose hourly or daily.");
    }
    let start = input.run_window_start.as_deref().unwrap_or("01:00");
    let end = input.run_window_end.as_deref().unwrap_or("06:00");
    RegionFields {
        name: invalid
            .keep("/name", text::line(&input.name, 100), TextInvalid::code)
            .unwrap_or_default(),
        details: invalid
            .keep("/details", text::paragraph(&input.details, 2_000), TextInvalid::code)
            .unwrap_or_default(),
        time_zone: validate::time_zone(invalid, "/time_zone", input.time_zone.as_deref().unwrap_or("UTC")),
        run_window_start: validate::time_of_day(invalid, "/run_window_start", start),
        run_window_end: validate::time_of_day(invalid, "/run_window_end", end),
        lookback_days,
        granularity,
        enabled: input.enabled,
    }
}

fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict("name_taken", "Another region has this name."),
        other => other.into(),
    }
}

pub(super) fn act(operation: &str, id: RegionId, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "region",
        target_id: id.to_string(),
        before,
        after,
        ..Act::default()
    }
}

/// What the audit record keeps; the credential appears only as set or not (S-61).
pub(super) fn facts(row: &RegionRow) -> Value {
    json!({
        "name": row.fields.name,
        "details": row.fields.details,
        "admin_endpoint": row.connection.admin_endpoint,
        "tenant_endpoint": row.connection.tenant_endpoint,
        "login_endpoint": row.connection.login_endpoint,
        "private_ca": row.connection.private_ca_pem.is_some(),
        "directory": row.connection.directory,
        "client_id": row.connection.client_id,
        "credential_kind": row.connection.credential_kind,
        "time_zone": row.fields.time_zone,
        "run_window": format!("{}-{}", row.fields.run_window_start, row.fields.run_window_end),
        "lookback_days": row.fields.lookback_days,
        "granularity": row.fields.granularity,
        "enabled": row.fields.enabled,
        "state": row.state,
    })
}
