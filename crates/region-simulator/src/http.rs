//! The addresses of a stamp. Operator and user management live under `/admin` and `/user` of one origin.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, LOCATION};
use actix_web::web::{Data, Form, Json, Path, Query, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Timelike, Utc};
use serde_json::{Value, json};

use crate::faults::{Fault, FaultKind};
use crate::rows::{Granularity, Row, midnight};
use crate::server::{Identity, Stamp};
use crate::truth::Truth;

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

fn audience(stamp: &Stamp, side: &str) -> String {
    let word = if side == "admin" {
        "adminmanagement"
    } else {
        "management"
    };
    let system = if stamp.config.identity == Identity::Adfs {
        "adfs."
    } else {
        ""
    };
    format!(
        "https://{word}.{system}{}.internal/{}",
        stamp.config.estate.region, stamp.provider
    )
}

/// Where the identity system signs in.
pub(crate) fn login_endpoint(stamp: &Stamp) -> String {
    match stamp.config.identity {
        Identity::Entra { .. } => format!("{}/login/", stamp.origin),
        Identity::Adfs => format!("{}/adfs", stamp.origin),
    }
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

async fn entra_token(stamp: Data<Stamp>, path: Path<String>, form: Form<Parameters>) -> HttpResponse {
    let Identity::Entra { directory } = stamp.config.identity else {
        return HttpResponse::NotFound().finish();
    };
    if path.as_str() != directory.to_string() {
        return token_refusal("invalid_tenant", "AADSTS90002: Tenant not found.", 90002);
    }
    let scope = form.get("scope").and_then(|scope| scope.strip_suffix("/.default"));
    let Some(target) = form.get("resource").map(String::as_str).or(scope) else {
        return token_refusal("invalid_request", "AADSTS900144: resource is missing.", 900_144);
    };
    if ![audience(&stamp, "admin"), audience(&stamp, "user")].contains(&target.to_owned()) {
        return token_refusal(
            "invalid_resource",
            "AADSTS500011: The resource principal was not found.",
            500_011,
        );
    }
    if let Some(refused) = credentials(&stamp, &form) {
        return refused;
    }
    let token = stamp.tokens.issue(target);
    HttpResponse::Ok().json(json!({
        "token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "3599", "expires_on": "1893456000",
        "not_before": "1577836800", "resource": target, "access_token": token,
    }))
}

async fn adfs_token(stamp: Data<Stamp>, form: Form<Parameters>) -> HttpResponse {
    if stamp.config.identity != Identity::Adfs {
        return HttpResponse::NotFound().finish();
    }
    let Some(target) = form.get("resource") else {
        return token_refusal("invalid_request", "MSIS9602: resource is missing.", 9602);
    };
    if let Some(refused) = credentials(&stamp, &form) {
        return refused;
    }
    let token = stamp.tokens.issue(target);
    HttpResponse::Ok().json(json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600 }))
}

fn credentials(stamp: &Stamp, form: &Parameters) -> Option<HttpResponse> {
    let client = form.get("client_id").map(String::as_str);
    if client != Some(stamp.config.client_id.as_str()) {
        let text = "AADSTS700016: Application was not found in the directory.";
        return Some(token_refusal("unauthorized_client", text, 700_016));
    }
    let secret = form.get("client_secret").map(String::as_str);
    if secret != Some(stamp.config.client_secret.as_str()) {
        let text = "AADSTS7000215: Invalid client secret provided. Trace ID: 11e8a0c4";
        return Some(token_refusal("invalid_client", text, 7_000_215));
    }
    None
}

fn token_refusal(error: &str, text: &str, code: u32) -> HttpResponse {
    HttpResponse::Unauthorized().json(json!({
        "error": error, "error_description": text, "error_codes": [code], "timestamp": "2026-11-03 08:15:02Z",
        "trace_id": "11e8a0c4-0000-4000-8000-0000000000aa", "correlation_id": "22f9a0c4-0000-4000-8000-0000000000bb",
    }))
}

fn refusal(status: StatusCode, code: &str, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": { "code": code, "message": message } }))
}

