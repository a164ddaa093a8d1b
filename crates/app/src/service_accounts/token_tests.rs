//! What is accepted as an access token, and what is not (S-37).

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;

const ORIGIN: &str = "https://cms.example";

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: ORIGIN.to_owned(),
        aud: audience(ORIGIN),
        sub: Uuid::nil().to_string(),
        jti: Uuid::nil(),
        iat: now().timestamp(),
        nbf: now().timestamp(),
        exp: now().timestamp() + LIFETIME_SECONDS,
    }
}

const ED: TokenAlgorithm = TokenAlgorithm::EdDsa;
const RSA: TokenAlgorithm = TokenAlgorithm::Rs256;

fn pair(algorithm: TokenAlgorithm) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
    let private = algorithm.new_private_key().unwrap();
    let public = algorithm.public_half(&private).unwrap();
    (private, public)
}

#[test]
fn start_up_signs_and_verifies() {
    self_test(ED).unwrap();
    self_test(RSA).unwrap();
}

#[test]
fn a_key_verifies_tokens_of_its_own_algorithm_only() {
    let (private, public) = pair(RSA);
    let token = sign(RSA, "k", &private, &claims()).unwrap();
    assert_eq!(key_of(&token), Ok(("k".to_owned(), RSA)));
    assert_eq!(check(&token, RSA, &public, ORIGIN, now()), Ok(claims()));
    assert!(check(&token, ED, &pair(ED).1, ORIGIN, now()).is_err());
    assert!(
        check(&token, RSA, &pair(RSA).1, ORIGIN, now()).is_err(),
        "another RSA key"
    );
    assert!(sign(RSA, "k", &pair(ED).0, &claims()).is_none());
}

#[test]
fn a_token_works_from_ten_seconds_before_it_begins_to_ten_after_it_ends() {
    let (private, public) = pair(ED);
    let token = sign(ED, "k", &private, &claims()).unwrap();
    assert_eq!(key_of(&token), Ok(("k".to_owned(), ED)));
    let at = |seconds| check(&token, ED, &public, ORIGIN, now() + chrono::TimeDelta::seconds(seconds)).is_ok();
    assert_eq!(
        [-11, -10, 0, 600, 609, 610].map(at),
        [false, true, true, true, true, false]
    );
}

#[test]
fn another_key_another_origin_and_a_longer_life_are_refused() {
    let (private, public) = pair(ED);
    let token = sign(ED, "k", &private, &claims()).unwrap();
    assert!(check(&token, ED, &pair(ED).1, ORIGIN, now()).is_err());
    assert!(check(&token, ED, &public, "https://other.example", now()).is_err());
    let long = Claims {
        exp: claims().exp + 1,
        ..claims()
    };
    assert!(check(&sign(ED, "k", &private, &long).unwrap(), ED, &public, ORIGIN, now()).is_err());
}

#[test]
fn only_our_own_header_is_read() {
    let token = |head: &Value| format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(head.to_string()));
    assert!(key_of(&token(&json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "k" }))).is_ok());
    for (name, value) in [
        ("typ", json!("JWT")),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("kid", json!("")),
        ("kid", json!("k".repeat(65))),
        ("kid", Value::Null),
        ("jku", json!("https://evil.example")),
        ("jwk", json!({})),
        ("x5u", json!("https://evil.example")),
        ("crit", json!(["exp"])),
    ] {
        let mut head = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "k" });
        head[name] = value;
        assert!(key_of(&token(&head)).is_err(), "{head}");
    }
    assert!(key_of(&"a".repeat(MOST_BYTES + 1)).is_err());
}
