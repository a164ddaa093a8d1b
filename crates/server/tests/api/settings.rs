//! System settings over HTTP (ST-2 to ST-6).

use serde_json::json;

use crate::harness::each;

#[actix_web::test]
async fn a_section_is_saved_whole_or_not_at_all() {
    each(async |server| {
        let administrator = server.administrator().await;
        let page = administrator.get("/settings").await;
        let etag = page.etag.clone().unwrap();
        let mixed = json!({ "values": {
            "invoices.seller_name": "Aurora Platform AG",
            "invoices.header_font_colour": "red",
            "mail.host": "smtp.example",
        }});
        let refused = administrator.put("/settings/Invoices", &mixed, &etag).await;
        let codes: Vec<_> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["code"].as_str().unwrap())
            .collect();
        assert_eq!(
            (refused.status, codes),
            (422, vec!["colour_invalid", "setting_unknown"])
        );
        let after = administrator.get("/settings").await;
        assert_eq!(after.body, page.body, "nothing was stored");
        let good = json!({ "values": { "invoices.seller_name": "Aurora Platform AG" } });
        let saved = administrator.put("/settings/Invoices", &good, &etag).await;
        assert_eq!(saved.status, 200);
        assert_eq!(administrator.put("/settings/Invoices", &good, &etag).await.status, 412);
        assert_eq!(
            administrator
                .put("/settings/Mail", &good, saved.etag.as_deref().unwrap())
                .await
                .status,
            404
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn colours_that_are_hard_to_read_are_saved_and_said() {
    each(async |server| {
        let administrator = server.administrator().await;
        let etag = administrator.get("/settings").await.etag.unwrap();
        let pale = json!({ "values": {
            "invoices.header_font_colour": "#FFFF00", "invoices.footer_font_colour": "#767676",
        }});
        let saved = administrator.put("/settings/Invoices", &pale, &etag).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let warning = json!([{
            "code": "low_contrast", "keys": ["invoices.header_font_colour", "invoices.header_background_colour"],
            "detail": "The contrast of font and background of the header is below 4.5:1.",
        }]);
        assert_eq!(
            saved.body["warnings"], warning,
            "{}: 4.54:1 of the footer is enough (ST-25)",
            server.name
        );
        let dark = json!({ "values": { "invoices.header_background_colour": "#000000" } });
        let saved = administrator
            .put("/settings/Invoices", &dark, saved.etag.as_deref().unwrap())
            .await;
        assert_eq!(saved.body.get("warnings"), None);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_mail_password_has_five_hundred_characters_at_most() {
    each(async |server| {
        let administrator = server.administrator().await;
        let etag = administrator.get("/settings").await.etag.unwrap();
        let password = |length: usize| json!({ "values": { "mail.password": "x".repeat(length) } });
        let refused = administrator
            .put("/protected-settings/Mail", &password(501), &etag)
            .await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["code"]),
            (422, &json!("secret_invalid"))
        );
        let saved = administrator
            .put("/protected-settings/Mail", &password(500), &etag)
            .await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn activation_off_turns_its_code_off_in_the_same_save() {
    each(async |server| {
        let administrator = server.administrator().await;
        let etag = administrator.get("/settings").await.etag.unwrap();
        let off = json!({ "values": { "users.require_user_activation": false } });
        let saved = administrator.put("/settings/Users", &off, &etag).await;
        let items = saved.body["items"].as_array().unwrap();
        let code = items
            .iter()
            .find(|item| item["key"] == "users.require_user_activation_code")
            .unwrap();
        assert_eq!(code["value"], false, "ST-5");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn st_6_and_st_7_a_secret_is_write_only_and_goes_when_its_connection_changes() {
    each(async |server| {
        let administrator = server.administrator().await;
        let mut etag = administrator.get("/settings").await.etag.unwrap();
        let shown = |body: &serde_json::Value, key: &str| {
            let items = body["items"].as_array().unwrap();
            items.iter().find(|item| item["key"] == key).unwrap()["value"].clone()
        };
        for (values, secret) in [
            (
                json!({ "mail.host": "smtp.example", "mail.user_name": "cms", "mail.password": "canary-1" }),
                true,
            ),
            (json!({ "mail.from_name": "Billing" }), true),
            (
                json!({ "mail.host": "other.example", "mail.password": "canary-2" }),
                true,
            ),
            (json!({ "mail.port": 465 }), false),
            (json!({ "mail.password": "canary-3" }), true),
            (json!({ "mail.password": "" }), false),
        ] {
            let body = json!({ "values": values });
            let saved = administrator.put("/protected-settings/Mail", &body, &etag).await;
            assert_eq!(saved.status, 200, "{}: {}", server.name, saved.body);
            assert_eq!(
                shown(&saved.body, "mail.password"),
                json!({ "set": secret }),
                "{values}"
            );
            assert!(!saved.body.to_string().contains("canary"));
            etag = saved.etag.unwrap();
        }
        let record = administrator.get("/audit?target_id=mail.password").await.body;
        assert!(
            record["total"].as_u64().unwrap() >= 5 && !record.to_string().contains("canary"),
            "{record}"
        );
        assert_eq!(record["items"][0]["after"], json!({ "value": "changed" }));
        server.later(11);
        let body = json!({ "values": { "mail.port": 25 } });
        let refused = administrator.put("/protected-settings/Mail", &body, &etag).await;
        assert_eq!(refused.body["code"], "step_up_required");
        let reader = server.browser();
        assert_eq!(reader.put("/protected-settings/Mail", &body, &etag).await.status, 401);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn st_5_and_st_9_what_cannot_stand_together_is_refused_with_the_field() {
    each(async |server| {
        let administrator = server.administrator().await;
        let etag = administrator.get("/settings").await.etag.unwrap();
        let tenant = uuid::Uuid::now_v7();
        for (path, values, status, code) in [
            (
                "/protected-settings/Mail",
                json!({ "mail.encryption": "none", "mail.user_name": "cms" }),
                422,
                "mail_insecure",
            ),
            (
                "/protected-settings/Security",
                json!({ "security.lockout_threshold": 2 }),
                422,
                "out_of_bounds",
            ),
            (
                "/protected-settings/Storage",
                json!({ "storage.endpoint": "blob" }),
                422,
                "url_invalid",
            ),
            (
                "/settings/Subscriptions",
                json!({ "subscriptions.auto_created_subscription_tenant_id": tenant }),
                422,
                "unknown_reference",
            ),
            (
                "/settings/Invoices",
                json!({ "invoices.header_logo": "data:image/svg+xml;base64,PHN2Zy8+" }),
                422,
                "logo_format",
            ),
            (
                "/settings/Invoices",
                json!({ "invoices.auto_email_invoices": true }),
                409,
                "connection_not_tested",
            ),
        ] {
            let refused = administrator.put(path, &json!({ "values": values }), &etag).await;
            assert_eq!(refused.status, status, "{path}: {}", refused.body);
            let found = if status == 422 {
                &refused.body["errors"][0]["code"]
            } else {
                &refused.body["code"]
            };
            assert_eq!(found, code, "{path}");
            assert_eq!(
                administrator.get("/settings").await.etag.unwrap(),
                etag,
                "nothing was stored"
            );
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn st_9_a_mail_test_reaches_the_server_and_frees_the_switches_until_the_connection_changes() {
    each(async |server| {
        let administrator = server.administrator().await;
        assert_eq!(
            administrator.post("/mail/test", &json!({})).await.body["code"],
            "connection_incomplete"
        );
        let smtp = server.mail_server().await;
        let tested = administrator.post("/mail/test", &json!({})).await;
        assert_eq!(
            (tested.status, &tested.body["succeeded"]),
            (200, &json!(true)),
            "{}",
            tested.body
        );
        assert_eq!(smtp.take().len(), 1);
        let on = json!({ "values": { "invoices.auto_email_invoices": true } });
        let etag = administrator.get("/settings").await.etag.unwrap();
        let saved = administrator.put("/settings/Invoices", &on, &etag).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let moved = json!({ "values": { "mail.port": 1 } });
        let moved = administrator
            .put("/protected-settings/Mail", &moved, &saved.etag.unwrap())
            .await;
        assert_eq!(moved.status, 200, "the switch stays on");
        let failed = administrator.post("/mail/test", &json!({})).await.body;
        assert_eq!(
            (&failed["succeeded"], failed["code"].is_string()),
            (&json!(false), true)
        );
        let other = json!({ "values": { "invoices.send_delinquent_payment_notifications": true } });
        let refused = administrator
            .put("/settings/Invoices", &other, &moved.etag.unwrap())
            .await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (409, Some("connection_not_tested"))
        );
        server.stop().await;
    })
    .await;
}
