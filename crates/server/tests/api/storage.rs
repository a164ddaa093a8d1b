//! The storage test against Azurite, Microsoft's emulator of the Blob service (ST-9, S-70 to S-75).

use serde_json::{Value, json};

use crate::counterpart::Counterpart;
use crate::harness::{Browser, each};

async fn saved(administrator: &Browser, section: &str, values: Value) {
    let etag = administrator.get("/settings").await.etag.unwrap();
    let saved = administrator.put(section, &json!({ "values": values }), &etag).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
}

async fn connected(administrator: &Browser, values: Value) -> Value {
    saved(administrator, "/protected-settings/Storage", values).await;
    let tested = administrator.post("/storage/test", &json!({})).await;
    assert_eq!(tested.status, 200, "{}", tested.body);
    tested.body
}

#[actix_web::test]
async fn st_9_a_storage_test_writes_and_deletes_a_file_and_frees_the_switch() {
    let azurite = Counterpart::start("blob-storage.mjs", &[]);
    each(async |server| {
        let administrator = server.administrator().await;
        let empty = administrator.post("/storage/test", &json!({})).await;
        assert_eq!(
            (empty.status, empty.body["code"].as_str()),
            (409, Some("connection_incomplete"))
        );
        let on = json!({ "values": { "invoices.store_invoices_in_azure_storage": true } });
        let etag = administrator.get("/settings").await.etag.unwrap();
        let early = administrator.put("/settings/Invoices", &on, &etag).await;
        assert_eq!(early.body["code"], "connection_not_tested");

        for version in ["2017-11-09", "2019-07-07"] {
            let tested = connected(
                &administrator,
                json!({
                    "storage.endpoint": azurite.says["endpoint"], "storage.account": azurite.says["account"],
                    "storage.credential": azurite.says["key"], "storage.api_version": version,
                }),
            )
            .await;
            assert_eq!(
                tested,
                json!({
                    "succeeded": true, "code": null,
                    "message": "A file was written to the container invoices and deleted again.",
                }),
                "{} {version}",
                server.name
            );
        }
        assert_eq!(azurite.ask("listing", "").await, json!([]), "nothing is left behind");
        saved(
            &administrator,
            "/settings/Invoices",
            json!({ "invoices.store_invoices_in_azure_storage": true }),
        )
        .await;
        let record = administrator.get("/audit?operation=storage.test").await.body;
        assert_eq!(record["items"][0]["after"]["succeeded"], true, "{record}");
        assert!(!record.to_string().contains(azurite.text("key")));

        let reader = server.user(&administrator, "platform_reader", None).await;
        assert_eq!(reader.post("/storage/test", &json!({})).await.status, 403);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_shared_access_signature_writes_too_and_one_for_reading_is_told_so() {
    let azurite = Counterpart::start("blob-storage.mjs", &[]);
    each(async |server| {
        let administrator = server.administrator().await;
        let tested = connected(
            &administrator,
            json!({
                "storage.endpoint": azurite.says["endpoint"], "storage.account": azurite.says["account"],
                "storage.credential_kind": "sas", "storage.credential": azurite.says["sas"],
            }),
        )
        .await;
        assert_eq!(tested["succeeded"], true, "{tested}");
        let reading = connected(&administrator, json!({ "storage.credential": azurite.says["reading"] })).await;
        assert_eq!(
            (&reading["code"], &reading["message"]),
            (&json!("not_allowed"), &json!("The credential does not allow this."))
        );
        assert_eq!(azurite.ask("listing", "").await, json!([]));
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn each_fault_of_a_storage_connection_is_named() {
    let azurite = Counterpart::start("blob-storage.mjs", &[]);
    each(async |server| {
        let administrator = server.administrator().await;
        let good = json!({
            "storage.endpoint": azurite.says["endpoint"], "storage.account": azurite.says["account"],
            "storage.container": "invoices", "storage.credential": azurite.says["key"],
        });
        let closed = {
            let port = std::net::TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            format!("http://127.0.0.1:{port}/{}", azurite.text("account"))
        };
        for (key, value, code) in [
            ("storage.credential", json!("d3Jvbmcga2V5"), "credential_refused"),
            ("storage.credential", json!("no base64!"), "credential_invalid"),
            ("storage.container", json!("receipts"), "container_missing"),
            ("storage.endpoint", json!(closed), "connect_refused"),
            ("storage.endpoint", json!(server.url), "not_storage"),
            ("storage.endpoint", json!("https://10.20.30.40/"), "address_forbidden"),
            ("storage.endpoint", json!("http://93.184.215.14/"), "plain_http_refused"),
        ] {
            let mut values = good.clone();
            values[key] = value;
            let tested = connected(&administrator, values).await;
            assert_eq!(
                (&tested["succeeded"], &tested["code"]),
                (&json!(false), &json!(code)),
                "{}: {tested}",
                server.name
            );
            let message = tested["message"].as_str().unwrap();
            assert!(message.ends_with('.') && !message.contains("xml"), "{message}");
        }
        assert_eq!(azurite.ask("listing", "").await, json!([]));
        server.stop().await;
    })
    .await;
}
