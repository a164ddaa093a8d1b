//! The first administrator, signing in and out (I-60, I-68, S-23, S-29, S-52).

use reqwest::Method;
use serde_json::json;

use crate::harness::{PASSWORD, answer, each};

#[actix_web::test]
async fn the_first_administrator_closes_the_set_up_for_ever() {
    each(async |server| {
        let nobody = server.browser();
        assert_eq!(nobody.get("/setup").await.status, 200);
        let wrong = json!({
            "token": "x", "first_name": "", "last_name": "Berg", "email_address": "no", "password": "short",
        });
        let refused = nobody.post("/setup", &wrong).await;
        assert_eq!(refused.status, 422);
        let pointers: Vec<_> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, ["/first_name", "/email_address", "/password"]);
        let administrator = server.administrator().await;
        let session = administrator.get("/session").await;
        assert_eq!(
            session.body["user"]["role"], "platform_administrator",
            "{}",
            server.name
        );
        assert_eq!(nobody.get("/setup").await.status, 404);
        assert_eq!(nobody.post("/setup", &wrong).await.status, 404);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_answer_alike() {
    each(async |server| {
        server.administrator().await;
        let nobody = server.browser();
        let mut unknown = nobody
            .post(
                "/session",
                &json!({"email_address": "x@y.example", "password": PASSWORD}),
            )
            .await;
        let mut wrong = nobody
            .post(
                "/session",
                &json!({"email_address": "ada@platform.example", "password": "wrong"}),
            )
            .await;
        unknown.body["request_id"] = json!("");
        wrong.body["request_id"] = json!("");
        assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
        assert_eq!(wrong.body["code"], "sign_in_refused");
        let mut browser = server.browser();
        let body = json!({"email_address": "ADA@platform.example", "password": PASSWORD});
        let response = browser.raw(Method::POST, "/session", Some(&body), &[]).await;
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        browser.keep_cookie(&response);
        assert_eq!(browser.get("/session").await.status, 200);
        assert_eq!(browser.delete("/session").await.status, 204);
        assert_eq!(browser.get("/session").await.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_sixth_try_of_a_source_in_a_minute_waits() {
    each(async |server| {
        server.administrator().await;
        let nobody = server.browser();
        let body = json!({"email_address": "ada@platform.example", "password": "wrong"});
        for _ in 0..5 {
            assert_eq!(nobody.post("/session", &body).await.status, 401);
        }
        let response = nobody.raw(Method::POST, "/session", Some(&body), &[]).await;
        assert!(response.headers().contains_key("retry-after"));
        assert_eq!(answer(response).await.status, 429);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_session_ends_when_it_is_idle_and_at_its_absolute_end() {
    each(async |server| {
        let administrator = server.administrator().await;
        server.clock.set("2026-11-22T12:29:00Z".parse().unwrap());
        assert_eq!(administrator.get("/session").await.status, 200);
        server.clock.set("2026-11-22T12:59:30Z".parse().unwrap());
        assert_eq!(
            administrator.get("/session").await.status,
            401,
            "idle for more than 30 minutes (I-60)"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn ten_failures_in_a_row_lock_the_account_for_a_while() {
    each(async |server| {
        server.administrator().await;
        let nobody = server.browser();
        for minute in 0..10 {
            server
                .clock
                .set(format!("2026-11-22T13:{minute:02}:00Z").parse().unwrap());
            let body = json!({"email_address": "ada@platform.example", "password": "wrong"});
            assert_eq!(nobody.post("/session", &body).await.status, 401);
        }
        let right = json!({"email_address": "ada@platform.example", "password": PASSWORD});
        server.clock.set("2026-11-22T13:20:00Z".parse().unwrap());
        assert_eq!(
            nobody.post("/session", &right).await.status,
            401,
            "locked until 13:24 (I-50)"
        );
        server.clock.set("2026-11-22T13:24:01Z".parse().unwrap());
        assert_eq!(nobody.post("/session", &right).await.status, 200);
        server.stop().await;
    })
    .await;
}
