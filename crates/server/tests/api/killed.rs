//! The process is killed in the middle of a collection and started again (R-10, R-12, U-25).

use std::time::Duration;

use region_simulator::{EstateConfig, Identity, RunningSimulator, SimulatorConfig};
use serde_json::{Value, json};
use testkit::TestDatabase;

use crate::harness::Browser;
use crate::process::{Process, administrator};

async fn stamp() -> RunningSimulator {
    let first = "2026-08-01".parse().unwrap();
    let estate = EstateConfig {
        resources: 6,
        ..EstateConfig::months(11, "zrh1", first, 1)
    };
    let config = SimulatorConfig {
        page_size: 200,
        ..SimulatorConfig::local(Identity::Adfs, estate)
    };
    region_simulator::start(config).await.unwrap()
}

/// Starts the collection of August and answers the path of its job.
async fn collect(browser: &Browser, stamp: &RunningSimulator) -> String {
    let region = json!({ "name": "zrh1", "connection": {
        "admin_endpoint": stamp.admin_endpoint(), "login_endpoint": stamp.login_endpoint(), "client_id": stamp.client_id(), "client_secret": stamp.client_secret(),
    }});
    let made = browser.post("/regions", &region).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/regions/{}", made.body["id"].as_str().unwrap());
    let tested = browser.post(&format!("{path}/test-connection"), &json!({})).await;
    assert_eq!(tested.body["succeeded"], true, "{}", tested.body);
    let range = json!({ "first_on": "2026-08-01", "last_on": "2026-08-20" });
    let started = browser.post(&format!("{path}/update-usage"), &range).await;
    assert_eq!(started.status, 202, "{}", started.body);
    format!("/jobs/{}", started.body["job_id"].as_str().unwrap())
}

async fn until(browser: &Browser, job: &str, reached: impl Fn(&Value) -> bool) -> Value {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    loop {
        tick.tick().await;
        let seen = browser.get(job).await.body;
        if reached(&seen) {
            return seen;
        }
    }
}

async fn rows(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT w.reported_on || ' ' || u.meter_id || ' ' || u.resource_uri || ' ' || u.sku || ' ' \
        || CAST(u.usage_start_s AS TEXT) || ' ' || CAST(u.ordinal AS TEXT) || ' ' || u.quantity \
        FROM usage_record u JOIN usage_window w ON w.id = u.window_id WHERE w.in_force = 1 ORDER BY 1";
    database.texts(sql).await
}

fn finished(job: &Value) -> bool {
    ["succeeded", "completed_with_errors", "failed", "cancelled"].contains(&job["state"].as_str().unwrap_or_default())
}

#[actix_web::test]
async fn a_server_killed_in_the_middle_of_a_collection_ends_with_the_rows_of_an_undisturbed_run() {
    let stamp = stamp().await;
    let truth = stamp.truth("2026-08-01".parse().unwrap(), "2026-08-21".parse().unwrap());
    for database in testkit::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let url = Process::free_url();
        let process = Process::start(&database, folder.path(), &url).await;
        let browser = administrator(&url, folder.path()).await;
        let job = collect(&browser, &stamp).await;
        let running = until(&browser, &job, |job| {
            finished(job) || job["progress_done"].as_u64() >= Some(2)
        })
        .await;
        assert_eq!(running["state"], "running", "it is killed in the middle: {running}");
        process.kill();
        assert!(rows(&database).await.len() < usize::try_from(truth.hourly_rows).unwrap());
        let _again = Process::start(&database, folder.path(), &url).await;
        let ended = until(&browser, &job, finished).await;
        assert_eq!(ended["state"], "succeeded", "{}: {ended}", database.name);
        let stored = rows(&database).await;
        assert_eq!(
            u64::try_from(stored.len()).unwrap(),
            truth.hourly_rows,
            "{}",
            database.name
        );
        let mut distinct = stored.clone();
        distinct.dedup();
        assert_eq!(distinct, stored, "nothing is doubled");
    }
    stamp.stop().await;
}
