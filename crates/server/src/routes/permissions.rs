//! `/permissions`: the policy as everybody may read it.

use actix_web::{HttpResponse, get};
use domain::policy::{self, Cell};
use domain::role::Role;
use serde_json::{Map, Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{ApiError, Caller};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list);
}

/// List the permissions
///
/// One item for each operation with the cell of each role: `all`, `own`, `own_if:<setting>` or `none`.
#[utoipa::path(
    operation_id = "permission_list", tag = "Permissions", security(("session" = []), ("access_token" = [])),
    responses((status = 200, description = "The table", body = Vec<serde_json::Value>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/permissions")]
async fn list(_caller: Caller) -> Result<HttpResponse, ApiError> {
    let rows = policy::table().map_err(app::Error::internal)?;
    let items: Vec<Value> = rows.values().map(row).collect();
    Ok(HttpResponse::Ok().json(items))
}

fn row(row: &policy::OperationRow) -> Value {
    let mut item = Map::new();
    item.insert("operation".to_owned(), json!(row.operation));
    item.insert("screen".to_owned(), json!(row.screen));
    item.insert("api_key".to_owned(), json!(row.api_key));
    item.insert("step_up".to_owned(), json!(row.step_up));
    item.insert("rules".to_owned(), json!(row.rules));
    for role in Role::ALL {
        let cell = match row.cell(role) {
            Cell::All => "all".to_owned(),
            Cell::Own => "own".to_owned(),
            Cell::OwnIf(key) => format!("own_if:{key}"),
            Cell::None => "none".to_owned(),
        };
        item.insert(role.identifier().to_owned(), Value::from(cell));
    }
    Value::Object(item)
}
