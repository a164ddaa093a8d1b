//! `/audit`.

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpResponse, get, post};
use api_types::Page;
use api_types::audit::{AuditEntryView, AuditVerification};
use app::audit as use_cases;
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream;
use persistence::audit::{AuditFilter, Head};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::list::{ListQuery, id_parameter, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(export).service(verify);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only acts of this user or service account.
    actor_id: Option<String>,
    /// Only this operation, such as `tenant.update`.
    operation: Option<String>,
    /// Only targets of this kind, such as `tenant`.
    target_kind: Option<String>,
    /// Only this target.
    target_id: Option<String>,
    /// From this instant on, RFC 3339.
    from: Option<String>,
    /// Before this instant, RFC 3339.
    to: Option<String>,
}

/// Range of an export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Range {
    /// From this instant on, RFC 3339.
    from: Option<String>,
    /// Before this instant, RFC 3339.
    to: Option<String>,
}

/// List audit entries
///
/// What was done to entities in your scope, newest first. Who did it shows when the person is in your scope too.
#[utoipa::path(
    operation_id = "audit_list", tag = "Audit", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<AuditEntryView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/audit")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["at"])?;
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let filter = AuditFilter {
        actor_id: id_parameter(query.actor_id.as_deref(), "actor_id")?,
        operation: filled(&query.operation),
        target_kind: filled(&query.target_kind),
        target_id: filled(&query.target_id),
        from: instant(query.from.as_deref(), "from")?,
        to: instant(query.to.as_deref(), "to")?,
    };
    let rows = use_cases::list(&state.app, &caller.0, &filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

/// Export the audit record
///
/// The sealed entries of the range as JSON lines, each with the hash before it and its own; the last line is the head.
/// Needs a fresh proof of identity and is recorded itself.
#[utoipa::path(
    operation_id = "audit_export", tag = "Audit", params(Range), security(("session" = [])),
    responses((status = 200, body = String, content_type = "application/x-ndjson"), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/audit/export")]
async fn export(state: Data<State>, caller: Caller, range: Query<Range>) -> Result<HttpResponse, ApiError> {
    let (from, to) = (
        instant(range.from.as_deref(), "from")?,
        instant(range.to.as_deref(), "to")?,
    );
    let head = use_cases::begin_export(&state.app, &caller.0, from, to).await?;
    let pages = stream::try_unfold(Some(head), move |head| {
        let state = state.clone();
        async move { next_lines(&state, head, from, to).await }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(("Content-Disposition", "attachment; filename=\"audit.jsonl\""))
        .streaming(pages))
}

async fn next_lines(
    state: &State,
    head: Option<Head>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> std::io::Result<Option<(Bytes, Option<Head>)>> {
    let Some(head) = head else {
        return Ok(None);
    };
    let page = use_cases::export_page(&state.app, head, from, to).await;
    // The answer has begun: an error can only break it off, so that nobody takes a part for the whole.
    let page = page.map_err(std::io::Error::other)?;
    let mut lines = String::new();
    for line in &page.lines {
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(Some((Bytes::from(lines), page.next)))
}

/// Verify the audit record
///
/// Recomputes the chain of hashes from its beginning and names the first entry that does not match.
#[utoipa::path(
    operation_id = "audit_verify", tag = "Audit", security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = AuditVerification), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/audit/verify")]
async fn verify(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let found = use_cases::verify(&state.app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(AuditVerification {
        intact: found.first_break.is_none(),
        checked: found.checked,
        unsealed: found.unsealed,
        first_break: found.first_break,
        head: found.head,
    }))
}

fn instant(text: Option<&str>, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
    let parsed = text.filter(|text| !text.is_empty()).map(str::parse).transpose();
    parsed.map_err(|_| {
        ApiError::malformed(
            "instant_invalid",
            format!("{name} is an instant such as 2026-11-22T12:00:00Z."),
        )
    })
}

fn view(entry: use_cases::Entry) -> AuditEntryView {
    let row = entry.row;
    AuditEntryView {
        id: row.id,
        sequence: entry.sequence,
        at: row.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        actor_name: entry.actor_name,
        credential_kind: row.credential_kind,
        operation: row.operation,
        target_kind: row.target_kind,
        target_id: row.target_id,
        before: row.before,
        after: row.after,
        reason: row.reason,
        request_id: row.request_id,
        source_address: row.source_address,
        step_up: row.step_up,
    }
}
