//! The OpenAPI document, made from the registered handlers, and the explorer page (S-01, S-43).

use std::collections::HashSet;
use std::sync::LazyLock;

use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as Actix, HttpResponse, get};
use domain::policy;
use utoipa::OpenApi;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{State, routes};

/// Operations that need no session (PM-22); they have no row in the policy.
pub const PUBLIC: [&str; 21] = [
    "session_read",
    "session_create",
    "session_enter_code",
    "session_enrol",
    "session_send_code",
    "session_step_up",
    "session_delete",
    "session_delete_all",
    "setup_read",
    "setup_create",
    "activation_create",
    "activation_read_link",
    "activation_send_again",
    "password_reset_request",
    "password_reset_create",
    "email_confirmation_create",
    "sign_in_options_read",
    "federation_start",
    "federation_callback",
    "openapi_read",
    "token_create",
];

/// Operations without a row that work on the own session.
const OF_SESSION: [&str; 2] = ["session_step_up", "session_delete_all"];

/// Rows of the policy whose operation is not built yet; the list only shrinks (S-01).
static NOT_BUILT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../../spec/not-built.txt")
        .lines()
        .map(str::trim)
        .collect()
});

/// Rows that are decided inside the route of another operation: a blocker is overridden by issuing with a reason (B-42).
const WITHIN_OTHERS: [&str; 1] = ["invoice.override_blocker"];

/// Whether an operation of the policy is built, so that a session may offer it.
pub fn is_built(operation: &str) -> bool {
    !NOT_BUILT.contains(operation)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "CMS",
        version = "1",
        description = "Usage, prices, invoices and commissions of an Azure Stack Hub cloud. Lists answer pages with \
            `next_cursor`; edits name the version they were made from in `If-Match`; POST takes an `Idempotency-Key`; \
            errors are problem documents (RFC 9457) with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api_types::common::Problem, api_types::common::ProblemField))
)]
struct Base;

/// The document.
///
/// # Errors
/// A sentence naming each operation that differs from the policy (S-01).
pub fn document() -> Result<utoipa::openapi::OpenApi, String> {
    let (_, mut document) = Actix::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .service(utoipa_actix_web::scope("/api/v1").configure(routes::configure))
        .split_for_parts();
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "cms_session",
            "Cookie of a signed-in browser (`__Host-cms_session` on https).",
        ))),
    );
    components.add_security_scheme(
        "access_token",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .description(Some(
                    "Access token of a service account: POST its key to `/api/v1/token`. Works for ten minutes; never sent \
                     together with a session cookie.",
                ))
                .build(),
        ),
    );
    check(&document)?;
    for operation in operations_mut(&mut document) {
        operation.security = security(operation.operation_id.as_deref());
    }
    Ok(document)
}

/// The credentials an operation takes: a session, and an access token where the policy lets service accounts in (PM-19).
/// Operations without a row say themselves what they take; only those about the own session take one.
fn security(id: Option<&str>) -> Option<Vec<SecurityRequirement>> {
    let id = id?;
    let scheme = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
    let session = || vec![scheme("session")];
    if PUBLIC.contains(&id) {
        return OF_SESSION.contains(&id).then(session);
    }
    let rows = policy::table().ok()?;
    let row = rows.iter().find(|(operation, _)| operation.replace('.', "_") == id);
    let mut taken = session();
    if row.is_some_and(|(_, row)| row.api_key) {
        taken.push(scheme("access_token"));
    }
    Some(taken)
}

/// The document as JSON, as it is committed.
///
/// # Errors
/// As [`document`].
pub fn document_text() -> Result<String, String> {
    text(&document()?)
}

/// A document as JSON.
///
/// # Errors
/// When it cannot be written.
pub fn text(document: &utoipa::openapi::OpenApi) -> Result<String, String> {
    document
        .to_pretty_json()
        .map(|text| format!("{text}\n"))
        .map_err(|error| error.to_string())
}

/// Every operation has its row, every row its operation or its line in [`NOT_BUILT`].
fn check(document: &utoipa::openapi::OpenApi) -> Result<(), String> {
    let rows = policy::table().map_err(|error| error.to_string())?;
    let ids: Vec<String> = operation_ids(document);
    let mut wrong = Vec::new();
    for id in ids.iter().filter(|id| !PUBLIC.contains(&id.as_str())) {
        if !rows.keys().any(|operation| operation.replace('.', "_") == **id) {
            wrong.push(format!("{id} has no row in permissions.csv"));
        }
    }
    for operation in rows.keys().filter(|operation| !operation.starts_with("host.")) {
        let built = ids.contains(&operation.replace('.', "_")) || WITHIN_OTHERS.contains(&operation.as_str());
        let listed = !is_built(operation);
        if !built && !listed {
            wrong.push(format!("{operation} has a row but no operation"));
        } else if built && listed {
            wrong.push(format!("{operation} is built; take it off spec/not-built.txt"));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

fn operations_mut(document: &mut utoipa::openapi::OpenApi) -> impl Iterator<Item = &mut Operation> {
    let items = document.paths.paths.values_mut();
    let operations = items.flat_map(|item| {
        [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
            &mut item.head,
            &mut item.options,
            &mut item.trace,
        ]
    });
    operations.flatten()
}

/// The operation ids of a document.
pub fn operation_ids(document: &utoipa::openapi::OpenApi) -> Vec<String> {
    let items = document.paths.paths.values();
    let operations = items.flat_map(|item| {
        [
            &item.get,
            &item.put,
            &item.post,
            &item.delete,
            &item.patch,
            &item.head,
            &item.options,
            &item.trace,
        ]
    });
    operations
        .flatten()
        .filter_map(|operation| operation.operation_id.clone())
        .collect()
}

/// The OpenAPI document.
#[get("/api/openapi.json")]
async fn openapi_json(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(state.openapi.as_str().to_owned())
}

/// Registers the document and the explorer.
pub fn configure(config: &mut ServiceConfig) {
    let explorer = SwaggerUi::new("/api/explorer/{_:.*}").config(Config::from("/api/openapi.json"));
    config.service(openapi_json).service(explorer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_policy_rows_are_the_same() {
        document().unwrap();
    }

    #[test]
    fn every_operation_is_described() {
        let document = serde_json::to_value(document().unwrap()).unwrap();
        let mut missing = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let described = ["summary", "operationId", "tags", "responses"];
                let absent = described.iter().filter(|name| operation[**name].is_null());
                missing.extend(absent.map(|name| format!("{method} {path}: {name}")));
                let open = PUBLIC.contains(&operation["operationId"].as_str().unwrap());
                if !open && operation["security"].is_null() {
                    missing.push(format!("{method} {path}: security"));
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn an_operation_takes_access_tokens_where_the_policy_lets_service_accounts_in() {
        let document = serde_json::to_value(document().unwrap()).unwrap();
        let mut open = 0;
        for operation in document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
        {
            let id = operation["operationId"].as_str().unwrap();
            let rows = policy::table().unwrap();
            let row = rows.values().find(|row| row.operation.replace('.', "_") == id);
            let takes = operation["security"].to_string().contains("access_token");
            assert_eq!(takes, row.is_some_and(|row| row.api_key), "{id}");
            open += usize::from(takes);
        }
        assert!(open > 30, "{open}");
    }
}
