//! Blockers of previews (B-7, B-41).

use cms_app::invoices::{Blocker, NewGeneration, generate, read};

use crate::world::{VM_HOURS, World, administrator, code, flat, instant, october, worlds};

#[tokio::test]
async fn an_unfinished_month_is_incomplete_and_an_unread_one_says_so() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "", "1")]).await;
        world.use_on("2026-11-01", VM_HOURS, "", "10").await;
        world.generate_month(october().next()).await;
        let document = world.only().await;
        assert!(document.figures.row.incomplete, "B-7");
        assert_eq!(
            document.figures.blockers,
            [Blocker::PeriodNotEnded, Blocker::CollectionIncomplete],
            "B-41"
        );
        let later = NewGeneration {
            period: october().plus_months(2),
            tenant_ids: None,
        };
        assert_eq!(
            code(generate(&world.app, &administrator(), &later).await),
            "period_in_future"
        );
        world.clock.set(instant("2026-12-10T00:00:00Z"));
        assert_eq!(
            world.only().await.figures.blockers,
            [Blocker::CollectionIncomplete],
            "the month is over now"
        );
    }
}

#[tokio::test]
async fn rows_kept_aside_and_amounts_out_of_line_block() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "", "1")]).await;
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        world.generate().await;
        let october_document = world.only().await.figures.row.id;
        cms_app::invoices::issue(&world.app, &administrator(), october_document, None, None)
            .await
            .unwrap();

        world.read_days("2026-11-03", "2026-12-02").await;
        world.clock.set(instant("2026-12-05T00:00:00Z"));
        world.use_on("2026-11-03", VM_HOURS, "", "100.01").await;
        let aside = format!(
            "INSERT INTO quarantined_record (id, window_id, reason, platform_subscription_id, received, content_hash, read_at) \
             SELECT {}, w.id, 'quantity_negative', '{}', 'x', {}, 1 FROM usage_window w WHERE w.reported_on = '2026-11-03'",
            world.id(uuid::Uuid::now_v7()),
            world.texts(&text_of_platform_subscription(&world)).await[0],
            if world.database.name == "postgres" {
                "'\\x01'::bytea"
            } else {
                "X'01'"
            },
        );
        world.database.execute(&aside).await;
        world.generate_month(october().next()).await;
        let found = world.documents(&administrator()).await;
        let november = found.into_iter().find(|id| *id != october_document).unwrap();
        let document = read(&world.app, &administrator(), november).await.unwrap();
        assert_eq!(
            document.figures.blockers,
            [Blocker::UsageQuarantined, Blocker::UnusualAmount],
            "100.01 is above ten times 10.00 (B-41)"
        );
    }
}

fn text_of_platform_subscription(world: &World) -> String {
    match world.database.name {
        "postgres" => "SELECT platform_subscription_id::text FROM subscription".into(),
        _ => "SELECT lower(hex(platform_subscription_id)) FROM subscription".into(),
    }
}
