//! The audit record over HTTP: scope, sealing, verification, export (I-70 to I-75, S-87, S-88).

use serde_json::json;

use crate::harness::{branch, each, profile};

#[actix_web::test]
async fn i_72_everyone_sees_the_entries_of_the_own_branch_and_a_stranger_s_name_stays_hidden() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, t1) = branch(&administrator, "North").await;
        let (_, _, t2) = branch(&administrator, "South").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let reader = server.user(&administrator, "partner_reader", Some(&p1)).await;
        let all = administrator.get("/audit?operation=tenant.create").await;
        assert_eq!((all.status, &all.body["total"]), (200, &json!(2)), "{}", server.name);
        assert_eq!(all.body["items"][0]["target_id"], t2, "newest first");
        assert_eq!(all.body["items"][0]["actor_name"], "Ada Berg");
        let own = partner.get("/audit?operation=tenant.create").await;
        assert_eq!(own.body["total"], 1);
        let entry = &own.body["items"][0];
        assert_eq!(
            (&entry["target_id"], &entry["actor_name"], &entry["actor_id"]),
            (&t1, &json!(null), &json!(null))
        );
        assert_eq!(entry["source_address"], json!(null));
        let ada = all.body["items"][0]["actor_id"].as_str().unwrap();
        let foreign = partner.get(&format!("/audit?actor_id={ada}")).await;
        let missing = partner.get(&format!("/audit?actor_id={}", uuid::Uuid::now_v7())).await;
        assert_eq!((foreign.status, &foreign.body), (200, &missing.body), "PM-8");
        assert_eq!(reader.get("/audit").await.body["code"], "not_permitted");
        assert_eq!(
            partner.post("/audit/verify", &json!({})).await.body["code"],
            "not_permitted"
        );
        assert_eq!(
            administrator.get("/audit?from=yesterday").await.body["code"],
            "instant_invalid"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn i_75_an_edit_shows_old_and_new_and_of_persons_only_that_something_changed() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, partner, tenant) = branch(&administrator, "North").await;
        let path = format!("/tenants/{}", tenant.as_str().unwrap());
        let read = administrator.get(&path).await;
        let mut kept = profile();
        kept["notes"] = json!("asked for a discount");
        kept["phone"] = json!("+49 30 555 0101");
        let edited = json!({
            "name": "Harbour", "partner_id": partner, "currency": "USD", "payment_terms_days": 14, "tax_note": "exempt",
            "profile": kept,
        });
        let saved = administrator.put(&path, &edited, read.etag.as_deref().unwrap()).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let entries = administrator.get("/audit?operation=tenant.update").await;
        let (before, after) = (&entries.body["items"][0]["before"], &entries.body["items"][0]["after"]);
        for (field, old, new) in [
            ("payment_terms_days", json!(null), json!(14)),
            ("tax_note", json!(null), json!("exempt")),
            ("notes", json!(null), json!("changed")),
            ("phone", json!(null), json!("changed")),
            ("contact_person", json!(null), json!(null)),
        ] {
            assert_eq!((&before[field], &after[field]), (&old, &new), "{field}");
        }
        assert!(!entries.body.to_string().contains("555 0101"), "{}", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_list_pages_through_every_entry_once() {
    each(async |server| {
        let administrator = server.administrator().await;
        branch(&administrator, "North").await;
        let mut ids = Vec::new();
        let mut path = "/audit?limit=2".to_owned();
        loop {
            let page = administrator.get(&path).await.body;
            ids.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| entry["id"].as_i64().unwrap()),
            );
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/audit?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        let sorted: Vec<i64> = ids.iter().copied().rev().collect();
        assert!(sorted.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        assert_eq!(administrator.get("/audit").await.body["total"], ids.len());
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn i_71_entries_are_sealed_in_a_chain_that_verify_recomputes() {
    each(async |server| {
        let administrator = server.administrator().await;
        branch(&administrator, "North").await;
        let before = administrator.post("/audit/verify", &json!({})).await.body;
        assert_eq!(
            (&before["intact"], &before["checked"]),
            (&json!(true), &json!(0)),
            "{}",
            server.name
        );
        assert_eq!(before["head"], "0".repeat(64));
        while app::audit::seal_waiting(&server.app).await.unwrap() > 0 {}
        let after = administrator.post("/audit/verify", &json!({})).await.body;
        assert_eq!((&after["intact"], &after["unsealed"]), (&json!(true), &json!(0)));
        assert_eq!(after["checked"], before["unsealed"]);
        let newest = &administrator.get("/audit?limit=1").await.body["items"][0];
        assert_eq!(newest["sequence"], after["checked"]);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn s_88_the_database_refuses_to_change_the_record_and_verify_finds_what_was_changed_anyway() {
    each(async |server| {
        let administrator = server.administrator().await;
        branch(&administrator, "North").await;
        while app::audit::seal_waiting(&server.app).await.unwrap() > 0 {}
        for statement in [
            "UPDATE audit_entry SET operation = 'nothing'",
            "DELETE FROM audit_entry",
            "UPDATE audit_seal SET hash = ''",
            "DELETE FROM audit_seal",
        ] {
            assert!(
                server.database.try_execute(statement).await.is_err(),
                "{statement} on {}",
                server.name
            );
        }
        let target = "(SELECT entry_id FROM audit_seal WHERE sequence = 3)";
        let off = match server.name {
            "postgres" => "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_kept",
            _ => "DROP TRIGGER audit_entry_update",
        };
        server.database.execute(off).await;
        let change = format!("UPDATE audit_entry SET reason = 'because' WHERE id = {target}");
        server.database.execute(&change).await;
        let found = administrator.post("/audit/verify", &json!({})).await.body;
        assert_eq!((&found["intact"], &found["first_break"]), (&json!(false), &json!(3)));
        let back = format!("UPDATE audit_entry SET reason = NULL WHERE id = {target}");
        server.database.execute(&back).await;
        assert_eq!(
            administrator.post("/audit/verify", &json!({})).await.body["intact"],
            true
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn i_74_the_export_carries_the_hashes_and_the_head_and_needs_a_fresh_proof() {
    each(async |server| {
        let administrator = server.administrator().await;
        branch(&administrator, "North").await;
        while app::audit::seal_waiting(&server.app).await.unwrap() > 0 {}
        let head = administrator.post("/audit/verify", &json!({})).await.body;
        let exported = administrator
            .raw(reqwest::Method::GET, "/audit/export", None, &[])
            .await;
        assert_eq!(exported.headers()["content-type"], "application/x-ndjson");
        let text = exported.text().await.unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (last, entries) = lines.split_last().unwrap();
        assert_eq!(last["head"]["hash"], head["head"]);
        assert_eq!(
            entries.len(),
            usize::try_from(head["checked"].as_i64().unwrap()).unwrap()
        );
        let mut previous = "0".repeat(64);
        for line in entries {
            assert_eq!(line["previous_hash"], json!(previous));
            let (_, hash) = domain::audit_chain::seal(&previous, &line["entry"]).unwrap();
            assert_eq!(line["hash"], json!(hash));
            previous = hash;
        }
        server.later(11);
        assert_eq!(
            administrator.get("/audit/export").await.body["code"],
            "step_up_required"
        );
        server.stop().await;
    })
    .await;
}
