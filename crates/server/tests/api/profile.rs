//! The own account (I-7, I-22, I-32, I-34, S-31).

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, each};
use crate::second_factor::enrol;

const OTHER: &str = "another horse battery";

#[actix_web::test]
async fn everybody_reads_and_saves_the_own_account_and_a_stale_edit_is_refused() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let read = uma.browser.get("/profile").await;
        assert_eq!((read.status, read.body["id"].as_str()), (200, Some(uma.id.as_str())));
        let body = json!({ "first_name": "Ute", "last_name": "Lund", "locale": "de-DE", "time_zone": "Europe/Berlin" });
        let etag = read.etag.unwrap();
        let saved = uma.browser.put("/profile", &body, &etag).await;
        assert_eq!(
            (saved.status, saved.body["time_zone"].as_str()),
            (200, Some("Europe/Berlin"))
        );
        assert_eq!(
            uma.browser.put("/profile", &body, &etag).await.status,
            412,
            "{}",
            server.name
        );
        assert_eq!(server.browser().get("/profile").await.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn i_7_the_session_carries_locale_and_zone_of_the_profile() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let asked = |body: &Value| (body["user"]["locale"].clone(), body["user"]["time_zone"].clone());
        let session = uma.browser.get("/session").await;
        assert_eq!(asked(&session.body), (Value::Null, Value::Null), "{}", server.name);

        let body = json!({ "first_name": "Ute", "last_name": "Lund", "locale": "de-CH", "time_zone": "Europe/Zurich" });
        let etag = uma.browser.get("/profile").await.etag.unwrap();
        let saved = uma.browser.put("/profile", &body, &etag).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let chosen = (json!("de-CH"), json!("Europe/Zurich"));
        assert_eq!(
            asked(&uma.browser.get("/session").await.body),
            chosen,
            "the open session"
        );
        let again = uma.browser.sign_in(&uma.address, PASSWORD).await;
        assert_eq!(asked(&again.body), chosen, "and the next one");
        let others = administrator.get("/session").await;
        assert_eq!(asked(&others.body), (Value::Null, Value::Null), "nobody else's");

        let none = json!({ "first_name": "Ute", "last_name": "Lund" });
        let taken_back = uma.browser.put("/profile", &none, &saved.etag.unwrap()).await;
        assert_eq!(taken_back.status, 200, "{}", taken_back.body);
        let session = uma.browser.get("/session").await;
        assert_eq!(asked(&session.body), (Value::Null, Value::Null), "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn own_sessions_are_listed_and_ended_one_by_one_and_all_at_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let mut second = server.browser();
        server.later(1);
        second.sign_in(&uma.address, PASSWORD).await;
        let listed = second.get("/profile/sessions").await;
        let items = listed.body["items"].as_array().unwrap();
        assert_eq!(
            (items.len(), items[0]["current"].as_bool()),
            (2, Some(true)),
            "{}",
            server.name
        );
        let first = items[1]["id"].as_str().unwrap();
        let foreign = administrator.delete(&format!("/profile/sessions/{first}")).await;
        assert_eq!(foreign.status, 404, "a session of somebody else does not exist");
        assert_eq!(second.delete(&format!("/profile/sessions/{first}")).await.status, 204);
        assert_eq!(uma.browser.get("/session").await.status, 401);
        let mut third = server.browser();
        third.sign_in(&uma.address, PASSWORD).await;
        assert_eq!(second.delete("/sessions").await.status, 204);
        assert_eq!(second.get("/session").await.status, 401);
        assert_eq!(third.get("/session").await.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_own_password_needs_the_present_one_and_ends_the_other_sessions() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let mut second = server.browser();
        second.sign_in(&uma.address, PASSWORD).await;
        let body = |present: &str, new: &str| json!({ "present_password": present, "new_password": new });
        let wrong = uma.browser.post("/profile/password", &body("wrong", OTHER)).await;
        assert_eq!(wrong.body["errors"][0]["code"], "password_wrong");
        let short = uma.browser.post("/profile/password", &body(PASSWORD, "short")).await;
        assert_eq!(short.body["errors"][0]["code"], "password_too_short");
        let old = uma.browser.clone();
        let changed = uma
            .browser
            .send(Method::POST, "/profile/password", &body(PASSWORD, OTHER))
            .await;
        assert_eq!(changed.status, 204, "{}", changed.body);
        assert_eq!(uma.browser.get("/session").await.status, 200, "this one goes on (S-31)");
        assert_eq!(old.get("/session").await.status, 401, "under a new value");
        assert_eq!(second.get("/session").await.status, 401, "{}", server.name);
        assert_eq!(second.sign_in(&uma.address, OTHER).await.status, 200);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn enrolling_ends_the_other_sessions_and_wrong_codes_are_named() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let mut second = server.browser();
        second.sign_in(&uma.address, PASSWORD).await;
        let none = uma.browser.post("/profile/recovery-codes", &json!({})).await;
        assert_eq!(none.body["code"], "mfa_not_enrolled");
        let begun = uma.browser.post("/profile/authenticator", &json!({})).await;
        let picture = begun.body["authenticator"]["qr_code"].as_str().unwrap();
        assert!(picture.starts_with("data:image/svg+xml;base64,"));
        let wrong = json!({ "first_code": "000000", "second_code": "000000" });
        let refused = uma.browser.post("/profile/authenticator", &wrong).await;
        assert_eq!(
            (refused.status, refused.body["errors"][0]["code"].as_str()),
            (422, Some("code_wrong"))
        );
        enrol(&server, &mut uma).await;
        assert_eq!(uma.browser.get("/profile").await.body["mfa_enrolled"], true);
        assert_eq!(second.get("/session").await.status, 401, "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn own_credentials_need_a_fresh_proof() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.later(11);
        for (path, body) in [
            ("/profile/email-address", json!({ "email_address": "new@example.org" })),
            (
                "/profile/password",
                json!({ "present_password": PASSWORD, "new_password": OTHER }),
            ),
            ("/profile/authenticator", json!({})),
            ("/profile/recovery-codes", json!({})),
        ] {
            let refused = uma.browser.post(path, &body).await;
            assert_eq!(refused.body["code"], "step_up_required", "{path} {}", refused.body);
        }
        server.stop().await;
    })
    .await;
}
