//! Repeating a request.

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