/// The refusal of a request whose token is not for this side.
fn unauthorised(stamp: &Stamp, request: &HttpRequest, side: &str) -> Option<HttpResponse> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    match stamp.tokens.audience(token) {
        Some(known) if known == audience(stamp, side) => None,
        Some(_) => Some(refusal(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for the wrong audience.",
        )),
        None => Some(refusal(
            StatusCode::UNAUTHORIZED,
            "ExpiredAuthenticationToken",
            "The access token expired or is invalid.",
        )),
    }
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

async fn usage(
    stamp: Data<Stamp>,
    request: HttpRequest,
    provider: Path<String>,
    query: Query<Parameters>,
) -> HttpResponse {
    stamp.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    if let Some(refused) = unauthorised(&stamp, &request, "admin") {
        return refused;
    }
    if provider.as_str() != stamp.provider.to_string() {
        return refusal(
            StatusCode::NOT_FOUND,
            "SubscriptionNotFound",
            "The subscription could not be found.",
        );
    }
    match asked(&stamp, &query) {
        Ok(asked) => page(&stamp, &asked),
        Err(refused) => *refused,
    }
}

/// A usage request that was understood.
struct Asked {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    granularity: Granularity,
    subscriber: Option<usize>,
    offset: usize,
    parameters: String,
}

fn asked(stamp: &Stamp, query: &Parameters) -> Result<Asked, Box<HttpResponse>> {
    let bad = |code: &str, message: &str| Box::new(refusal(StatusCode::BAD_REQUEST, code, message));
    if query.get("api-version").map(String::as_str) != Some("2015-06-01-preview") {
        return Err(bad(
            "NoApiVersion",
            "The api-version query parameter is missing or unknown.",
        ));
    }
    let instant = |name: &str| {
        let text = query.get(name).map(String::as_str).unwrap_or_default();
        let read = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
        read.filter(|at| at.minute() == 0 && at.second() == 0)
            .ok_or_else(|| bad("InvalidProperty", &format!("{name} is missing or not on a full hour.")))
    };
    let (start, end) = (instant("reportedStartTime")?, instant("reportedEndTime")?);
    let word = query
        .get("aggregationGranularity")
        .map_or("daily".to_owned(), |word| word.to_lowercase());
    let granularity = match word.as_str() {
        "daily" => Granularity::Daily,
        "hourly" => Granularity::Hourly,
        _ => {
            return Err(bad(
                "InvalidAggregationGranularity",
                "The granularity is daily or hourly.",
            ));
        }
    };
    if granularity == Granularity::Daily && (start.hour() != 0 || end.hour() != 0) {
        return Err(bad("InvalidProperty", "Daily windows start and end at midnight."));
    }
    if end > stamp.now() {
        return Err(bad("RequestEndTimeIsInFuture", "reportedEndTime lies in the future."));
    }
    let subscriber = match query.get("subscriberId") {
        None => None,
        Some(id) => {
            let found = stamp
                .estate
                .subscriptions
                .iter()
                .position(|known| known.id.to_string() == id.to_lowercase());
            Some(found.ok_or_else(|| {
                bad(
                    "SubscriberIdIsNotDirectTenant",
                    "The subscriber is not a direct tenant.",
                )
            })?)
        }
    };
    let offset = query
        .get("continuationToken")
        .and_then(|token| token.strip_prefix("p"))
        .map_or(Ok(0), str::parse);
    let offset = offset.map_err(|_| bad("InvalidProperty", "continuationToken is unknown."))?;
    let mut parameters: Vec<String> = [
        "api-version",
        "reportedStartTime",
        "reportedEndTime",
        "aggregationGranularity",
        "subscriberId",
    ]
    .iter()
    .filter_map(|name| {
        Some(format!(
            "{name}={}",
            query.get(*name)?.replace(':', "%3A").replace('+', "%2B")
        ))
    })
    .collect();
    parameters.sort();
    Ok(Asked {
        start,
        end,
        granularity,
        subscriber,
        offset,
        parameters: parameters.join("&"),
    })
}

