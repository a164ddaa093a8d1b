//! Wire types of regions from what the use cases answer.

use api_types::region as wire;
use app::regions as use_cases;
use persistence::region::RegionNameRow;
use persistence::usage::{UnmappedRow, WindowRow};

use crate::etag::etag;
use crate::routes::usage::from_seconds;
use crate::routes::views::instant;

pub(super) fn name(row: RegionNameRow) -> wire::RegionName {
    wire::RegionName {
        id: row.id.uuid(),
        name: row.name,
        ready: row.ready,
    }
}

pub(super) fn region(details: use_cases::RegionDetails) -> wire::RegionView {
    let row = details.region;
    wire::RegionView {
        id: row.id.uuid(),
        name: row.fields.name,
        details: row.fields.details,
        admin_endpoint: row.connection.admin_endpoint,
        tenant_endpoint: row.connection.tenant_endpoint,
        identity_system: row.identity_system,
        directory: row.connection.directory,
        login_endpoint: row.connection.login_endpoint,
        client_id: row.connection.client_id,
        credential_kind: row.connection.credential_kind,
        credential_set: details.credential_set_at.is_some(),
        credential_set_at: details.credential_set_at.map(instant),
        private_ca: row.connection.private_ca_pem.is_some(),
        location: row.location,
        time_zone: row.fields.time_zone,
        run_window_start: row.fields.run_window_start,
        run_window_end: row.fields.run_window_end,
        lookback_days: row.fields.lookback_days,
        granularity: row.fields.granularity,
        state: row.state,
        enabled: row.fields.enabled,
        health: details.health.identifier().to_owned(),
        last_run_at: row.last_run_at.map(instant),
        last_success_at: row.last_success_at.map(instant),
        last_error: row.last_error,
        usage_rows: details.usage.rows,
        first_reported_on: details.usage.first_reported_on,
        last_reported_on: details.usage.last_reported_on,
        unmapped: details.unmapped.iter().map(unmapped).collect(),
        unpriced_meters: details.unpriced_meters,
        quarantined_rows: details.usage.quarantined,
        etag: etag(row.version),
    }
}

fn unmapped(row: &UnmappedRow) -> wire::UnmappedView {
    wire::UnmappedView {
        platform_subscription_id: row.platform_subscription_id.uuid(),
        rows: row.rows,
        first_usage_at: row.first_usage_s.map(from_seconds),
        last_usage_at: row.last_usage_s.map(from_seconds),
    }
}

pub(super) fn input(body: wire::RegionInput) -> (use_cases::RegionInput, use_cases::ConnectionInput) {
    let input = use_cases::RegionInput {
        name: body.name,
        details: body.details.unwrap_or_default(),
        time_zone: body.time_zone,
        run_window_start: body.run_window_start,
        run_window_end: body.run_window_end,
        lookback_days: body.lookback_days,
        granularity: body.granularity,
        enabled: false,
    };
    (input, connection(body.connection))
}

pub(super) fn update(body: wire::RegionUpdate) -> use_cases::RegionInput {
    use_cases::RegionInput {
        name: body.name,
        details: body.details,
        time_zone: Some(body.time_zone),
        run_window_start: Some(body.run_window_start),
        run_window_end: Some(body.run_window_end),
        lookback_days: Some(body.lookback_days),
        granularity: Some(body.granularity),
        enabled: body.enabled,
    }
}

pub(super) fn connection(body: wire::ConnectionInput) -> use_cases::ConnectionInput {
    use_cases::ConnectionInput {
        admin_endpoint: body.admin_endpoint,
        tenant_endpoint: body.tenant_endpoint,
        directory: body.directory,
        client_id: body.client_id,
        client_secret: body.client_secret.map(Into::into),
        certificate_pem: body.certificate_pem.map(Into::into),
        expires_on: body.expires_on,
        private_ca_pem: body.private_ca_pem,
        login_endpoint: body.login_endpoint,
    }
}

pub(super) fn test(result: use_cases::ConnectionResult) -> wire::ConnectionTest {
    let steps = result.steps.into_iter().map(|step| wire::ConnectionStep {
        step: step.step.to_owned(),
        succeeded: step.succeeded,
        message: step.message,
    });
    wire::ConnectionTest {
        succeeded: result.succeeded,
        steps: steps.collect(),
        login_to_confirm: result.login_to_confirm,
    }
}

pub(super) fn started(started: use_cases::UpdateUsageStarted) -> wire::UpdateUsageStarted {
    wire::UpdateUsageStarted {
        job_id: started.job_id.uuid(),
        joined: started.joined,
        notices: started.notices.into_iter().map(str::to_owned).collect(),
        first_on: started.first_on.to_string(),
        last_on: started.last_on.to_string(),
    }
}

pub(super) fn window(row: WindowRow) -> wire::WindowView {
    let counter = |name: &str| {
        row.counters
            .get(name)
            .and_then(serde_json::Value::as_u64)
            .unwrap_or_default()
    };
    let state = match (row.held_back, row.in_force, row.read_at) {
        (true, _, _) => "held_back",
        (_, false, _) => "reading",
        (_, _, Some(_)) => "read",
        _ => "imported",
    };
    wire::WindowView {
        state: state.to_owned(),
        rows: row.rows,
        read_at: row.read_at.map(instant),
        added: counter("added"),
        changed: counter("changed"),
        removed: counter("removed"),
        unchanged: counter("unchanged"),
        quarantined: row.quarantined,
        reported_on: row.reported_on,
    }
}
