//! A provider that is on has to answer as what was entered (I-40, S-33), asked of a certified provider.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::counterpart::Counterpart;
use crate::harness::each;

fn provider(issuer: &str, enabled: bool) -> Value {
    json!({
        "name": "Staff", "kind": "openid_connect", "issuer": issuer, "client_id": "cms", "client_secret": "very secret",
        "scopes": [], "enabled": enabled,
    })
}

#[actix_web::test]
async fn a_wrong_issuer_is_named_at_its_field_and_one_that_is_off_is_not_asked() {
    let real = Counterpart::start("identity-provider.mjs", &[PathBuf::from("http://localhost/callback")]);
    each(async |server| {
        let administrator = server.administrator().await;
        let issuer = real.text("issuer");
        let closed = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port())
        };
        let wrong = [
            (closed, "issuer_unreachable"),
            ("https://10.20.30.40".to_owned(), "issuer_unreachable"),
            (format!("{issuer}/nowhere"), "issuer_unreachable"),
            (format!("{issuer}/elsewhere"), "issuer_mismatch"),
            (format!("{issuer}/"), "issuer_mismatch"),
        ];
        for (address, code) in &wrong {
            let refused = administrator
                .post("/identity-providers", &provider(address, true))
                .await;
            assert_eq!(refused.status, 422, "{address}: {}", refused.body);
            assert_eq!(refused.body["errors"][0]["pointer"], "/issuer");
            assert_eq!(refused.body["errors"][0]["code"], *code, "{address}: {}", refused.body);
        }
        assert_eq!(administrator.get("/identity-providers").await.body["total"], 0);

        let made = administrator
            .post("/identity-providers", &provider(&wrong[0].0, false))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        let path = format!("/identity-providers/{}", made.body["id"].as_str().unwrap());
        let etag = made.etag.unwrap();
        let refused = administrator.put(&path, &provider(&wrong[0].0, true), &etag).await;
        assert_eq!(
            refused.body["errors"][0]["code"], "issuer_unreachable",
            "it was turned on"
        );
        let saved = administrator.put(&path, &provider(issuer, true), &etag).await;
        assert_eq!(saved.status, 200, "{}: {}", server.name, saved.body);
        server.stop().await;
    })
    .await;
}
