//! Distributors, partners and tenants over HTTP (PM-5, PM-9, PM-16, PM-30, G-9, G-11).

use serde_json::{Value, json};

use crate::harness::{branch, each, profile};

#[actix_web::test]
async fn an_entity_is_added_edited_from_its_version_and_archived() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (distributor, partner, tenant) = branch(&administrator, "North").await;
        let path = format!("/tenants/{}", tenant.as_str().unwrap());
        let read = administrator.get(&path).await;
        assert_eq!(read.body["partner"]["name"], "North partner");
        assert_eq!(read.body["distributor"]["id"], distributor);
        assert_eq!(
            read.body["currency"], "USD",
            "the platform currency is offered first (PM-30)"
        );
        let edited = json!({
            "name": "Harbour", "partner_id": partner, "currency": "EUR", "payment_terms_days": 14,
            "tax_rate": "20", "tax_label": "VAT", "profile": profile(),
        });
        let saved = administrator.put(&path, &edited, read.etag.as_deref().unwrap()).await;
        assert_eq!(
            (saved.status, saved.body["payment_terms_days"].clone()),
            (200, json!(14))
        );
        let stale = administrator.put(&path, &edited, read.etag.as_deref().unwrap()).await;
        assert_eq!((stale.status, stale.body["code"].as_str()), (412, Some("stale")));
        let partner_path = format!("/partners/{}", partner.as_str().unwrap());
        let refused = administrator.delete(&partner_path).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (409, Some("has_children"))
        );
        assert_eq!(administrator.delete(&path).await.status, 204);
        assert_eq!(administrator.delete(&partner_path).await.status, 204);
        let shown = administrator.get("/tenants").await;
        assert_eq!(shown.body["items"], json!([]));
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn bad_input_names_every_field_and_changes_nothing() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, partner, _) = branch(&administrator, "North").await;
        let mut wrong = profile();
        wrong["billing_contacts"] = json!(["nobody"]);
        wrong["country"] = json!("Germany");
        let body = json!({
            "name": " ", "partner_id": partner, "currency": "XXY", "payment_terms_days": 400, "tax_rate": "101",
            "profile": wrong,
        });
        let refused = administrator.post("/tenants", &body).await;
        assert_eq!(refused.status, 422);
        let mut named: Vec<&str> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        assert_eq!(
            named,
            [
                "/currency",
                "/name",
                "/payment_terms_days",
                "/profile/billing_contacts/0",
                "/profile/country",
                "/tax_rate"
            ]
        );
        let unknown = json!({ "name": "X", "partner_id": uuid::Uuid::now_v7(), "profile": profile() });
        let refused = administrator.post("/tenants", &unknown).await;
        assert_eq!(refused.body["errors"][0]["code"], "unknown_reference");
        let taken = json!({ "name": "North tenant", "partner_id": partner, "profile": profile() });
        let refused = administrator.post("/tenants", &taken).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (409, Some("name_taken"))
        );
        let surplus = json!({ "name": "Y", "partner_id": partner, "profile": profile(), "id": 1 });
        assert_eq!(administrator.post("/tenants", &surplus).await.status, 400);
        assert_eq!(administrator.get("/tenants").await.body["total"], 1);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn pages_join_without_gap_or_repetition_in_either_direction() {
    each(async |server| {
        let administrator = server.administrator().await;
        for number in 0..7 {
            server
                .clock
                .set(format!("2026-11-22T12:00:0{number}Z").parse().unwrap());
            let body = json!({ "name": format!("D{number}"), "profile": profile() });
            assert_eq!(administrator.post("/distributors", &body).await.status, 201);
        }
        for sort in ["name", "-name", "created_at", "-created_at"] {
            let mut names: Vec<Value> = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = administrator
                    .get(&format!("/distributors?limit=3&sort={sort}{cursor}"))
                    .await;
                names.extend(
                    page.body["items"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|item| item["name"].clone()),
                );
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let mut expected: Vec<Value> = (0..7).map(|number| json!(format!("D{number}"))).collect();
            if sort.starts_with('-') {
                expected.reverse();
            }
            assert_eq!(names, expected, "{sort} on {}", server.name);
        }
        for wrong in ["limit=0", "limit=201", "sort=password", "cursor=abc"] {
            assert_eq!(
                administrator.get(&format!("/distributors?{wrong}")).await.status,
                400,
                "{wrong}"
            );
        }
        assert_eq!(administrator.get("/distributors?search=d3").await.body["total"], 1);
        assert_eq!(
            administrator.get("/distributors?search=%25").await.body["total"],
            0,
            "wild cards are text"
        );
        server.stop().await;
    })
    .await;
}
