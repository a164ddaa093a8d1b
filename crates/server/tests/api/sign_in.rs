//! The first administrator, signing in and out (I-60, I-68, S-23, S-29, S-52).

use reqwest::Method;
use serde_json::json;

use crate::harness::{PASSWORD, TestServer, answer, each};

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
async fn a_known_browser_has_ten_tries_a_minute_of_its_own() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let mut owner = server.browser();
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 200);
        let mut stranger = server.browser();
        for _ in 0..6 {
            stranger.sign_in("ada@platform.example", "wrong").await;
        }
        assert_eq!(stranger.sign_in("ada@platform.example", PASSWORD).await.status, 429);
        assert_eq!(
            owner.sign_in(&uma.address, PASSWORD).await.status,
            429,
            "known to another account only"
        );
        for _ in 0..12 {
            let given_back = owner.sign_in("ada@platform.example", PASSWORD).await;
            assert_eq!(given_back.status, 200, "{}", server.name);
        }
        for tries in 1..=10 {
            let refused = owner.sign_in("ada@platform.example", "wrong").await;
            assert_eq!(refused.status, 401, "try {tries}");
        }
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 429);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn strangers_try_an_account_eighteen_hundred_times_an_hour_wherever_they_are() {
    each(async |server| {
        server.administrator().await;
        let mut owner = server.browser();
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 200);
        let hour = "2026-11-22T12:00:00Z".parse().unwrap();
        let used = async |address: &str, times: usize| {
            let subject = hex::encode(server.app.vault().keyed("budget", address.as_bytes()));
            let tx = server.app.store().begin().await.unwrap();
            for _ in 0..times {
                tx.budgets().count("sign_in_account", &subject, hour).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        used("ada@platform.example", 1_799).await;
        let mut stranger = server.browser();
        let tried = stranger.sign_in("ada@platform.example", "wrong").await;
        assert_eq!(tried.status, 401, "the 1,800th");
        let tried = stranger.sign_in("ada@platform.example", PASSWORD).await;
        assert_eq!(tried.status, 429, "the 1,801st");
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 200);
        used("nobody@platform.example", 1_800).await;
        let unknown = stranger.sign_in("nobody@platform.example", "wrong").await;
        assert_eq!(unknown.status, 429, "an unknown address is counted alike (S-23)");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_api_answers_a_source_so_often_and_a_session_half_as_often() {
    for database in testkit::databases().await {
        let server = TestServer::start_with(database, |config| config.api_requests_a_minute = 6).await;
        let administrator = server.administrator().await;
        let nobody = server.browser();
        for _ in 0..3 {
            assert_eq!(administrator.get("/session").await.status, 200);
        }
        let refused = administrator.raw(Method::GET, "/session", None, &[]).await;
        let wait = refused.headers()["retry-after"].to_str().unwrap().to_owned();
        assert!((1..=20).contains(&wait.parse::<u64>().unwrap()), "{wait}");
        let refused = answer(refused).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (429, Some("too_many_requests"))
        );
        assert_eq!(nobody.get("/setup").await.status, 404, "the sixth of the source");
        assert_eq!(nobody.get("/setup").await.status, 429);
        server.stop().await;
    }
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

/// Argon2id of "an old but good password" with 8 MiB and one pass.
const OUTDATED: &str =
    "$argon2id$v=19$m=8192,t=1,p=1$c2l4dGVlbiBieXRlcyBvZg$qeP+bvQi3TtjThGm0j9HY7LISi+K1YKN3kLiX6aUwq8";

#[actix_web::test]
async fn i_21_a_hash_of_less_work_is_renewed_at_sign_in() {
    each(async |server| {
        server.administrator().await;
        let store = format!("UPDATE app_user SET password_hash = '{OUTDATED}'");
        server.database.execute(&store).await;
        let mut browser = server.browser();
        let wrong = browser.sign_in("ada@platform.example", PASSWORD).await;
        assert_eq!(wrong.status, 401);
        let stored = || server.database.texts("SELECT password_hash FROM app_user");
        assert_eq!(stored().await, [OUTDATED], "{}", server.name);
        for _ in 0..2 {
            let right = browser
                .sign_in("ada@platform.example", "an old but good password")
                .await;
            assert_eq!(right.status, 200, "{}", right.body);
            assert!(stored().await[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn i_20_a_password_of_a_breach_is_refused_where_the_host_has_a_list() {
    // SHA-1 of "the eagle flies at noon".
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), "0248F0EBE10AE5AE8785276F6B286CC0AB237F32:12\r\n").unwrap();
    for database in testkit::databases().await {
        let file = list.path().to_owned();
        let server = TestServer::start_with(database, |config| config.breached_passwords_file = Some(file)).await;
        let token = app::sign_in::setup::new_token(&server.app).await.unwrap().unwrap();
        let body = |password: &str| {
            json!({
                "token": token.as_str(), "first_name": "Ada", "last_name": "Berg",
                "email_address": "ada@platform.example", "password": password,
            })
        };
        let refused = server.browser().post("/setup", &body("the eagle flies at noon")).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!("/password"), &json!("password_common"))
        );
        let accepted = server.browser().post("/setup", &body("the eagle flies at night")).await;
        assert_eq!(accepted.status, 201, "{}", accepted.body);
        server.stop().await;
    }
}
