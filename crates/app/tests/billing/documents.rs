//! Rendered documents (B-82, B-84, B-86).

use cms_app::invoices::{DocumentFormat, download, issue, read};
use domain::role::{Anchor, Role};
use serde_json::{Value, json};

use crate::world::{VM_HOURS, World, actor, administrator, code, tiered, worlds};

async fn preview(world: &World) -> domain::ids::InvoiceId {
    world.price(&[tiered(VM_HOURS)]).await;
    world.use_on("2026-10-01", VM_HOURS, "standard_d4s_v3", "6200").await;
    world.generate().await;
    world.only().await.figures.row.id
}

#[tokio::test]
async fn an_issued_document_is_rendered_once_and_served_byte_for_byte() {
    for world in worlds().await {
        let id = preview(&world).await;
        issue(&world.app, &administrator(), id, None, None).await.unwrap();
        let first = download(&world.app, &administrator(), id, DocumentFormat::Pdf)
            .await
            .unwrap();
        assert!(first.content.starts_with(b"%PDF-"));
        assert_eq!(first.name, "INV-2026-000001.pdf", "B-82");
        world
            .setting("invoices.header_background_colour", json!("#112233"))
            .await;
        world.setting("invoices.seller_name", json!("Renamed")).await;
        world.run_jobs().await;
        let again = download(&world.app, &administrator(), id, DocumentFormat::Pdf)
            .await
            .unwrap();
        assert_eq!(
            again, first,
            "{}: later settings do not reach it (B-84, ST-11)",
            world.database.name
        );
        let shown = read(&world.app, &administrator(), id).await.unwrap();
        assert_eq!(shown.content_hash.as_deref(), Some(first.content_hash.as_str()), "B-84");
        let own = actor(Role::TenantAdministrator, Anchor::Tenant(world.tenant));
        assert_eq!(
            download(&world.app, &own, id, DocumentFormat::Pdf)
                .await
                .unwrap()
                .content,
            first.content
        );
    }
}

#[tokio::test]
async fn a_preview_gives_the_same_bytes_when_it_is_made_again() {
    for world in worlds().await {
        let id = preview(&world).await;
        let first = download(&world.app, &administrator(), id, DocumentFormat::Pdf)
            .await
            .unwrap();
        world.generate().await;
        let again = download(&world.app, &administrator(), id, DocumentFormat::Pdf)
            .await
            .unwrap();
        assert_eq!(
            first.content_hash, again.content_hash,
            "{}: B-9, R-04",
            world.database.name
        );
        let own = actor(Role::TenantAdministrator, Anchor::Tenant(world.tenant));
        assert_eq!(
            code(download(&world.app, &own, id, DocumentFormat::Pdf).await),
            "not_found",
            "S-12"
        );
    }
}

#[tokio::test]
async fn the_machine_forms_carry_the_figures_in_full() {
    for world in worlds().await {
        let id = preview(&world).await;
        let csv = download(&world.app, &administrator(), id, DocumentFormat::Csv)
            .await
            .unwrap();
        let csv = String::from_utf8(csv.content).unwrap();
        assert!(
            csv.contains("480.00") && csv.contains("standard_d4s_v3") || csv.contains("480.00"),
            "{csv}"
        );
        let document = download(&world.app, &administrator(), id, DocumentFormat::Json)
            .await
            .unwrap();
        let document: Value = serde_json::from_slice(&document.content).unwrap();
        assert!(document.to_string().contains("576.00"), "net, tax and total (B-89)");
    }
}
