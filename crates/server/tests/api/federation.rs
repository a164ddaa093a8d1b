//! Identity providers and signing in there (I-40 to I-46, S-33, S-34, S-57, S-58), against a provider of the test.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Browser, PASSWORD, TestServer, answer, branch, each};
use crate::issuer::{Issuer, OTHER_KEY, OWN_KEY};

/// What the browser was sent to the provider with.
struct Trip {
    state: String,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

fn provider(issuer: &Issuer) -> Value {
    json!({
        "name": "Staff", "kind": "openid_connect", "issuer": issuer.url, "client_id": "cms",
        "client_secret": "very secret", "scopes": ["profile"], "enabled": true,
    })
}

async fn added(administrator: &Browser, issuer: &Issuer) -> Value {
    let made = administrator.post("/identity-providers", &provider(issuer)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

fn trip(location: &Value) -> Trip {
    let url = reqwest::Url::parse(location.as_str().unwrap()).unwrap();
    let get = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("{name} is missing")).1.into_owned()
    };
    assert_eq!(
        (get("response_type"), get("code_challenge_method")),
        ("code".into(), "S256".into())
    );
    assert_eq!(get("response_mode"), "query");
    Trip {
        state: get("state"),
        nonce: get("nonce"),
        challenge: get("code_challenge"),
        redirect_uri: get("redirect_uri"),
    }
}

async fn begun(browser: &mut Browser, path: &str, body: &Value) -> Trip {
    let started = browser.send(Method::POST, path, body).await;
    assert_eq!(started.status, 200, "{}", started.body);
    trip(&started.body["location"])
}

fn sign_in(id: &Value) -> Value {
    json!({ "identity_provider_id": id, "purpose": "sign_in", "return_to": "/invoices" })
}

fn claims(server: &TestServer, issuer: &Issuer, trip: &Trip, subject: &str) -> Value {
    let now = server.app.clock().now().timestamp();
    json!({
        "iss": issuer.url, "sub": subject, "aud": "cms", "exp": now + 300, "iat": now, "nonce": trip.nonce,
        "auth_time": now, "amr": ["pwd", "mfa"],
    })
}

/// Comes back from the provider; answers the page.
async fn back(browser: &mut Browser, trip: &Trip, more: &str) -> String {
    let path = format!("/federation/callback?code=abc&state={}{more}", trip.state);
    let response = browser.raw(Method::GET, &path, None, &[]).await;
    assert_eq!(response.status(), 200);
    browser.keep_cookie(&response);
    response.text().await.unwrap()
}

#[actix_web::test]
async fn an_identity_is_linked_once_and_then_signs_in() {
    each(async |server| {
        let mails = server.mail_server().await;
        let mut administrator = server.administrator().await;
        let issuer = Issuer::start();
        let id = added(&administrator, &issuer).await["id"].clone();
        let offered = server.browser().get("/sign-in-options").await;
        assert_eq!(
            offered.body["identity_providers"],
            json!([{ "id": id, "name": "Staff" }])
        );

        let mut stranger = server.browser();
        let unknown = begun(&mut stranger, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &unknown, "ada"), OWN_KEY);
        assert!(
            back(&mut stranger, &unknown, "")
                .await
                .contains("/sign-in?federation=refused")
        );
        assert_eq!(
            stranger.get("/session").await.status,
            401,
            "an unknown identity opens nothing (I-43)"
        );

        let link = begun(
            &mut administrator,
            "/profile/identities",
            &json!({ "identity_provider_id": id }),
        )
        .await;
        issuer.says(&claims(&server, &issuer, &link, "ada"), OWN_KEY);
        assert!(
            back(&mut administrator, &link, "")
                .await
                .contains("/profile?federation=linked")
        );
        let (form, authorization) = issuer.asked();
        let verifier = form
            .split('&')
            .find_map(|pair| pair.strip_prefix("code_verifier="))
            .unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            link.challenge,
            "PKCE (S-33)"
        );
        assert_eq!(authorization, format!("Basic {}", STANDARD.encode("cms:very+secret")));
        assert!(link.redirect_uri.ends_with("/api/v1/federation/callback"));
        let profile = administrator.get("/profile").await;
        assert_eq!(profile.body["identities"][0]["issuer"], json!(issuer.url));
        let told = server.mails(&mails).await;
        let told: Vec<_> = told
            .iter()
            .map(|mail| (mail.to.as_str(), mail.subject.as_str()))
            .collect();
        assert_eq!(
            told,
            [("ada@platform.example", "An identity was linked to your account")]
        );

        let mut browser = server.browser();
        let first = begun(&mut browser, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &first, "ada"), OWN_KEY);
        assert!(
            back(&mut browser, &first, "").await.contains("url=/invoices\""),
            "{}",
            server.name
        );
        let session = browser.get("/session").await;
        assert_eq!(session.body["user"]["email_address"], "ada@platform.example");
        assert!(
            back(&mut server.browser(), &first, "")
                .await
                .contains("federation=expired"),
            "a state works once"
        );
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_token_that_does_not_hold_opens_nothing() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let issuer = Issuer::start();
        let id = added(&administrator, &issuer).await["id"].clone();
        let link = begun(
            &mut administrator,
            "/profile/identities",
            &json!({ "identity_provider_id": id }),
        )
        .await;
        issuer.says(&claims(&server, &issuer, &link, "ada"), OWN_KEY);
        back(&mut administrator, &link, "").await;
        let now = server.app.clock().now().timestamp();
        let wrong = [
            ("iss", json!("https://elsewhere.example")),
            ("aud", json!("another")),
            ("aud", json!(["cms", "another"])),
            ("azp", json!("another")),
            ("nonce", json!("another")),
            ("exp", json!(now - 61)),
            ("iat", json!(now + 61)),
            ("sub", json!("")),
        ];
        for (claim, value) in wrong {
            server.later(1);
            let mut browser = server.browser();
            let trip = begun(&mut browser, "/federation", &sign_in(&id)).await;
            let mut said = claims(&server, &issuer, &trip, "ada");
            said[claim] = match claim {
                "exp" => json!(server.app.clock().now().timestamp() - 61),
                "iat" => json!(server.app.clock().now().timestamp() + 61),
                _ => value.clone(),
            };
            issuer.says(&said, OWN_KEY);
            let page = back(&mut browser, &trip, "").await;
            assert!(page.contains("/sign-in?federation=failed"), "{claim}: {page}");
            assert_eq!(browser.get("/session").await.status, 401, "{claim}");
        }
        server.later(1);
        let mut browser = server.browser();
        let trip = begun(&mut browser, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &trip, "ada"), OTHER_KEY);
        assert!(
            back(&mut browser, &trip, "").await.contains("federation=failed"),
            "another key"
        );
        let trip = begun(&mut browser, "/federation", &sign_in(&id)).await;
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = encode(&claims(&server, &issuer, &trip, "ada"));
        issuer.says_token(format!("{}.{said}.", encode(&json!({ "alg": "none" }))));
        assert!(
            back(&mut browser, &trip, "").await.contains("federation=failed"),
            "no signature"
        );
        let trip = begun(&mut browser, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &trip, "ada"), OWN_KEY);
        let page = back(&mut browser, &trip, "&iss=https://elsewhere.example").await;
        assert!(
            page.contains("federation=failed"),
            "another issuer in the address (RFC 9207)"
        );
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_trip_belongs_to_the_browser_that_began_it_and_ends_after_ten_minutes() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let issuer = Issuer::start();
        let id = added(&administrator, &issuer).await["id"].clone();
        let link = begun(
            &mut administrator,
            "/profile/identities",
            &json!({ "identity_provider_id": id }),
        )
        .await;
        issuer.says(&claims(&server, &issuer, &link, "ada"), OWN_KEY);
        back(&mut administrator, &link, "").await;
        let mut victim = server.browser();
        let trip = begun(&mut victim, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &trip, "ada"), OWN_KEY);
        let mut thief = server.browser();
        begun(&mut thief, "/federation", &sign_in(&id)).await;
        assert!(
            back(&mut thief, &trip, "").await.contains("federation=expired"),
            "another browser's state (S-33)"
        );
        assert_eq!(thief.get("/session").await.status, 401);
        let late = begun(&mut victim, "/federation", &sign_in(&id)).await;
        server.later(10);
        issuer.says(&claims(&server, &issuer, &late, "ada"), OWN_KEY);
        assert!(back(&mut victim, &late, "").await.contains("federation=expired"));
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn disabling_a_provider_ends_the_sessions_it_opened_and_no_others() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let issuer = Issuer::start();
        let made = added(&administrator, &issuer).await;
        let id = made["id"].clone();
        let link = begun(
            &mut administrator,
            "/profile/identities",
            &json!({ "identity_provider_id": id }),
        )
        .await;
        issuer.says(&claims(&server, &issuer, &link, "ada"), OWN_KEY);
        back(&mut administrator, &link, "").await;
        let mut browser = server.browser();
        let trip = begun(&mut browser, "/federation", &sign_in(&id)).await;
        issuer.says(&claims(&server, &issuer, &trip, "ada"), OWN_KEY);
        back(&mut browser, &trip, "").await;
        assert_eq!(browser.get("/session").await.status, 200);
        let mut off = provider(&issuer);
        off["enabled"] = json!(false);
        off.as_object_mut().unwrap().remove("client_secret");
        let path = format!("/identity-providers/{}", id.as_str().unwrap());
        let saved = administrator.put(&path, &off, made["etag"].as_str().unwrap()).await;
        assert_eq!(
            (saved.status, saved.body["client_secret_set"].clone()),
            (200, json!(true)),
            "{}",
            saved.body
        );
        assert_eq!(browser.get("/session").await.status, 401, "I-44 on {}", server.name);
        assert_eq!(administrator.get("/session").await.status, 200);
        assert_eq!(
            server.browser().get("/sign-in-options").await.body["identity_providers"],
            json!([])
        );
        let refused = server.browser().post("/federation", &sign_in(&id)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/identity_provider_id");
        off["issuer"] = json!("https://login.elsewhere.example");
        let moved = administrator.put(&path, &off, saved.etag.as_deref().unwrap()).await;
        assert_eq!(
            moved.body["client_secret_set"], false,
            "another origin clears the secret (S-57)"
        );
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_invited_federated_only_user_activates_at_the_provider() {
    each(async |server| {
        let administrator = server.administrator().await;
        let issuer = Issuer::start();
        let id = added(&administrator, &issuer).await["id"].clone();
        let (_, partner, _) = branch(&administrator, "North").await;
        let body = json!({
            "first_name": "Uma", "last_name": "Lind", "email_address": "uma@example.org", "role": "partner_administrator",
            "anchor_id": partner, "federated_only": true, "mfa_required": false,
        });
        let user = administrator.post("/users", &body).await;
        assert_eq!(user.status, 201, "{}", user.body);
        let link = app::sign_in::activation::link_for(&server.app, "uma@example.org").await.unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut browser = server.browser();
        let start = json!({ "identity_provider_id": id, "purpose": "activation", "token": token });
        let trip = begun(&mut browser, "/federation", &start).await;
        issuer.says(&claims(&server, &issuer, &trip, "uma"), OWN_KEY);
        assert!(back(&mut browser, &trip, "").await.contains("url=/\""));
        let session = browser.get("/session").await;
        assert_eq!(session.body["user"]["role"], "partner_administrator", "{}", server.name);
        let again = server.browser().post("/federation", &start).await;
        assert_eq!(again.body["errors"][0]["code"], "link_invalid", "the link works once");
        let refused = server.browser().sign_in("uma@example.org", PASSWORD).await;
        assert_eq!(refused.status, 401, "no password works (S-35)");
        let identity = browser.get("/profile").await.body["identities"][0]["id"].clone();
        let last = browser.delete(&format!("/profile/identities/{}", identity.as_str().unwrap())).await;
        assert_eq!((last.status, last.body["code"].as_str()), (409, Some("last_identity")), "I-46");
        let path = format!("/identity-providers/{}", id.as_str().unwrap());
        let refused = administrator.delete(&path).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("federated_users")));
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn one_subject_belongs_to_one_user() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let issuer = Issuer::start();
        let id = added(&administrator, &issuer).await["id"].clone();
        let mut reader = server.user(&administrator, "platform_reader", None).await;
        let body = json!({ "identity_provider_id": id });
        for (browser, outcome) in [(&mut administrator, "linked"), (&mut reader, "taken")] {
            let trip = begun(browser, "/profile/identities", &body).await;
            issuer.says(&claims(&server, &issuer, &trip, "shared"), OWN_KEY);
            let page = back(browser, &trip, "").await;
            assert!(page.contains(&format!("/profile?federation={outcome}")), "{page}");
        }
        let own = administrator.get("/profile").await.body["identities"][0]["id"].clone();
        let path = format!("/profile/identities/{}", own.as_str().unwrap());
        assert_eq!(reader.delete(&path).await.status, 404, "somebody else's identity");
        assert_eq!(administrator.delete(&path).await.status, 204);
        assert_eq!(administrator.get("/profile").await.body["identities"], json!([]));
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn only_the_platform_keeps_providers_and_bad_input_names_its_fields() {
    each(async |server| {
        let administrator = server.administrator().await;
        let issuer = Issuer::start();
        let made = added(&administrator, &issuer).await;
        assert!(
            !made.to_string().contains("very secret"),
            "secrets are write-only (S-58)"
        );
        let (distributor, _, _) = branch(&administrator, "North").await;
        let other = server
            .user(&administrator, "distributor_administrator", Some(&distributor))
            .await;
        let reader = server.user(&administrator, "platform_reader", None).await;
        assert_eq!(other.get("/identity-providers").await.body["code"], "not_permitted");
        assert_eq!(reader.get("/identity-providers").await.body["total"], 1);
        assert_eq!(reader.post("/identity-providers", &provider(&issuer)).await.status, 403);
        let taken = administrator.post("/identity-providers", &provider(&issuer)).await;
        assert_eq!(taken.body["code"], "name_taken");
        let wrong = json!({
            "name": "", "kind": "saml", "issuer": "http://login.example", "client_id": "", "client_secret": " ",
            "scopes": ["two words"], "algorithm": "HS256", "directory": "x", "enabled": true,
        });
        let refused = administrator.post("/identity-providers", &wrong).await;
        let mut named: Vec<&str> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        let expected = [
            "/algorithm",
            "/client_id",
            "/client_secret",
            "/directory",
            "/issuer",
            "/kind",
            "/name",
            "/scopes/0",
        ];
        assert_eq!(named, expected);
        server.later(11);
        let path = format!("/identity-providers/{}", made["id"].as_str().unwrap());
        assert_eq!(administrator.delete(&path).await.body["code"], "step_up_required");
        let missing = format!("/identity-providers/{}", uuid::Uuid::now_v7());
        let gone = answer(administrator.raw(Method::DELETE, &missing, None, &[]).await).await;
        assert_eq!(gone.status, 404);
        issuer.stop().await;
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_last_platform_administrator_does_not_lose_the_password_without_another_way_in_pm13() {
    each(async |server| {
        let issuer = Issuer::start();
        let mut administrator = server.administrator().await;
        added(&administrator, &issuer).await;
        let id = administrator.get("/session").await.body["user"]["id"].clone();
        let path = format!("/users/{}/federated-only", id.as_str().unwrap());
        let refused = administrator.send(Method::PUT, &path, &json!({ "on": true })).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (409, Some("last_administrator")),
            "{}",
            refused.body
        );
        let user = administrator.get(&format!("/users/{}", id.as_str().unwrap())).await;
        assert_eq!(user.body["federated_only"], false, "nothing changed");
        server.stop().await;
    })
    .await;
}
