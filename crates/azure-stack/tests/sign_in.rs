//! From the endpoint to the provider subscription: metadata, token, role (U-3, U-7, U-10, S-57).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "test code"
)]

mod common;

use cms_azure_stack::{Credential, IdentitySystem, RetryPolicy, StampError, Step};
use common::{AUDIENCE, Bench, DIRECTORY, FOREIGN, FakeStamp, Reply, SECRET, answer, arm_error, html, json, provider};
use outbound::{Secret, Timeouts};

fn adfs() -> Bench {
    Bench::of(
        FakeStamp::with_identity(true),
        RetryPolicy::default(),
        Timeouts::default(),
    )
}

/// Signs in against one answer of the login host.
async fn refused(reply: Reply) -> StampError {
    let bench = Bench::new();
    bench.stamp.token([reply]);
    let error = bench.session().await.sign_in().await.unwrap_err();
    assert_eq!(error.step(), Step::Token);
    assert_eq!(bench.stamp.token_calls(), 1);
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(SECRET) && !text.contains(FOREIGN), "{text}");
    }
    error
}

fn login_error(error: &str, code: u32) -> Reply {
    json(
        "401 Unauthorized",
        format!(
            r#"{{"error":"{error}","error_description":"AADSTS{code}: {FOREIGN} {SECRET}","error_codes":[{code}]}}"#
        ),
    )
}

#[tokio::test]
async fn entra_is_asked_with_directory_resource_and_secret() {
    let bench = Bench::new();
    let session = bench.session().await;
    assert_eq!(session.metadata().identity_system, IdentitySystem::Entra);
    session.sign_in().await.unwrap();
    let request = &bench.stamp.requests("/oauth2/token")[0];
    assert!(
        request.starts_with(&format!("POST /{DIRECTORY}/oauth2/token HTTP/1.1")),
        "{request}"
    );
    for field in [
        "grant_type=client_credentials",
        "client_id=1f2e3d4c-0000-4000-8000-000000000001",
        &format!("client_secret={SECRET}"),
    ] {
        assert!(request.contains(field), "{request}");
    }
    // The audience is the one of the metadata, never built (U-3).
    let resource = request.split("resource=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(resource.replace("%3A", ":").replace("%2F", "/"), AUDIENCE);
}

#[tokio::test]
async fn ad_fs_has_no_directory_in_its_path_and_counts_seconds_as_a_number() {
    let bench = adfs();
    bench.stamp.token([json(
        "200 OK",
        r#"{"access_token":"t","token_type":"bearer","expires_in":3600}"#,
    )]);
    let session = bench.session().await;
    assert_eq!(session.metadata().identity_system, IdentitySystem::Adfs);
    session.sign_in().await.unwrap();
    assert!(bench.stamp.requests("/oauth2/token")[0].starts_with("POST /adfs/oauth2/token HTTP/1.1"));
}

#[tokio::test]
async fn a_certificate_signs_an_assertion_and_sends_no_secret() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let pem = Secret::new(format!("{}{}", certificate.pem(), key.serialize_pem()));
    for bench in [Bench::new(), adfs()] {
        let credential = Credential::Certificate {
            client_id: "app".to_owned(),
            pem: pem.clone(),
        };
        bench.session_with(credential).await.sign_in().await.unwrap();
        let request = &bench.stamp.requests("/oauth2/token")[0];
        assert!(
            request.contains("client_assertion=eyJ") && request.contains("jwt-bearer"),
            "{request}"
        );
        assert!(!request.contains("client_secret"));
    }
    let bench = Bench::new();
    let credential = Credential::Certificate {
        client_id: "app".to_owned(),
        pem: Secret::from("no pem"),
    };
    let error = bench.session_with(credential).await.sign_in().await.unwrap_err();
    assert_eq!(error.code(), "certificate_invalid");
    assert_eq!(bench.stamp.token_calls(), 0);
}

