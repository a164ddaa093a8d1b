//! The client against a simulated region: what is read is exactly what was reported, faults or not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use cms_azure_stack::{
    Clock, Credential, Granularity, Session, StampClient, StampError, Step, Tools, UsageQuery, UsageRow,
};
use common::{NoWait, http};
use domain::decimal::Quantity;
use domain::natural_key::normalise;
use outbound::{EgressPolicy, GuardedClient, Secret, Url};
use region_simulator::{EstateConfig, FaultKind, Identity, RunningSimulator, SimulatorConfig, start};
use uuid::Uuid;

/// Subscription, meter, SKU, month of use.
type Key = (String, String, String, String);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

async fn region(identity: Identity, https: bool) -> RunningSimulator {
    let estate = EstateConfig::months(7, "zrh1", day("2026-08-01"), 1);
    let now = Some("2026-11-22T12:00:00Z".parse().unwrap());
    start(SimulatorConfig {
        page_size: 400,
        now,
        https,
        ..SimulatorConfig::local(identity, estate)
    })
    .await
    .unwrap()
}

fn entra() -> Identity {
    Identity::Entra {
        directory: Uuid::from_u128(9),
    }
}

fn client(region: &RunningSimulator, http: GuardedClient) -> StampClient {
    let clock: Clock = Arc::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
    let tools = Tools::new(clock).with_sleeper(Arc::new(NoWait::default())).with_seed(3);
    let endpoint: Url = region.admin_endpoint().parse().unwrap();
    StampClient::new(http, &endpoint, tools).unwrap()
}

async fn session(region: &RunningSimulator, secret: &str, http: GuardedClient) -> Session {
    let client = client(region, http);
    let metadata = client.discover().await.unwrap();
    let credential = Credential::Secret {
        client_id: region.client_id().to_owned(),
        secret: Secret::from(secret),
    };
    let login = metadata.login_endpoint.clone();
    let directory = region.directory().map(|id| id.to_string());
    client.session(metadata, credential, directory, Some(&login)).unwrap()
}

fn window(date: NaiveDate) -> UsageQuery {
    let start = midnight(date);
    UsageQuery {
        start,
        end: start + TimeDelta::days(1),
        granularity: Granularity::Hourly,
        subscriber: None,
    }
}

/// Reads windows and adds up the quantities; the number of rows beside.
async fn sums(session: &Session, windows: &[UsageQuery]) -> Result<(BTreeMap<Key, Quantity>, u64), StampError> {
    let provider = session.provider_subscription().await?;
    let (mut sums, mut rows) = (BTreeMap::<Key, Quantity>::new(), 0);
    for query in windows {
        let mut pages = session.usage_pages(provider, query, None)?;
        while let Some(page) = pages.next_page().await? {
            for row in page.rows {
                let UsageRow::Sound(row) = row else { panic!("{row:?}") };
                let (key, quantity) = normalise("zrh1", query.start.date_naive(), &row.received()).unwrap();
                let month = key.usage_start.format("%Y-%m").to_string();
                let sum = sums
                    .entry((key.platform_subscription_id, key.meter_id, key.sku, month))
                    .or_insert(Quantity::from_atto(0));
                *sum = sum.checked_add(quantity).unwrap();
                rows += 1;
            }
        }
    }
    Ok((sums, rows))
}

/// What the region knows it reported.
fn truth(region: &RunningSimulator, first: NaiveDate, end: NaiveDate) -> (BTreeMap<Key, Quantity>, u64) {
    let truth = region.truth(first, end);
    let sums = truth.sums.into_iter().map(|sum| {
        let key = (
            sum.platform_subscription_id.to_string(),
            sum.meter_id,
            sum.sku,
            sum.period,
        );
        (key, Quantity::parse_sum(&sum.quantity).unwrap())
    });
    (sums.collect(), truth.hourly_rows)
}

#[tokio::test]
async fn days_of_both_identity_systems_are_read_digit_by_digit() {
    for identity in [entra(), Identity::Adfs] {
        let region = region(identity, false).await;
        let session = session(&region, region.client_secret(), http()).await;
        let days = [day("2026-08-02"), day("2026-08-03")];
        let read = sums(&session, &days.map(window)).await.unwrap();
        assert!(read.1 > 1000, "{}", read.1);
        assert_eq!(read, truth(&region, day("2026-08-02"), day("2026-08-04")));
    }
}

