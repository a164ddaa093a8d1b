//! What mailed links and codes do: activation, a new password, a changed address (I-8, I-10 to I-14, I-23, S-24).

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, PASSWORD, answer, each};

const OTHER: &str = "another horse battery";

async fn put(browser: &Browser, path: &str, body: &Value) -> Answer {
    answer(browser.raw(Method::PUT, path, Some(body), &[]).await).await
}

fn field(answer: &Answer) -> (&str, &str) {
    let error = &answer.body["errors"][0];
    (
        error["pointer"].as_str().unwrap_or(""),
        error["code"].as_str().unwrap_or(""),
    )
}

fn invited() -> Value {
    json!({
        "first_name": "Bo", "last_name": "Dahl", "email_address": "bo@platform.example", "role": "platform_reader",
    })
}

#[actix_web::test]
async fn an_invitation_asks_for_address_code_and_password_and_works_once() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        administrator.post("/users", &invited()).await;
        let sent = server.mails(&mails).await;
        let (token, code) = (sent[0].token().unwrap(), sent[0].code().unwrap());
        let mut bo = server.browser();
        let state = bo.post("/activation/link", &json!({ "token": token })).await;
        assert_eq!((state.body["state"].as_str(), state.body["code_required"].as_bool()), (Some("open"), Some(true)));
        let body = |code: &str, address: &str| {
            json!({ "token": token, "password": PASSWORD, "code": code, "email_address": address })
        };
        let wrong = bo.post("/activation", &body("00000-00000", "bo@platform.example")).await;
        assert_eq!(field(&wrong), ("/code", "code_wrong"));
        let elsewhere = bo.post("/activation", &body(code, "eve@platform.example")).await;
        assert_eq!(field(&elsewhere), ("/email_address", "email_wrong"));
        let right = body(code, "BO@platform.example");
        assert_eq!(bo.send(Method::POST, "/activation", &right).await.status, 200, "{}", server.name);
        assert_eq!(bo.get("/session").await.status, 200);
        assert_eq!(field(&bo.post("/activation", &right).await), ("/token", "link_invalid"));
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_expired_code_or_link_is_replaced_by_a_new_one_on_request() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        administrator.post("/users", &invited()).await;
        let first = server.mails(&mails).await.remove(0);
        let activation = |mail: &testkit::mail::ReceivedMail| {
            json!({
                "token": mail.token(), "code": mail.code(), "password": PASSWORD,
                "email_address": "bo@platform.example",
            })
        };
        let bo = server.browser();
        server.later(61);
        let expired = bo.post("/activation", &activation(&first)).await;
        assert_eq!(field(&expired), ("/code", "code_expired"), "61 minutes (I-11)");
        server.later(24 * 60);
        let expired = bo.post("/activation", &activation(&first)).await;
        assert_eq!(field(&expired), ("/token", "link_expired"), "25 hours (I-11)");
        let asked = |address: &str| json!({ "email_address": address });
        let known = bo.post("/activation/send-again", &asked("bo@platform.example")).await;
        let unknown = bo.post("/activation/send-again", &asked("no@platform.example")).await;
        assert_eq!((known.status, &known), (202, &unknown), "{}: S-23", server.name);
        let sent = server.mails(&mails).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(bo.post("/activation", &activation(&sent[0])).await.status, 200);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_code_is_evaluated_five_times_at_most() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        administrator.post("/users", &invited()).await;
        let sent = server.mails(&mails).await.remove(0);
        let body = |code: &str| {
            json!({
                "token": sent.token(), "code": code, "password": PASSWORD, "email_address": "bo@platform.example",
            })
        };
        let bo = server.browser();
        for _ in 0..5 {
            assert_eq!(
                field(&bo.post("/activation", &body("00000-00000")).await),
                ("/code", "code_wrong")
            );
        }
        let right = bo.post("/activation", &body(sent.code().unwrap())).await;
        assert_eq!(field(&right), ("/code", "code_expired"), "{}: S-24", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn without_activation_a_user_is_active_at_once_and_the_link_sets_a_password() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        server.set("users.require_user_activation", json!(false)).await;
        let made = administrator.post("/users", &invited()).await;
        assert_eq!(made.body["state"], "active", "I-10");
        let sent = server.mails(&mails).await;
        assert_eq!(sent[0].code(), None);
        let body = json!({ "token": sent[0].token(), "password": PASSWORD });
        assert_eq!(
            server.browser().post("/activation", &body).await.status,
            200,
            "{}",
            server.name
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_reset_sets_the_password_ends_sessions_clears_a_lockout_and_keeps_the_second_factor() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let mut uma = server.person(&administrator, "platform_reader", None).await;
        crate::second_factor::enrol(&server, &mut uma).await;
        server.mails(&mails).await;
        let stranger = server.browser();
        for address in [uma.address.as_str(), "nobody@example.org"] {
            let asked = stranger
                .post("/password-reset", &json!({ "email_address": address }))
                .await;
            assert_eq!(asked.status, 202, "the same answer for every address (I-23)");
        }
        let sent = server.mails(&mails).await;
        assert_eq!(sent.len(), 1, "{}", server.name);
        let body = |password: &str| json!({ "token": sent[0].token(), "password": password });
        let short = put(&stranger, "/password-reset", &body("short")).await;
        assert_eq!(field(&short), ("/password", "password_too_short"));
        assert_eq!(put(&stranger, "/password-reset", &body(OTHER)).await.status, 204);
        assert_eq!(
            field(&put(&stranger, "/password-reset", &body(OTHER)).await),
            ("/token", "link_invalid")
        );
        assert_eq!(uma.browser.get("/session").await.status, 401);
        server.later(1);
        let mut browser = server.browser();
        assert_eq!(browser.sign_in(&uma.address, PASSWORD).await.status, 401);
        let half = browser.sign_in(&uma.address, OTHER).await;
        assert_eq!(
            (half.status, half.body["step"].as_str()),
            (202, Some("code")),
            "never clears MFA"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_administrator_sends_a_link_that_works_for_an_hour() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.mails(&mails).await;
        let path = format!("/users/{}/send-password-reset", uma.id);
        assert_eq!(administrator.post(&path, &json!({})).await.status, 200);
        let sent = server.mails(&mails).await;
        server.later(61);
        let body = json!({ "token": sent[0].token(), "password": OTHER });
        let expired = put(&server.browser(), "/password-reset", &body).await;
        assert_eq!(field(&expired), ("/token", "link_expired"), "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_changed_address_counts_once_confirmed_and_the_old_one_is_told() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.mails(&mails).await;
        let path = format!("/users/{}/email-address", uma.id);
        let body = json!({ "email_address": "uma.lind@example.org" });
        let changed = administrator.post(&path, &body).await;
        assert_eq!(
            changed.body["pending_email_address"], "uma.lind@example.org",
            "{}",
            changed.body
        );
        assert_eq!(
            changed.body["email_address"],
            uma.address.as_str(),
            "the old one counts (I-8)"
        );
        let sent = server.mails(&mails).await;
        let to: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
        assert!(
            to.contains(&"uma.lind@example.org") && to.contains(&uma.address.as_str()),
            "{to:?}"
        );
        let link = sent.iter().find(|mail| mail.to == "uma.lind@example.org").unwrap();
        let token = json!({ "token": link.token() });
        let nobody = server.browser();
        assert_eq!(nobody.post("/email-confirmation", &token).await.status, 204);
        assert_eq!(
            field(&nobody.post("/email-confirmation", &token).await),
            ("/token", "link_invalid")
        );
        assert_eq!(uma.browser.get("/session").await.status, 401, "S-31");
        let told = server.mails(&mails).await;
        assert_eq!(told[0].to, uma.address);
        let mut browser = server.browser();
        assert_eq!(browser.sign_in(&uma.address, PASSWORD).await.status, 401);
        assert_eq!(
            browser.sign_in("uma.lind@example.org", PASSWORD).await.status,
            200,
            "{}",
            server.name
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn strangers_ask_for_three_mails_an_hour() {
    each(async |server| {
        let stranger = server.browser();
        let body = json!({ "email_address": "ada@platform.example" });
        for _ in 0..3 {
            assert_eq!(stranger.post("/password-reset", &body).await.status, 202);
        }
        assert_eq!(
            stranger.post("/password-reset", &body).await.status,
            429,
            "{}: S-52",
            server.name
        );
        server.stop().await;
    })
    .await;
}
