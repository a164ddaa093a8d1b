//! Alerts: whose they are, acknowledging and closing them (U-80, U-82, PM-5).

use domain::role::Anchor;
use persistence::alert::Raise;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Browser, TestServer, branch, each};

fn tenant(id: &Value) -> Anchor {
    Anchor::Tenant(id.as_str().unwrap().parse().unwrap())
}

/// What a check of the product does when it finds something.
async fn raise(server: &TestServer, owner: Anchor, subject_key: &str, message: &str) {
    let tx = server.app.store().begin().await.unwrap();
    let raise = Raise {
        id: Uuid::now_v7(),
        kind: "usage_missing",
        severity: "warning",
        subject_key,
        message,
        owner,
    };
    tx.alerts().raise(raise, server.app.clock().now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn shown(browser: &Browser, query: &str) -> Vec<(String, String)> {
    let listed = browser.get(&format!("/alerts{query}")).await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    let items = listed.body["items"].as_array().unwrap().clone();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| (text(item, "subject"), text(item, "state")))
        .collect()
}

#[actix_web::test]
async fn everybody_sees_the_alerts_of_their_own_branch() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (d1, p1, t1) = branch(&administrator, "North").await;
        let (_, _, t2) = branch(&administrator, "South").await;
        raise(&server, Anchor::Platform, "region:zrh1", "No usage of zrh1 for 3 days.").await;
        raise(
            &server,
            tenant(&t1),
            "subscription:north",
            "No usage of erp-prod for 3 days.",
        )
        .await;
        raise(
            &server,
            tenant(&t2),
            "subscription:south",
            "No usage of crm-prod for 3 days.",
        )
        .await;
        let subjects = async |role: &str, anchor: Option<&Value>| {
            let browser = server.user(&administrator, role, anchor).await;
            let mut subjects: Vec<_> = shown(&browser, "").await.into_iter().map(|alert| alert.0).collect();
            subjects.sort();
            subjects
        };
        let all = ["region:zrh1", "subscription:north", "subscription:south"];
        assert_eq!(subjects("platform_reader", None).await, all, "{}", server.name);
        for (role, anchor) in [
            ("distributor_reader", &d1),
            ("partner_administrator", &p1),
            ("tenant_reader", &t1),
        ] {
            assert_eq!(subjects(role, Some(anchor)).await, ["subscription:north"], "{role}");
        }
        let named = administrator.get("/alerts?search=CRM-prod").await.body;
        assert_eq!(
            (&named["total"], &named["items"][0]["owner"]["id"]),
            (&json!(1), &t2),
            "{named}"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_alert_is_acknowledged_and_closed_and_opens_again_while_its_cause_is_there() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, _, t1) = branch(&administrator, "North").await;
        let cause = async || raise(&server, tenant(&t1), "subscription:north", "No usage.").await;
        cause().await;
        let reader = server.user(&administrator, "tenant_reader", Some(&t1)).await;
        let own = server.user(&administrator, "tenant_administrator", Some(&t1)).await;
        let id = own.get("/alerts").await.body["items"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = |act: &str| format!("/alerts/{id}/{act}");
        assert_eq!(reader.post(&path("acknowledge"), &json!({})).await.status, 403);

        let seen = own.post(&path("acknowledge"), &json!({})).await;
        assert_eq!(
            (seen.status, &seen.body["state"]),
            (200, &json!("acknowledged")),
            "{}",
            server.name
        );
        let twice = own.post(&path("acknowledge"), &json!({})).await;
        assert_eq!((twice.status, &twice.body["code"]), (409, &json!("alert_not_open")));
        cause().await;
        let one = vec![("subscription:north".to_owned(), "acknowledged".to_owned())];
        assert_eq!(shown(&own, "").await, one, "the same cause again is the same alert");
        assert_eq!(shown(&own, "?state=open").await, vec![]);

        let closed = own.post(&path("close"), &json!({})).await;
        assert_eq!(closed.status, 200);
        assert!(closed.body["closed_at"].is_string(), "{}", closed.body);
        let twice = own.post(&path("close"), &json!({})).await;
        assert_eq!((twice.status, &twice.body["code"]), (409, &json!("alert_closed")));
        assert_eq!(shown(&own, "").await, vec![]);
        cause().await;
        assert_eq!(shown(&own, "?state=open").await.len(), 1, "U-82");
        assert_eq!(shown(&own, "?state=closed").await.len(), 1);

        let entries = own.get("/audit?operation=alert.close").await.body;
        assert_eq!(
            (
                &entries["items"][0]["before"]["state"],
                &entries["items"][0]["after"]["state"]
            ),
            (&json!("acknowledged"), &json!("closed"))
        );
        server.stop().await;
    })
    .await;
}
