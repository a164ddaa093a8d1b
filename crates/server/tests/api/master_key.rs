//! The master key: a wrong one stops the start, a new one takes every secret along (S-56, ST-31).

use std::path::Path;
use std::sync::Arc;

use app::clock::SystemClock;
use app::vault::{MasterKeys, is_rotating, rotate};
use cms_server::build;
use cms_server::config::Config;
use serde_json::json;
use testkit::TestDatabase;

use crate::harness::{PASSWORD, each};
use crate::service_accounts::{account, created, program};

/// Configuration of another process on the same database.
fn config(database: &TestDatabase, folder: &Path) -> Config {
    Config {
        database_url: Some(database.url.clone()),
        data_dir: folder.to_owned(),
        master_key_file: None,
        listen: String::new(),
        public_url: "http://localhost".to_owned(),
        egress_allow_cidrs: Vec::new(),
        trusted_proxies: Vec::new(),
        access_token_algorithm: "EdDSA".to_owned(),
        api_requests_a_minute: 0,
        breached_passwords_file: None,
        web_dir: None,
        log: "off".to_owned(),
    }
}

async fn start(config: &Config) -> Result<app::App, String> {
    build::application_at(config, Arc::new(SystemClock)).await
}

#[actix_web::test]
async fn st_31_another_master_key_stops_the_start_and_nothing_is_written() {
    each(async |server| {
        let folder = tempfile::tempdir().unwrap();
        let before = server.database.texts("SELECT key_id FROM secret").await;
        let missing = start(&config(&server.database, folder.path())).await.unwrap_err();
        assert!(missing.starts_with("master_key_file: the file has no key "), "{missing}");
        let key_id = &before[0];
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("master-key"), format!("{key_id}:{}", "ab".repeat(32))).unwrap();
        let wrong = start(&config(&server.database, other.path())).await.unwrap_err();
        assert_eq!(
            wrong,
            format!("master_key_file: the key {key_id} is not the one under which the secrets of this installation are sealed")
        );
        assert_eq!(server.database.texts("SELECT key_id FROM secret").await, before);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn s_56_a_new_master_key_takes_secrets_along_and_leaves_sessions_and_keys_as_they_are() {
    each(async |server| {
        let mut administrator = server.administrator().await;
        let (_, key) = created(&administrator, &account("platform_reader", None)).await;
        assert_eq!(program(&server, &key).await.get("/tenants").await.status, 200);
        let mail = json!({ "values": { "mail.host": "smtp.example", "mail.password": "letters only" } });
        let shown = administrator.get("/settings").await;
        let saved = administrator
            .put("/protected-settings/Mail", &mail, shown.etag.as_deref().unwrap_or(""))
            .await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let file = server.key_file();
        let old = std::fs::read_to_string(&file).unwrap();
        let old_id = old.split(':').next().unwrap();
        let ids = async || server.database.texts("SELECT DISTINCT key_id FROM secret").await;
        assert_eq!(ids().await, [old_id]);
        assert!(!is_rotating(&server.app).await.unwrap());

        build::add_master_key(&file).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.ends_with(&old) && text.lines().count() == 2, "the older key stays");
        let console = start(&config(&server.database, file.parent().unwrap())).await.unwrap();
        assert!(is_rotating(&console).await.unwrap(), "begun and not ended");
        let moved = rotate(&console).await.unwrap();
        // Hash key, signing key, the password of the mail server.
        assert_eq!(moved, 3, "{}", server.name);
        assert_eq!(rotate(&console).await.unwrap(), 0);
        let new_id = text.split(':').next().unwrap();
        assert_eq!(ids().await, [new_id]);

        assert_eq!(administrator.get("/session").await.status, 200);
        assert_eq!(program(&server, &key).await.get("/tenants").await.status, 200);
        let again = administrator.sign_in("ada@platform.example", PASSWORD).await;
        assert_eq!(again.status, 200, "{}", again.body);
        let entries = administrator.get("/audit?operation=host.rotate_key").await.body;
        assert_eq!(
            (&entries["total"], &entries["items"][1]["target_id"]),
            (&json!(2), &json!(new_id))
        );
        server.stop().await;
    })
    .await;
}

#[test]
fn a_key_file_is_replaced_whole_and_stays_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("master-key");
    build::write_private(&file, &MasterKeys::new_line().unwrap(), 0o400).unwrap();
    for keys in 2..4 {
        build::add_master_key(&file).unwrap();
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
        assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), keys);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }
}
