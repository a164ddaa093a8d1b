//! `/meters`.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use api_types::Page;
use api_types::pricing::MeterView;
use app::pricing::catalogue;
use persistence::meter::MeterRow;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::list::{ListQuery, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only this service category.
    #[param(example = "Compute")]
    category: Option<String>,
}

/// List meters
///
/// The catalogue of what can be priced, sorted by `name` (or `category`, `meter_id`); the search finds names and ids.
#[utoipa::path(
    operation_id = "meter_list", tag = "Pricing", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<MeterView>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/meters")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(&state.app, &["name", "category", "meter_id"])?;
    let category = query.category.as_deref().filter(|category| !category.is_empty());
    let rows = catalogue::list(&state.app, &caller.0, category, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, view)))
}

fn view(row: MeterRow) -> MeterView {
    MeterView {
        meter_id: row.meter_id,
        name: row.name,
        category: row.category,
        unit: row.unit,
        unit_kind: row.unit_kind,
        description: row.description,
        known: row.known,
    }
}
