//! The one sealed platform account (I-47, S-35).

use app::sign_in::break_glass;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PASSWORD, each};

fn token(link: &str) -> &str {
    link.rsplit(['#', '=', '/']).next().unwrap()
}

#[actix_web::test]
async fn s_35_the_sealed_account_opens_at_the_console_once_and_every_platform_administrator_is_told() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let link = break_glass::open(&server.app).await.unwrap();
        let activation = json!({ "token": token(&link), "password": PASSWORD });
        let mut console = server.browser();
        let opened = console.send(Method::POST, "/activation", &activation).await;
        assert_eq!(opened.status, 200, "{} {}", server.name, opened.body);
        assert_eq!(opened.body["user"]["role"], "platform_administrator");
        assert_eq!(console.get("/users").await.status, 200);
        let sent = server.mails(&mails).await;
        let told: Vec<_> = sent
            .iter()
            .map(|mail| (mail.to.as_str(), mail.subject.as_str()))
            .collect();
        assert_eq!(told, [("ada@platform.example", "The sealed platform account was used")]);
        let alerts = server
            .database
            .texts("SELECT kind FROM alert WHERE state = 'open'")
            .await;
        assert_eq!(alerts, ["security_event"]);
        let entries = administrator.get("/audit?operation=host.break_glass").await.body;
        assert_eq!(
            (&entries["total"], &entries["items"][0]["actor_kind"]),
            (&json!(1), &json!("system"))
        );
        let used = server.browser().post("/activation", &activation).await;
        assert_eq!(used.body["errors"][0]["code"], "link_invalid");

        assert!(!break_glass::seal_unused(&server.app).await.unwrap(), "it is in use");
        assert_eq!(console.delete("/session").await.status, 204);
        assert!(break_glass::seal_unused(&server.app).await.unwrap());
        assert!(
            !break_glass::seal_unused(&server.app).await.unwrap(),
            "it is sealed already"
        );
        let refused = server.browser().sign_in(break_glass::ADDRESS, PASSWORD).await;
        assert_eq!(refused.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn s_35_an_unused_link_ends_after_an_hour_and_a_new_one_replaces_it() {
    each(async |server| {
        server.administrator().await;
        let first = break_glass::open(&server.app).await.unwrap();
        let second = break_glass::open(&server.app).await.unwrap();
        let mut browser = server.browser();
        let activation = |link: &str| json!({ "token": token(link), "password": PASSWORD });
        let replaced = browser.post("/activation", &activation(&first)).await;
        assert_eq!(replaced.body["errors"][0]["code"], "link_invalid", "{}", server.name);
        server.later(61);
        let late = browser.post("/activation", &activation(&second)).await;
        assert_eq!(late.body["errors"][0]["code"], "link_expired");
        assert!(break_glass::seal_unused(&server.app).await.unwrap());
        let third = break_glass::open(&server.app).await.unwrap();
        let opened = browser.send(Method::POST, "/activation", &activation(&third)).await;
        assert_eq!(
            opened.status, 200,
            "one account, opened as often as it is needed: {}",
            opened.body
        );
        assert_eq!(browser.get("/users").await.body["total"], 2);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn pm_13_the_sealed_account_is_no_administrator_who_remains() {
    each(async |server| {
        let administrator = server.administrator().await;
        let link = break_glass::open(&server.app).await.unwrap();
        let activation = json!({ "token": token(&link), "password": PASSWORD });
        let mut console = server.browser();
        assert_eq!(console.send(Method::POST, "/activation", &activation).await.status, 200);
        let ada = administrator.get("/session").await.body["user"]["id"].clone();
        let refused = console.delete(&format!("/users/{}", ada.as_str().unwrap())).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (409, &json!("last_administrator"))
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_address_that_somebody_else_was_given_is_named() {
    each(async |server| {
        let administrator = server.administrator().await;
        let user = json!({
            "first_name": "Bo", "last_name": "Dahl", "email_address": break_glass::ADDRESS, "role": "platform_reader",
        });
        assert_eq!(administrator.post("/users", &user).await.status, 201);
        let refused = break_glass::open(&server.app).await.unwrap_err();
        assert!(refused.to_string().contains("address_taken") || format!("{refused:?}").contains("address_taken"));
        server.stop().await;
    })
    .await;
}
