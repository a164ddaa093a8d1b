//! Effect at once, and answers under a burst (I-61, S-21, S-31, T-10, T-13).

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Browser, PASSWORD, answer, each};

/// A thousand requests that begin after a commit; how many were refused.
async fn refused(browser: &Browser) -> usize {
    let mut refused = 0;
    for _ in 0..100 {
        let burst = join_all((0..10).map(|_| browser.get("/session"))).await;
        refused += burst.iter().filter(|answer| answer.status == 401).count();
    }
    refused
}

#[actix_web::test]
async fn a_thousand_requests_after_a_disable_a_demotion_and_a_sign_out_are_refused() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_administrator", None).await;
        let mut busy = server.browser();
        busy.sign_in(&uma.address, PASSWORD).await;
        for (rest, body) in [
            ("disabled", json!({ "on": true })),
            ("role", json!({ "role": "platform_reader" })),
        ] {
            let other = uma_again(&server, &administrator, &uma.id, &uma.address).await;
            let path = format!("/users/{}/{rest}", uma.id);
            // Requests in flight while the change commits may be answered either way; none that begins later.
            let flood = join_all((0..10).map(|_| other.get("/session")));
            let change = async { answer(administrator.raw(Method::PUT, &path, Some(&body), &[]).await).await };
            let (_, changed) = futures_util::future::join(flood, change).await;
            assert_eq!(changed.status, 200, "{rest} {}", changed.body);
            assert_eq!(refused(&other).await, 1000, "{rest} on {}", server.name);
        }
        let other = uma_again(&server, &administrator, &uma.id, &uma.address).await;
        assert_eq!(other.delete("/sessions").await.status, 204);
        assert_eq!(refused(&other).await, 1000, "sign-out on {}", server.name);
        server.stop().await;
    })
    .await;
}

/// Enables the user again and signs in.
async fn uma_again(server: &crate::harness::TestServer, administrator: &Browser, id: &str, address: &str) -> Browser {
    let path = format!("/users/{id}/disabled");
    let on = json!({ "on": false });
    administrator.raw(Method::PUT, &path, Some(&on), &[]).await;
    let mut browser = server.browser();
    let signed_in = browser.sign_in(address, PASSWORD).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    browser
}

#[actix_web::test]
async fn a_burst_of_sign_ins_is_bounded_and_other_requests_are_answered_meanwhile() {
    each(async |server| {
        let administrator = server.administrator().await;
        let hasher = app::sign_in::hasher::Hasher::start(1, None);
        let app = server.app.clone();
        let burst = join_all((0..120_u32).map(|number| {
            let source = app::sign_in::Source {
                address: Some(format!("192.0.2.{}/{number}", number % 250)),
                ..Default::default()
            };
            let (app, hasher) = (app.clone(), hasher.clone());
            async move {
                app::sign_in::sign_in(&app, &hasher, "ada@platform.example", "wrong", &source)
                    .await
                    .err()
            }
        }));
        let meanwhile = async {
            let mut slowest = Duration::ZERO;
            for _ in 0..20 {
                let begun = Instant::now();
                assert_eq!(administrator.get("/session").await.status, 200);
                slowest = slowest.max(begun.elapsed());
            }
            slowest
        };
        let (answers, slowest) = futures_util::future::join(burst, meanwhile).await;
        let waiting = answers
            .iter()
            .filter(|error| matches!(error, Some(app::Error::TooMany { .. } | app::Error::Busy)))
            .count();
        assert!(
            waiting > 0,
            "{}: more than the queue holds are told to wait",
            server.name
        );
        assert!(answers.iter().all(Option::is_some));
        // Wide, because tests share their machine; what counts is that none of the requests waits for the hashes.
        assert!(slowest < Duration::from_secs(20), "{}: {slowest:?}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn sixty_four_sign_ins_at_once_are_all_answered() {
    each(async |server| {
        server.administrator().await;
        let hasher = app::sign_in::hasher::Hasher::start(2, None);
        let tries = join_all((0..64_u32).map(|number| {
            let source = app::sign_in::Source {
                address: Some(format!("192.0.2.{number}")),
                ..Default::default()
            };
            let (app, hasher) = (server.app.clone(), hasher.clone());
            async move { app::sign_in::sign_in(&app, &hasher, "ada@platform.example", PASSWORD, &source).await }
        }))
        .await;
        let admitted = tries.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(
            admitted,
            64,
            "{}: {:?}",
            server.name,
            tries.iter().find(|answer| answer.is_err())
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn strangers_lock_the_account_and_the_owner_still_signs_in_from_a_known_browser() {
    each(async |server| {
        server.administrator().await;
        let mut owner = server.browser();
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 200);
        let mut stranger = server.browser();
        for _ in 0..10 {
            server.later(1);
            stranger.sign_in("ada@platform.example", "wrong").await;
        }
        server.later(1);
        assert_eq!(
            stranger.sign_in("ada@platform.example", PASSWORD).await.status,
            401,
            "locked (I-50)"
        );
        assert_eq!(
            owner.sign_in("ada@platform.example", PASSWORD).await.status,
            200,
            "{}: I-51",
            server.name
        );
        owner.forget("cms_device");
        assert_eq!(owner.sign_in("ada@platform.example", PASSWORD).await.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn after_a_hundred_failures_in_a_row_the_password_is_reset_by_mail() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let mut stranger = server.browser();
        for _ in 0..100 {
            server.later(25 * 60);
            stranger.sign_in(&uma.address, "wrong").await;
        }
        server.later(25 * 60);
        assert_eq!(
            stranger.sign_in(&uma.address, PASSWORD).await.status,
            401,
            "{}: I-50",
            server.name
        );
        let sent = server.mails(&mails).await;
        assert!(sent.iter().any(|mail| mail.subject == "Your password has to be reset"));
        stranger
            .post("/password-reset", &json!({ "email_address": uma.address }))
            .await;
        let sent = server.mails(&mails).await;
        let body = json!({ "token": sent[0].token(), "password": "another horse battery" });
        let reset = stranger.raw(Method::PUT, "/password-reset", Some(&body), &[]).await;
        assert_eq!(reset.status(), 204);
        assert_eq!(
            stranger.sign_in(&uma.address, "another horse battery").await.status,
            200
        );
        server.stop().await;
    })
    .await;
}
