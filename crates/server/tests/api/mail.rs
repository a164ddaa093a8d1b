//! Mail leaves the outbox once, waits where it cannot leave, and is tried again (R-53, I-11).

use serde_json::json;

use crate::harness::each;

#[actix_web::test]
async fn mail_waits_until_a_server_is_set_and_leaves_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        let body = json!({
            "first_name": "Bo", "last_name": "Dahl", "email_address": "bo@platform.example", "role": "platform_reader",
        });
        administrator.post("/users", &body).await;
        assert!(!app::mail::step(&server.app).await.unwrap(), "no server is set");
        let mails = server.mail_server().await;
        let sent = server.mails(&mails).await;
        assert_eq!(sent.len(), 1, "{}", server.name);
        assert_eq!(sent[0].from, "cms@platform.example");
        assert!(
            sent[0].text.contains(&format!("{}/activation?token=", server.url)),
            "{}",
            sent[0].text
        );
        assert!(server.mails(&mails).await.is_empty());
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_mail_refused_for_now_is_tried_again_later_and_one_refused_for_good_is_given_up() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let person = |address: &str| {
            json!({ "first_name": "Bo", "last_name": "Dahl", "email_address": address, "role": "platform_reader" })
        };
        administrator.post("/users", &person("bo@platform.example")).await;
        mails.refuse_next(&["451 later"]);
        assert!(server.mails(&mails).await.is_empty());
        server.later(2);
        assert_eq!(server.mails(&mails).await.len(), 1, "{}", server.name);
        administrator.post("/users", &person("no@platform.example")).await;
        mails.refuse_next(&["550 nobody here"]);
        assert!(server.mails(&mails).await.is_empty());
        server.later(120);
        assert!(server.mails(&mails).await.is_empty(), "given up");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn two_senders_never_hand_over_the_same_mail() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        for number in 0..10 {
            let body = json!({
                "first_name": "Bo", "last_name": "Dahl", "email_address": format!("bo{number}@platform.example"),
                "role": "platform_reader",
            });
            administrator.post("/users", &body).await;
        }
        let sender = async || while app::mail::step(&server.app).await.unwrap() {};
        futures_util::future::join(sender(), sender()).await;
        let mut to: Vec<String> = mails.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        let wanted: Vec<String> = (0..10).map(|number| format!("bo{number}@platform.example")).collect();
        assert_eq!(to, wanted, "{}", server.name);
        server.stop().await;
    })
    .await;
}
