//! The tree, the people and the objects that the matrix walks over.

use std::collections::BTreeMap;

use app::App;
use persistence::region::{ConnectionFields, RegionFields};
use persistence::subscription::NewSubscription;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Browser, PASSWORD, TestServer, branch, profile};

/// Roles with the node they are held on.
pub const ROLES: [(&str, &str); 8] = [
    ("platform_administrator", "platform"),
    ("distributor_administrator", "D1"),
    ("partner_administrator", "P1"),
    ("tenant_administrator", "T1"),
    ("platform_reader", "platform"),
    ("distributor_reader", "D1"),
    ("partner_reader", "P1"),
    ("tenant_reader", "T1"),
];

/// Somebody who tries everything.
pub struct Tries {
    pub state: &'static str,
    pub role: &'static str,
    pub anchor: &'static str,
    pub browser: Browser,
}

/// An object that a path can name.
#[derive(Clone)]
pub struct Object {
    /// Node that owns it; empty for one that does not exist.
    pub owner: String,
    pub id: String,
}

pub struct World {
    pub administrator: Browser,
    pub nodes: BTreeMap<&'static str, Value>,
    pub parents: Value,
    pub tries: Vec<Tries>,
    pub objects: BTreeMap<&'static str, Vec<Object>>,
    pub region: Uuid,
    app: App,
}

impl World {
    /// Two branches, two more places beside the first, one user and one subscription at each place.
    pub async fn make(server: &TestServer) -> Self {
        let administrator = server.administrator().await;
        let (d1, p1, t1) = branch(&administrator, "North").await;
        let (d2, p2, t2) = branch(&administrator, "South").await;
        let partner = json!({ "name": "North second", "distributor_id": d1, "profile": profile() });
        let p1b = made(&administrator, "/partners", &partner).await;
        let tenant = |name: &str, partner: &Value| json!({ "name": name, "partner_id": partner, "profile": profile() });
        let t1b = made(&administrator, "/tenants", &tenant("Beside", &p1b)).await;
        let t1c = made(&administrator, "/tenants", &tenant("Second", &p1)).await;
        let nodes = BTreeMap::from([
            ("D1", d1),
            ("P1", p1),
            ("T1", t1),
            ("P1b", p1b),
            ("T1b", t1b),
            ("T1c", t1c),
            ("D2", d2),
            ("P2", p2),
            ("T2", t2),
        ]);
        let parents = json!({
            "D1": "platform", "D2": "platform", "P1": "D1", "P1b": "D1", "P2": "D2",
            "T1": "P1", "T1c": "P1", "T1b": "P1b", "T2": "P2", "platform": null,
        });
        let mut world = Self {
            administrator,
            nodes,
            parents,
            tries: Vec::new(),
            objects: BTreeMap::new(),
            region: Uuid::now_v7(),
            app: server.app.clone(),
        };
        world.connect().await;
        world.people(server).await;
        world.things().await;
        world
    }

    async fn people(&mut self, server: &TestServer) {
        for (role, anchor) in ROLES {
            let person = server.person(&self.administrator, role, self.nodes.get(anchor)).await;
            self.tries.push(tries("signed_in", role, anchor, person.browser));
            self.program(server, role, anchor).await;
        }
        self.tries
            .push(tries("nobody", "tenant_administrator", "T1", server.browser()));
        for (state, method, act, body) in [
            (
                "disabled",
                reqwest::Method::PUT,
                "disabled",
                Some(json!({ "on": true })),
            ),
            ("locked", reqwest::Method::POST, "lock", None),
        ] {
            let role = "platform_administrator";
            let person = server.person(&self.administrator, role, None).await;
            let path = format!("/users/{}/{act}", person.id);
            let done = self.administrator.raw(method, &path, body.as_ref(), &[]).await;
            assert_eq!(done.status(), 200, "{state}: {}", done.text().await.unwrap());
            self.tries.push(tries(state, role, "platform", person.browser));
        }
        let pending = server.person(&self.administrator, "platform_administrator", None).await;
        let path = format!("/users/{}/mfa-required", pending.id);
        let body = json!({ "on": true });
        let done = self
            .administrator
            .raw(reqwest::Method::PUT, &path, Some(&body), &[])
            .await;
        assert_eq!(done.status(), 200, "{}", done.text().await.unwrap());
        let mut browser = server.browser();
        assert_eq!(browser.sign_in(&pending.address, PASSWORD).await.status, 202);
        self.tries
            .push(tries("mfa_pending", "platform_administrator", "platform", browser));
    }

