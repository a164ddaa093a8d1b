//! T-11: no bad access token is accepted (S-37).

mod forge;

use std::collections::BTreeSet;

use forge::Forge;
use reqwest::Client;

use crate::harness::{answer, each};

#[actix_web::test]
async fn no_bad_token_is_accepted() {
    each(async |server| {
        let forge = Forge::of(&server).await;
        let client = Client::new();
        let ask = async |value: &str| {
            let request = client
                .get(format!("{}/api/v1/tenants", server.url))
                .header("Authorization", value);
            answer(request.send().await.unwrap()).await
        };
        let rebuilt = forge.signed(&forge.header.to_string(), &forge.claims.to_string());
        for good in [&forge.good, &rebuilt] {
            assert_eq!(ask(&format!("Bearer {good}")).await.status, 200, "{}", server.name);
        }
        let bad = forge.bad();
        let different: BTreeSet<&String> = bad.iter().collect();
        assert!(different.len() >= 250, "{} bad tokens", different.len());
        let mut accepted = Vec::new();
        for token in &different {
            let answer = ask(&format!("Bearer {token}")).await;
            if (answer.status, answer.body["code"].as_str()) != (401, Some("not_signed_in")) {
                accepted.push(format!("{} {token}", answer.status));
            }
        }
        assert_eq!(accepted, Vec::<String>::new(), "{}", server.name);
        for scheme in ["Basic", "Token", "Digest", "BearerX", ""] {
            assert_eq!(ask(&format!("{scheme} {}", forge.good)).await.status, 401, "{scheme}");
        }
        assert_eq!(ask(&forge.good).await.status, 401, "no scheme");
        assert_eq!(
            ask(&format!("bearer {}", forge.good)).await.status,
            200,
            "a scheme has no case"
        );
        let twice = client.get(format!("{}/api/v1/tenants", server.url));
        let twice = twice
            .header("Authorization", format!("Bearer {}", forge.good))
            .header("Authorization", "Bearer x");
        assert_eq!(twice.send().await.unwrap().status(), 401, "one header");
        server.stop().await;
    })
    .await;
}