#[tokio::test]
async fn faults_that_pass_change_nothing_in_what_is_read() {
    let region = region(entra(), false).await;
    let date = day("2026-08-02");
    let expected = truth(&region, date, day("2026-08-03"));
    let status = |status| FaultKind::Status {
        status,
        retry_after: Some("1".to_owned()),
    };
    for kind in [
        status(429),
        status(503),
        status(504),
        FaultKind::Truncated,
        FaultKind::Reset,
        FaultKind::TokenExpired,
    ] {
        let session = session(&region, region.client_secret(), http()).await;
        region.faults().add(kind.clone(), 1, 1);
        assert_eq!(sums(&session, &[window(date)]).await.unwrap(), expected, "{kind:?}");
    }
}

#[tokio::test]
async fn an_empty_page_before_the_first_rows_changes_nothing_f_17() {
    let region = region(entra(), false).await;
    let date = day("2026-08-02");
    let session = session(&region, region.client_secret(), http()).await;
    region.faults().add(FaultKind::EmptyPage, 0, 1);
    assert_eq!(
        sums(&session, &[window(date)]).await.unwrap(),
        truth(&region, date, day("2026-08-03"))
    );
}

#[tokio::test]
async fn faults_that_stay_fail_with_their_class() {
    let region = region(entra(), false).await;
    for (kind, code, step) in [
        (FaultKind::Html, "not_usage_service", Step::Usage),
        (FaultKind::ForeignNextLink, "next_link_foreign", Step::Usage),
        (FaultKind::Loop, "continuation_loop", Step::Usage),
        (FaultKind::Redirect, "redirect_refused", Step::Usage),
        (FaultKind::RoleGone, "role_missing", Step::Role),
        (FaultKind::NotYet, "not_yet", Step::Usage),
        (FaultKind::Truncated, "page_broken", Step::Usage),
        (
            FaultKind::Status {
                status: 504,
                retry_after: None,
            },
            "usage_timed_out",
            Step::Usage,
        ),
    ] {
        let session = session(&region, region.client_secret(), http()).await;
        region.faults().set(Vec::new());
        region.faults().add(kind.clone(), 1, 50);
        let error = sums(&session, &[window(day("2026-08-02"))]).await.unwrap_err();
        assert_eq!((error.code(), error.step()), (code, step), "{kind:?}");
    }
}

#[tokio::test]
async fn a_window_read_in_halves_or_by_subscriber_holds_the_same_rows_f_02() {
    let region = region(entra(), false).await;
    let session = session(&region, region.client_secret(), http()).await;
    let whole = window(day("2026-08-02"));
    let expected = sums(&session, &[whole]).await.unwrap();
    let (first, second) = whole.halves().unwrap();
    assert_eq!(sums(&session, &[first, second]).await.unwrap(), expected);
    let provider = session.provider_subscription().await.unwrap();
    let known = session.user_subscriptions(provider).await.unwrap();
    let single: Vec<_> = known
        .iter()
        .map(|one| UsageQuery {
            subscriber: Some(one.subscription_id),
            ..whole
        })
        .collect();
    assert_eq!(sums(&session, &single).await.unwrap(), expected);
}

#[tokio::test]
async fn a_wrong_secret_is_named_at_the_step_token() {
    for identity in [entra(), Identity::Adfs] {
        let region = region(identity, false).await;
        let session = session(&region, "canary-wrong-secret", http()).await;
        let error = session.provider_subscription().await.unwrap_err();
        assert_eq!((error.code(), error.step()), ("credentials_refused", Step::Token));
        assert!(!format!("{error:?} {error}").contains("canary"));
    }
}

#[tokio::test]
async fn https_needs_the_regions_own_root_f_22() {
    let region = region(entra(), true).await;
    let allow = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap()).to_vec();
    let plain = GuardedClient::new(EgressPolicy { allow }).unwrap();
    let error = client(&region, plain.clone()).discover().await.unwrap_err();
    assert_eq!((error.code(), error.step()), ("tls_unknown_issuer", Step::Tls));

    let trusting = plain.with_root(region.authority_pem().unwrap()).unwrap();
    let session = session(&region, region.client_secret(), trusting).await;
    let date = day("2026-08-02");
    assert_eq!(
        sums(&session, &[window(date)]).await.unwrap(),
        truth(&region, date, day("2026-08-03"))
    );
}
