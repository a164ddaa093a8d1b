//! Refusals stand in the audit record with who, at what and which check (I-70, S-87).

use serde_json::{Value, json};

use crate::harness::{Browser, branch, each, profile};

/// Operation, target and check of the refusals that somebody sees, the oldest first.
async fn refusals(browser: &Browser) -> Vec<(String, String, String)> {
    let page = browser.get("/audit?limit=200").await.body;
    let text = |entry: &Value, member: &str| entry[member].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| text(entry, "operation").ends_with(".refused"))
        .map(|entry| {
            (
                text(entry, "operation"),
                text(entry, "target_id"),
                text(entry, "reason"),
            )
        })
        .collect();
    found.reverse();
    found
}

fn refusal(operation: &str, target: &str, code: &str) -> (String, String, String) {
    (operation.to_owned(), target.to_owned(), code.to_owned())
}

#[actix_web::test]
async fn s_87_each_check_that_refuses_leaves_an_entry_with_its_operation() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, _) = branch(&administrator, "North").await;
        let (_, _, t2) = branch(&administrator, "South").await;
        let partner = server.person(&administrator, "partner_administrator", Some(&p1)).await;
        let foreign = t2.as_str().unwrap();
        assert_eq!(partner.browser.get("/distributors").await.status, 403);
        assert_eq!(partner.browser.get(&format!("/tenants/{foreign}")).await.status, 404);
        server.set("tenants.partner_self_provisioning", json!(false)).await;
        let tenant = json!({ "name": "New", "partner_id": p1, "profile": profile() });
        assert_eq!(partner.browser.post("/tenants", &tenant).await.status, 403);
        server.later(11);
        assert_eq!(
            administrator.delete(&format!("/users/{}", partner.id)).await.status,
            403
        );
        let by_partner = [
            refusal("distributor.list.refused", "", "not_permitted"),
            refusal("tenant.read.refused", foreign, "not_found"),
            refusal("tenant.create.refused", "", "switched_off"),
        ];
        assert_eq!(refusals(&partner.browser).await, by_partner, "{}", server.name);
        let all = refusals(&administrator).await;
        assert_eq!(all[..3], by_partner);
        assert_eq!(
            all[3..],
            [refusal("user.delete.refused", &partner.id, "step_up_required")]
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn s_87_a_program_that_asks_in_a_loop_fills_no_table() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, _) = branch(&administrator, "North").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        for _ in 0..70 {
            assert_eq!(partner.get("/distributors").await.status, 403);
        }
        assert_eq!(refusals(&partner).await.len(), 60, "{}", server.name);
        server.later(1);
        assert_eq!(partner.get("/distributors").await.status, 403);
        assert_eq!(refusals(&partner).await.len(), 61);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_refused_request_keeps_its_key_free() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, _) = branch(&administrator, "North").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        server.set("tenants.partner_self_provisioning", json!(false)).await;
        let (key, tenant) = (
            "0123456789abcdef",
            json!({ "name": "New", "partner_id": p1, "profile": profile() }),
        );
        assert_eq!(partner.post_with_key("/tenants", &tenant, key).await.status, 403);
        server.set("tenants.partner_self_provisioning", json!(true)).await;
        assert_eq!(partner.post_with_key("/tenants", &tenant, key).await.status, 201);
        server.stop().await;
    })
    .await;
}
