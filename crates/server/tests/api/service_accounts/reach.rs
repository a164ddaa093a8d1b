//! What a program reaches with its token, and how soon it ends (I-66, PM-19, S-31, S-38).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Program, account, created, exchanged, path, program, refused};
use crate::harness::{answer, branch, each, profile};

#[actix_web::test]
async fn a_repeated_post_of_a_program_has_its_effect_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, _) = branch(&administrator, "North").await;
        let (_, key) = created(&administrator, &account("partner_administrator", Some(&p1))).await;
        let program = program(&server, &key).await;
        let program = server.browser().program(&program.token);
        let body = json!({ "name": "Once", "partner_id": p1, "profile": profile() });
        let post = async || program.post_with_key("/tenants", &body, "a-program-may-repeat").await;
        let (first, again) = (post().await, post().await);
        assert_eq!(
            (first.status, again.status, again.replayed),
            (201, 201, true),
            "{}",
            server.name
        );
        assert_eq!(first.body["id"], again.body["id"]);
        // The answer to a creation holds a secret, so it is never kept: a repeated one is another account.
        let made = account("tenant_reader", Some(&first.body["id"]));
        let one = administrator
            .post_with_key("/service-accounts", &made, "never-keep-a-secret")
            .await;
        let other = administrator
            .post_with_key("/service-accounts", &made, "never-keep-a-secret")
            .await;
        assert_eq!((one.status, other.status, other.replayed), (201, 201, false));
        assert_ne!(one.body["key"], other.body["key"]);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn of_first_exchanges_at_once_one_makes_the_key_that_signs() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let issued = join_all((0..10).map(|_| exchanged(&server, &key))).await;
        let mut heads: Vec<&str> = issued
            .iter()
            .map(|answer| answer.body["access_token"].as_str().unwrap().split('.').next().unwrap())
            .collect();
        heads.dedup();
        assert_eq!(heads.len(), 1, "{}: one key, named by each", server.name);
        for answer in &issued {
            let program = Program::new(&server, answer.body["access_token"].as_str().unwrap());
            assert_eq!(program.get("/tenants").await.status, 200, "{}", server.name);
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn archiving_the_anchor_stops_its_service_accounts_at_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, _, t1) = branch(&administrator, "North").await;
        let (id, key) = created(&administrator, &account("tenant_reader", Some(&t1))).await;
        let program = program(&server, &key).await;
        let own = format!("/tenants/{}", t1.as_str().unwrap());
        assert_eq!(program.get(&own).await.status, 200);
        assert_eq!(administrator.delete(&own).await.status, 204);
        assert_eq!(program.get(&own).await.status, 401, "{}", server.name);
        assert!(refused(&server, &key).await);
        let listed = administrator.get("/service-accounts").await.body["items"][0].clone();
        assert_eq!(
            (&listed["id"], listed["revoked_at"].is_string()),
            (&json!(id), true),
            "PM-19"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_program_reaches_its_own_branch_and_nothing_that_needs_a_person() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, t1) = branch(&administrator, "North").await;
        let (_, _, t2) = branch(&administrator, "South").await;
        let beside = json!({ "name": "Beside", "partner_id": p1, "profile": profile() });
        let t1b = administrator.post("/tenants", &beside).await.body["id"].clone();
        let (_, of_tenant) = created(&administrator, &account("tenant_administrator", Some(&t1))).await;
        let (_, of_partner) = created(&administrator, &account("partner_administrator", Some(&p1))).await;
        let tenant = program(&server, &of_tenant).await;
        let partner = program(&server, &of_partner).await;
        let at = |id: &Value| format!("/tenants/{}", id.as_str().unwrap());
        assert_eq!(tenant.get(&at(&t1)).await.status, 200);
        for (who, foreign) in [(&tenant, &t1b), (&tenant, &t2), (&partner, &t2)] {
            let mut outside = who.get(&at(foreign)).await;
            let mut missing = who.get(&at(&json!(uuid::Uuid::now_v7()))).await;
            outside.body["request_id"] = json!("");
            missing.body["request_id"] = json!("");
            assert_eq!((outside.status, &outside), (404, &missing), "{}", server.name);
        }
        assert_eq!(partner.get("/tenants").await.body["total"], 2);
        let user = json!({ "first_name": "A", "last_name": "B", "email_address": "a@b.example", "role": "tenant_reader", "anchor_id": t1 });
        for (method, path, body) in [
            (Method::GET, "/service-accounts", None),
            (Method::POST, "/service-accounts", Some(account("tenant_reader", Some(&t1)))),
            (Method::POST, "/users", Some(user)),
            (Method::GET, "/profile", None),
            (Method::GET, "/profile/sessions", None),
        ] {
            let refused = partner.send(method.clone(), path, body.as_ref()).await;
            assert_eq!(refused.body["code"], "not_permitted", "{method} {path} (PM-19)");
        }
        let ended = partner.send(Method::DELETE, "/sessions", None).await;
        assert_eq!(ended.status, 401, "it has no sessions");
        assert_eq!(partner.get("/tenants").await.status, 200);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn one_request_carries_one_credential_and_never_in_its_address() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let program = program(&server, &key).await;
        let authorization = format!("Bearer {}", program.token);
        for value in [authorization.as_str(), "Bearer nonsense", "Basic YTpi", ""] {
            for (method, path) in [
                (Method::GET, "/tenants"),
                (Method::GET, "/session"),
                (Method::POST, "/tenants"),
            ] {
                let both = answer(administrator.raw(method, path, None, &[("Authorization", value)]).await).await;
                assert_eq!(
                    (both.status, both.body["code"].as_str()),
                    (400, Some("two_credentials")),
                    "{value} {path} (S-38)"
                );
            }
        }
        for query in [format!("access_token={}", program.token), format!("search={key}")] {
            let refused = program.get(&format!("/tenants?{query}")).await;
            assert_eq!(refused.body["code"], "credential_in_address", "{}", server.name);
        }
        // Browsers send stored Basic credentials by themselves: those do not stand for the header of a program (S-32).
        let client = Client::new();
        let basic = client
            .post(format!("{}/api/v1/session", server.url))
            .header("Authorization", "Basic YTpi");
        let basic = answer(
            basic
                .json(&json!({ "email_address": "a@b.example", "password": "x" }))
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(basic.body["code"], "cross_site");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_thousand_requests_that_begin_after_a_revocation_commits_are_refused() {
    each(async |server| {
        let administrator = server.administrator().await;
        for whole in [true, false] {
            let (id, key) = created(&administrator, &account("platform_reader", None)).await;
            let program = program(&server, &key).await;
            let body = if whole {
                json!({})
            } else {
                json!({ "key_id": &key[4..20] })
            };
            let (committed, before, after) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
            let requests = join_all((0..10).map(|_| async {
                let mut late = 0;
                while late < 100 {
                    let begins_after = committed.load(Ordering::SeqCst);
                    let status = program.get("/meters").await.status;
                    if begins_after {
                        assert_eq!(status, 401, "{} {whole}", server.name);
                        after.fetch_add(1, Ordering::SeqCst);
                        late += 1;
                    } else if status == 200 {
                        before.fetch_add(1, Ordering::SeqCst);
                    }
                }
            }));
            let revocation = async {
                while before.load(Ordering::SeqCst) < 20 {
                    actix_web::rt::task::yield_now().await;
                }
                let revoked = administrator.post(&path(&id, "revoke"), &body).await;
                assert_eq!(revoked.status, 204, "{}", revoked.body);
                committed.store(true, Ordering::SeqCst);
            };
            join(requests, revocation).await;
            assert_eq!(after.load(Ordering::SeqCst), 1000, "{}", server.name);
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn refused_exchanges_of_one_source_are_limited_and_good_ones_are_not() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut keys = Vec::new();
        for _ in 0..4 {
            keys.push(created(&administrator, &account("platform_reader", None)).await.1);
        }
        for key in &keys {
            for _ in 0..10 {
                assert_eq!(exchanged(&server, key).await.status, 200, "{}", server.name);
            }
        }
        let key = &keys[0];
        assert_eq!(
            exchanged(&server, key).await.status,
            429,
            "the eleventh of a key in a minute"
        );
        server.later(1);
        for _ in 0..30 {
            assert!(refused(&server, "cms_none").await);
        }
        assert_eq!(exchanged(&server, key).await.status, 429, "S-52");
        server.later(1);
        assert_eq!(exchanged(&server, key).await.status, 200);
        server.stop().await;
    })
    .await;
}
