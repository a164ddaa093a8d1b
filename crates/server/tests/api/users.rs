//! Acts on users: who may, whom, and what ends with them (I-1 to I-8, PM-11 to PM-14, S-08, S-17).

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, PASSWORD, answer, branch, each};

async fn put(browser: &Browser, path: &str, body: &Value) -> Answer {
    answer(browser.raw(Method::PUT, path, Some(body), &[]).await).await
}

/// Every act on a user as method, rest of the path and body.
fn acts() -> Vec<(Method, &'static str, Value)> {
    let post = |rest| (Method::POST, rest, json!({}));
    vec![
        (
            Method::POST,
            "/email-address",
            json!({ "email_address": "new@example.org" }),
        ),
        (Method::PUT, "/role", json!({ "role": "platform_reader" })),
        (Method::PUT, "/disabled", json!({ "on": true })),
        post("/lock"),
        post("/unlock"),
        (Method::PUT, "/mfa-required", json!({ "on": true })),
        post("/reset-mfa"),
        (Method::PUT, "/federated-only", json!({ "on": true })),
        post("/send-password-reset"),
        post("/resend-activation"),
        post("/revoke-sessions"),
        (Method::DELETE, "", json!({})),
    ]
}

#[actix_web::test]
async fn acts_reach_the_own_branch_only_and_readers_have_none() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (d1, p1, t1) = branch(&administrator, "North").await;
        let (d2, _, _) = branch(&administrator, "South").await;
        let foreign = server.person(&administrator, "distributor_reader", Some(&d2)).await;
        let below = server.person(&administrator, "tenant_reader", Some(&t1)).await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let reader = server.user(&administrator, "distributor_reader", Some(&d1)).await;
        for (method, rest, body) in acts() {
            let at = |id: &str| format!("/users/{id}{rest}");
            let sent = async |browser: &Browser, path: &str| {
                let mut answer = answer(browser.raw(method.clone(), path, Some(&body), &[]).await).await;
                answer.body["request_id"] = json!("");
                answer
            };
            let outside = sent(&partner, &at(&foreign.id)).await;
            let missing = sent(&partner, &at(&uuid::Uuid::now_v7().to_string())).await;
            assert_eq!(
                (outside.status, &outside),
                (404, &missing),
                "{method} {rest} {}",
                server.name
            );
            let refused = sent(&reader, &at(&below.id)).await;
            assert_eq!(refused.body["code"], "not_permitted", "{method} {rest}");
        }
        assert_eq!(
            administrator.get(&format!("/users/{}", foreign.id)).await.body["disabled"],
            false
        );
        let locked = partner.post(&format!("/users/{}/lock", below.id), &json!({})).await;
        assert_eq!((locked.status, locked.body["locked_out"].as_bool()), (200, Some(true)));
        assert_eq!(below.browser.get("/session").await.status, 401, "S-31");
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn every_act_on_credentials_needs_a_fresh_proof() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.later(11);
        for (method, rest, body) in acts() {
            let path = format!("/users/{}{rest}", uma.id);
            let answer = answer(administrator.raw(method.clone(), &path, Some(&body), &[]).await).await;
            let open = ["/resend-activation", "/revoke-sessions"].contains(&rest);
            let asked = answer.body["code"] == "step_up_required";
            assert_eq!(asked, !open, "{method} {rest} {}", answer.body);
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn nobody_changes_what_decides_about_themself() {
    each(async |server| {
        let administrator = server.administrator().await;
        let own = administrator.get("/session").await.body["user"]["id"].clone();
        for (method, rest, body) in [
            (Method::PUT, "/role", json!({ "role": "platform_reader" })),
            (Method::PUT, "/disabled", json!({ "on": true })),
            (Method::POST, "/lock", json!({})),
            (Method::POST, "/unlock", json!({})),
            (Method::POST, "/reset-mfa", json!({})),
            (Method::PUT, "/mfa-required", json!({ "on": false })),
            (Method::PUT, "/federated-only", json!({ "on": false })),
            (
                Method::POST,
                "/email-address",
                json!({ "email_address": "new@example.org" }),
            ),
            (Method::DELETE, "", json!({})),
        ] {
            let path = format!("/users/{}{rest}", own.as_str().unwrap());
            let refused = answer(administrator.raw(method.clone(), &path, Some(&body), &[]).await).await;
            assert_eq!(
                refused.body["code"], "self_change_refused",
                "{method} {rest} {}",
                refused.body
            );
        }
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_role_is_granted_up_to_the_own_level_inside_the_own_branch_and_ends_sessions() {
    each(async |server| {
        let administrator = server.administrator().await;
        let (_, p1, t1) = branch(&administrator, "North").await;
        let (_, _, t2) = branch(&administrator, "South").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let uma = server.person(&administrator, "tenant_reader", Some(&t1)).await;
        let path = format!("/users/{}/role", uma.id);
        let above = put(&partner, &path, &json!({ "role": "platform_administrator" })).await;
        assert_eq!(above.body["code"], "role_not_grantable", "{}", above.body);
        let foreign = put(&partner, &path, &json!({ "role": "tenant_reader", "anchor_id": t2 })).await;
        assert_eq!(
            (foreign.status, foreign.body["errors"][0]["code"].as_str()),
            (422, Some("unknown_reference"))
        );
        assert_eq!(uma.browser.get("/session").await.status, 200, "nothing changed");
        let granted = put(&partner, &path, &json!({ "role": "partner_reader", "anchor_id": p1 })).await;
        assert_eq!(
            (granted.status, granted.body["role"].as_str()),
            (200, Some("partner_reader"))
        );
        assert_eq!(uma.browser.get("/session").await.status, 401, "{}: S-31", server.name);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn the_last_platform_administrator_who_can_sign_in_stays() {
    each(async |server| {
        let administrator = server.administrator().await;
        let bo = server.person(&administrator, "platform_administrator", None).await;
        let own = administrator.get("/session").await.body["user"]["id"].clone();
        let own = own.as_str().unwrap();
        let (first, second) = futures_util::future::join(
            put(
                &administrator,
                &format!("/users/{}/disabled", bo.id),
                &json!({ "on": true }),
            ),
            put(&bo.browser, &format!("/users/{own}/disabled"), &json!({ "on": true })),
        )
        .await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "{} {}", first.body, second.body);
        assert!([401, 403, 409].contains(&statuses[1]), "{}: {statuses:?}", server.name);
        let tx = server.app.store().read().await.unwrap();
        let nobody = uuid::Uuid::nil().into();
        assert_eq!(tx.users().platform_administrators_without(nobody).await.unwrap(), 1);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn names_are_saved_from_the_version_that_was_read_and_bad_values_are_named() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let path = format!("/users/{}", uma.id);
        let etag = administrator.get(&path).await.etag.unwrap();
        let body = json!({
            "first_name": "Ute", "last_name": "Lund", "phone_number": "+49 40 1", "locale": "de-DE",
            "time_zone": "Europe/Berlin",
        });
        let saved = administrator.put(&path, &body, &etag).await;
        assert_eq!(
            (saved.status, saved.body["first_name"].as_str()),
            (200, Some("Ute")),
            "{}",
            server.name
        );
        assert_eq!(administrator.put(&path, &body, &etag).await.status, 412);
        assert_eq!(put(&administrator, &path, &body).await.status, 428);
        let wrong = json!({ "first_name": "", "last_name": "L", "locale": "English", "time_zone": "Mars" });
        let refused = administrator.put(&path, &wrong, saved.etag.as_deref().unwrap()).await;
        let pointers: Vec<&str> = refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, ["/first_name", "/locale", "/time_zone"]);
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_deleted_user_is_gone_the_address_is_free_and_a_tombstone_stays() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.mails(&mails).await;
        let path = format!("/users/{}", uma.id);
        assert_eq!(administrator.delete(&path).await.status, 204);
        assert_eq!(administrator.get(&path).await.status, 404);
        assert_eq!(administrator.delete(&path).await.status, 404);
        assert_eq!(uma.browser.get("/session").await.status, 401);
        let sent = server.mails(&mails).await;
        assert_eq!(
            (sent[0].to.as_str(), sent[0].subject.as_str()),
            (uma.address.as_str(), "Your account was deleted")
        );
        let again = json!({
            "first_name": "New", "last_name": "One", "email_address": uma.address, "role": "platform_reader",
        });
        assert_eq!(
            administrator.post("/users", &again).await.status,
            201,
            "{}",
            server.name
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn an_address_taken_elsewhere_is_not_told_and_its_owner_is() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let (_, p1, t1) = branch(&administrator, "North").await;
        let partner = server.user(&administrator, "partner_administrator", Some(&p1)).await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.mails(&mails).await;
        let body = |address: &str| {
            json!({
                "first_name": "Eve", "last_name": "Moe", "email_address": address, "role": "tenant_reader",
                "anchor_id": t1,
            })
        };
        let fresh = partner.post("/users", &body("fresh@example.org")).await;
        let taken = partner.post("/users", &body(&uma.address)).await;
        let shape = |mut answer: Answer| {
            for name in ["id", "email_address", "created_at"] {
                answer.body[name] = json!("");
            }
            answer
        };
        let taken_id = taken.body["id"].as_str().unwrap().to_owned();
        assert_eq!(shape(fresh), shape(taken), "{}: S-17", server.name);
        assert_eq!(partner.get(&format!("/users/{taken_id}")).await.status, 200);
        let named = partner.post("/users", &body("fresh@example.org")).await;
        assert_eq!((named.status, named.body["code"].as_str()), (409, Some("email_taken")));
        let mut sent = server.mails(&mails).await;
        sent.sort_by(|a, b| a.subject.cmp(&b.subject));
        let told: Vec<(&str, &str)> = sent
            .iter()
            .map(|mail| (mail.to.as_str(), mail.subject.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("fresh@example.org", "Activate your account"),
                (uma.address.as_str(), "Your address was entered for a new user")
            ]
        );
        let mut browser = server.browser();
        assert_eq!(
            browser.sign_in(&uma.address, PASSWORD).await.status,
            200,
            "the owner is not touched"
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn federated_only_is_refused_while_no_provider_is_enabled() {
    each(async |server| {
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        let path = format!("/users/{}/federated-only", uma.id);
        let refused = put(&administrator, &path, &json!({ "on": true })).await;
        assert_eq!(
            (refused.status, refused.body["code"].as_str()),
            (409, Some("no_identity_provider"))
        );
        server.stop().await;
    })
    .await;
}

#[actix_web::test]
async fn a_disabled_user_comes_back_as_before_and_each_act_is_told_by_mail() {
    each(async |server| {
        let mails = server.mail_server().await;
        let administrator = server.administrator().await;
        let uma = server.person(&administrator, "platform_reader", None).await;
        server.mails(&mails).await;
        let path = format!("/users/{}", uma.id);
        let disabled = put(&administrator, &format!("{path}/disabled"), &json!({ "on": true })).await;
        assert_eq!(
            (disabled.status, disabled.body["disabled"].as_bool()),
            (200, Some(true))
        );
        let mut browser = server.browser();
        assert_eq!(
            browser.sign_in(&uma.address, PASSWORD).await.body["code"],
            "sign_in_refused"
        );
        assert_eq!(
            put(&administrator, &format!("{path}/disabled"), &json!({ "on": false }))
                .await
                .status,
            200
        );
        assert_eq!(
            browser.sign_in(&uma.address, PASSWORD).await.status,
            200,
            "{}: I-4",
            server.name
        );
        assert_eq!(
            administrator.post(&format!("{path}/lock"), &json!({})).await.status,
            200
        );
        assert_eq!(browser.get("/session").await.status, 401);
        assert_eq!(
            browser.sign_in(&uma.address, PASSWORD).await.status,
            401,
            "no lane of its own (S-22)"
        );
        assert_eq!(
            administrator.post(&format!("{path}/unlock"), &json!({})).await.status,
            200
        );
        assert_eq!(browser.sign_in(&uma.address, PASSWORD).await.status, 200);
        assert_eq!(
            administrator
                .post(&format!("{path}/revoke-sessions"), &json!({}))
                .await
                .status,
            200
        );
        assert_eq!(browser.get("/session").await.status, 401);
        let mut subjects: Vec<String> = server
            .mails(&mails)
            .await
            .into_iter()
            .map(|mail| mail.subject)
            .collect();
        subjects.sort();
        assert_eq!(
            subjects,
            [
                "You were signed out",
                "Your account was disabled",
                "Your account was enabled",
                "Your account was locked",
                "Your account was unlocked"
            ]
        );
        server.stop().await;
    })
    .await;
}
