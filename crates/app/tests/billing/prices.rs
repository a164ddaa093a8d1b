//! Price lists: drafts, versions, publishing, retiring (P-7 to P-18).

use cms_app::invoices::issue;
use cms_app::pricing::{
    ItemInput, NewPriceList, create, create_item, delete, delete_item, list, publish, read, update, update_item,
};
use domain::period::Period;
use domain::role::{Anchor, Role};
use persistence::PageRequest;
use persistence::price_list::PriceListFilter;

use crate::world::{PAGE_BLOBS, VM_HOURS, World, actor, administrator, code, flat, october, tiered, worlds};

fn list_of(world: &World, name: &str) -> NewPriceList {
    NewPriceList {
        display_name: name.into(),
        description: None,
        scope_kind: "region".into(),
        target_id: world.region.uuid(),
        currency: None,
    }
}

fn month(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[tokio::test]
async fn a_list_starts_with_an_empty_draft_in_the_platforms_currency() {
    for world in worlds().await {
        let made = create(&world.app, &administrator(), &list_of(&world, "standard"))
            .await
            .unwrap();
        assert_eq!(
            (made.row.currency.as_str(), made.row.target_name.as_str()),
            ("USD", "zrh1"),
            "{}: P-7",
            world.database.name
        );
        assert_eq!((made.versions.len(), made.versions[0].row.item_count), (1, 0));
        assert_eq!(
            code(publish(&world.app, &administrator(), made.row.id, None, None).await),
            "items_missing",
            "P-13"
        );
        assert_eq!(
            code(create(&world.app, &administrator(), &list_of(&world, "standard")).await),
            "name_taken"
        );
        let of_tenant = NewPriceList {
            scope_kind: "tenant".into(),
            target_id: world.tenant.uuid(),
            ..list_of(&world, "own")
        };
        let own = create(&world.app, &administrator(), &of_tenant).await.unwrap();
        assert_eq!(own.row.currency, "EUR", "the tenant's currency (P-7)");
    }
}

#[tokio::test]
async fn only_platform_roles_see_price_lists_and_only_its_administrator_changes_them() {
    for world in worlds().await {
        let id = world.price(&[flat(VM_HOURS, "", "1")]).await;
        let partner = actor(Role::PartnerAdministrator, Anchor::Partner(world.partner));
        assert_eq!(code(read(&world.app, &partner, id).await), "not_permitted");
        let reader = actor(Role::PlatformReader, Anchor::Platform);
        assert!(read(&world.app, &reader, id).await.is_ok());
        assert_eq!(code(delete(&world.app, &reader, id, None).await), "not_permitted");
        let page = list(
            &world.app,
            &reader,
            PriceListFilter::default(),
            &PageRequest::first(50, "display_name"),
        )
        .await;
        assert_eq!(page.unwrap().items.len(), 1);
    }
}

#[tokio::test]
async fn editing_a_published_list_makes_a_draft_from_its_newest_version() {
    for world in worlds().await {
        let id = world.price(&[flat(VM_HOURS, "", "1"), flat(PAGE_BLOBS, "", "2")]).await;
        let before = read(&world.app, &administrator(), id).await.unwrap();
        let published = before.versions[0].clone();
        assert!(published.in_force, "in force since August (P-11)");
        let item = published
            .items
            .iter()
            .find(|item| item.row.meter_id == VM_HOURS)
            .unwrap();
        let (by, tripled) = (administrator(), flat(VM_HOURS, "", "3"));
        let expected = Some(before.row.version);
        let changed = update_item(&world.app, &by, id, item.row.id, expected, &tripled)
            .await
            .unwrap();
        assert_eq!(changed.row.rate, "3");
        let after = read(&world.app, &administrator(), id).await.unwrap();
        assert_eq!(
            (after.versions.len(), after.versions[0].items.len()),
            (2, 2),
            "the draft is a copy (P-12)"
        );
        assert_eq!(
            after.versions[1].items, published.items,
            "a published version never changes (P-10)"
        );
        let outdated = delete_item(&world.app, &administrator(), id, item.row.id, Some(before.row.version)).await;
        assert_eq!(code(outdated), "stale", "R-48");
        let draft_item = &after.versions[0].items[0];
        delete_item(
            &world.app,
            &administrator(),
            id,
            draft_item.row.id,
            Some(after.row.version),
        )
        .await
        .unwrap();
        assert_eq!(
            read(&world.app, &administrator(), id).await.unwrap().versions[0]
                .items
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn a_meter_and_sku_stand_once_in_a_draft() {
    for world in worlds().await {
        let id = create(&world.app, &administrator(), &list_of(&world, "standard"))
            .await
            .unwrap()
            .row
            .id;
        create_item(&world.app, &administrator(), id, &flat(VM_HOURS, "A", "1"))
            .await
            .unwrap();
        let again = create_item(&world.app, &administrator(), id, &flat(VM_HOURS, "a", "2")).await;
        assert_eq!(code(again), "item_duplicate", "SKUs are compared in lower case (P-13)");
        create_item(&world.app, &administrator(), id, &flat(VM_HOURS, "", "2"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn two_lists_of_a_target_are_never_in_force_together() {
    for world in worlds().await {
        let first = world.price(&[flat(VM_HOURS, "", "1")]).await;
        let second = create(&world.app, &administrator(), &list_of(&world, "second"))
            .await
            .unwrap()
            .row
            .id;
        create_item(&world.app, &administrator(), second, &flat(VM_HOURS, "", "2"))
            .await
            .unwrap();
        assert_eq!(
            code(publish(&world.app, &administrator(), second, None, None).await),
            "list_overlap",
            "P-13"
        );
        delete(&world.app, &administrator(), first, None).await.unwrap();
        let retired = read(&world.app, &administrator(), first).await.unwrap();
        assert_eq!(
            retired.row.retired_from,
            Some(month("2026-12")),
            "retired from the next month (P-18)"
        );
        assert_eq!(
            code(publish(&world.app, &administrator(), second, None, Some(month("2026-11"))).await),
            "list_overlap",
            "the first list is still in force in November"
        );
        let published = publish(&world.app, &administrator(), second, None, None).await.unwrap();
        assert_eq!(
            published.version.row.effective_from,
            Some(month("2026-12")),
            "the next month (P-11)"
        );
        assert_eq!(published.version.items.len(), 1);
    }
}

#[tokio::test]
async fn a_list_that_was_never_published_is_removed() {
    for world in worlds().await {
        let id = create(&world.app, &administrator(), &list_of(&world, "draft"))
            .await
            .unwrap()
            .row
            .id;
        create_item(&world.app, &administrator(), id, &flat(VM_HOURS, "", "1"))
            .await
            .unwrap();
        delete(&world.app, &administrator(), id, None).await.unwrap();
        assert_eq!(code(read(&world.app, &administrator(), id).await), "not_found", "P-18");
    }
}

#[tokio::test]
async fn publishing_warns_about_gaps_and_about_charging_twice() {
    for world in worlds().await {
        let id = create(&world.app, &administrator(), &list_of(&world, "standard"))
            .await
            .unwrap()
            .row
            .id;
        let mut gap = tiered(PAGE_BLOBS);
        gap.tiers.remove(1);
        let items: [ItemInput; 4] = [
            gap,
            flat(VM_HOURS, "", "1"),
            flat("fab6eb84-500b-4a09-a8ca-7358f8bbaea5", "", "1"),
            flat("9cd92d4c-bafd-4492-b278-bedc2de8232a", "", "1"),
        ];
        for item in &items {
            create_item(&world.app, &administrator(), id, item).await.unwrap();
        }
        let published = publish(&world.app, &administrator(), id, None, None).await.unwrap();
        assert_eq!(published.warnings, ["tier_gap", "double_charge_possible"], "P-24, P-6");
    }
}

#[tokio::test]
async fn texts_change_only_for_who_read_the_present_version() {
    for world in worlds().await {
        let made = create(&world.app, &administrator(), &list_of(&world, "standard"))
            .await
            .unwrap()
            .row;
        let after = update(&world.app, &administrator(), made.id, made.version, "gold", "for all")
            .await
            .unwrap();
        assert_eq!(
            (after.row.display_name.as_str(), after.row.description.as_str()),
            ("gold", "for all")
        );
        let outdated = update(&world.app, &administrator(), made.id, made.version, "silver", "").await;
        assert_eq!(code(outdated), "stale");
    }
}

#[tokio::test]
async fn a_version_in_the_past_may_not_change_an_issued_amount() {
    for world in worlds().await {
        let id = world.price(&[flat(VM_HOURS, "", "0.10")]).await;
        world.use_on("2026-10-03", VM_HOURS, "a", "100").await;
        world.use_on("2026-10-03", PAGE_BLOBS, "", "5").await;
        world.generate().await;
        let preview = world.only().await.figures.row.id;
        let reason = Some("priced later, agreed by phone");
        let proven = cms_app::Actor {
            proven_at: Some(world.app.clock().now()),
            ..administrator()
        };
        issue(&world.app, &proven, preview, None, reason).await.unwrap();

        let item = read(&world.app, &administrator(), id).await.unwrap().versions[0].items[0]
            .row
            .id;
        update_item(
            &world.app,
            &administrator(),
            id,
            item,
            None,
            &flat(VM_HOURS, "", "0.11"),
        )
        .await
        .unwrap();
        let refused = publish(&world.app, &administrator(), id, None, Some(october())).await;
        assert_eq!(code(refused), "affects_issued_invoices", "P-14");

        let draft = read(&world.app, &administrator(), id).await.unwrap().versions[0].items[0]
            .row
            .id;
        update_item(
            &world.app,
            &administrator(),
            id,
            draft,
            None,
            &flat(VM_HOURS, "", "0.10"),
        )
        .await
        .unwrap();
        create_item(&world.app, &administrator(), id, &flat(PAGE_BLOBS, "", "3"))
            .await
            .unwrap();
        let allowed = publish(&world.app, &administrator(), id, None, Some(october())).await;
        assert!(
            allowed.is_ok(),
            "usage that was unpriced does not count as a change (P-14): {allowed:?}"
        );
    }
}
