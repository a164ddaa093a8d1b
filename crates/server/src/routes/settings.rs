//! `/settings`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpResponse, get, post, put};
use api_types::colour;
use api_types::session::SessionFlags;
use api_types::setting::{ConnectionTest, SettingView, SettingWarning, SettingsPage, SettingsUpdate};
use app::settings as use_cases;
use utoipa_actix_web::service_config::ServiceConfig;

use super::views;
use crate::etag::{IfMatch, etag};
use crate::{ApiError, Caller, State};

/// Largest body of a save.
const SAVE_BYTES: usize = 2 * 1024 * 1024;

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(read_flags)
        .service(read)
        .service(update)
        .service(update_protected)
        .service(test_mail)
        .service(test_storage);
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
    Ok(answer(use_cases::page(&state.app, &caller.0).await?, Vec::new()))
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
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let body = read_body(body).await?;
    let page = use_cases::update(&state.app, &caller.0, &section, version.0, &body.values).await?;
    let warnings = if section.as_str() == "Invoices" {
        low_contrast(&page)
    } else {
        Vec::new()
    };
    Ok(answer(page, warnings))
}

/// Save changed settings of Mail, Storage or Security
///
/// All or none; a refusal names each key. Needs a fresh proof of identity. A changed connection forgets its secret unless
/// the same save brings a new one.
#[utoipa::path(
    operation_id = "setting_update_protected", tag = "System Settings", request_body = SettingsUpdate,
    params(("section" = String, Path, description = "`Mail`, `Storage` or `Security`."), ("If-Match" = String, Header, description = "`etag` of the page.")),
    security(("session" = [])),
    responses((status = 200, body = SettingsPage), (status = "4XX", body = api_types::common::Problem))
)]
#[put("/protected-settings/{section}")]
async fn update_protected(
    state: Data<State>,
    caller: Caller,
    section: Path<String>,
    version: IfMatch,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let body = read_body(body).await?;
    let page = use_cases::update_protected(&state.app, &caller.0, &section, version.0, &body.values).await?;
    Ok(answer(page, Vec::new()))
}

/// Send a test mail to yourself
///
/// Through the stored mail server. The answer says what happened; switches that need mail can be turned on after a success.
#[utoipa::path(
    operation_id = "mail_test", tag = "System Settings", security(("session" = [])),
    responses((status = 200, body = ConnectionTest), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/mail/test")]
async fn test_mail(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    Ok(tested(use_cases::test_mail(&state.app, &caller.0).await?))
}

/// Write a file to the storage account and delete it again
///
/// `cms-test/<id>.txt`, with the stored connection. The answer says what happened; storing invoices can be turned on after
/// a success.
#[utoipa::path(
    operation_id = "storage_test", tag = "System Settings", security(("session" = [])),
    responses((status = 200, body = ConnectionTest), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/storage/test")]
async fn test_storage(state: Data<State>, caller: Caller) -> Result<HttpResponse, ApiError> {
    Ok(tested(use_cases::test_storage(&state.app, &caller.0).await?))
}

fn tested(outcome: use_cases::ConnectionTest) -> HttpResponse {
    HttpResponse::Ok().json(ConnectionTest {
        succeeded: outcome.code.is_none(),
        code: outcome.code.map(str::to_owned),
        message: outcome.message,
    })
}

/// The body of a save: larger than others, because a logo of a mebibyte travels in it as base64.
async fn read_body(body: Payload) -> Result<SettingsUpdate, ApiError> {
    let too_large = |_| ApiError::http(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large.");
    let bytes = body.to_bytes_limited(SAVE_BYTES).await.map_err(too_large)?;
    let bytes =
        bytes.map_err(|error| ApiError::malformed("body_invalid", format!("The body cannot be read: {error}.")))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::malformed("body_invalid", format!("The body cannot be read: {error}.")))
}

/// Pairs of colours that were saved although they are hard to read (ST-25).
fn low_contrast(page: &use_cases::SettingsPage) -> Vec<SettingWarning> {
    let value = |key: &str| {
        let setting = page.settings.iter().find(|setting| setting.row.key == key)?;
        setting.value.as_str()
    };
    let poor = |part: &&str| {
        let keys = ["font", "background"].map(|of| format!("invoices.{part}_{of}_colour"));
        let [font, background] = &keys;
        let readable = value(background).zip(value(font));
        let readable = readable.is_none_or(|(background, font)| colour::readable(background, font));
        (!readable).then(|| SettingWarning {
            code: "low_contrast".to_owned(),
            keys: keys.to_vec(),
            detail: format!("The contrast of font and background of the {part} is below 4.5:1."),
        })
    };
    ["header", "body", "footer", "grouping"]
        .iter()
        .filter_map(poor)
        .collect()
}

fn answer(page: use_cases::SettingsPage, warnings: Vec<SettingWarning>) -> HttpResponse {
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
        warnings,
    };
    HttpResponse::Ok()
        .insert_header(("ETag", etag(page.version)))
        .json(view)
}