fn page(stamp: &Stamp, asked: &Asked) -> HttpResponse {
    let fault = stamp.faults.next();
    if let Some(answer) = fault.as_ref().and_then(|fault| instead(stamp, fault)) {
        return answer;
    }
    let window = stamp.rows.window(asked.start, asked.end, asked.granularity);
    let size = stamp.config.page_size;
    let shown = |row: &&Row| asked.subscriber.is_none_or(|of| row.subscription == of);
    let mut rows: Vec<&str> = window
        .iter()
        .filter(shown)
        .skip(asked.offset)
        .take(size.saturating_add(1))
        .map(|row| row.text.as_str())
        .collect();
    let more = rows.len() > size;
    rows.truncate(size);
    let mut next = more.then(|| link(stamp, asked, asked.offset.saturating_add(size)));
    let extra;
    match &fault {
        Some(FaultKind::EmptyPage) => {
            next = Some(link(stamp, asked, asked.offset));
            rows.clear();
        }
        Some(FaultKind::Loop) => next = Some(link(stamp, asked, asked.offset)),
        Some(FaultKind::ForeignNextLink) => {
            next = Some("https://elsewhere.example/usage?continuationToken=p1000".to_owned());
        }
        Some(FaultKind::RepeatedRows) => rows = rows.iter().flat_map(|row| [*row, *row]).collect(),
        Some(FaultKind::FewerRows { count }) => rows = rows.into_iter().skip(*count).collect(),
        Some(FaultKind::ExtraRow { row }) => {
            extra = row.clone();
            rows.insert(0, &extra);
        }
        _ => {}
    }
    let link = next
        .map(|link| format!(",\"nextLink\":{}", Value::String(link)))
        .unwrap_or_default();
    let mut body = format!("{{\"value\":[{}]{link}}}", rows.join(","));
    match fault {
        Some(FaultKind::Truncated) => body.truncate(body.len().checked_div(2).unwrap_or_default()),
        Some(FaultKind::Reset) => return broken(&body),
        _ => {}
    }
    HttpResponse::Ok()
        .content_type("application/json; charset=utf-8")
        .body(body)
}

fn link(stamp: &Stamp, asked: &Asked, offset: usize) -> String {
    format!(
        "{}/admin/subscriptions/{}/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates?{}&continuationToken=p{offset}",
        stamp.origin, stamp.provider, asked.parameters
    )
}

/// Faults that answer something else than the page.
fn instead(stamp: &Stamp, fault: &FaultKind) -> Option<HttpResponse> {
    match fault {
        FaultKind::Status { status, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let mut answer = HttpResponse::build(status);
            if let Some(after) = retry_after {
                answer.insert_header(("Retry-After", after.as_str()));
            }
            Some(answer.json(json!({ "error": { "code": "ServiceUnavailable", "message": "The service is busy." } })))
        }
        FaultKind::Html => Some(
            HttpResponse::Ok()
                .content_type("text/html")
                .body("<!DOCTYPE html><html><title>Sign in</title></html>"),
        ),
        FaultKind::Redirect => Some(
            HttpResponse::Found()
                .insert_header((LOCATION, "https://elsewhere.example/"))
                .finish(),
        ),
        FaultKind::TokenExpired => {
            stamp.tokens.expire_all();
            Some(refusal(
                StatusCode::UNAUTHORIZED,
                "ExpiredAuthenticationToken",
                "The access token expired.",
            ))
        }
        FaultKind::RoleGone => Some(refusal(
            StatusCode::FORBIDDEN,
            "AuthorizationFailed",
            "The client has no role here.",
        )),
        FaultKind::NotYet => Some(HttpResponse::Accepted().json(json!({ "value": [] }))),
        _ => None,
    }
}

/// A body that promises more than it brings.
fn broken(body: &str) -> HttpResponse {
    let half = body.len().checked_div(2).unwrap_or_default();
    let first = actix_web::web::Bytes::from(body.get(..half).unwrap_or_default().to_owned());
    let cut = std::io::Error::other("the connection breaks");
    let mut parts = vec![Err(cut), Ok(first)];
    let stream = Parts(std::iter::from_fn(move || parts.pop()));
    HttpResponse::Ok()
        .content_type("application/json")
        .body(actix_web::body::SizedStream::new(
            u64::try_from(body.len()).unwrap_or_default(),
            stream,
        ))
}

/// An iterator as a stream of chunks.
struct Parts<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Parts<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
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
