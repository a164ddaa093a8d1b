//! The second factor: enrolment, codes, recovery, lockouts, fresh proofs (I-30 to I-38, S-25 to S-28).

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, PASSWORD, Person, TestServer, each};
use crate::totp::code_at;

/// Registers an authenticator under Profile; answers its secret and the recovery codes.
pub async fn enrol(server: &TestServer, person: &mut Person) -> (String, Vec<String>) {
    enrol_at(server, &mut person.browser, "/profile/authenticator", &json!({})).await
}

/// Both steps of an enrolment at a path.
pub async fn enrol_at(server: &TestServer, browser: &mut Browser, path: &str, first: &Value) -> (String, Vec<String>) {
    let begun = browser.send(Method::POST, path, first).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let secret = begun.body["authenticator"]["secret"].as_str().unwrap().to_owned();
    let ended = browser.send(Method::POST, path, &codes(server, &secret)).await;
    assert_eq!(ended.status, 200, "{}", ended.body);
    let recovery = ended.body["recovery_codes"].as_array().unwrap().iter();
    (secret, recovery.map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// The code before and the present one.
fn codes(server: &TestServer, secret: &str) -> Value {
    let now = server.app.clock().now();
    json!({ "first_code": code_at(secret, now - TimeDelta::seconds(30)), "second_code": code_at(secret, now) })
}

async fn enter(browser: &mut Browser, code: &str) -> Answer {
    browser
        .send(Method::POST, "/session/code", &json!({ "code": code }))
        .await
}

#[actix_web::test]
async fn an_enrolled_user_signs_in_in_two_steps_and_a_code_works_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let (secret, recovery) = enrol(&server, &mut uma).await;
        assert_eq!(recovery.len(), 10, "{}", server.name);
        assert_eq!(uma.browser.get("/profile").await.body["recovery_codes_left"], 10);
        server.later(5);
        let mut browser = server.browser();
        let half = browser.sign_in(&uma.address, PASSWORD).await;
        assert_eq!((half.status, half.body["step"].as_str()), (202, Some("code")));
        assert_eq!(
            browser.get("/profile").await.status,
            401,
            "half-way reaches nothing else (S-27)"
        );
        assert_eq!(browser.get("/session").await.status, 401);
        let code = code_at(&secret, server.app.clock().now());
        let signed_in = enter(&mut browser, &code).await;
        assert_eq!(signed_in.status, 200, "{}", signed_in.body);
        assert_eq!(signed_in.body["step_up_with"], "code");
        assert_eq!(browser.get("/profile").await.status, 200);
        let mut other = server.browser();
        other.sign_in(&uma.address, PASSWORD).await;
        let replayed = enter(&mut other, &code).await;
        assert_eq!(
            (replayed.status, replayed.body["errors"][0]["code"].as_str()),
            (422, Some("code_wrong")),
            "a step is accepted once (I-30)"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_recovery_code_works_once_instead_of_a_code_and_new_ones_replace_the_old() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let (_, recovery) = enrol(&server, &mut uma).await;
        server.later(5);
        let mut browser = server.browser();
        browser.sign_in(&uma.address, PASSWORD).await;
        let signed_in = enter(&mut browser, &recovery[0].to_lowercase()).await;
        assert_eq!(
            (signed_in.status, signed_in.body["recovery_codes_left"].as_i64()),
            (200, Some(9))
        );
        let mut again = server.browser();
        again.sign_in(&uma.address, PASSWORD).await;
        assert_eq!(enter(&mut again, &recovery[0]).await.status, 422);
        let renewed = browser.post("/profile/recovery-codes", &json!({})).await;
        assert_eq!(renewed.status, 200, "{}", renewed.body);
        assert_eq!(
            enter(&mut again, &recovery[1]).await.status,
            422,
            "old ones stop working (I-34)"
        );
        let new = renewed.body["recovery_codes"][0].as_str().unwrap().to_owned();
        assert_eq!(enter(&mut again, &new).await.status, 200);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_half_way_state_ends_after_five_tries_and_after_ten_minutes() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let (secret, _) = enrol(&server, &mut uma).await;
        server.later(5);
        let mut browser = server.browser();
        browser.sign_in(&uma.address, PASSWORD).await;
        for _ in 0..5 {
            assert_eq!(enter(&mut browser, "000000").await.status, 422, "{}", server.name);
        }
        let right = code_at(&secret, server.app.clock().now());
        assert_eq!(enter(&mut browser, &right).await.status, 401, "five tries (I-31)");
        browser.sign_in(&uma.address, PASSWORD).await;
        server.later(10);
        let right = code_at(&secret, server.app.clock().now());
        assert_eq!(enter(&mut browser, &right).await.status, 401, "ten minutes (I-31)");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn ten_wrong_codes_in_a_row_lock_for_a_while_and_an_administrator_unlocks() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        let (secret, _) = enrol(&server, &mut uma).await;
        let mut browser = server.browser();
        for _ in 0..2 {
            server.later(1);
            browser.sign_in(&uma.address, PASSWORD).await;
            for _ in 0..5 {
                enter(&mut browser, "000000").await;
            }
        }
        server.later(1);
        browser.sign_in(&uma.address, PASSWORD).await;
        let right = code_at(&secret, server.app.clock().now());
        assert_eq!(enter(&mut browser, &right).await.status, 422, "locked (I-38)");
        let path = format!("/users/{}", uma.id);
        assert_eq!(
            administrator.get(&path).await.body["locked_out"],
            true,
            "{}",
            server.name
        );
        assert_eq!(
            administrator.post(&format!("{path}/unlock"), &json!({})).await.status,
            200
        );
        assert_eq!(administrator.get(&path).await.body["locked_out"], false);
        assert_eq!(enter(&mut browser, &right).await.status, 200);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn mfa_required_discards_an_enrolment_and_the_next_one_needs_a_mailed_code() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        enrol(&server, &mut uma).await;
        let path = format!("/users/{}/mfa-required", uma.id);
        let required = administrator
            .raw(Method::PUT, &path, Some(&json!({ "on": true })), &[])
            .await;
        assert_eq!(required.status(), 200);
        assert_eq!(uma.browser.get("/profile").await.status, 401, "sessions end (I-35)");
        server.later(1);
        let mut browser = server.browser();
        let half = browser.sign_in(&uma.address, PASSWORD).await;
        assert_eq!((half.status, half.body["step"].as_str()), (202, Some("enrolment")));
        assert_eq!(half.body["mailed_code_needed"], true);
        let refused = browser.send(Method::POST, "/session/enrolment", &json!({})).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/mailed_code", "{}", refused.body);
        server.mails(&mails).await;
        assert_eq!(browser.post("/session/enrolment-code", &json!({})).await.status, 202);
        let sent = server.mails(&mails).await;
        let code = sent[0].code().unwrap();
        let (secret, _) = enrol_at(
            &server,
            &mut browser,
            "/session/enrolment",
            &json!({ "mailed_code": code }),
        )
        .await;
        assert_eq!(
            browser.get("/profile").await.body["mfa_enrolled"],
            true,
            "{}",
            server.name
        );
        server.later(1);
        let reset = administrator
            .post(&format!("/users/{}/reset-mfa", uma.id), &json!({}))
            .await;
        assert_eq!((reset.status, reset.body["mfa_enrolled"].as_bool()), (200, Some(false)));
        assert_eq!(browser.get("/profile").await.status, 401);
        let half = browser.sign_in(&uma.address, PASSWORD).await;
        assert_eq!(half.body["step"], "enrolment", "{secret}");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_new_platform_administrator_has_to_register_an_authenticator() {
    each(async |server| {
        let administrator = server.administrator().await;
        let body = json!({
            "first_name": "Bo", "last_name": "Dahl", "email_address": "bo@platform.example",
            "role": "platform_administrator",
        });
        let made = administrator.post("/users", &body).await;
        assert_eq!(made.body["mfa_required"], true, "S-25: {}", made.body);
        let link = app::sign_in::activation::link_for(&server.app, "bo@platform.example")
            .await
            .unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut bo = server.browser();
        let body = json!({ "token": token, "password": PASSWORD });
        let half = bo.send(Method::POST, "/activation", &body).await;
        assert_eq!((half.status, half.body["step"].as_str()), (202, Some("enrolment")));
        assert_eq!(bo.get("/users").await.status, 401);
        enrol_at(&server, &mut bo, "/session/enrolment", &json!({})).await;
        assert_eq!(bo.get("/users").await.status, 200, "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_proof_is_fresh_for_ten_minutes_and_is_given_again_inside_the_session() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let path = format!("/users/{}/lock", uma.id);
        server.later(11);
        let refused = administrator.post(&path, &json!({})).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (403, Some("step_up_required"))
        );
        let missing = format!("/users/{}/lock", uuid::Uuid::now_v7());
        assert_eq!(
            administrator.post(&missing, &json!({})).await.status,
            404,
            "check 4 before check 6 (PM-6)"
        );
        let wrong = administrator
            .send(Method::POST, "/session/step-up", &json!({ "password": "wrong" }))
            .await;
        assert_eq!(wrong.body["errors"][0]["code"], "password_wrong", "{}", wrong.body);
        let old = administrator.clone();
        let proved = administrator
            .send(Method::POST, "/session/step-up", &json!({ "password": PASSWORD }))
            .await;
        assert_eq!(proved.status, 200, "{}", proved.body);
        assert_eq!(old.get("/session").await.status, 401, "a new value at step-up (S-30)");
        assert_eq!(
            administrator.post(&path, &json!({})).await.status,
            200,
            "{}",
            server.name
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn with_an_authenticator_the_fresh_proof_is_a_code_and_never_the_password() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_administrator", None).await;
        let (secret, _) = enrol(&server, &mut uma).await;
        server.later(11);
        let with_password = uma
            .browser
            .send(Method::POST, "/session/step-up", &json!({ "password": PASSWORD }))
            .await;
        assert_eq!(
            with_password.body["errors"][0]["pointer"], "/code",
            "{}",
            with_password.body
        );
        let code = code_at(&secret, server.app.clock().now());
        let proved = uma
            .browser
            .send(Method::POST, "/session/step-up", &json!({ "code": code }))
            .await;
        assert_eq!(proved.status, 200, "{}: {}", server.name, proved.body);
        server.stop().await;
    })
    .await;
}
