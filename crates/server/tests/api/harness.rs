//! A server on a port of its own over a new database, and clients that sign in.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::App;
use app::clock::FixedClock;
use cms_server::build;
use cms_server::config::Config;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::TestDatabase;
use testkit::mail::{MailServer, ReceivedMail};

pub const PASSWORD: &str = "correct horse battery";

/// A running server.
pub struct TestServer {
    pub app: App,
    pub clock: Arc<FixedClock>,
    pub url: String,
    pub name: &'static str,
    handle: actix_web::dev::ServerHandle,
    pub database: TestDatabase,
    pub config: Config,
    folder: TempDir,
}

/// Somebody's browser.
#[derive(Clone)]
pub struct Browser {
    url: String,
    client: Client,
    cookies: BTreeMap<String, String>,
    /// Access token of a program, which then has no cookies.
    token: Option<String>,
}

/// A user with a browser that is signed in.
pub struct Person {
    pub id: String,
    pub address: String,
    pub browser: Browser,
}

/// Status and body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub etag: Option<String>,
    pub replayed: bool,
}

/// Runs a test on each database.
pub async fn each<F: AsyncFn(TestServer)>(test: F) {
    for database in testkit::databases().await {
        test(TestServer::start(database).await).await;
    }
}

impl TestServer {
    pub async fn start(database: TestDatabase) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// With another configuration.
    pub async fn start_with(database: TestDatabase, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let mut config = Config {
            database_url: Some(database.url.clone()),
            data_dir: folder.path().to_owned(),
            master_key_file: None,
            listen: String::new(),
            public_url: url.clone(),
            egress_allow_cidrs: vec!["127.0.0.0/8".to_owned()],
            trusted_proxies: Vec::new(),
            access_token_algorithm: "EdDSA".to_owned(),
            api_requests_a_minute: 0,
            breached_passwords_file: None,
            web_dir: None,
            log: "off".to_owned(),
        };
        adjust(&mut config);
        let clock = Arc::new(FixedClock::at("2026-11-22T12:00:00Z".parse().unwrap()));
        let app = build::application_at(&config, clock.clone()).await.unwrap();
        let state = build::state(&config, app.clone()).unwrap();
        let server = build::server(state, listener).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            app,
            clock,
            url,
            name: database.name,
            handle,
            database,
            config,
            folder,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::at(&self.url)
    }

    /// The first administrator, signed in.
    pub async fn administrator(&self) -> Browser {
        let token = app::sign_in::setup::new_token(&self.app).await.unwrap().unwrap();
        let mut browser = self.browser();
        let body = json!({
            "token": token.as_str(), "first_name": "Ada", "last_name": "Berg",
            "email_address": "ada@platform.example", "password": PASSWORD,
        });
        let response = browser.raw(Method::POST, "/setup", Some(&body), &[]).await;
        assert_eq!(response.status(), 201);
        browser.keep_cookie(&response);
        browser
    }

    /// An invited and activated user, signed in.
    pub async fn user(&self, administrator: &Browser, role: &str, anchor: Option<&Value>) -> Browser {
        self.person(administrator, role, anchor).await.browser
    }

