//! What every request passes and every answer carries (S-32, S-38, S-40, S-51, G-7).

use reqwest::{Client, Method};
use serde_json::json;

use crate::harness::{answer, each};

#[actix_web::test]
async fn writing_requests_from_elsewhere_are_refused() {
    each(async |server| {
        let url = format!("{}/api/v1/session", server.url);
        let body = json!({"email_address": "a@b.example", "password": "x"});
        let plain = Client::new().post(&url).json(&body).send().await.unwrap();
        assert_eq!(answer(plain).await.body["code"], "cross_site");
        for (name, value) in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")] {
            let request = Client::new()
                .post(&url)
                .header(name, value)
                .header("X-CMS-Request", "1")
                .json(&body);
            assert_eq!(request.send().await.unwrap().status(), 403, "{name}");
        }
        let own = Client::new()
            .post(&url)
            .header("Origin", &server.url)
            .header("X-CMS-Request", "1")
            .json(&body);
        assert_eq!(
            own.send().await.unwrap().status(),
            401,
            "the same origin is let through to the sign-in"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn hosts_and_encodings_that_are_not_ours_are_refused() {
    each(async |server| {
        let url = format!("{}/api/v1/session", server.url);
        let host = Client::new()
            .get(&url)
            .header("Host", "evil.example")
            .send()
            .await
            .unwrap();
        assert_eq!(host.status(), 421);
        let packed = Client::new()
            .get(&url)
            .header("Content-Encoding", "gzip")
            .send()
            .await
            .unwrap();
        assert_eq!(packed.status(), 415);
        let ready = Client::new()
            .get(format!("{}/readyz", server.url))
            .header("Host", "10.0.0.7")
            .send()
            .await
            .unwrap();
        assert_eq!(ready.status(), 200, "health is asked by address");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn every_answer_carries_the_protecting_headers_and_errors_are_problems() {
    each(async |server| {
        let nobody = server.browser();
        for path in ["/session", "/tenants", "/nothing-here"] {
            let response = nobody.raw(Method::GET, path, None, &[]).await;
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(
                header("content-security-policy"),
                "default-src 'none'; frame-ancestors 'none'"
            );
            assert_eq!(header("cache-control"), "no-store");
            assert_eq!(header("content-type"), "application/problem+json", "{path}");
            let request_id = header("x-request-id");
            let problem = answer(response).await;
            assert_eq!(problem.body["request_id"], request_id.as_str());
            assert!(problem.body["code"].is_string() && problem.body["status"] == problem.status);
        }
        let malformed = Client::new()
            .post(format!("{}/api/v1/session", server.url))
            .header("Sec-Fetch-Site", "same-origin")
            .header("X-CMS-Request", "1")
            .header("Content-Type", "application/json")
            .body("{")
            .send()
            .await
            .unwrap();
        assert_eq!(answer(malformed).await.status, 400);
        server.stop().await;
    })
    .await;
}
