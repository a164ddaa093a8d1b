//! `/settings`.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, get, put};
use api_types::session::SessionFlags;
use api_types::setting::{SettingView, SettingsPage, SettingsUpdate};
use app::settings as use_cases;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::etag::{IfMatch, etag};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(read_flags).service(read).service(update);
}

/// Read the flags every signed-in user may see
#[utoipa::path(
    operation_id = "setting_read_flags", tag = "System Settings", security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = SessionFlags), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/settings/flags")]
async fn read_flags(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let flags = use_cases::flags(&state.app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(views::flags(flags)))
}

/// Read all settings
///
/// In screen order, with label, type, bounds and what each drives. Secrets only say whether they are set.
#[utoipa::path(
    operation_id = "setting_read", tag = "System Settings", security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = SettingsPage), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/settings")]
async fn read(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    Ok(answer(use_cases::page(&state.app, &caller.0).await?))
}

/// Save changed settings of one section
///
/// All or none; a refusal names each key.
#[utoipa::path(
    operation_id = "setting_update", tag = "System Settings", request_body = SettingsUpdate,
    params(("section" = String, Path, description = "Section, such as `Invoices`."), ("If-Match" = String, Header, description = "`etag` of the page.")),
    security(("session" = [])),
    responses((status = 200, body = SettingsPage), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/settings/{section}")]
async fn update(
    state: Data<State>,
    caller: Caller,
    section: Path<String>,
    version: IfMatch,
    body: Json<SettingsUpdate>,
) -> Result<HttpResponse, ApiError> {
    let page = use_cases::update(&state.app, &caller.0, &section, version.0, &body.values).await?;
    Ok(answer(page))
}

fn answer(page: use_cases::SettingsPage) -> HttpResponse {
    let items = page.settings.into_iter().map(|setting| SettingView {
        key: setting.row.key.clone(),
        section: setting.row.section.clone(),
        label: setting.row.label.clone(),
        r#type: setting.row.kind.clone(),
        value: setting.value,
        bounds: setting.row.bounds.clone(),
        drives: setting.row.drives.clone(),
    });
    let view = SettingsPage {
        items: items.collect(),
        etag: etag(page.version),
        warnings: Vec::new(),
    };
    HttpResponse::Ok()
        .insert_header(("ETag", etag(page.version)))
        .json(view)
}
