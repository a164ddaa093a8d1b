//! The simulated stamp, asked over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use region_simulator::{EstateConfig, FaultKind, Identity, RunningSimulator, SimulatorConfig, start};
use reqwest::Client;
use serde_json::Value;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn stamp(identity: Identity) -> RunningSimulator {
    let estate = EstateConfig::months(7, "zrh1", day("2026-08-01"), 1);
    let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
    let config = SimulatorConfig {
        page_size: 100,
        now: Some(now),
        ..SimulatorConfig::local(identity, estate)
    };
    start(config).await.unwrap()
}

fn entra() -> Identity {
    Identity::Entra {
        directory: Uuid::from_u128(9),
    }
}

async fn metadata(stamp: &RunningSimulator, side: &str) -> Value {
    let endpoint = if side == "admin" {
        stamp.admin_endpoint()
    } else {
        stamp.tenant_endpoint()
    };
    let url = format!("{endpoint}/metadata/endpoints?api-version=2015-01-01");
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

async fn token(stamp: &RunningSimulator, secret: &str) -> reqwest::Response {
    let found = metadata(stamp, "admin").await;
    let login = found["authentication"]["loginEndpoint"].as_str().unwrap().to_owned();
    let url = match stamp.directory() {
        Some(directory) => format!("{login}{directory}/oauth2/token"),
        None => format!("{login}/oauth2/token"),
    };
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", stamp.client_id()),
        ("client_secret", secret),
        ("resource", found["authentication"]["audiences"][0].as_str().unwrap()),
    ];
    Client::new().post(url).form(&form).send().await.unwrap()
}

async fn usage(stamp: &RunningSimulator, token: &str, first: &str, end: &str, granularity: &str) -> Vec<Row> {
    let mut next = Some(format!(
        "{}/subscriptions/0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01/providers/Microsoft.Commerce.Admin/\
         subscriberUsageAggregates?api-version=2015-06-01-preview&reportedStartTime={first}T00%3A00%3A00Z\
         &reportedEndTime={end}T00%3A00%3A00Z&aggregationGranularity={granularity}",
        stamp.admin_endpoint()
    ));
    let mut rows = Vec::new();
    while let Some(url) = next {
        let answer = Client::new().get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let page: Page = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        rows.extend(page.value);
        next = page.next_link;
    }
    rows
}

/// A page whose quantities keep their digits.
#[derive(serde::Deserialize)]
struct Page {
    value: Vec<Row>,
    #[serde(rename = "nextLink")]
    next_link: Option<String>,
}

#[derive(serde::Deserialize)]
struct Row {
    properties: Fields,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    subscription_id: String,
    meter_id: String,
    usage_start_time: String,
    instance_data: String,
    quantity: Box<serde_json::value::RawValue>,
}

/// Exact sum in units of 10^-18 of plain and E-notation numbers.
fn atto(number: &str) -> i128 {
    let (mantissa, exponent) = number
        .split_once('E')
        .map_or((number, 0), |(m, e)| (m, e.parse::<i32>().unwrap()));
    let (whole, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{rest}").parse().unwrap();
    let shift = 18 + exponent - i32::try_from(rest.len()).unwrap();
    digits * 10_i128.pow(u32::try_from(shift).unwrap())
}

fn sums(rows: &[Row]) -> BTreeMap<(String, String, String), i128> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let fields = &row.properties;
        let meter = fields.meter_id.to_lowercase().replace('-', "");
        let month = fields.usage_start_time[..7].to_owned();
        let instance: Value = serde_json::from_str(&fields.instance_data).unwrap();
        let info = instance["Microsoft.Resources"]["additionalInfo"].as_str().unwrap();
        let info: Value = serde_json::from_str(info).unwrap_or_default();
        let sku = info["ServiceType"].as_str().unwrap_or_default().to_lowercase();
        let key = (fields.subscription_id.clone(), format!("{meter}/{sku}"), month);
        *sums.entry(key).or_default() += atto(fields.quantity.get());
    }
    sums
}

