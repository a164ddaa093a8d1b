//! `/usage-records` and `/usage-quarantine`.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use api_types::Page;
use api_types::invoice::UsageRecordView;
use api_types::region::QuarantinedView;
use app::usage as use_cases;
use chrono::DateTime;
use domain::period::Period;
use persistence::usage::{QuarantinedRow, RecordRow, UsageFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views::{instant, reference};
use crate::list::{ListQuery, id_parameter, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(list_quarantine);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this subscription.
    subscription_id: Option<String>,
    /// Only those of this meter.
    meter_id: Option<String>,
    /// Only those of this SKU; empty for rows without one.
    sku: Option<String>,
    /// Only those used in this month, `YYYY-MM`.
    period: Option<String>,
}

/// Filter of the quarantine.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QuarantineFilter {
    /// Only those of this region.
    region_id: Option<String>,
}

/// List usage records
///
/// The stored rows of the subscriptions in your scope that count for billing, in the order they were stored.
#[utoipa::path(
    operation_id = "usage_list", tag = "Usage", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<UsageRecordView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/usage-records")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["id"])?;
    let period = query.period.as_deref().map(Period::parse).transpose();
    let filter = UsageFilter {
        subscription_id: id_parameter(query.subscription_id.as_deref(), "subscription_id")?,
        meter_id: query.meter_id.clone(),
        sku: query.sku.clone(),
        period: period.map_err(|error| app::Invalid::one("period", error.code(), "period is a month, YYYY-MM."))?,
    };
    let rows = use_cases::list(&state.app, &caller.0, &filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, record)))
}

/// List quarantined usage
///
/// Rows that cannot be billed as they are, with the reason, newest first.
#[utoipa::path(
    operation_id = "usage_list_quarantine", tag = "Usage", params(ListQuery, QuarantineFilter),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<QuarantinedView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/usage-quarantine")]
async fn list_quarantine(
    state: Data<State>,
    caller: Caller,
    paging: Query<ListQuery>,
    query: Query<QuarantineFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = paging.page(&state.app, &["id"])?;
    let region = id_parameter(query.region_id.as_deref(), "region_id")?;
    let rows = use_cases::list_quarantine(&state.app, &caller.0, region, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, quarantined)))
}

/// An instant from seconds since 1970.
pub fn from_seconds(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(instant).unwrap_or_default()
}

fn record(row: RecordRow) -> UsageRecordView {
    UsageRecordView {
        id: row.id,
        region: row.region,
        reported_on: row.reported_on,
        usage_start: from_seconds(row.usage_start_s),
        usage_end: from_seconds(row.usage_end_s),
        platform_subscription_id: row.platform_subscription_id.uuid(),
        meter_id: row.meter_id,
        meter_name: row.meter_name,
        sku: row.sku,
        resource_uri: row.resource_uri,
        quantity: row.quantity,
    }
}

fn quarantined(row: QuarantinedRow) -> QuarantinedView {
    QuarantinedView {
        id: row.id,
        region: reference(row.region_id, row.region),
        reported_on: row.reported_on,
        reason: row.reason,
        platform_subscription_id: row.platform_subscription_id,
        meter_id: row.meter_id,
        received: row.received,
        read_at: instant(row.read_at),
    }
}