    /// Stores a setting beside the API.
    pub async fn set(&self, key: &str, value: Value) {
        let tx = self.app.store().begin().await.unwrap();
        tx.settings().save(key, &value, self.app.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The file of its master keys.
    pub fn key_file(&self) -> std::path::PathBuf {
        self.folder.path().join("master-key")
    }

    /// Moves the clock.
    pub fn later(&self, minutes: i64) {
        self.clock
            .set(self.app.clock().now() + chrono::TimeDelta::minutes(minutes));
    }

    /// A mail server that the settings name.
    pub async fn mail_server(&self) -> MailServer {
        let server = MailServer::start();
        self.set("mail.host", json!("127.0.0.1")).await;
        self.set("mail.port", json!(server.address.port())).await;
        self.set("mail.encryption", json!("none")).await;
        self.set("mail.from_address", json!("cms@platform.example")).await;
        server
    }

    /// Sends what waits and answers what the mail server got.
    pub async fn mails(&self, server: &MailServer) -> Vec<ReceivedMail> {
        while app::mail::step(&self.app).await.unwrap() {}
        server.take()
    }

    /// An activated user and the address; signed in.
    pub async fn person(&self, administrator: &Browser, role: &str, anchor: Option<&Value>) -> Person {
        let address = format!("{}@example.org", uuid::Uuid::now_v7().simple());
        let body = json!({
            "first_name": "Uma", "last_name": "Lind", "email_address": address, "role": role, "anchor_id": anchor,
            "mfa_required": false,
        });
        let made = administrator.post("/users", &body).await;
        assert_eq!(made.status, 201, "{}: {}", role, made.body);
        let link = app::sign_in::activation::link_for(&self.app, &address).await.unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut browser = self.browser();
        let body = json!({ "token": token, "password": PASSWORD });
        let activated = browser.send(Method::POST, "/activation", &body).await;
        assert_eq!(activated.status, 200, "{}", activated.body);
        let id = made.body["id"].as_str().unwrap().to_owned();
        Person { id, address, browser }
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

impl Browser {
    /// A browser of a server at this address.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            cookies: BTreeMap::new(),
            token: None,
            // One client a browser: making one is slow, and a connection opened before must not wait for its request.
            client: Client::builder().pool_max_idle_per_host(0).build().unwrap(),
        }
    }

    /// A program with an access token, at the same server.
    pub fn program(&self, token: &str) -> Self {
        Self {
            cookies: BTreeMap::new(),
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Keeps what an answer sets and forgets what it removes, as a browser does.
    pub fn keep_cookie(&mut self, response: &Response) {
        for header in response.headers().get_all("set-cookie") {
            let pair = header.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Forgets a cookie.
    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// A request whose cookies are kept.
    pub async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let response = self.raw(method, path, Some(body), &[]).await;
        self.keep_cookie(&response);
        answer(response).await
    }

    /// Signs in and keeps the cookies.
    pub async fn sign_in(&mut self, address: &str, password: &str) -> Answer {
        let body = json!({ "email_address": address, "password": password });
        self.send(Method::POST, "/session", &body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.raw(Method::GET, path, None, &[]).await).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.raw(Method::POST, path, Some(body), &[]).await).await
    }

    pub async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Answer {
        answer(
            self.raw(Method::POST, path, Some(body), &[("Idempotency-Key", key)])
                .await,
        )
        .await
    }

    pub async fn put(&self, path: &str, body: &Value, etag: &str) -> Answer {
        answer(self.raw(Method::PUT, path, Some(body), &[("If-Match", etag)]).await).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        answer(self.raw(Method::DELETE, path, None, &[]).await).await
    }

    pub async fn raw(&self, method: Method, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Response {
        let writes = method != Method::GET;
        let mut request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("Cookie", pairs.join("; "));
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        } else if writes {
            request = request
                .header("Sec-Fetch-Site", "same-origin")
                .header("X-CMS-Request", "1");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }
}

pub async fn answer(response: Response) -> Answer {
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let (etag, replayed) = (header("etag"), header("idempotency-replayed").is_some());
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    Answer {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        etag,
        replayed,
    }
}

pub fn profile() -> Value {
    json!({
        "legal_name": "Harbour Freight GmbH", "contact_person": "Jo Lind", "phone": "+49 40 000000",
        "address": { "lines": ["Quay 4"], "city": "Hamburg", "postal_code": "20457", "region": "" },
        "country": "DE", "locale": null, "billing_contacts": ["billing@harbour.example"], "tax_id": "", "notes": "",
    })
}

/// A distributor with a partner with a tenant; answers their ids.
pub async fn branch(administrator: &Browser, name: &str) -> (Value, Value, Value) {
    let body = json!({ "name": format!("{name} distributor"), "currency": "EUR", "profile": profile() });
    let distributor = administrator.post("/distributors", &body).await;
    assert_eq!(distributor.status, 201, "{}", distributor.body);
    let distributor = distributor.body["id"].clone();
    let body = json!({ "name": format!("{name} partner"), "distributor_id": distributor, "profile": profile() });
    let partner = administrator.post("/partners", &body).await.body["id"].clone();
    let body = json!({ "name": format!("{name} tenant"), "partner_id": partner, "profile": profile() });
    let tenant = administrator.post("/tenants", &body).await.body["id"].clone();
    (distributor, partner, tenant)
}
