//! Prices and invoices over HTTP: from a price list to an issued document (P-13, B-4, B-21, B-40, B-84).

use app::jobs::{Runner, StepOutcome};
use chrono::NaiveDate;
use persistence::region::{ConnectionFields, RegionFields};
use persistence::subscription::NewSubscription;
use persistence::usage::{FinishedWindow, NewUsageRow, Target};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Browser, TestServer, branch, each};

const VM_HOURS: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";

/// A region, a subscription of the tenant and 6,200 hours in October 2026; every day up to the look-back is read.
async fn usage(server: &TestServer, tenant: &Value) {
    let (region, platform) = (Uuid::now_v7(), Uuid::now_v7());
    let now = server.app.clock().now();
    let fields = RegionFields {
        name: "zrh1".into(),
        details: String::new(),
        time_zone: "UTC".into(),
        run_window_start: "00:00".into(),
        run_window_end: "06:00".into(),
        lookback_days: 2,
        granularity: "hourly".into(),
        enabled: false,
    };
    let connection = ConnectionFields {
        admin_endpoint: "https://adminmanagement.local.example".into(),
        tenant_endpoint: None,
        directory: None,
        login_endpoint: None,
        client_id: None,
        credential_kind: None,
        private_ca_pem: None,
    };
    let subscription = NewSubscription {
        id: Uuid::now_v7().into(),
        tenant_id: Uuid::parse_str(tenant.as_str().unwrap()).unwrap().into(),
        region_id: region.into(),
        platform_subscription_id: platform.into(),
        name: "erp-prod".into(),
        description: String::new(),
        directory_id: String::new(),
        owner: String::new(),
        auto_created: false,
    };
    let tx = server.app.store().begin().await.unwrap();
    tx.regions()
        .insert(region.into(), &fields, &connection, "2026-10-01", now)
        .await
        .unwrap();
    tx.subscriptions().insert(&subscription, now).await.unwrap();
    let mut day: NaiveDate = "2026-10-01".parse().unwrap();
    while day.to_string().as_str() <= "2026-11-02" {
        let window = tx.usage().open_window(region.into(), day, "hourly").await.unwrap().id;
        if day.to_string() == "2026-10-15" {
            let start = day.and_hms_opt(8, 0, 0).unwrap().and_utc().timestamp();
            let row = NewUsageRow {
                platform_subscription_id: platform,
                meter_id: VM_HOURS.into(),
                usage_start_s: start,
                usage_end_s: start + 3_600,
                resource_uri: "/vm/1".into(),
                sku: "standard_d4s_v3".into(),
                quantity: "6200".into(),
                quantity_text: "6200".into(),
                instance_data: String::new(),
                key_hash: [7; 16],
                ordinal: 0,
            };
            tx.usage()
                .insert_rows(window, Target::Record, 1, vec![row])
                .await
                .unwrap();
        }
        let finished = FinishedWindow {
            read_at: Some(now),
            held_back: false,
            counters: json!({}),
        };
        tx.usage().finish_window(window, &finished).await.unwrap();
        day = day.succ_opt().unwrap();
    }
    tx.commit().await.unwrap();
}

async fn run_jobs(server: &TestServer) {
    let runner = Runner::new(server.app.clone());
    while runner.step().await.unwrap() != StepOutcome::Idle {}
}

/// A list of the tenant with the tiers of P-29, in force from August.
async fn price(administrator: &Browser, tenant: &Value) -> Value {
    let list =
        json!({ "display_name": "Harbour prices", "scope_kind": "tenant", "target_id": tenant, "currency": "EUR" });
    let made = administrator.post("/price-lists", &list).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].clone();
    let path = format!("/price-lists/{}", id.as_str().unwrap());
    let wrong = json!({ "meter_id": VM_HOURS, "rate": "-1", "tiers": [{ "from_quantity": "5", "to_quantity": "5", "rate": "1" }] });
    let refused = administrator.post(&format!("{path}/items"), &wrong).await;
    assert_eq!(refused.status, 422);
    let named: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["pointer"].clone(), field["code"].clone()))
        .collect();
    assert!(named.contains(&(json!("/rate"), json!("rate_negative"))), "{named:?}");
    assert!(
        named.contains(&(json!("/tiers/0/to_quantity"), json!("tier_range_invalid"))),
        "{named:?}"
    );
    let item = json!({
        "meter_id": VM_HOURS, "rate": "0.12", "tiers": [
            { "from_quantity": "0", "to_quantity": "1000", "rate": "0.10" },
            { "from_quantity": "1000", "to_quantity": "5000", "rate": "0.08" },
            { "from_quantity": "5000", "to_quantity": null, "rate": "0.05" },
        ],
    });
    let item = administrator.post(&format!("{path}/items"), &item).await;
    assert_eq!(
        (item.status, item.body["meter_name"].as_str()),
        (201, Some("VM size hours"))
    );
    let published = administrator
        .post(&format!("{path}/publish"), &json!({ "effective_from": "2026-08" }))
        .await;
    assert_eq!(
        (published.status, published.body["version"]["in_force"].clone()),
        (200, json!(true))
    );
    id
}