    /// A program with each role, which acts with an access token (PM-19).
    async fn program(&mut self, server: &TestServer, role: &'static str, anchor: &'static str) {
        let body = json!({
            "name": "Program", "role": role, "anchor_id": self.nodes.get(anchor), "expires_on": "2027-11-21",
        });
        let made = self.administrator.post("/service-accounts", &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let key = json!({ "key": made.body["key"] });
        let token = server.browser().post("/token", &key).await.body["access_token"].clone();
        let program = server.browser().program(token.as_str().unwrap());
        self.tries.push(tries("access_token", role, anchor, program));
    }

    async fn things(&mut self) {
        let nodes = self.nodes.clone();
        for (kind, letter) in [("distributor_id", 'D'), ("partner_id", 'P'), ("tenant_id", 'T')] {
            let of_kind = nodes.iter().filter(|(node, _)| node.starts_with(letter));
            let objects = of_kind.map(|(node, id)| object(node, id)).collect();
            self.objects.insert(kind, objects);
        }
        for kind in ["user_id", "service_account_id", "subscription_id"] {
            let places = nodes.keys().copied().chain(["platform"]);
            let places: Vec<&str> = places
                .filter(|node| kind != "subscription_id" || node.starts_with('T'))
                .collect();
            let mut objects = Vec::new();
            for node in places {
                objects.push(self.another(kind, node).await.unwrap());
            }
            self.objects.insert(kind, objects);
        }
        let list = json!({
            "display_name": "List", "scope_kind": "tenant", "target_id": self.nodes["T1"], "currency": "EUR",
        });
        let list = made(&self.administrator, "/price-lists", &list).await;
        self.objects.insert("price_list_id", vec![object("platform", &list)]);
        let region = Object {
            owner: "platform".to_owned(),
            id: self.region.to_string(),
        };
        self.objects.insert("region_id", vec![region]);
    }

    /// A new object of a kind at a place, for a request that may destroy it.
    pub async fn another(&self, kind: &str, node: &str) -> Option<Object> {
        let anchor = self.nodes.get(node);
        let role = match node.chars().next() {
            Some('D') => "distributor_reader",
            Some('P') => "partner_reader",
            Some('T') => "tenant_reader",
            _ => "platform_reader",
        };
        let id = match kind {
            "service_account_id" => {
                let body = json!({ "name": "Program", "role": role, "anchor_id": anchor, "expires_on": "2027-11-21" });
                let made = self.administrator.post("/service-accounts", &body).await;
                assert_eq!(made.status, 201, "{}", made.body);
                made.body["service_account"]["id"].clone()
            }
            "user_id" => {
                let body = json!({
                    "first_name": "By", "last_name": "Stander", "email_address": format!("{}@example.org", Uuid::now_v7().simple()),
                    "role": role, "anchor_id": anchor, "mfa_required": false,
                });
                made(&self.administrator, "/users", &body).await
            }
            "subscription_id" => self.subscription(anchor?).await,
            _ => return None,
        };
        Some(object(node, &id))
    }

    async fn subscription(&self, tenant: &Value) -> Value {
        let id = Uuid::now_v7();
        let subscription = NewSubscription {
            id: id.into(),
            tenant_id: Uuid::parse_str(tenant.as_str().unwrap()).unwrap().into(),
            region_id: self.region.into(),
            platform_subscription_id: Uuid::now_v7().into(),
            name: "erp-prod".into(),
            description: String::new(),
            directory_id: String::new(),
            owner: String::new(),
            auto_created: false,
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.subscriptions()
            .insert(&subscription, self.app.clock().now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        json!(id)
    }

    /// A region that is known and not connected.
    async fn connect(&self) {
        let fields = RegionFields {
            name: "zrh1".into(),
            details: String::new(),
            time_zone: "UTC".into(),
            run_window_start: "00:00".into(),
            run_window_end: "06:00".into(),
            lookback_days: 2,
            granularity: "hourly".into(),
            enabled: false,
        };
        let connection = ConnectionFields {
            admin_endpoint: "https://adminmanagement.local.example".into(),
            tenant_endpoint: None,
            directory: None,
            login_endpoint: None,
            client_id: None,
            credential_kind: None,
            private_ca_pem: None,
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.regions()
            .insert(
                self.region.into(),
                &fields,
                &connection,
                "2026-10-01",
                self.app.clock().now(),
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

fn tries(state: &'static str, role: &'static str, anchor: &'static str, browser: Browser) -> Tries {
    Tries {
        state,
        role,
        anchor,
        browser,
    }
}

fn object(owner: &str, id: &Value) -> Object {
    Object {
        owner: owner.to_owned(),
        id: id.as_str().unwrap().to_owned(),
    }
}

async fn made(administrator: &Browser, path: &str, body: &Value) -> Value {
    let answer = administrator.post(path, body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    answer.body["id"].clone()
}