#[actix_web::test]
async fn hourly_and_daily_readings_add_up_to_the_truth() {
    let stamp = stamp(entra()).await;
    let answer: Value = token(&stamp, stamp.client_secret()).await.json().await.unwrap();
    assert!(
        answer["expires_in"].is_string(),
        "Entra prints the life of a token as a string"
    );
    let token = answer["access_token"].as_str().unwrap();
    let hourly = usage(&stamp, token, "2026-08-01", "2026-08-06", "hourly").await;
    let daily = usage(&stamp, token, "2026-08-01", "2026-08-06", "Daily").await;
    let truth = stamp.truth(day("2026-08-01"), day("2026-08-06"));
    assert_eq!(u64::try_from(hourly.len()).unwrap(), truth.hourly_rows);
    assert!(daily.len() < hourly.len());
    let expected: BTreeMap<_, _> = truth
        .sums
        .iter()
        .map(|sum| {
            let meter = format!("{}/{}", sum.meter_id.replace('-', ""), sum.sku);
            (
                (sum.platform_subscription_id.to_string(), meter, sum.period.clone()),
                atto(&sum.quantity),
            )
        })
        .collect();
    assert_eq!(sums(&hourly), expected);
    assert_eq!(sums(&daily), expected);
}

#[actix_web::test]
async fn ad_fs_signs_in_without_a_directory_and_prints_a_number() {
    let stamp = stamp(Identity::Adfs).await;
    let answer: Value = token(&stamp, stamp.client_secret()).await.json().await.unwrap();
    assert!(answer["expires_in"].is_number());
    let refused = token(&stamp, "wrong").await;
    assert_eq!(refused.status(), 401);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["error"], "invalid_client");
}

#[actix_web::test]
async fn the_audiences_of_operator_and_user_differ() {
    let stamp = stamp(entra()).await;
    let operator = metadata(&stamp, "admin").await;
    let user = metadata(&stamp, "user").await;
    assert_ne!(
        operator["authentication"]["audiences"],
        user["authentication"]["audiences"]
    );
}

#[actix_web::test]
async fn a_request_the_service_refuses_gets_its_documented_code() {
    let stamp = stamp(entra()).await;
    let answer: Value = token(&stamp, stamp.client_secret()).await.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let base = format!(
        "{}/subscriptions/0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates",
        stamp.admin_endpoint()
    );
    let window = "reportedStartTime=2026-08-01T00%3A00%3A00Z&reportedEndTime=2026-08-02T00%3A00%3A00Z";
    let future = "reportedStartTime=2026-11-22T00%3A00%3A00Z&reportedEndTime=2026-11-23T00%3A00%3A00Z";
    let version = "api-version=2015-06-01-preview";
    for (query, code) in [
        (window.to_owned(), "NoApiVersion"),
        (
            format!("{version}&reportedEndTime=2026-08-02T00%3A00%3A00Z"),
            "InvalidProperty",
        ),
        (format!("{version}&{future}"), "RequestEndTimeIsInFuture"),
        (
            format!("{version}&{window}&aggregationGranularity=weekly"),
            "InvalidAggregationGranularity",
        ),
        (
            format!("{version}&{window}&subscriberId=00000000-0000-0000-0000-000000000000"),
            "SubscriberIdIsNotDirectTenant",
        ),
    ] {
        let answer = Client::new()
            .get(format!("{base}?{query}"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{code}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], code);
    }
    let unsigned = Client::new()
        .get(format!("{base}?{version}&{window}"))
        .send()
        .await
        .unwrap();
    assert_eq!(unsigned.status(), 401);
}

#[actix_web::test]
async fn a_fault_happens_when_it_is_due_and_then_no_more() {
    let stamp = stamp(entra()).await;
    let answer: Value = token(&stamp, stamp.client_secret()).await.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    stamp.faults().add(
        FaultKind::Status {
            status: 503,
            retry_after: Some("1".into()),
        },
        1,
        1,
    );
    let url = format!(
        "{}/subscriptions/0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01/providers/Microsoft.Commerce.Admin/\
         subscriberUsageAggregates?api-version=2015-06-01-preview&reportedStartTime=2026-08-01T00%3A00%3A00Z\
         &reportedEndTime=2026-08-02T00%3A00%3A00Z",
        stamp.admin_endpoint()
    );
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(
            Client::new()
                .get(&url)
                .bearer_auth(token)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16(),
        );
    }
    assert_eq!(statuses, [200, 503, 200]);
}

#[actix_web::test]
async fn one_seed_is_one_estate() {
    let (first, second) = (stamp(entra()).await, stamp(entra()).await);
    let range = (day("2026-08-01"), day("2026-09-02"));
    assert_eq!(first.truth(range.0, range.1), second.truth(range.0, range.1));
}
