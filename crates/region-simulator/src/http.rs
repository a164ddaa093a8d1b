//! The addresses of a stamp. Operator and user management live under `/admin` and `/user` of one origin.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::rows::midnight;
use crate::server::Stamp;
use crate::truth::Truth;
pub(crate) use sign_in::login_endpoint;
use sign_in::{adfs_token, audience, entra_token, unauthorised};
use usage::usage;

mod fault_answers;
mod sign_in;
mod usage;

type Parameters = HashMap<String, String>;

/// Registers the addresses.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .route("/{side}/metadata/endpoints", get().to(metadata))
        .route("/login/{directory}/oauth2/token", post().to(entra_token))
        .route("/login/{directory}/oauth2/v2.0/token", post().to(entra_token))
        .route("/adfs/oauth2/token", post().to(adfs_token))
        .route("/{side}/subscriptions", get().to(subscriptions))
        .route(
            "/admin/subscriptions/{provider}/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates",
            get().to(usage),
        )
        .route(
            "/admin/subscriptions/{provider}/providers/Microsoft.Subscriptions.Admin/subscriptions",
            get().to(user_subscriptions),
        )
        .route("/_simulator/truth", get().to(truth))
        .route("/_simulator/estate", get().to(estate))
        .route("/_simulator/faults", post().to(faults));
}

async fn metadata(stamp: Data<Stamp>, side: Path<String>, query: Query<Parameters>) -> HttpResponse {
    let authentication = json!({ "loginEndpoint": login_endpoint(&stamp), "audiences": [audience(&stamp, &side)] });
    let portal = format!("{}/portal/", stamp.origin);
    match query.get("api-version").map(String::as_str) {
        Some("2015-01-01") => HttpResponse::Ok().json(json!({
            "galleryEndpoint": portal, "graphEndpoint": "https://graph.windows.net/", "portalEndpoint": portal,
            "authentication": authentication,
        })),
        Some("2019-05-01") => HttpResponse::Ok().json(json!([{
            "name": format!("AzureStack-Admin-{}", stamp.provider), "portal": portal, "gallery": portal,
            "graph": "https://graph.windows.net/", "graphAudience": "https://graph.windows.net/",
            "authentication": authentication,
            "suffixes": { "keyVaultDns": format!("vault.{}", stamp.config.estate.region), "storage": stamp.config.estate.region },
        }])),
        _ => refusal(StatusCode::BAD_REQUEST, "NoApiVersion", "The api-version query parameter is missing."),
    }
}

fn refusal(status: StatusCode, code: &str, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": { "code": code, "message": message } }))
}

async fn subscriptions(stamp: Data<Stamp>, request: HttpRequest, side: Path<String>) -> HttpResponse {
    if let Some(refused) = unauthorised(&stamp, &request, &side) {
        return refused;
    }
    let item = |name: &str, id: uuid::Uuid| {
        json!({
            "id": format!("/subscriptions/{id}"), "subscriptionId": id, "tenantId": stamp.provider, "displayName": name,
            "state": "Enabled", "subscriptionPolicies": { "locationPlacementId": "AzureStack" },
        })
    };
    HttpResponse::Ok().json(json!({ "value": [
        item("Metering Subscription", uuid::Uuid::from_u128(2)),
        item("Default Provider Subscription", stamp.provider),
        item("Consumption Subscription", uuid::Uuid::from_u128(3)),
    ]}))
}

async fn user_subscriptions(stamp: Data<Stamp>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = unauthorised(&stamp, &request, "admin") {
        return refused;
    }
    let items: Vec<Value> = stamp.estate.subscriptions.iter().map(|known| {
        json!({
            "id": format!("/subscriptions/{}/providers/Microsoft.Subscriptions.Admin/subscriptions/{}", stamp.provider, known.id),
            "subscriptionId": known.id, "displayName": known.name, "owner": known.owner, "tenantId": known.directory,
            "state": "Enabled", "routingResourceManagerType": "Default",
        })
    }).collect();
    HttpResponse::Ok().json(json!({ "value": items }))
}

async fn truth(stamp: Data<Stamp>, query: Query<Parameters>) -> HttpResponse {
    let day = |name: &str| query.get(name).and_then(|text| text.parse::<NaiveDate>().ok());
    match (day("from"), day("to")) {
        (Some(from), Some(to)) => HttpResponse::Ok().json(Truth::of(&stamp.estate, midnight(from), midnight(to))),
        _ => HttpResponse::BadRequest().body("from and to are days; to is exclusive"),
    }
}

async fn estate(stamp: Data<Stamp>) -> HttpResponse {
    let items: Vec<Value> = stamp.estate.subscriptions.iter().map(|known| {
        json!({ "id": known.id, "name": known.name, "tenant": known.tenant, "directory": known.directory, "owner": known.owner })
    }).collect();
    HttpResponse::Ok().json(json!({ "subscriptions": items }))
}

async fn faults(stamp: Data<Stamp>, body: Json<Vec<Fault>>) -> HttpResponse {
    stamp.faults.set(body.into_inner());
    HttpResponse::NoContent().finish()
}
