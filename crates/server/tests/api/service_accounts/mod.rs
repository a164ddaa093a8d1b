//! Service accounts: their keys, what their tokens reach, and how soon a revocation counts (I-65 to I-67, PM-11, PM-19,
//! S-07, S-31, S-36, S-38).

mod reach;

use domain::scope::Scope;
use futures_util::future::join_all;
use persistence::PageRequest;
use persistence::alert::AlertFilter;
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
        let another = if near.ends_with('0') { "1" } else { "0" };
        let another = format!("{}{another}", &near[..near.len() - 1]);
        for unknown in ["", "cms_", &near[..near.len() - 1], &another] {
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
async fn an_alert_comes_thirty_and_seven_days_before_a_key_ends_and_closes_with_it() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut body = account("platform_reader", None);
        body["expires_on"] = json!("2026-12-23");
        let (id, key) = created(&administrator, &body).await;
        created(&administrator, &account("platform_reader", None)).await;
        let open = async || {
            app::service_accounts::warn_of_ends(&server.app).await.unwrap();
            let tx = server.app.store().read().await.unwrap();
            let page = PageRequest::first(10, "opened_at");
            let open = tx
                .alerts()
                .list(Scope::system("a test"), &AlertFilter::default(), &page)
                .await;
            let open = open.unwrap().items.into_iter();
            open.map(|alert| (alert.severity, alert.subject_key))
                .collect::<Vec<_>>()
        };
        let alert = |severity: &str| vec![(severity.to_owned(), format!("api_key:{}", &key[4..20]))];
        assert_eq!(open().await, vec![], "{}: 31 days before", server.name);
        server.later(24 * 60);
        assert_eq!(open().await, alert("information"), "30 days before (I-67)");
        let again = app::service_accounts::warn_of_ends(&server.app).await.unwrap();
        assert_eq!(again, 0, "once");
        server.later(23 * 24 * 60);
        assert_eq!(open().await, alert("warning"), "{}: 7 days before", server.name);
        server.later(8 * 24 * 60);
        assert_eq!(open().await, vec![], "{}: it has ended", server.name);
        server.later(-20 * 24 * 60);
        assert_eq!(open().await, alert("information"));
        let tx = server.app.store().begin().await.unwrap();
        tx.service_accounts()
            .revoke(id.parse().unwrap(), server.app.clock().now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(open().await, vec![], "{}: revoked", server.name);
        server.stop().await;
    })
    .await;
}
