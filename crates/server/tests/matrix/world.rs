//! The tree, the people and the objects that the matrix walks over.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;

use app::App;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Browser, PASSWORD, Person, TestServer, branch, profile};

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

pub const VM_HOURS: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";

/// Somebody who tries everything.
pub struct Tries {
    pub state: &'static str,
    pub role: &'static str,
    pub anchor: &'static str,
    pub browser: Browser,
    /// What is theirs alone: another session, a linked identity.
    pub own: BTreeMap<&'static str, Object>,
}

/// An object that a path can name.
#[derive(Clone)]
pub struct Object {
    /// Node that owns it; empty for one that does not exist.
    pub owner: String,
    pub id: String,
    /// A part of it, such as a line of an invoice, where a path names one.
    pub part: String,
    /// False where that part belongs to something else.
    pub part_exists: bool,
}

impl Object {
    fn missing() -> Self {
        object("", &json!(Uuid::now_v7()))
    }
}

pub struct World {
    pub administrator: Browser,
    pub nodes: BTreeMap<&'static str, Value>,
    pub parents: Value,
    pub tries: Vec<Tries>,
    pub objects: BTreeMap<&'static str, Vec<Object>>,
    pub region: Uuid,
    pub app: App,
    pub months: AtomicU32,
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
        for name in ["name", "address", "country"] {
            let value = if name == "country" { "CH" } else { "Cloud" };
            server.set(&format!("invoices.seller_{name}"), json!(value)).await;
        }
        let mut world = Self {
            administrator,
            nodes,
            parents,
            tries: Vec::new(),
            objects: BTreeMap::new(),
            region: Uuid::now_v7(),
            app: server.app.clone(),
            months: AtomicU32::new(0),
        };
        world.connect().await;
        world.people(server).await;
        world.things().await;
        world
    }

    /// What a path can name for somebody: everything of its kind, wherever it is, with a part of it and with a part of
    /// something else; and something that does not exist.
    pub fn named(&self, kind: &str, in_two: bool, who: &Tries) -> Vec<Object> {
        let of_others = self.tries.iter().filter(|other| !std::ptr::eq(*other, who));
        let theirs = of_others.filter_map(|other| other.own.get(kind)).map(|own| Object {
            owner: String::new(),
            ..own.clone()
        });
        let mut named: Vec<Object> = self.objects.get(kind).into_iter().flatten().cloned().collect();
        named.extend(who.own.get(kind).cloned().into_iter().chain(theirs));
        if in_two {
            let parts = named.iter().map(|object| object.part.clone()).cycle().skip(1);
            let mixed = named.iter().zip(parts).map(|(object, part)| Object {
                part: if part == object.part {
                    Uuid::now_v7().to_string()
                } else {
                    part
                },
                part_exists: false,
                ..object.clone()
            });
            let mixed: Vec<Object> = mixed.collect();
            named.extend(mixed);
        }
        named.push(Object::missing());
        named
    }

    async fn people(&mut self, server: &TestServer) {
        let provider = self.another("identity_provider_id", "platform").await.unwrap();
        for (role, anchor) in ROLES {
            let person = server.person(&self.administrator, role, self.nodes.get(anchor)).await;
            let mut who = tries("signed_in", role, anchor, person.browser.clone());
            who.own = self.own(server, &person, anchor, &provider).await;
            self.tries.push(who);
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

    /// A second session of somebody and an identity linked to them.
    async fn own(
        &self,
        server: &TestServer,
        person: &Person,
        anchor: &str,
        provider: &Object,
    ) -> BTreeMap<&'static str, Object> {
        let mut elsewhere = server.browser();
        assert_eq!(elsewhere.sign_in(&person.address, PASSWORD).await.status, 200);
        let sessions = elsewhere.get("/profile/sessions").await.body;
        let sessions = sessions["items"].as_array().unwrap().clone();
        let session = sessions.iter().find(|session| session["current"] == true).unwrap();
        let identity = Uuid::now_v7();
        let tx = self.app.store().begin().await.unwrap();
        let user: Uuid = person.id.parse().unwrap();
        let provider: Uuid = provider.id.parse().unwrap();
        let subject = ("https://login.example", person.address.as_str());
        let now = self.app.clock().now();
        tx.identities()
            .insert(identity.into(), user.into(), provider.into(), subject, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        BTreeMap::from([
            ("session_id", object(anchor, &session["id"])),
            ("identity_id", object(anchor, &json!(identity))),
        ])
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
        let tenants = || nodes.keys().copied().filter(|node| node.starts_with('T'));
        let everywhere = || nodes.keys().copied().chain(["platform"]);
        for (kind, places) in [
            ("user_id", everywhere().collect::<Vec<_>>()),
            ("service_account_id", everywhere().collect()),
            ("subscription_id", tenants().collect()),
            ("invoice_id", tenants().collect()),
            ("alert_id", everywhere().collect()),
            ("job_id", tenants().chain(["platform"]).collect()),
            ("identity_provider_id", vec!["platform"]),
        ] {
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
        let path = format!("/price-lists/{}/items", list.as_str().unwrap());
        let item = made(
            &self.administrator,
            &path,
            &json!({ "meter_id": VM_HOURS, "rate": "0.12" }),
        )
        .await;
        let mut list = object("platform", &list);
        item.as_str().unwrap().clone_into(&mut list.part);
        self.objects.insert("price_list_id", vec![list]);
        let region = object("platform", &json!(self.region));
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
            "invoice_id" => return Some(self.invoice(node).await),
            "alert_id" => self.alert(node).await,
            "job_id" => self.job(anchor).await,
            "identity_provider_id" => {
                let body = json!({
                    "name": format!("Staff {}", Uuid::now_v7()), "kind": "openid_connect", "client_id": "cms",
                    "issuer": format!("https://{}.example", Uuid::now_v7()), "client_secret": "a secret", "enabled": false,
                });
                made(&self.administrator, "/identity-providers", &body).await
            }
            _ => return None,
        };
        Some(object(node, &id))
    }
}

fn tries(state: &'static str, role: &'static str, anchor: &'static str, browser: Browser) -> Tries {
    Tries {
        state,
        role,
        anchor,
        browser,
        own: BTreeMap::new(),
    }
}

pub fn object(owner: &str, id: &Value) -> Object {
    Object {
        owner: owner.to_owned(),
        id: id.as_str().unwrap().to_owned(),
        part: Uuid::now_v7().to_string(),
        part_exists: true,
    }
}

async fn made(administrator: &Browser, path: &str, body: &Value) -> Value {
    let answer = administrator.post(path, body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    answer.body["id"].clone()
}
