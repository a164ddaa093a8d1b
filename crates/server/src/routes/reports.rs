//! `/dashboard`.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use api_types::report as wire;
use app::reports::{Dashboard, DashboardMonth, dashboard as use_case};
use utoipa_actix_web::service_config::ServiceConfig;

use super::views::instant;
use super::{invoices, jobs};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(dashboard);
}

/// Read the dashboard
///
/// Counts, months by currency, regions and newest jobs of your scope.
#[utoipa::path(
    operation_id = "report_dashboard", tag = "Reports", security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = wire::DashboardView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/dashboard")]
async fn dashboard(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(use_case(&state.app, &caller.0).await?)))
}

fn view(shown: Dashboard) -> wire::DashboardView {
    wire::DashboardView {
        distributors: shown.distributors,
        partners: shown.partners,
        tenants: shown.tenants,
        subscriptions: shown.subscriptions,
        regions: shown
            .regions
            .into_iter()
            .map(|details| wire::DashboardRegion {
                id: details.region.id.uuid(),
                name: details.region.fields.name,
                health: details.health.identifier().to_owned(),
                last_success_at: details.region.last_success_at.map(instant),
            })
            .collect(),
        months: shown.months.into_iter().map(month).collect(),
        recent_jobs: shown.recent_jobs.into_iter().map(jobs::view).collect(),
    }
}

fn month(month: DashboardMonth) -> wire::DashboardMonth {
    wire::DashboardMonth {
        period: month.period.to_string(),
        previews: month.previews,
        issued: month.issued,
        totals: month.totals.into_iter().map(invoices::amount).collect(),
    }
}
