//! Mail through a real mail server: STARTTLS under a certificate of the host's trust, then an account (S-70 to S-73, R-53).

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::TestDatabase;

use crate::counterpart::{Counterpart, support};
use crate::harness::Browser;
use crate::process::{Process, administrator};

/// A mail server, and a product whose host trusts its authority, or not.
struct World {
    mails: Counterpart,
    administrator: Browser,
    _process: Process,
    _folder: TempDir,
}

impl World {
    async fn start(database: &TestDatabase, trusted: bool) -> Self {
        let mails = Counterpart::start("mail-server.mjs", &[support("tls/server.pem")]);
        let folder = tempfile::tempdir().unwrap();
        let authority = support("tls/authority.pem");
        let roots: &[(&str, &Path)] = if trusted { &[("SSL_CERT_FILE", &authority)] } else { &[] };
        let process = Process::start_with(database, folder.path(), &Process::free_url(), roots).await;
        let administrator = administrator(&process.url, folder.path()).await;
        let world = Self {
            mails,
            administrator,
            _process: process,
            _folder: folder,
        };
        world
            .save(json!({
                "mail.host": world.mails.says["host"], "mail.port": world.mails.says["port"],
                "mail.user_name": world.mails.says["user_name"], "mail.password": world.mails.says["password"],
                "mail.from_address": "cms@platform.example",
            }))
            .await;
        world
    }

    async fn save(&self, values: Value) {
        let etag = self.administrator.get("/settings").await.etag.unwrap();
        let body = json!({ "values": values });
        let saved = self.administrator.put("/protected-settings/Mail", &body, &etag).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
    }

    async fn tested(&self) -> Value {
        self.administrator.post("/mail/test", &json!({})).await.body
    }

    /// The first mail to an address, as soon as it is there.
    async fn mail_to(&self, address: &str) -> Value {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..300 {
            tick.tick().await;
            let mut found = self.mails.ask("mailbox", &format!("/?to={address}")).await;
            if found[0].is_object() {
                return found[0].take();
            }
        }
        panic!("no mail to {address}");
    }
}

#[actix_web::test]
async fn a_mail_leaves_under_starttls_with_the_account_of_the_settings() {
    for database in testkit::databases().await {
        let world = World::start(&database, true).await;
        let tested = world.tested().await;
        assert_eq!(tested["succeeded"], true, "{}: {tested}", database.name);
        let mail = world.mail_to("ada@platform.example").await;
        assert_eq!(
            (&mail["subject"], &mail["user"], &mail["from"]),
            (
                &json!("Test of the mail server"),
                &json!("cms"),
                &json!("cms@platform.example")
            )
        );
        assert!(mail["tls"].as_str().unwrap().starts_with("TLS"), "{mail}");

        let body = json!({
            "first_name": "Bö", "last_name": "Dahl", "email_address": "bo@platform.example", "role": "platform_reader",
        });
        assert_eq!(world.administrator.post("/users", &body).await.status, 201);
        let mail = world.mail_to("bo@platform.example").await;
        assert_eq!(mail["subject"], "Activate your account");
        let text = mail["text"].as_str().unwrap();
        assert!(
            text.starts_with("Hello Bö,") && text.contains("/activation?token="),
            "{text}"
        );
    }
}

#[actix_web::test]
async fn a_wrong_password_and_a_wrong_encryption_are_told_and_nothing_is_taken() {
    for database in testkit::databases().await {
        let world = World::start(&database, true).await;
        world.save(json!({ "mail.password": "another" })).await;
        let tested = world.tested().await;
        assert_eq!(
            (&tested["code"], &tested["message"]),
            (
                &json!("account_refused"),
                &json!("The mail server refused the user name or password.")
            )
        );
        world
            .save(json!({ "mail.encryption": "tls", "mail.password": world.mails.says["password"] }))
            .await;
        let tested = world.tested().await;
        assert_eq!(
            tested["succeeded"], false,
            "a port of STARTTLS is not one of TLS: {tested}"
        );
        assert_eq!(world.mails.ask("mailbox", "/").await, json!([]), "{}", database.name);
    }
}

#[actix_web::test]
async fn s_73_a_mail_server_the_host_does_not_trust_gets_no_password() {
    for database in testkit::databases().await {
        let world = World::start(&database, false).await;
        let tested = world.tested().await;
        assert_eq!(
            (&tested["code"], &tested["message"]),
            (
                &json!("tls_failed"),
                &json!("No trusted TLS connection to the mail server.")
            )
        );
        assert_eq!(world.mails.ask("mailbox", "/").await, json!([]), "{}", database.name);
    }
}
