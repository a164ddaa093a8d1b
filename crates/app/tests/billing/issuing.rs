//! Issuing: numbers, dates, overrides, and that issued documents stay as they are (B-16, B-40 to B-44, R-05, R-06).

use chrono::NaiveDate;
use cms_app::Actor;
use cms_app::invoices::{Blocker, delete, issue, read};
use cms_app::organisation::tenants;
use domain::ids::InvoiceId;
use domain::role::{Anchor, Role};
use persistence::invoice::InvoiceStatus;
use serde_json::json;

use crate::world::{VM_HOURS, World, actor, administrator, code, flat, instant, tenant_input, worlds};

/// One preview of 10.00 for each name, in order of name.
async fn previews(world: &World, names: &[&str]) -> Vec<InvoiceId> {
    world.price(&[flat(VM_HOURS, "", "1")]).await;
    for name in names {
        let tenant = world.tenant(name, world.partner, "EUR").await;
        let (_, subscription) = world.subscribe(tenant, "main").await;
        world.use_by(subscription, "2026-10-03", VM_HOURS, "", "10").await;
    }
    world.generate().await;
    world.documents(&administrator()).await
}

fn proven(world: &World) -> Actor {
    Actor {
        proven_at: Some(world.app.clock().now()),
        ..administrator()
    }
}

#[tokio::test]
async fn issuing_takes_number_dates_and_terms_in_the_billing_time_zone() {
    for world in worlds().await {
        let ids = previews(&world, &["A", "B"]).await;
        world.setting("billing.time_zone", json!("Europe/Zurich")).await;
        world.setting("invoices.default_payment_terms_days", json!(14)).await;
        world.clock.set(instant("2026-12-31T23:30:00Z"));
        let issued = issue(&world.app, &administrator(), ids[0], None, None).await.unwrap();
        let row = &issued.figures.row;
        assert_eq!(
            row.number.as_deref(),
            Some("INV-2027-000001"),
            "{}: it is 2027 in Zurich (B-44)",
            world.database.name
        );
        assert_eq!(row.issued_on, NaiveDate::from_ymd_opt(2027, 1, 1), "B-2");
        assert_eq!(row.due_on, NaiveDate::from_ymd_opt(2027, 1, 15), "B-60");
        assert_eq!((row.status, issued.payment_terms_days), (InvoiceStatus::Issued, 14));
        world.setting("invoices.number_prefix", json!("R/")).await;
        let second = issue(&world.app, &administrator(), ids[1], None, None).await.unwrap();
        assert_eq!(
            second.figures.row.number.as_deref(),
            Some("R/2027-000002"),
            "a new prefix counts on (B-44)"
        );
    }
}

