//! The product as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::TestDatabase;

use crate::harness::{Browser, PASSWORD};

/// A `cms` process of its own; killed when the test ends.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Process {
    pub async fn start(database: &TestDatabase, folder: &Path, url: &str) -> Self {
        Self::start_with(database, folder, url, &[]).await
    }

    /// With more of its environment.
    pub async fn start_with(database: &TestDatabase, folder: &Path, url: &str, more: &[(&str, &Path)]) -> Self {
        let address = url.strip_prefix("http://").unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_cms"))
            .arg("serve")
            .env("CMS_DATABASE_URL", &database.url)
            .env("CMS_DATA_DIR", folder)
            .env("CMS_LISTEN", address)
            .env("CMS_PUBLIC_URL", url)
            .env("CMS_EGRESS_ALLOW_CIDRS", "[\"127.0.0.0/8\"]")
            .env("CMS_LOG", "off")
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let process = Self {
            child,
            url: url.to_owned(),
        };
        process.until_ready().await;
        process
    }

    async fn until_ready(&self) {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        loop {
            tick.tick().await;
            let asked = reqwest::get(format!("{}/readyz", self.url)).await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
        }
    }

    /// An address nobody listens at.
    pub fn free_url() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port())
    }

    /// SIGKILL: nothing is flushed, no lease is given back.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The first administrator of a process, signed in.
pub async fn administrator(url: &str, folder: &Path) -> Browser {
    let token = std::fs::read_to_string(folder.join("bootstrap-token")).unwrap();
    let mut browser = Browser::at(url);
    let body = json!({
        "token": token, "first_name": "Ada", "last_name": "Berg", "email_address": "ada@platform.example",
        "password": PASSWORD,
    });
    let response = browser.raw(Method::POST, "/setup", Some(&body), &[]).await;
    assert_eq!(response.status(), 201);
    browser.keep_cookie(&response);
    browser
}