#[tokio::test]
async fn refusals_of_the_login_host_name_what_to_mend() {
    for (reply, code) in [
        (login_error("invalid_client", 7_000_215), "credentials_refused"),
        (login_error("invalid_client", 7_000_222), "credential_expired"),
        (login_error("unauthorized_client", 700_016), "application_unknown"),
        (login_error("invalid_tenant", 90002), "directory_not_found"),
        (login_error("invalid_resource", 500_011), "resource_unknown"),
        (html(), "not_token_service"),
        (json("200 OK", "{}"), "not_token_service"),
        (
            json("200 OK", r#"{"access_token":"","expires_in":1}"#),
            "not_token_service",
        ),
        (
            json("200 OK", r#"{"access_token":"x","token_type":"mac","expires_in":1}"#),
            "not_token_service",
        ),
        (answer("404 Not Found", "", FOREIGN), "not_token_service"),
        (
            answer("302 Found", "Location: http://127.0.0.1:9/\r\n", ""),
            "redirect_refused",
        ),
        (
            json(
                "200 OK",
                format!(r#"{{"access_token":"{}","expires_in":1}}"#, "x".repeat(70_000)),
            ),
            "body_too_large",
        ),
    ] {
        assert_eq!(refused(reply).await.code(), code);
    }
}

#[tokio::test]
async fn a_busy_login_host_is_asked_again() {
    let bench = Bench::new();
    bench.stamp.token([
        answer("503 Busy", "Retry-After: 3\r\n", ""),
        json("400 Bad", r#"{"error":"temporarily_unavailable"}"#),
    ]);
    bench.session().await.sign_in().await.unwrap();
    assert_eq!(bench.stamp.token_calls(), 3);
    assert_eq!(bench.sleeper.pauses()[0].as_secs(), 3);
}

#[tokio::test]
async fn a_secret_goes_to_no_login_host_that_was_not_confirmed_s_57() {
    let bench = Bench::new();
    let metadata = bench.client.discover().await.unwrap();
    for other in [None, Some("https://login.example/"), Some("http://127.0.0.1:1/")] {
        let confirmed = other.map(|text| text.parse().unwrap());
        let session = bench
            .client
            .session(metadata.clone(), common::credential(), None, confirmed.as_ref());
        assert_eq!(session.unwrap_err().code(), "login_not_confirmed");
    }
    assert_eq!(bench.stamp.token_calls(), 0);
}

#[tokio::test]
async fn both_versions_of_the_metadata_are_tried() {
    let bench = Bench::new();
    let newer = format!(
        r#"[{{"name":"AzureStack-Admin-1","authentication":{{"loginEndpoint":"https://login.example/","audiences":["{AUDIENCE}"]}}}}]"#
    );
    bench.stamp.metadata([json("400 Bad", "{}"), json("200 OK", newer)]);
    let metadata = bench.client.discover().await.unwrap();
    assert_eq!(metadata.name.as_deref(), Some("AzureStack-Admin-1"));
    assert_eq!(bench.stamp.requests("api-version=2015-01-01").len(), 1);
    assert_eq!(bench.stamp.requests("api-version=2019-05-01").len(), 1);
}

#[tokio::test]
async fn another_web_site_is_not_a_management_endpoint() {
    for reply in [
        html(),
        json("200 OK", "{}"),
        json("404 No", "{}"),
        answer("200 OK", "", FOREIGN),
    ] {
        let bench = Bench::new();
        bench.stamp.metadata([reply.clone(), reply]);
        let error = bench.client.discover().await.unwrap_err();
        assert_eq!(
            (error.code(), error.step()),
            ("not_management_endpoint", Step::Metadata)
        );
        assert!(error.to_string().contains("check the endpoint"));
        assert!(!error.to_string().contains(FOREIGN));
    }
}

#[tokio::test]
async fn metadata_survives_a_burst_of_errors() {
    let bench = Bench::new();
    bench
        .stamp
        .metadata([answer("503 Busy", "", ""), Reply::Bytes(Vec::new())]);
    bench.client.discover().await.unwrap();
    assert_eq!(bench.sleeper.pauses().len(), 2);
}

#[tokio::test]
async fn the_provider_subscription_is_found_by_its_name() {
    let bench = Bench::new();
    assert_eq!(bench.session().await.provider_subscription().await.unwrap(), provider());

    let bench = Bench::new();
    bench.stamp.other([
        json("200 OK", r#"{"value":[]}"#),
        arm_error("403 Forbidden", "AuthorizationFailed"),
        html(),
    ]);
    let session = bench.session().await;
    let none = session.provider_subscription().await.unwrap_err();
    assert_eq!(
        (none.code(), none.step()),
        ("provider_subscription_missing", Step::Role)
    );
    let forbidden = session.provider_subscription().await.unwrap_err();
    assert_eq!((forbidden.code(), forbidden.step()), ("role_missing", Step::Role));
    assert_eq!(
        session.provider_subscription().await.unwrap_err().code(),
        "not_management_endpoint"
    );
}

#[tokio::test]
async fn user_subscriptions_and_delegated_providers_are_listed_with_their_pages() {
    let bench = Bench::new();
    let entry = |n: u32| {
        format!(
            r#"{{"subscriptionId":"00000000-0000-4000-8000-00000000000{n}","displayName":"S{n}","owner":"o@x.example","state":"Enabled","tenantId":"{DIRECTORY}"}}"#
        )
    };
    let next = format!("{}list?page=2", bench.stamp.url());
    bench.stamp.other([
        json("200 OK", format!(r#"{{"value":[{}],"nextLink":"{next}"}}"#, entry(1))),
        json("200 OK", format!(r#"{{"value":[{}]}}"#, entry(2))),
        json("200 OK", format!(r#"{{"value":[{}]}}"#, entry(3))),
        json("200 OK", r#"{"value":[],"nextLink":"https://evil.example/"}"#),
    ]);
    let session = bench.session().await;
    let found = session.user_subscriptions(provider()).await.unwrap();
    assert_eq!(
        found
            .iter()
            .map(|one| one.display_name.as_deref().unwrap())
            .collect::<Vec<_>>(),
        ["S1", "S2"]
    );
    assert_eq!(found[0].state.as_deref(), Some("Enabled"));
    assert_eq!(session.delegated_providers(provider()).await.unwrap().len(), 1);
    assert_eq!(
        bench
            .stamp
            .requests("Microsoft.Subscriptions.Admin/delegatedProviders?api-version=2015-11-01")
            .len(),
        1
    );
    let foreign = session.user_subscriptions(provider()).await.unwrap_err();
    assert_eq!(
        (foreign.code(), foreign.step()),
        ("next_link_foreign", Step::Subscriptions)
    );
}

#[test]
fn credentials_and_sessions_print_no_secret_s_59() {
    let credential = common::credential();
    let text = format!("{credential:?}");
    assert!(text.contains("1f2e3d4c") && !text.contains(SECRET), "{text}");
}