#[tokio::test]
async fn of_two_simultaneous_issues_one_succeeds_and_one_number_is_taken() {
    for world in worlds().await {
        let ids = previews(&world, &["A", "B"]).await;
        let (by, again) = (administrator(), administrator());
        let (left, right) = tokio::join!(
            issue(&world.app, &by, ids[0], None, None),
            issue(&world.app, &again, ids[0], None, None)
        );
        let (won, lost) = if left.is_ok() { (left, right) } else { (right, left) };
        assert_eq!(won.unwrap().figures.row.number.as_deref(), Some("INV-2026-000001"));
        assert_eq!(code(lost), "already_issued", "{}: B-43", world.database.name);
        let next = issue(&world.app, &administrator(), ids[1], None, None).await.unwrap();
        assert_eq!(
            next.figures.row.number.as_deref(),
            Some("INV-2026-000002"),
            "no number is lost (R-06)"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_issuers_at_once_take_every_number_once_and_leave_no_gap() {
    for world in worlds().await {
        let names: Vec<String> = (0..12).map(|number| format!("T{number:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let ids = previews(&world, &names).await;
        let issuers = ids.iter().chain(&ids).map(|id| {
            let (app, id) = (world.app.clone(), *id);
            tokio::spawn(async move { issue(&app, &administrator(), id, None, None).await })
        });
        let mut numbers = Vec::new();
        let mut late = 0;
        for issuer in issuers.collect::<Vec<_>>() {
            match issuer.await.unwrap() {
                Ok(issued) => numbers.push(issued.figures.row.number.unwrap()),
                Err(error) => {
                    assert_eq!(
                        code::<()>(Err(error)),
                        "already_issued",
                        "{}: B-43",
                        world.database.name
                    );
                    late += 1;
                }
            }
        }
        numbers.sort();
        let expected: Vec<String> = (1..=12).map(|number| format!("INV-2026-{number:06}")).collect();
        assert_eq!((numbers, late), (expected, 12), "{}: R-06", world.database.name);
    }
}

#[tokio::test]
async fn refused_and_rolled_back_issues_leave_no_gap() {
    for world in worlds().await {
        let ids = previews(&world, &["A", "B", "C"]).await;
        issue(&world.app, &administrator(), ids[0], None, None).await.unwrap();
        for _ in 0..3 {
            let tx = world.app.store().begin().await.unwrap();
            tx.invoices().next_number("invoice", 2026).await.unwrap();
            drop(tx);
        }
        assert_eq!(
            code(issue(&world.app, &administrator(), ids[1], Some(99), None).await),
            "stale"
        );
        world.setting("invoices.seller_name", json!("")).await;
        assert_eq!(
            code(issue(&world.app, &administrator(), ids[1], None, None).await),
            "blocked"
        );
        world.setting("invoices.seller_name", json!("Example")).await;
        for (id, number) in [(ids[2], "INV-2026-000002"), (ids[1], "INV-2026-000003")] {
            let issued = issue(&world.app, &administrator(), id, None, None).await.unwrap();
            assert_eq!(
                issued.figures.row.number.as_deref(),
                Some(number),
                "{}: R-06",
                world.database.name
            );
        }
    }
}

#[tokio::test]
async fn a_total_of_0_is_paid_from_the_moment_of_issue() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "", "0")]).await;
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        world.generate().await;
        let id = world.only().await.figures.row.id;
        let issued = issue(&world.app, &administrator(), id, None, None).await.unwrap();
        assert_eq!(
            issued.figures.row.status,
            InvoiceStatus::Paid,
            "a rate of 0 is a price (P-16, B-14)"
        );
    }
}

#[tokio::test]
async fn only_a_platform_administrator_overrides_and_only_with_proof_and_a_reason() {
    for world in worlds().await {
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        world.generate().await;
        let id = world.only().await.figures.row.id;
        let reason = Some("agreed with the tenant by phone");
        assert_eq!(
            code(issue(&world.app, &administrator(), id, None, None).await),
            "blocked",
            "B-41"
        );
        assert_eq!(
            code(issue(&world.app, &administrator(), id, None, reason).await),
            "step_up_required",
            "PM-20"
        );
        let partner = actor(Role::PartnerAdministrator, Anchor::Partner(world.partner));
        assert_eq!(
            code(issue(&world.app, &partner, id, None, reason).await),
            "not_permitted",
            "B-42"
        );
        assert_eq!(
            code(issue(&world.app, &proven(&world), id, None, Some("too short")).await),
            "too_short"
        );
        let issued = issue(&world.app, &proven(&world), id, None, reason)
            .await
            .unwrap()
            .figures
            .row;
        assert_eq!(
            issued.blockers,
            [Blocker::UsageUnpriced.identifier()],
            "stored on the document (B-42)"
        );
        assert_eq!(issued.override_reason.as_deref(), reason);
        let audited = world
            .texts("SELECT reason FROM audit_entry WHERE operation = 'invoice.issue'")
            .await;
        assert_eq!(
            audited.iter().map(String::as_str).collect::<Vec<_>>(),
            reason.into_iter().collect::<Vec<_>>(),
            "B-42"
        );
    }
}

#[tokio::test]
async fn what_may_not_be_overridden_stays_blocked() {
    for world in worlds().await {
        let ids = previews(&world, &["A"]).await;
        world.setting("invoices.seller_country", json!("")).await;
        let refused = issue(&world.app, &proven(&world), ids[0], None, Some("please, it is urgent")).await;
        let detail = refused.unwrap_err().to_string();
        assert!(
            detail.contains("seller_incomplete"),
            "the blockers are named (B-41): {detail}"
        );
    }
}

