//! Repeating a request.

use app::jobs::remove_expired;
use serde_json::json;

use crate::harness::{each, profile};

#[actix_web::test]
async fn a_repeated_post_has_one_effect_and_the_same_answer() {
    each(async |server| {
        let administrator = server.administrator().await;
        let body = json!({ "name": "Aurora", "profile": profile() });
        let key = "0123456789abcdef";
        let first = administrator.post_with_key("/distributors", &body, key).await;
        let second = administrator.post_with_key("/distributors", &body, key).await;
        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.body, second.body, "{}", server.name);
        assert_eq!((first.replayed, second.replayed), (false, true));
        assert_eq!(administrator.get("/distributors").await.body["total"], 1);
        let other = json!({ "name": "Borealis", "profile": profile() });
        let reused = administrator.post_with_key("/distributors", &other, key).await;
        assert_eq!(
            (reused.status, reused.body["errors"][0]["code"].as_str()),
            (422, Some("idempotency_key_reused"))
        );
        assert_eq!(
            administrator
                .post_with_key("/distributors", &other, "short")
                .await
                .status,
            400
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_refusal_keeps_nothing_and_may_be_repeated() {
    each(async |server| {
        let administrator = server.administrator().await;
        let key = "fedcba9876543210";
        let wrong = json!({ "name": "", "profile": profile() });
        assert_eq!(
            administrator.post_with_key("/distributors", &wrong, key).await.status,
            422
        );
        let right = json!({ "name": "Aurora", "profile": profile() });
        assert_eq!(
            administrator.post_with_key("/distributors", &right, key).await.status,
            201
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn twins_released_together_have_one_effect() {
    each(async |server| {
        let administrator = server.administrator().await;
        let body = json!({ "name": "Aurora", "profile": profile() });
        let twins = (0..8).map(|_| administrator.post_with_key("/distributors", &body, "twin-twin-twin-twin"));
        let answers = futures_util::future::join_all(twins).await;
        assert!(
            answers.iter().all(|answer| [201, 409].contains(&answer.status)),
            "{answers:?}"
        );
        assert!(answers.iter().any(|answer| answer.status == 201));
        assert_eq!(administrator.get("/distributors").await.body["total"], 1);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn stored_answers_are_kept_for_seventy_two_hours_and_what_has_expired_goes() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let key = "0123456789abcdef";
        let body = json!({ "name": "Aurora", "profile": profile() });
        assert_eq!(
            administrator.post_with_key("/distributors", &body, key).await.status,
            201
        );
        administrator.sign_in("nobody@platform.example", "wrong").await;
        let rows = async |table: &str| {
            let counted = server
                .database
                .texts(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}"))
                .await;
            counted[0].parse::<u64>().unwrap()
        };
        server.later(71 * 60 + 59);
        remove_expired(&server.app).await.unwrap();
        assert_eq!(rows("idempotency_record").await, 1, "{}: R-44", server.name);
        assert_eq!((rows("session").await, rows("rate_budget").await), (0, 0));
        server.later(2);
        assert_eq!(remove_expired(&server.app).await.unwrap(), 1);
        assert_eq!(rows("idempotency_record").await, 0);
        assert_eq!(rows("app_user").await, 1);
        server.stop().await;
    })
    .await;
}
