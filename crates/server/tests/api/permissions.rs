//! Who may see and do what over HTTP (PM-3, PM-6, PM-7, PM-10, PM-11, S-03).

use serde_json::json;

use crate::harness::{branch, each, profile};

#[actix_web::test]
async fn each_level_sees_its_own_branch_only() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (d1, p1, t1) = branch(&administrator, "North").await;
        let (d2, p2, t2) = branch(&administrator, "South").await;
        let users = [
            server
                .user(&administrator, "distributor_administrator", Some(&d1))
                .await,
            server.user(&administrator, "partner_administrator", Some(&p1)).await,
            server.user(&administrator, "tenant_reader", Some(&t1)).await,
        ];
        for browser in &users {
            let tenants = browser.get("/tenants").await;
            assert_eq!(tenants.body["total"], 1, "{}", server.name);
            assert_eq!(tenants.body["items"][0]["id"], t1);
            let mut foreign = browser.get(&format!("/tenants/{}", t2.as_str().unwrap())).await;
            let mut missing = browser.get(&format!("/tenants/{}", uuid::Uuid::now_v7())).await;
            foreign.body["request_id"] = json!("");
            missing.body["request_id"] = json!("");
            assert_eq!(foreign, missing, "a foreign id looks like a missing one (PM-7)");
            assert_eq!(foreign.status, 404);
        }
        let [distributor, partner, tenant] = &users;
        assert_eq!(partner.get("/distributors").await.body["code"], "not_permitted");
        assert_eq!(tenant.get("/partners").await.status, 403);
        assert_eq!(distributor.get("/partners").await.body["total"], 1);
        let by_foreign = distributor
            .get(&format!("/tenants?partner_id={}", p2.as_str().unwrap()))
            .await;
        assert_eq!(by_foreign.body["items"], json!([]), "a foreign filter finds nothing");
        let body = json!({ "name": "X", "partner_id": p2, "profile": profile() });
        let refused = partner.post("/tenants", &body).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.body["errors"][0]["code"], "unknown_reference");
        assert_eq!(refused.body["errors"][0]["pointer"], "/partner_id");
        assert_eq!(d2, d2.clone());
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_switch_gates_creating_and_nothing_else() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, t1) = branch(&administrator, "North").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let page = administrator.get("/settings").await;
        let off = json!({ "values": { "tenants.partner_self_provisioning": false } });
        let saved = administrator
            .put("/settings/Tenants", &off, page.etag.as_deref().unwrap())
            .await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let body = json!({ "name": "New", "partner_id": p1, "profile": profile() });
        let refused = partner.post("/tenants", &body).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (403, Some("switched_off"))
        );
        assert_eq!(
            administrator.post("/tenants", &body).await.status,
            201,
            "the platform is never gated"
        );
        assert_eq!(
            partner
                .delete(&format!("/tenants/{}", t1.as_str().unwrap()))
                .await
                .status,
            204
        );
        let operations = partner.get("/session").await.body["operations"].clone();
        assert!(!operations.as_array().unwrap().contains(&json!("tenant.create")));
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn nobody_grants_above_or_beside_their_own_branch() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (d1, p1, _) = branch(&administrator, "North").await;
        let (_, p2, _) = branch(&administrator, "South").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let grant = |role: &str, anchor: &serde_json::Value| {
            json!({ "first_name": "A", "last_name": "B", "email_address": "a@b.example", "role": role, "anchor_id": anchor })
        };
        let refused = partner.post("/users", &grant("distributor_administrator", &d1)).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("role_not_grantable")));
        let refused = partner.post("/users", &grant("partner_reader", &p2)).await;
        assert_eq!(refused.body["errors"][0]["code"], "unknown_reference");
        assert_eq!(partner.post("/users", &grant("partner_reader", &p1)).await.status, 201);
        server.clock.set("2026-11-22T12:11:00Z".parse().unwrap());
        let late = partner.post("/users", &grant("partner_reader", &p1)).await;
        assert_eq!(late.body["code"], "step_up_required", "the proof is older than ten minutes (PM-20)");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_session_offers_no_operation_that_the_api_does_not_have() {
    each(async |server| {
        let administrator = server.administrator().await;
        let offered = administrator.get("/session").await.body["operations"].clone();
        let document: serde_json::Value =
            serde_json::from_str(include_str!("../../../../openapi/openapi.json")).unwrap();
        let document = document.to_string();
        // Issuing with a reason overrides a blocker; it has no route of its own.
        let inside = "invoice.override_blocker";
        for operation in offered.as_array().unwrap().iter().filter_map(serde_json::Value::as_str) {
            let id = format!("\"operationId\":\"{}\"", operation.replace('.', "_"));
            assert!(operation == inside || document.contains(&id), "{operation} is offered");
        }
        assert!(offered.as_array().unwrap().contains(&json!("tenant.create")));
        server.stop().await;
    })
    .await;
}