#[tokio::test]
async fn issued_documents_refuse_every_change_of_the_database() {
    for world in worlds().await {
        let ids = previews(&world, &["A", "B"]).await;
        issue(&world.app, &administrator(), ids[0], None, None).await.unwrap();
        world.run_jobs().await;
        let issued = world.id(ids[0].uuid());
        for sql in [
            format!("UPDATE invoice SET net_minor = 1 WHERE id = {issued}"),
            format!("UPDATE invoice SET number = 'INV-2026-000009' WHERE id = {issued}"),
            format!("UPDATE invoice SET status = 'preview' WHERE id = {issued}"),
            format!("UPDATE invoice SET snapshot = 'null' WHERE id = {issued}"),
            format!("DELETE FROM invoice WHERE id = {issued}"),
            format!("UPDATE invoice_line SET amount_minor = 1 WHERE invoice_id = {issued}"),
            format!("DELETE FROM invoice_line WHERE invoice_id = {issued}"),
            format!(
                "UPDATE invoice_line SET invoice_id = {issued} WHERE invoice_id = {}",
                world.id(ids[1].uuid())
            ),
            format!("UPDATE stored_document SET content_hash = '' WHERE invoice_id = {issued}"),
            format!("DELETE FROM stored_document WHERE invoice_id = {issued}"),
        ] {
            assert!(refused(&world, &sql).await, "{}: {sql} (R-05)", world.database.name);
        }
        world
            .database
            .execute(&format!("UPDATE invoice SET status = 'paid' WHERE id = {issued}"))
            .await;
        assert!(
            !refused(&world, "UPDATE invoice SET net_minor = 1 WHERE status = 'preview'").await,
            "previews change"
        );
        assert_eq!(
            code(delete(&world.app, &administrator(), ids[0]).await),
            "not_a_preview",
            "B-16"
        );
    }
}

/// Whether the database itself refuses a statement.
async fn refused(world: &World, sql: &str) -> bool {
    let connection = sea_orm::Database::connect(&world.database.url).await.unwrap();
    let refused = sea_orm::ConnectionTrait::execute_unprepared(&connection, sql)
        .await
        .is_err();
    connection.close().await.unwrap();
    refused
}

#[tokio::test]
async fn an_issued_document_is_skipped_and_keeps_names_and_figures_of_its_time() {
    for world in worlds().await {
        let ids = previews(&world, &["Before"]).await;
        issue(&world.app, &administrator(), ids[0], None, None).await.unwrap();
        world.run_jobs().await;
        let before = read(&world.app, &administrator(), ids[0]).await.unwrap();
        let tenant = before.figures.row.tenant_id;
        let version = tenants::read(&world.app, &administrator(), tenant)
            .await
            .unwrap()
            .version;
        let renamed = tenant_input("After", world.partner, "CHF");
        tenants::update(&world.app, &administrator(), tenant, version, &renamed)
            .await
            .unwrap();
        let result = world.generate().await;
        assert_eq!(
            (result["already_issued"].as_i64(), result["previews"].as_i64()),
            (Some(1), Some(0)),
            "B-6"
        );
        let after = read(&world.app, &administrator(), ids[0]).await.unwrap();
        assert_eq!(after, before, "B-17");
        let own = actor(Role::TenantReader, Anchor::Tenant(tenant));
        assert_eq!(
            read(&world.app, &own, ids[0]).await.unwrap().lines.len(),
            1,
            "tenants see issued ones (S-12)"
        );
        world.setting("invoices.show_to_tenants", json!(false)).await;
        assert_eq!(code(read(&world.app, &own, ids[0]).await), "switched_off", "PM-6");
        let stranger = actor(Role::TenantReader, Anchor::Tenant(world.tenant));
        assert_eq!(
            code(read(&world.app, &stranger, ids[0]).await),
            "not_found",
            "the object comes before the switch"
        );
    }
}
