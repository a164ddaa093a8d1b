//! `/permissions`: the policy as everybody may read it.

use actix_web::{HttpResponse, get};
use domain::policy::{self, Cell};
use domain::role::Role;
use serde_json::{Value, json};
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
    let mut item = json!({
        "operation": row.operation, "screen": row.screen, "api_key": row.api_key, "step_up": row.step_up,
        "rules": row.rules,
    });
    for role in Role::ALL {
        item[role.identifier()] = Value::from(match row.cell(role) {
            Cell::All => "all".to_owned(),
            Cell::Own => "own".to_owned(),
            Cell::OwnIf(key) => format!("own_if:{key}"),
            Cell::None => "none".to_owned(),
        });
    }
    item
}
