//! Service accounts: their keys, what their tokens reach, and how soon a revocation counts (I-65 to I-67, PM-11, PM-19,
//! S-07, S-31, S-36, S-38).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, TestServer, answer, branch, each, profile};

const LAST_DAY: &str = "2027-11-22";

/// A program: no cookies, none of the headers a browser or our own app sends.
#[derive(Clone)]
pub struct Program {
    url: String,
    client: Client,
    pub token: String,
}

impl Program {
    pub fn new(server: &TestServer, token: &str) -> Self {
        Self {
            url: server.url.clone(),
            client: Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            token: token.to_owned(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let request = body.map_or(request.try_clone().unwrap(), |body| request.json(body));
        answer(request.send().await.unwrap()).await
    }
}

pub fn account(role: &str, anchor: Option<&Value>) -> Value {
    json!({ "name": "Data warehouse", "role": role, "anchor_id": anchor, "expires_on": LAST_DAY })
}

/// A new account's id and key.
pub async fn created(administrator: &Browser, body: &Value) -> (String, String) {
    let made = administrator.post("/service-accounts", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made.body["service_account"]["id"]), text(&made.body["key"]))
}

/// Exchanges a key as a program does.
pub async fn exchanged(server: &TestServer, key: &str) -> Answer {
    let client = Client::new();
    let request = client.post(format!("{}/api/v1/token", server.url));
    answer(request.json(&json!({ "key": key })).send().await.unwrap()).await
}

/// A program with a fresh token.
pub async fn program(server: &TestServer, key: &str) -> Program {
    let issued = exchanged(server, key).await;
    assert_eq!(issued.status, 200, "{}", issued.body);
    Program::new(server, issued.body["access_token"].as_str().unwrap())
}

async fn refused(server: &TestServer, key: &str) -> bool {
    let answer = exchanged(server, key).await;
    (answer.status, answer.body["code"].as_str()) == (401, Some("key_refused"))
}

fn path(id: &str, act: &str) -> String {
    format!("/service-accounts/{id}/{act}")
}

#[actix_web::test]
async fn a_key_is_shown_once_and_its_token_works_for_ten_minutes() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, _) = branch(&administrator, "North").await;
        let made = administrator
            .post("/service-accounts", &account("partner_administrator", Some(&p1)))
            .await;
        let key = made.body["key"].as_str().unwrap().to_owned();
        let view = &made.body["service_account"];
        let key_id = view["keys"][0]["key_id"].as_str().unwrap();
        assert!(key.starts_with(&format!("cms_{key_id}_")), "{}", server.name);
        assert_eq!(key.len(), "cms_".len() + 16 + 1 + 64, "256 random bits (S-36)");
        let list = administrator.get("/service-accounts").await;
        assert_eq!(list.body["items"][0]["id"], view["id"]);
        assert!(!list.body.to_string().contains(&key[22..]), "never shown again");
        assert_eq!(list.body["items"][0]["keys"][0]["last_used_at"], Value::Null);

        let issued = exchanged(&server, &key).await;
        assert_eq!(
            (&issued.body["token_type"], &issued.body["expires_in"]),
            (&json!("Bearer"), &json!(600))
        );
        let program = program(&server, &key).await;
        let tenant = json!({ "name": "By a program", "partner_id": p1, "profile": profile() });
        let written = program.send(Method::POST, "/tenants", Some(&tenant)).await;
        assert_eq!(written.status, 201, "no cookie, no cross-site check: {}", written.body);
        let used = administrator.get("/service-accounts").await.body["items"][0]["keys"][0].clone();
        assert_eq!(
            (&used["last_used_from"], used["last_used_at"].is_string()),
            (&json!("127.0.0.1"), true)
        );

        let entry = administrator.get("/audit?operation=tenant.create").await.body["items"][0].clone();
        assert_eq!(
            (&entry["actor_kind"], &entry["credential_kind"]),
            (&json!("service_account"), &json!("access_token"))
        );
        assert_eq!(
            (&entry["actor_id"], &entry["actor_name"]),
            (&view["id"], &json!("Data warehouse"))
        );
        let entries = administrator
            .get("/audit?operation=service_account.create")
            .await
            .body
            .to_string();
        assert!(
            entries.contains("Data warehouse") && !entries.contains(&key[22..]),
            "S-61"
        );

        server.later(10);
        assert_eq!(
            program.get("/tenants").await.status,
            200,
            "clocks may differ by ten seconds"
        );
        server.later(1);
        let late = program.get("/tenants").await;
        assert_eq!(
            (late.status, late.body["code"].as_str()),
            (401, Some("not_signed_in")),
            "{}",
            server.name
        );
        server.stop().await;
    })
    .await;
}

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
async fn role_and_entity_are_bounded_by_the_creator() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (d1, p1, t1) = branch(&administrator, "North").await;
        let (_, p2, t2) = branch(&administrator, "South").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let reader = server.user(&administrator, "partner_reader", Some(&p1)).await;
        let post = async |browser: &Browser, role: &str, anchor: Option<&Value>| {
            browser.post("/service-accounts", &account(role, anchor)).await
        };
        for (role, anchor) in [("distributor_reader", Some(&d1)), ("platform_reader", None)] {
            let above = post(&partner, role, anchor).await;
            assert_eq!(above.body["code"], "role_not_grantable", "{role} {}", server.name);
        }
        for (role, anchor) in [("partner_reader", &p2), ("tenant_reader", &t2)] {
            let beside = post(&partner, role, Some(anchor)).await;
            assert_eq!(beside.body["errors"][0]["pointer"], "/anchor_id", "{}", beside.body);
        }
        assert_eq!(post(&partner, "tenant_administrator", Some(&t1)).await.status, 201);
        assert_eq!(
            post(&reader, "tenant_reader", Some(&t1)).await.body["code"],
            "not_permitted"
        );
        let (foreign, _) = created(&administrator, &account("tenant_reader", Some(&t2))).await;
        let unknown = uuid::Uuid::now_v7().to_string();
        for (act, body) in [("rotate-key", json!({ "expires_on": LAST_DAY })), ("revoke", json!({}))] {
            let mut outside = partner.post(&path(&foreign, act), &body).await;
            let mut missing = partner.post(&path(&unknown, act), &body).await;
            outside.body["request_id"] = json!("");
            missing.body["request_id"] = json!("");
            assert_eq!((outside.status, &outside), (404, &missing), "{act} {}", server.name);
        }
        assert_eq!(partner.get("/service-accounts").await.body["total"], 1);
        assert_eq!(administrator.get("/service-accounts").await.body["total"], 2);
        server.later(11);
        let late = post(&partner, "tenant_reader", Some(&t1)).await;
        assert_eq!(late.body["code"], "step_up_required", "S-28");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn every_wrong_field_of_a_new_account_is_named() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut body = account("platform_reader", None);
        body["name"] = json!(" ");
        body["source_networks"] = json!(["192.0.2.0/24", "everywhere"]);
        body["expires_on"] = json!("2027-11-23");
        let wrong = administrator.post("/service-accounts", &body).await;
        let pointers: Vec<&str> = wrong.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(
            pointers,
            ["/name", "/source_networks/1", "/expires_on"],
            "{}",
            server.name
        );
        for day in ["2026-11-21", "tomorrow", "2027-02-30", ""] {
            let mut body = account("platform_reader", None);
            body["expires_on"] = json!(day);
            let wrong = administrator.post("/service-accounts", &body).await;
            assert_eq!(
                (wrong.status, &wrong.body["errors"][0]["pointer"]),
                (422, &json!("/expires_on")),
                "{day}"
            );
        }
        let mut body = account("platform_reader", None);
        body["disabled"] = json!(false);
        assert_eq!(
            administrator.post("/service-accounts", &body).await.status,
            400,
            "no other member (T-02)"
        );
        assert_eq!(administrator.get("/service-accounts").await.body["total"], 0);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn two_keys_are_live_while_rotating_and_one_can_be_revoked() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (id, first) = created(&administrator, &account("platform_reader", None)).await;
        let day = json!({ "expires_on": "2026-12-24" });
        let rotated = administrator.post(&path(&id, "rotate-key"), &day).await;
        assert_eq!(rotated.status, 201, "{}", rotated.body);
        let second = rotated.body["key"].as_str().unwrap().to_owned();
        let keys = rotated.body["service_account"]["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2);
        let (with_first, with_second) = (program(&server, &first).await, program(&server, &second).await);
        let third = administrator.post(&path(&id, "rotate-key"), &day).await;
        assert_eq!(
            (third.status, third.body["code"].as_str()),
            (409, Some("two_live_keys")),
            "{}",
            server.name
        );
        let key_id = &first[4..20];
        let revoked = administrator
            .post(&path(&id, "revoke"), &json!({ "key_id": key_id }))
            .await;
        assert_eq!(revoked.status, 204, "{}", revoked.body);
        assert_eq!(
            with_first.get("/tenants").await.status,
            401,
            "its token ends with it (S-31)"
        );
        assert!(refused(&server, &first).await);
        assert_eq!(with_second.get("/tenants").await.status, 200);
        let again = administrator
            .post(&path(&id, "revoke"), &json!({ "key_id": key_id }))
            .await;
        assert_eq!(again.body["errors"][0]["pointer"], "/key_id");
        assert_eq!(administrator.post(&path(&id, "rotate-key"), &day).await.status, 201);

        assert_eq!(administrator.post(&path(&id, "revoke"), &json!({})).await.status, 204);
        assert_eq!(with_second.get("/tenants").await.status, 401);
        assert!(refused(&server, &second).await, "{}", server.name);
        let shown = administrator.get("/service-accounts").await.body["items"][0].clone();
        assert_eq!((shown["revoked_at"].is_string(), &shown["keys"]), (true, &json!([])));
        let late = administrator.post(&path(&id, "rotate-key"), &day).await;
        assert_eq!(late.body["code"], "service_account_revoked");
        assert_eq!(
            administrator
                .raw(Method::POST, &path(&id, "revoke"), None, &[])
                .await
                .status(),
            204,
            "again, without a body"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn of_two_rotations_at_once_one_makes_the_second_key() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (id, _) = created(&administrator, &account("platform_reader", None)).await;
        let (path, day) = (path(&id, "rotate-key"), json!({ "expires_on": LAST_DAY }));
        let answers = join_all((0..8).map(|_| administrator.post(&path, &day))).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1, "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn of_first_exchanges_at_once_one_makes_the_key_that_signs() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        let issued = join_all((0..12).map(|_| exchanged(&server, &key))).await;
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
async fn ended_keys_and_foreign_networks_are_refused_alike() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut near = account("platform_reader", None);
        near["source_networks"] = json!(["127.0.0.0/8"]);
        let mut far = account("platform_reader", None);
        far["source_networks"] = json!(["192.0.2.0/24", "2001:db8::/32"]);
        let mut short = account("platform_reader", None);
        short["expires_on"] = json!("2026-11-22");
        let (_, near) = created(&administrator, &near).await;
        let (_, far) = created(&administrator, &far).await;
        let (_, short) = created(&administrator, &short).await;
        assert_eq!(exchanged(&server, &near).await.status, 200, "{}", server.name);
        assert!(refused(&server, &far).await);
        server.later(11 * 60 + 55);
        let program = program(&server, &short).await;
        assert_eq!(program.get("/tenants").await.status, 200, "its last day");
        server.later(5);
        assert_eq!(
            program.get("/tenants").await.status,
            401,
            "the key ended at midnight, and its token with it"
        );
        assert!(refused(&server, &short).await);
        for unknown in [
            "",
            "cms_",
            &near[..near.len() - 1],
            &format!("{}0", &near[..near.len() - 1]).replace("00", "01"),
        ] {
            assert!(refused(&server, unknown).await, "{unknown}");
        }
        let mut other = exchanged(&server, &far).await;
        let mut unknown = exchanged(&server, "cms_none").await;
        other.body["request_id"] = json!("");
        unknown.body["request_id"] = json!("");
        assert_eq!(other, unknown, "the reason is not told");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn refused_exchanges_of_one_source_are_limited_and_good_ones_are_not() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        for _ in 0..40 {
            assert_eq!(exchanged(&server, &key).await.status, 200, "{}", server.name);
        }
        for _ in 0..30 {
            assert!(refused(&server, "cms_none").await);
        }
        assert_eq!(exchanged(&server, &key).await.status, 429, "S-52");
        server.later(1);
        assert_eq!(exchanged(&server, &key).await.status, 200);
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