#[actix_web::test]
async fn from_a_price_list_to_an_issued_document() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, _, tenant) = branch(&administrator, "North").await;
        let read = administrator
            .get(&format!("/tenants/{}", tenant.as_str().unwrap()))
            .await;
        let mut taxed = read.body.clone();
        let kept = ["name", "currency", "profile"];
        taxed
            .as_object_mut()
            .unwrap()
            .retain(|key, _| kept.contains(&key.as_str()));
        taxed["currency"] = json!("EUR");
        taxed["partner_id"] = read.body["partner"]["id"].clone();
        taxed["tax_rate"] = json!("20");
        let path = format!("/tenants/{}", tenant.as_str().unwrap());
        assert_eq!(
            administrator
                .put(&path, &taxed, read.etag.as_deref().unwrap())
                .await
                .status,
            200
        );
        usage(&server, &tenant).await;
        price(&administrator, &tenant).await;

        let started = administrator
            .post("/invoices/generate", &json!({ "period": "2026-10" }))
            .await;
        assert_eq!(started.status, 202, "{}: {}", server.name, started.body);
        run_jobs(&server).await;
        let listed = administrator.get("/invoices?period=2026-10&status=preview").await;
        assert_eq!(listed.body["total"], 1, "{}", listed.body);
        let summary = &listed.body["items"][0];
        assert_eq!(
            summary["total_amount"],
            json!({ "amount": "576.00", "currency": "EUR" }),
            "B-51"
        );
        assert_eq!(summary["blockers"], json!(["seller_incomplete"]), "B-41");
        let path = format!("/invoices/{}", summary["id"].as_str().unwrap());
        let refused = administrator.post(&format!("{path}/issue"), &json!({})).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("blocked")));

        let tx = server.app.store().begin().await.unwrap();
        for (key, value) in [
            ("seller_name", "Cloud AG"),
            ("seller_address", "Street 1"),
            ("seller_country", "CH"),
        ] {
            tx.settings()
                .save(&format!("invoices.{key}"), &json!(value), server.app.clock().now())
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let own = server.user(&administrator, "tenant_administrator", Some(&tenant)).await;
        assert_eq!(own.get(&path).await.status, 404, "tenants see no previews (S-12)");
        let issued = administrator.post(&format!("{path}/issue"), &json!({})).await;
        assert_eq!(issued.status, 200, "{}", issued.body);
        assert_eq!(issued.body["summary"]["number"], "INV-2026-000001", "B-44");
        let again = administrator.post(&format!("{path}/issue"), &json!({})).await;
        assert_eq!(
            (again.status, again.body["code"].as_str()),
            (409, Some("already_issued")),
            "B-43"
        );
        let deleted = administrator.delete(&path).await;
        assert_eq!(
            (deleted.status, deleted.body["code"].as_str()),
            (409, Some("not_a_preview")),
            "B-16"
        );

        let seen = own.get(&path).await;
        assert_eq!(seen.status, 200);
        let group = &seen.body["groups"][0];
        assert_eq!(
            (
                group["subscription_name"].as_str(),
                group["subtotal"]["amount"].as_str()
            ),
            (Some("erp-prod"), Some("480.00"))
        );
        let line = &group["categories"][0]["lines"][0];
        let explained = own
            .get(&format!("{path}/lines/{}/explanation", line["id"].as_str().unwrap()))
            .await;
        assert_eq!(
            (explained.status, explained.body["price_list"].clone()),
            (200, Value::Null),
            "P-95"
        );
        assert_eq!(
            (
                explained.body["scope_step"].clone(),
                explained.body["resources"][0]["amount"]["amount"].clone()
            ),
            (json!(2), json!("480.00"))
        );
        let mut bytes = Vec::new();
        for browser in [&administrator, &own] {
            let answer = browser
                .raw(reqwest::Method::GET, &format!("{path}/document?format=pdf"), None, &[])
                .await;
            assert_eq!(answer.headers()["content-type"], "application/pdf");
            bytes.push(answer.bytes().await.unwrap());
        }
        assert!(bytes[0].starts_with(b"%PDF-"));
        assert_eq!(bytes[0], bytes[1], "rendered once (B-84)");
        let dashboard = own.get("/dashboard").await;
        assert_eq!(
            (dashboard.status, dashboard.body["months"][0]["issued"].clone()),
            (200, json!(1))
        );
        assert_eq!(own.get("/price-lists").await.status, 403);
        assert_eq!(
            own.get("/meters?category=Compute&limit=2").await.body["items"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        server.stop().await;
    })
    .await;
}
