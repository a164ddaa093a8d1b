//! A server on a port of its own over a new database, and clients that sign in.

use std::sync::Arc;

use app::App;
use app::clock::FixedClock;
use cms_server::build;
use cms_server::config::Config;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::TestDatabase;

pub const PASSWORD: &str = "correct horse battery";

/// A running server.
pub struct TestServer {
    pub app: App,
    pub clock: Arc<FixedClock>,
    pub url: String,
    pub name: &'static str,
    handle: actix_web::dev::ServerHandle,
    _database: TestDatabase,
    _folder: TempDir,
}

/// Somebody's browser.
#[derive(Clone)]
pub struct Browser {
    url: String,
    cookie: Option<String>,
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
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let config = Config {
            database_url: Some(database.url.clone()),
            data_dir: folder.path().to_owned(),
            master_key_file: None,
            listen: String::new(),
            public_url: url.clone(),
            egress_allow_cidrs: vec!["127.0.0.0/8".to_owned()],
            web_dir: None,
            log: "off".to_owned(),
        };
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
            _database: database,
            _folder: folder,
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
        let response = browser.raw(Method::POST, "/activation", Some(&body), &[]).await;
        assert_eq!(response.status(), 200);
        browser.keep_cookie(&response);
        browser
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
            cookie: None,
        }
    }

    pub fn keep_cookie(&mut self, response: &Response) {
        let cookie = response.headers().get("set-cookie").unwrap().to_str().unwrap();
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
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
        let mut request = Client::new().request(method, format!("{}/api/v1{path}", self.url));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        if writes {
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
