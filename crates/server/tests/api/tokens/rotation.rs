//! Another key, and another algorithm, for access tokens (S-37, S-90).

use app::service_accounts::{TokenAlgorithm, exchange, rotate_signing_key};
use app::sign_in::Source;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cms_server::build;
use cms_server::config::Config;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::part;
use crate::harness::{TestServer, each};
use crate::service_accounts::{Program, account, created, program};

#[actix_web::test]
async fn after_a_rotation_older_tokens_work_until_they_end() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let older = program(&server, &key).await;
        let older_kid = part(&older.token, 0)["kid"].clone();
        let kid = rotate_signing_key(&server.app).await.unwrap();
        let newer = program(&server, &key).await;
        assert_eq!(part(&newer.token, 0)["kid"], json!(kid), "{}", server.name);
        assert_ne!(older_kid, json!(kid));
        for works in [&older, &newer] {
            assert_eq!(works.get("/tenants").await.status, 200);
        }
        let private = "SELECT owner_id FROM secret WHERE owner_kind = 'signing_key'";
        assert_eq!(
            server.database.texts(private).await,
            [kid.as_str()],
            "destroyed with its use"
        );
        server.later(9);
        assert_eq!(older.get("/tenants").await.status, 200);
        server.later(2);
        assert_eq!(older.get("/tenants").await.status, 401);
        let alerts = server
            .database
            .texts("SELECT subject_key FROM alert WHERE kind = 'security_event'");
        assert_eq!(alerts.await, ["signing_key"]);
        let entries = administrator.get("/audit?operation=host.rotate_signing_key").await.body;
        assert_eq!(entries["items"][0]["target_id"], json!(kid));
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_installation_signs_with_rsa_when_it_is_set_so() {
    for database in testkit::databases().await {
        let set = |config: &mut Config| config.access_token_algorithm = "RS256".to_owned();
        let server = TestServer::start_with(database, set).await;
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let good = program(&server, &key).await;
        assert_eq!(part(&good.token, 0)["alg"], "RS256", "{}", server.name);
        assert_eq!(good.get("/tenants").await.status, 200);
        for bad in exchanged_algorithms(&server, &good.token).await {
            let answered = Program::new(&server, &bad).get("/tenants").await;
            assert_eq!(answered.status, 401, "{bad}");
        }
        server.stop().await;
    }
}

/// The same claims under what an attacker has: the public half as a shared secret, no signature, another algorithm's
/// name.
async fn exchanged_algorithms(server: &TestServer, good: &str) -> Vec<String> {
    let tx = server.app.store().read().await.unwrap();
    let public = tx.signing_keys().signing().await.unwrap().unwrap().public_key;
    let (header, claims) = (part(good, 0), part(good, 1));
    let mut bad = Vec::new();
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let mut head = Header::new(algorithm);
        head.typ = Some("at+jwt".to_owned());
        head.kid = header["kid"].as_str().map(str::to_owned);
        let secret = EncodingKey::from_secret(&public);
        bad.push(jsonwebtoken::encode(&head, &claims, &secret).unwrap());
    }
    let (_, signed) = good.split_once('.').unwrap();
    for name in ["none", "EdDSA", "RS384", "RS512", "PS256", "ES256", "rs256"] {
        let mut head: Value = header.clone();
        head["alg"] = json!(name);
        bad.push(format!("{}.{signed}", URL_SAFE_NO_PAD.encode(head.to_string())));
    }
    let (body, _) = good.rsplit_once('.').unwrap();
    bad.push(format!("{body}."));
    bad
}

#[actix_web::test]
async fn another_algorithm_in_the_configuration_is_another_key() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let older = program(&server, &key).await;
        let config = Config {
            access_token_algorithm: "RS256".to_owned(),
            ..server.config.clone()
        };
        let other = build::application_at(&config, server.clock.clone()).await.unwrap();
        let issued = exchange(&other, &key, &Source::default()).await.unwrap();
        let newer = Program::new(&server, &issued.token);
        let algorithms = [&older, &newer].map(|holder| part(&holder.token, 0)["alg"].clone());
        assert_eq!(algorithms, [json!("EdDSA"), json!("RS256")], "{}", server.name);
        for works in [&older, &newer] {
            assert_eq!(works.get("/tenants").await.status, 200);
        }
        server.stop().await;
    })
    .await;
}

#[test]
fn an_unknown_algorithm_is_named_with_its_key() {
    let config = |name: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("access_token_algorithm = \"{name}\"")).unwrap();
        Config::read(Some(&file.path().to_owned())).unwrap().token_algorithm()
    };
    assert_eq!(config("RS256").map(TokenAlgorithm::name), Ok("RS256"));
    assert_eq!(
        config("HS256"),
        Err("access_token_algorithm must be EdDSA or RS256".to_owned())
    );
}
