//! Administrators, moves, deletion and the tree of entities over HTTP (PM-15, PM-16, PM-25, PM-26).

use serde_json::{Value, json};

use crate::harness::{branch, each, profile};

fn path(kind: &str, id: &Value) -> String {
    format!("/{kind}/{}", id.as_str().unwrap())
}

#[actix_web::test]
async fn administrators_are_the_users_with_the_role_there() {
    each(async |server| {
        let platform = server.administrator().await;
        let (distributor, partner, tenant) = branch(&platform, "North").await;
        let partners = path("partners", &partner);
        let reader = server.person(&platform, "partner_reader", Some(&partner)).await;
        let body = json!({
            "assign": [reader.id],
            "invite": [{ "first_name": "Ada", "last_name": "Zorn", "email_address": "ada.zorn@example.org" }],
        });
        let set = platform.post(&format!("{partners}/administrators"), &body).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let people = set.body["details"]["administrators"].as_array().unwrap();
        let states: Vec<&str> = people.iter().map(|person| person["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["active", "invited"]);
        assert_eq!(set.body["administrator_count"], 2);
        assert_eq!(
            reader.browser.get("/session").await.status,
            401,
            "a changed role ends sessions (I-61)"
        );
        let listed = platform.get("/users?role=partner_administrator").await;
        assert_eq!(listed.body["total"], 2, "one source of truth with the users");
        let release = json!({ "release": [
            { "user_id": reader.id, "role": "tenant_reader", "anchor_id": tenant }, { "user_id": people[1]["id"] },
        ] });
        let released = platform.post(&format!("{partners}/administrators"), &release).await;
        assert_eq!(released.status, 200, "{}", released.body);
        let left = released.body["details"]["administrators"].as_array().unwrap();
        assert_eq!((left.len(), left[0]["state"].as_str()), (1, Some("disabled")));
        let moved = platform.get(&format!("/users/{}", reader.id)).await;
        assert_eq!(
            (moved.body["role"].as_str(), &moved.body["anchor"]["id"]),
            (Some("tenant_reader"), &tenant)
        );
        let shown = platform.get(&path("distributors", &distributor)).await;
        assert_eq!(shown.body["administrator_count"], 0, "an entity without one is allowed");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn assigning_stays_inside_the_branch_and_everything_happens_or_nothing() {
    each(async |server| {
        let platform = server.administrator().await;
        let (d1, p1, t1) = branch(&platform, "North").await;
        let (_, p2, _) = branch(&platform, "South").await;
        let distributor = server.person(&platform, "distributor_administrator", Some(&d1)).await;
        let partner = server.person(&platform, "partner_administrator", Some(&p1)).await;
        let foreign = server.person(&platform, "partner_reader", Some(&p2)).await;
        let own = format!("{}/administrators", path("partners", &p1));
        let assign = |id: &str| json!({ "assign": [id] });
        let refused = distributor.browser.post(&own, &assign(&foreign.id)).await;
        let missing = distributor
            .browser
            .post(&own, &assign(&uuid::Uuid::now_v7().to_string()))
            .await;
        assert_eq!(refused.status, 422);
        assert_eq!(
            refused.body["errors"], missing.body["errors"],
            "a foreign user looks like a missing one (PM-6)"
        );
        assert_eq!(refused.body["errors"][0]["pointer"], "/assign/0");
        let self_change = distributor.browser.post(&own, &assign(&distributor.id)).await;
        assert_eq!(self_change.body["code"], "self_change_refused");
        assert_eq!(
            partner.browser.post(&own, &assign(&partner.id)).await.body["code"],
            "not_permitted"
        );
        let elsewhere = format!("{}/administrators", path("partners", &p2));
        assert_eq!(distributor.browser.post(&elsewhere, &json!({})).await.status, 404);
        let of_distributor = format!("{}/administrators", path("distributors", &d1));
        assert_eq!(distributor.browser.post(&of_distributor, &json!({})).await.status, 403);
        let half = json!({
            "invite": [
                { "first_name": "Ada", "last_name": "Zorn", "email_address": "ada.zorn@example.org" },
                { "first_name": "", "last_name": "Lind", "email_address": "nobody" },
            ],
            "release": [{ "user_id": partner.id, "role": "partner_reader" }],
        });
        let refused = distributor.browser.post(&own, &half).await;
        let named: Vec<&str> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(named, ["/invite/1/first_name", "/invite/1/email_address"]);
        let shown = distributor
            .browser
            .get(&format!("{}?details=true", path("partners", &p1)))
            .await;
        let people = shown.body["details"]["administrators"].as_array().unwrap();
        assert_eq!((people.len(), people[0]["id"].as_str()), (1, Some(partner.id.as_str())));
        let tenants = format!("{}/administrators", path("tenants", &t1));
        server.set("users.partner_self_provisioning", json!(false)).await;
        let invite = json!({ "invite": [{ "first_name": "A", "last_name": "B", "email_address": "a@b.example" }] });
        let off = partner.browser.post(&tenants, &invite).await;
        assert_eq!(off.body["code"], "switched_off", "inviting is creating a user (PM-10)");
        server.later(11);
        assert_eq!(
            partner.browser.post(&tenants, &json!({})).await.body["code"],
            "step_up_required"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_move_takes_effect_with_its_month_and_scope_follows() {
    each(async |server| {
        let platform = server.administrator().await;
        let (_, p1, t1) = branch(&platform, "North").await;
        let (_, p2, _) = branch(&platform, "South").await;
        let before = server.user(&platform, "partner_administrator", Some(&p1)).await;
        let after = server.user(&platform, "partner_administrator", Some(&p2)).await;
        let tenant = path("tenants", &t1);
        let moving = format!("{tenant}/move");
        let planned = platform.put(&moving, &json!({ "parent_id": p2 }), "*").await;
        assert_eq!(planned.status, 200, "{}", planned.body);
        let pending = &planned.body["details"]["pending_move"];
        assert_eq!(
            (&pending["parent"]["id"], pending["effective_month"].as_str()),
            (&p2, Some("2026-12"))
        );
        assert_eq!(
            after.get(&tenant).await.status,
            404,
            "until then nothing changes (PM-15)"
        );
        let seen = before.get(&format!("{tenant}?details=true")).await;
        assert_eq!(
            seen.body["details"]["pending_move"],
            json!(null),
            "no other branch is named (PM-25)"
        );
        assert_eq!(app::organisation::moves::carry_out_due(&server.app).await.unwrap(), 0);
        server.clock.set("2026-12-01T00:00:00Z".parse().unwrap());
        assert_eq!(app::organisation::moves::carry_out_due(&server.app).await.unwrap(), 1);
        assert_eq!(
            app::organisation::moves::carry_out_due(&server.app).await.unwrap(),
            0,
            "once"
        );
        let (mut before, mut after) = (before, after);
        for (browser, role) in [(&mut before, "old"), (&mut after, "new")] {
            assert_eq!(
                browser.get("/session").await.status,
                401,
                "{role} sessions ended with their time"
            );
        }
        let platform = again(&server).await;
        let shown = platform.get(&format!("{tenant}?details=true")).await;
        assert_eq!(shown.body["partner"]["id"], p2, "{}", server.name);
        assert_eq!(shown.body["details"]["ancestors"][1]["id"], p2);
        let new = server.user(&platform, "partner_reader", Some(&p2)).await;
        let old = server.user(&platform, "partner_reader", Some(&p1)).await;
        assert_eq!(
            (new.get(&tenant).await.status, old.get(&tenant).await.status),
            (200, 404)
        );
        server.stop().await;
    })
    .await;
}

/// The first administrator, signed in anew.
async fn again(server: &crate::harness::TestServer) -> crate::harness::Browser {
    let mut browser = server.browser();
    let signed_in = browser.sign_in("ada@platform.example", crate::harness::PASSWORD).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    browser
}

#[actix_web::test]
async fn a_move_is_withdrawn_or_refused_naming_the_field() {
    each(async |server| {
        let platform = server.administrator().await;
        let (d1, p1, t1) = branch(&platform, "North").await;
        let (d2, p2, _) = branch(&platform, "South").await;
        let moving = format!("{}/move", path("tenants", &t1));
        platform.put(&moving, &json!({ "parent_id": p2 }), "*").await;
        let withdrawn = platform.put(&moving, &json!({}), "*").await;
        assert_eq!(withdrawn.body["details"]["pending_move"], json!(null));
        let wrong = [
            (json!({ "parent_id": p1 }), "/parent_id", "same_parent"),
            (json!({ "parent_id": d2 }), "/parent_id", "unknown_reference"),
            (json!({ "parent_id": t1 }), "/parent_id", "unknown_reference"),
            (
                json!({ "parent_id": p2, "effective_month": "2026-11" }),
                "/effective_month",
                "month_not_coming",
            ),
            (
                json!({ "parent_id": p2, "effective_month": "soon" }),
                "/effective_month",
                "period_invalid",
            ),
        ];
        for (body, pointer, code) in wrong {
            let refused = platform.put(&moving, &body, "*").await;
            let error = &refused.body["errors"][0];
            assert_eq!(
                (error["pointer"].as_str(), error["code"].as_str()),
                (Some(pointer), Some(code)),
                "{body}"
            );
        }
        let twin = json!({ "name": "North tenant", "partner_id": p2, "profile": profile() });
        platform.post("/tenants", &twin).await;
        let taken = platform.put(&moving, &json!({ "parent_id": p2 }), "*").await;
        assert_eq!((taken.status, taken.body["code"].as_str()), (409, Some("name_taken")));
        let distributor = server.user(&platform, "distributor_administrator", Some(&d1)).await;
        assert_eq!(
            distributor.put(&moving, &json!({ "parent_id": p2 }), "*").await.status,
            403
        );
        let partners = format!("{}/move", path("partners", &p1));
        let moved = platform
            .put(
                &partners,
                &json!({ "parent_id": d2, "effective_month": "2027-01" }),
                "*",
            )
            .await;
        assert_eq!(
            moved.body["details"]["pending_move"]["effective_month"], "2027-01",
            "{}",
            moved.body
        );
        assert_eq!(platform.delete(&path("tenants", &t1)).await.status, 204);
        assert_eq!(app::organisation::moves::carry_out_due(&server.app).await.unwrap(), 0);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn delete_says_beforehand_what_it_does() {
    each(async |server| {
        let platform = server.administrator().await;
        let (distributor, partner, tenant) = branch(&platform, "North").await;
        let user = server.user(&platform, "tenant_administrator", Some(&tenant)).await;
        let deletion = async |kind: &str, id: &Value| {
            let shown = platform.get(&format!("{}?details=true", path(kind, id))).await;
            shown.body["details"]["deletion"].clone()
        };
        let refused = deletion("partners", &partner).await;
        assert_eq!(refused["outcome"], "refused");
        assert_eq!(refused["blockers"][0]["code"], "has_children");
        let answer = platform.delete(&path("partners", &partner)).await;
        assert_eq!(
            answer.body["detail"], refused["blockers"][0]["detail"],
            "the reason is named"
        );
        server
            .set("subscriptions.auto_created_subscription_tenant_id", tenant.clone())
            .await;
        let named = platform.delete(&path("tenants", &tenant)).await;
        assert_eq!((named.status, named.body["code"].as_str()), (409, Some("in_use")));
        server
            .set("subscriptions.auto_created_subscription_tenant_id", json!(""))
            .await;
        let archived = deletion("tenants", &tenant).await;
        assert_eq!(
            (archived["outcome"].as_str(), archived["disabled_users"].as_u64()),
            (Some("archived"), Some(1))
        );
        assert_eq!(platform.delete(&path("tenants", &tenant)).await.status, 204);
        assert_eq!(
            user.get("/session").await.status,
            401,
            "archiving ends the access of its users (I-61)"
        );
        let kept = platform.get(&path("tenants", &tenant)).await;
        assert!(kept.body["archived_at"].is_string(), "{}", kept.body);
        assert_eq!(platform.delete(&path("tenants", &tenant)).await.status, 404);
        let lonely = json!({ "name": "Lonely", "profile": profile() });
        let lonely = platform.post("/distributors", &lonely).await.body["id"].clone();
        assert_eq!(deletion("distributors", &lonely).await["outcome"], "removed");
        assert_eq!(platform.delete(&path("distributors", &lonely)).await.status, 204);
        assert_eq!(
            platform.get(&path("distributors", &lonely)).await.status,
            404,
            "nothing referred to it"
        );
        assert_eq!(deletion("distributors", &distributor).await["outcome"], "refused");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_tree_and_all_details_are_read_back() {
    each(async |server| {
        let platform = server.administrator().await;
        let (distributor, partner, tenant) = branch(&platform, "North").await;
        let mut full = profile();
        full["contact_email_address"] = json!("Jo.Lind@harbour.example");
        full["billing_address"] =
            json!({ "lines": ["PO Box 7"], "city": "Bremen", "postal_code": "28195", "region": "" });
        full["tax_id"] = json!("DE123456789");
        let body = json!({ "name": "North partner", "distributor_id": distributor, "profile": full });
        let read = platform.get(&path("partners", &partner)).await;
        let saved = platform
            .put(&path("partners", &partner), &body, read.etag.as_deref().unwrap())
            .await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        assert_eq!(saved.body["profile"]["billing_address"]["city"], "Bremen");
        assert_eq!(
            saved.body["profile"]["contact_email_address"],
            "jo.lind@harbour.example"
        );
        assert_eq!(read.body["details"], json!(null), "only when asked for");
        let shown = platform
            .get(&format!("{}?details=true", path("distributors", &distributor)))
            .await;
        let details = &shown.body["details"];
        assert_eq!(details["ancestors"], json!([]));
        assert_eq!(
            details["children"],
            json!([{ "kind": "partner", "id": partner, "name": "North partner", "child_count": 1 }])
        );
        let reader = server.user(&platform, "tenant_reader", Some(&tenant)).await;
        let own = reader.get(&format!("{}?details=true", path("tenants", &tenant))).await;
        let names: Vec<&str> = own.body["details"]["ancestors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["North distributor", "North partner"]);
        let mut wrong = profile();
        wrong["contact_email_address"] = json!("nobody");
        wrong["billing_address"] =
            json!({ "lines": ["1", "2", "3", "4", "5", "6"], "city": "", "postal_code": "", "region": "" });
        let refused = platform
            .post(
                "/partners",
                &json!({ "name": "X", "distributor_id": distributor, "profile": wrong }),
            )
            .await;
        let mut named: Vec<&str> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        assert_eq!(
            named,
            ["/profile/billing_address/lines", "/profile/contact_email_address"]
        );
        server.stop().await;
    })
    .await;
}
