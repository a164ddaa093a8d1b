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
