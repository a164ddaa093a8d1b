//! Windows and their rows on both databases (U-20, U-25, U-33, R-52).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use chrono::{DateTime, NaiveDate, Utc};
use cms_persistence::region::{ConnectionFields, RegionFields};
use cms_persistence::usage::{DaySum, FinishedWindow, NewUsageRow, Target, UsageFilter};
use cms_persistence::{PageRequest, Store, StoreError, Tx};
use domain::decimal::Quantity;
use domain::ids::{PlatformSubscriptionId, RegionId};
use domain::period::Period;
use domain::role::Anchor;
use domain::scope::Scope;
use serde_json::json;
use testkit::TestDatabase;
use uuid::Uuid;

const PLATFORM: Uuid = Uuid::from_u128(7);

struct Stored {
    database: TestDatabase,
    store: Store,
    region: RegionId,
}

async fn stores() -> Vec<Stored> {
    let mut opened = Vec::new();
    for database in testkit::databases().await {
        let store = Store::connect(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        let region = RegionId::new(Uuid::now_v7());
        let tx = store.begin().await.unwrap();
        tx.regions()
            .insert(region, &fields(), &connection(), "2026-10-01", at())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        opened.push(Stored {
            database,
            store,
            region,
        });
    }
    opened
}

fn fields() -> RegionFields {
    RegionFields {
        name: "zrh1".into(),
        details: String::new(),
        time_zone: "UTC".into(),
        run_window_start: "01:00".into(),
        run_window_end: "06:00".into(),
        lookback_days: 3,
        granularity: "hourly".into(),
        enabled: false,
    }
}

fn connection() -> ConnectionFields {
    ConnectionFields {
        admin_endpoint: "https://adminmanagement.zrh1.example".into(),
        tenant_endpoint: None,
        directory: None,
        login_endpoint: None,
        client_id: None,
        credential_kind: None,
        private_ca_pem: None,
    }
}

fn at() -> DateTime<Utc> {
    "2026-11-05T01:00:00Z".parse().unwrap()
}

fn day() -> NaiveDate {
    "2026-10-31".parse().unwrap()
}

fn row(number: u8, quantity: &str) -> NewUsageRow {
    let mut key_hash = [0; 16];
    key_hash[0] = number;
    NewUsageRow {
        platform_subscription_id: PLATFORM,
        meter_id: "vm-hours".into(),
        usage_start_s: 1_793_404_800 + i64::from(number) * 3_600,
        usage_end_s: 1_793_408_400 + i64::from(number) * 3_600,
        resource_uri: format!("/r/{number} \"quoted\" \\ {{,}} größe"),
        sku: String::new(),
        quantity: quantity.into(),
        quantity_text: quantity.into(),
        instance_data: r#"{"Microsoft.Resources":{"resourceUri":"\\x","tags":"{\"a\":\"b\"}"}}"#.into(),
        key_hash,
        ordinal: 1,
    }
}

fn finished() -> FinishedWindow {
    FinishedWindow {
        read_at: Some(at()),
        held_back: false,
        counters: json!({"added": 3}),
    }
}

async fn window_in_force(stored: &Stored, rows: Vec<NewUsageRow>) -> i64 {
    let tx = stored.store.begin().await.unwrap();
    let window = tx.usage().open_window(stored.region, day(), "hourly").await.unwrap();
    tx.usage()
        .insert_rows(window.id, Target::Record, 1, rows)
        .await
        .unwrap();
    tx.usage().finish_window(window.id, &finished()).await.unwrap();
    tx.commit().await.unwrap();
    window.id
}

async fn quantities(stored: &Stored) -> Vec<String> {
    stored
        .database
        .texts("SELECT quantity FROM usage_record ORDER BY key_hash, ordinal")
        .await
}

#[tokio::test]
async fn every_text_survives_the_way_into_the_database_and_back() {
    for stored in stores().await {
        let rows: Vec<_> = (0..120).map(|number| row(number, "0.000000000000000001")).collect();
        let expected: Vec<_> = rows.iter().map(|row| row.resource_uri.clone()).collect();
        let instance_data = rows[0].instance_data.clone();
        let window = window_in_force(&stored, rows).await;
        let uris = stored
            .database
            .texts("SELECT resource_uri FROM usage_record ORDER BY key_hash")
            .await;
        assert_eq!(uris, expected, "{}", stored.database.name);
        let tx = stored.store.read().await.unwrap();
        let mut read = 0;
        tx.usage()
            .stored_rows(window, |row| {
                assert_eq!(
                    (row.quantity.atto(), row.ordinal, row.instance_data),
                    (1, 1, instance_data.as_str())
                );
                read += 1;
            })
            .await
            .unwrap();
        assert_eq!(read, 120);
    }
}

#[tokio::test]
async fn a_key_and_ordinal_are_stored_once_whatever_the_window_u31() {
    for stored in stores().await {
        let window = window_in_force(&stored, vec![row(1, "1")]).await;
        let tx = stored.store.begin().await.unwrap();
        let again = tx
            .usage()
            .insert_rows(window, Target::Record, 1, vec![row(1, "2")])
            .await;
        assert!(
            matches!(again, Err(StoreError::Duplicate { .. })),
            "{}: {again:?}",
            stored.database.name
        );
    }
}

#[tokio::test]
async fn staged_rows_replace_and_add_with_history_u33() {
    for stored in stores().await {
        let window = window_in_force(&stored, vec![row(1, "1"), row(2, "2"), row(3, "3")]).await;
        let tx = stored.store.begin().await.unwrap();
        tx.usage()
            .insert_rows(window, Target::Staged, 2, vec![row(2, "2.5"), row(4, "4")])
            .await
            .unwrap();
        assert!(tx.usage().has_staged(window).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(quantities(&stored).await, ["1", "2", "3"], "staged rows do not count");
        let tx = stored.store.begin().await.unwrap();
        tx.usage()
            .remove_keys(window, &[row(3, "").key_hash], at())
            .await
            .unwrap();
        tx.usage().apply_staged(window, at()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(quantities(&stored).await, ["1", "2.5", "4"]);
        let history = stored
            .database
            .texts("SELECT change || ' ' || quantity FROM usage_history ORDER BY quantity")
            .await;
        assert_eq!(history, ["changed 2", "removed 3"]);
        let staged = stored.database.texts("SELECT quantity FROM usage_staged").await;
        assert!(staged.is_empty());
    }
}

#[tokio::test]
async fn rows_of_one_key_are_renumbered_without_ever_colliding_u32() {
    for stored in stores().await {
        let with = |ordinal: i64, quantity: &str| NewUsageRow {
            ordinal,
            ..row(1, quantity)
        };
        let window = window_in_force(&stored, vec![with(1, "3"), with(1_000_000, "1"), with(1_000_001, "2")]).await;
        let key = row(1, "").key_hash;
        let tx = stored.store.begin().await.unwrap();
        tx.usage()
            .renumber(window, key, &[(1_000_000, 1), (1_000_001, 2), (1, 3)])
            .await
            .unwrap();
        tx.usage().retire_row(window, key, 3, true, at()).await.unwrap();
        tx.usage()
            .insert_rows(window, Target::Staged, 2, vec![with(1_000_000, "9")])
            .await
            .unwrap();
        tx.usage().take_staged(window, key, 1_000_000, 3).await.unwrap();
        let rows = tx.usage().rows_of_key(window, key, false).await.unwrap();
        let ordered: Vec<_> = rows.iter().map(|row| (row.ordinal, row.quantity.to_string())).collect();
        assert_eq!(
            ordered,
            [(1, "1".into()), (2, "2".into()), (3, "9".into())],
            "{}",
            stored.database.name
        );
    }
}

#[tokio::test]
async fn an_unfinished_first_reading_can_be_thrown_away_and_one_in_force_cannot_u36() {
    for stored in stores().await {
        let tx = stored.store.begin().await.unwrap();
        let window = tx.usage().open_window(stored.region, day(), "hourly").await.unwrap();
        assert!(!window.in_force);
        tx.usage()
            .insert_rows(window.id, Target::Record, 1, vec![row(1, "1")])
            .await
            .unwrap();
        tx.usage()
            .set_resume_point(window.id, Some("https://next"), &json!({"pages": 1}))
            .await
            .unwrap();
        let again = tx.usage().open_window(stored.region, day(), "daily").await.unwrap();
        assert_eq!(
            (again.id, again.resume_link.as_deref()),
            (window.id, Some("https://next"))
        );
        assert_eq!(
            again.granularity, "hourly",
            "a window keeps the granularity of its first reading (U-6)"
        );
        tx.usage().clear_unfinished(window.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(quantities(&stored).await.is_empty());
        let window = window_in_force(&stored, vec![row(1, "1")]).await;
        let tx = stored.store.begin().await.unwrap();
        tx.usage().clear_unfinished(window).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(quantities(&stored).await, ["1"]);
    }
}

/// Every row of a month as a billing run reads it: platform subscription; meter, SKU and quantity. In order.
async fn paged(tx: &Tx, period: Period) -> Vec<(PlatformSubscriptionId, String)> {
    let mut rows = Vec::new();
    for window in tx.usage().windows_in_force(period).await.unwrap() {
        for page in tx.usage().pages(window.id, period).await.unwrap() {
            page.for_each::<StoreError>(|id, row| {
                rows.push((id, format!("{}/{}/{}", row.meter_id, row.sku, row.quantity)));
                Ok(())
            })
            .unwrap();
        }
    }
    rows.sort();
    rows
}

#[tokio::test]
async fn rating_reads_the_rows_in_force_of_one_subscription_and_month_only_u40() {
    for stored in stores().await {
        let mut november = row(3, "8");
        november.usage_start_s = 1_793_491_200;
        let mut other = row(4, "16");
        other.platform_subscription_id = Uuid::from_u128(8);
        other.sku = "Größe 4".to_owned();
        window_in_force(&stored, vec![row(1, "0.1"), row(2, "0.2"), november, other]).await;
        let tx = stored.store.begin().await.unwrap();
        let open = tx
            .usage()
            .open_window(stored.region, "2026-11-01".parse().unwrap(), "hourly")
            .await
            .unwrap();
        tx.usage()
            .insert_rows(open.id, Target::Record, 1, vec![row(5, "32")])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (october, platform) = (Period::parse("2026-10").unwrap(), PlatformSubscriptionId::new(PLATFORM));
        let tx = stored.store.read().await.unwrap();
        let mut sum = Quantity::ZERO;
        tx.usage()
            .for_each_in_period::<StoreError>(stored.region, platform, october, |row| {
                assert_eq!((row.meter_id, row.sku), ("vm-hours", ""));
                sum = sum.checked_add(row.quantity).unwrap();
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(sum.to_string(), "0.3", "{}", stored.database.name);
        assert_eq!(
            paged(&tx, october).await,
            [
                (platform, "vm-hours//0.1".to_owned()),
                (platform, "vm-hours//0.2".to_owned()),
                (
                    PlatformSubscriptionId::new(Uuid::from_u128(8)),
                    "vm-hours/Größe 4/16".to_owned()
                ),
            ],
            "{}: the whole month has these rows and those of the other subscription",
            stored.database.name
        );
        let days = tx
            .usage()
            .by_day(stored.region, platform, october, "vm-hours", "")
            .await
            .unwrap();
        assert_eq!(
            days,
            [DaySum {
                day: 20_757,
                quantity: sum
            }]
        );
        let resources = tx
            .usage()
            .by_resource(stored.region, platform, october, "vm-hours", "")
            .await
            .unwrap();
        let largest: Vec<_> = resources.iter().map(|sum| sum.quantity.to_string()).collect();
        assert_eq!(largest, ["0.2", "0.1"], "largest first");
    }
}

#[tokio::test]
async fn unmapped_usage_is_what_no_subscription_is_registered_for_u41() {
    for stored in stores().await {
        window_in_force(&stored, vec![row(1, "1"), row(2, "2")]).await;
        let tx = stored.store.begin().await.unwrap();
        tx.usage()
            .note_subscriptions(stored.region, &[PLATFORM], at())
            .await
            .unwrap();
        tx.usage()
            .note_subscriptions(stored.region, &[PLATFORM], at())
            .await
            .unwrap();
        let unmapped = tx.usage().unmapped(stored.region).await.unwrap();
        assert_eq!((unmapped.len(), unmapped[0].rows), (1, 2), "{}", stored.database.name);
        let counts = tx
            .usage()
            .period_counts(stored.region, Period::parse("2026-10").unwrap())
            .await
            .unwrap();
        assert_eq!((counts.unmapped_rows, counts.quarantined_rows), (2, 0));
        let new = tx
            .usage()
            .note_meters(stored.region, &["vm-hours".into()], at())
            .await
            .unwrap();
        assert_eq!(new, ["vm-hours"]);
        assert!(
            tx.usage()
                .note_meters(stored.region, &["vm-hours".into()], at())
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(tx.usage().unpriced_meters(stored.region).await.unwrap(), ["vm-hours"]);
    }
}

#[tokio::test]
async fn records_page_in_order_and_a_tenant_sees_none_of_unmapped_usage() {
    for stored in stores().await {
        window_in_force(&stored, (0..5).map(|number| row(number, "1")).collect()).await;
        let everything = Scope::of(Anchor::Platform);
        let mut page = PageRequest::first(3, "id");
        let tx = stored.store.read().await.unwrap();
        let first = tx
            .usage()
            .records(everything, &UsageFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!(
            (first.items.len(), first.total),
            (3, Some(5)),
            "{}",
            stored.database.name
        );
        page.after = first.next;
        let last = tx
            .usage()
            .records(everything, &UsageFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!((last.items.len(), last.next), (2, None));
        assert_eq!(
            (last.items[1].region.as_str(), last.items[1].meter_name.as_str()),
            ("zrh1", "vm-hours")
        );
        let tenant = Scope::of(Anchor::Tenant(Uuid::now_v7().into()));
        let none = tx
            .usage()
            .records(tenant, &UsageFilter::default(), &PageRequest::first(3, "id"))
            .await
            .unwrap();
        assert_eq!((none.items.len(), none.total), (0, Some(0)));
        let windows = tx
            .usage()
            .windows(stored.region, None, None, &PageRequest::first(3, "reported_on"))
            .await
            .unwrap();
        assert_eq!(
            (windows.items[0].reported_on.as_str(), windows.items[0].rows),
            ("2026-10-31", 5)
        );
        assert_eq!(tx.usage().of_region(stored.region).await.unwrap().rows, 5);
    }
}
