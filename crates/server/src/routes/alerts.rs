//! `/alerts`.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use api_types::Page;
use api_types::alert::AlertView;
use app::alerts::{self as use_cases, Alert};
use persistence::alert::AlertFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views::{instant, reference};
use crate::list::{ListQuery, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list).service(acknowledge).service(close);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `open`, `acknowledged` or `closed`; absent: all that are not closed.
    state: Option<String>,
    /// `information`, `warning` or `critical`.
    severity: Option<String>,
    /// Only this kind, such as `credential_expiring`.
    kind: Option<String>,
}

/// List alerts
///
/// What needs attention in your scope, the newest first with `sort=-opened_at`; `search` looks in the messages. Alerts close by
/// themselves when their cause is gone.
#[utoipa::path(
    operation_id = "alert_list", tag = "Alerts", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<AlertView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/alerts")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let mut page = list.page(&state.app, &["opened_at"])?;
    page.descending = page.descending || list.sort.is_none();
    let Filter {
        state: in_state,
        severity,
        kind,
    } = query.into_inner();
    let filter = AlertFilter {
        state: in_state,
        severity,
        kind,
    };
    let rows = use_cases::list(&state.app, &caller.0, &filter, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

/// Acknowledge an alert
///
/// Somebody cares for it: it is counted no more and stays until its cause is gone. 409 `alert_not_open` for one that was
/// acknowledged or closed.
#[utoipa::path(
    operation_id = "alert_acknowledge", tag = "Alerts", params(("alert_id" = uuid::Uuid, Path, description = "The alert.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = AlertView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/alerts/{alert_id}/acknowledge")]
async fn acknowledge(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let alert = use_cases::acknowledge(&state.app, &caller.0, path_id(&request, "alert_id")?).await?;
    Ok(HttpResponse::Ok().json(view(alert)))
}

/// Close an alert
///
/// While its cause is there the next check opens another. 409 `alert_closed` for one that is closed.
#[utoipa::path(
    operation_id = "alert_close", tag = "Alerts", params(("alert_id" = uuid::Uuid, Path, description = "The alert.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = AlertView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/alerts/{alert_id}/close")]
async fn close(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let alert = use_cases::close(&state.app, &caller.0, path_id(&request, "alert_id")?).await?;
    Ok(HttpResponse::Ok().json(view(alert)))
}

fn view(alert: Alert) -> AlertView {
    let row = alert.row;
    AlertView {
        id: row.id,
        kind: row.kind,
        severity: row.severity,
        state: row.state,
        message: row.message,
        subject: row.subject_key,
        owner: alert.owner.map(|(id, name)| reference(id, name)),
        opened_at: instant(row.opened_at),
        closed_at: row.closed_at.map(instant),
    }
}
