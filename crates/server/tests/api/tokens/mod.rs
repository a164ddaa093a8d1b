//! T-11: no bad access token is accepted (S-37).

mod forge;
mod rotation;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forge::Forge;
use reqwest::Client;
use serde_json::{Map, Value};

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

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn changed(object: &Value, name: &str, value: Option<Value>) -> Value {
    let mut members: Map<String, Value> = object.as_object().unwrap().clone();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    Value::Object(members)
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
