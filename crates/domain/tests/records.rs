//! Laws of the natural key, window replacement, CSV cells, the audit chain and dates (U-31 to U-38, B-60 to B-66, B-91 to B-93, I-71).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use cms_domain::audit_chain::{AuditChainError, GENESIS_HASH, canonical_json, first_break, seal};
use cms_domain::csv_cell::{import_text, record, text_field};
use cms_domain::decimal::Quantity;
use cms_domain::due_dates::{
    DateError, days_overdue, due_on, is_overdue, notice_grid_day, parse_time_zone, preview_at, start_of_day,
};
use cms_domain::natural_key::{
    NaturalKey, Outcome, QuarantineReason, ReceivedRow, WindowStore, normalise, normalise_guid, normalise_meter_id,
    reduce,
};
use cms_domain::period::Period;
use proptest::prelude::*;
use serde_json::json;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn key(minute: i64, resource: &str, sku: &str) -> NaturalKey {
    let start: DateTime<Utc> = "2026-11-03T08:00:00Z".parse().unwrap();
    NaturalKey {
        region_id: "r1".to_owned(),
        reported_date: day("2026-11-03"),
        platform_subscription_id: "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55".to_owned(),
        meter_id: "6dab500f-a4fd-49c4-956d-229bb9c8c793".to_owned(),
        usage_start: start + TimeDelta::minutes(minute),
        usage_end: start + TimeDelta::hours(1),
        resource_uri: resource.to_owned(),
        sku: sku.to_owned(),
    }
}

fn row<'a>() -> ReceivedRow<'a> {
    ReceivedRow {
        platform_subscription_id: "5E8D2F107A3C4B9EA1D69C0B8E7F6A55",
        meter_id: "6DAB500F-A4FD-49C4-956D-229BB9C8C793",
        usage_start: "2026-11-03T08:00:00+00:00",
        usage_end: "2026-11-03T09:00:00+00:00",
        resource_uri: "VM\\Web1",
        sku: "Standard_A2",
        quantity: "1",
    }
}

fn any_rows() -> impl Strategy<Value = Vec<(NaturalKey, Quantity)>> {
    let one = (0_i64..3, "[ab]", "[xy]", 0_i128..4)
        .prop_map(|(minute, resource, sku, atto)| (key(minute, &resource, &sku), Quantity::from_atto(atto)));
    prop::collection::vec(one, 0..25)
}

/// What a CSV reader makes of a field.
fn unquote(field: &str) -> String {
    match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => field.to_owned(),
    }
}

proptest! {
    #[test]
    fn the_order_of_rows_in_a_reading_has_no_influence(rows in any_rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|(key, quantity)| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            (seed, key, quantity).hash(&mut hasher);
            hasher.finish()
        });
        prop_assert_eq!(reduce(rows), reduce(shuffled));
    }

    #[test]
    fn reading_a_window_again_changes_nothing(rows in any_rows()) {
        let window = reduce(rows);
        let mut store = WindowStore::default();
        store.collect("r1", day("2026-11-03"), window.rows.clone());
        let Outcome::Applied(changes) = store.collect("r1", day("2026-11-03"), window.rows.clone()) else {
            return Err(TestCaseError::fail("held back"));
        };
        prop_assert_eq!((changes.added, changes.changed, changes.removed), (0, 0, 0));
        prop_assert_eq!(changes.unchanged as usize, window.rows.len());
    }

    #[test]
    fn a_window_never_shrinks_unless_accepted(before in any_rows(), after in any_rows()) {
        let (before, after) = (reduce(before).rows, reduce(after).rows);
        let mut store = WindowStore::default();
        store.collect("r1", day("2026-11-03"), before.clone());
        let outcome = store.collect("r1", day("2026-11-03"), after.clone());
        let stored: Vec<_> = store.rows().cloned().collect();
        if after.len() < before.len() {
            let held = matches!(outcome, Outcome::Shrunk { .. });
            prop_assert!(held);
            prop_assert_eq!(stored, before);
            store.accept("r1", day("2026-11-03")).unwrap();
            prop_assert_eq!(store.rows().cloned().collect::<Vec<_>>(), after);
        } else {
            prop_assert_eq!(stored, after);
            prop_assert_eq!(store.accept("r1", day("2026-11-03")), None);
        }
    }

    #[test]
    fn keys_with_the_same_text_cut_differently_have_different_hashes(text in "[a-z/]{2,12}", cut in 1_usize..11) {
        let cut = cut.min(text.len() - 1);
        let whole = key(0, &text, "");
        let parted = key(0, &text[..cut], &text[cut..]);
        prop_assert_ne!(whole.key_hash(), parted.key_hash());
    }

    #[test]
    fn no_row_of_a_stamp_makes_the_parser_panic(a in any::<String>(), b in any::<String>(), c in any::<String>()) {
        let hostile = ReceivedRow { platform_subscription_id: &a, meter_id: &b, usage_start: &c, quantity: &a, ..row() };
        let _ = normalise("r1", day("2026-11-03"), &hostile);
        let _ = normalise("r1", day("2026-11-03"), &ReceivedRow { quantity: &c, resource_uri: &b, sku: &a, ..row() });
    }

    #[test]
    fn a_text_cell_comes_back_from_a_csv_reader_as_it_was(value in any::<String>()) {
        let unquoted = unquote(&text_field(&value));
        prop_assert_eq!(record([text_field(&value)]), format!("{}\r\n", text_field(&value)));
        let clean = value.replace('\0', "");
        // A text that already starts with an apostrophe before a guarded character cannot be told from a guarded one, and a
        // NUL that caused the guard is gone.
        let ambiguous = clean.starts_with('\'') || clean.len() != value.len();
        prop_assert!(ambiguous || import_text(&unquoted) == clean);
    }

    #[test]
    fn a_written_cell_never_starts_a_formula(value in any::<String>()) {
        let field = unquote(&text_field(&value));
        let seen = field.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{200b}', '\u{feff}']);
        let formula = seen.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
        prop_assert!(!formula);
    }

    #[test]
    fn canonical_json_reads_back_to_the_same_value(
        texts in prop::collection::btree_map(any::<String>(), any::<String>(), 0..6),
        number in any::<i64>(),
    ) {
        let value = json!({ "texts": texts, "number": number, "list": [null, true, []] });
        let canonical = canonical_json(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&canonical).unwrap(), value);
    }

    #[test]
    fn notices_come_at_most_once_a_grid_step(interval in 1_u32..40, days in 1_u32..200, skip in 1_u32..10) {
        let due = day("2026-03-07");
        let mut last: Option<NaiveDate> = None;
        let mut grid = HashSet::new();
        for offset in (0..days).step_by(skip as usize) {
            let today = due + TimeDelta::days(offset.into());
            if let Some(grid_day) = notice_grid_day(due, interval, today, last) {
                prop_assert!(grid_day > due && grid_day <= today);
                prop_assert!(grid.insert(grid_day));
                last = Some(today);
            }
        }
        prop_assert!(grid.len() <= (days / interval + 1) as usize);
    }

    #[test]
    fn previews_never_come_before_the_period_has_ended(month in 0_i32..480, delay in 0_u32..61, zone in 0_usize..8) {
        let zones = ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati",
            "America/Sao_Paulo", "Asia/Beirut"];
        let zone = parse_time_zone(zones[zone]).unwrap();
        let period = Period::parse("2000-01").unwrap().plus_months(month);
        let at = preview_at(period, delay, zone).unwrap();
        prop_assert!(at >= period.ends_at());
        prop_assert!(at <= period.ends_at() + TimeDelta::days(i64::from(delay) + 1));
    }
}

#[test]
fn rows_are_quarantined_with_the_reason_of_u_44() {
    let window = day("2026-11-03");
    let reason = |row: ReceivedRow<'_>| normalise("r1", window, &row).unwrap_err();
    assert!(normalise("r1", window, &row()).is_ok());
    assert_eq!(
        reason(ReceivedRow { quantity: "x", ..row() }),
        QuarantineReason::QuantityInvalid
    );
    assert_eq!(
        reason(ReceivedRow {
            quantity: "-1",
            ..row()
        }),
        QuarantineReason::QuantityNegative
    );
    assert_eq!(
        reason(ReceivedRow {
            quantity: "1e15",
            ..row()
        }),
        QuarantineReason::QuantityOutOfRange
    );
}

#[test]
fn rows_with_impossible_times_or_ids_are_quarantined_with_the_reason_of_u_44() {
    let reason = |row: ReceivedRow<'_>| normalise("r1", day("2026-11-03"), &row).unwrap_err();
    assert_eq!(
        reason(ReceivedRow {
            usage_end: "2026-11-03T08:00:00Z",
            ..row()
        }),
        QuarantineReason::UsageTimeInvalid
    );
    assert_eq!(
        reason(ReceivedRow {
            usage_start: "2026-11-03T08:00:00",
            ..row()
        }),
        QuarantineReason::UsageTimeInvalid
    );
    let long = ReceivedRow {
        usage_start: "2026-10-03T08:00:00Z",
        usage_end: "2026-11-03T08:00:01Z",
        ..row()
    };
    assert_eq!(reason(long), QuarantineReason::UsageTimeInvalid);
    let future = ReceivedRow {
        usage_start: "2026-11-04T00:00:00Z",
        usage_end: "2026-11-04T01:00:00Z",
        ..row()
    };
    assert_eq!(reason(future), QuarantineReason::UsageTimeFuture);
    assert_eq!(
        reason(ReceivedRow {
            platform_subscription_id: "x",
            ..row()
        }),
        QuarantineReason::SubscriptionInvalid
    );
    assert_eq!(
        reason(ReceivedRow { meter_id: "", ..row() }),
        QuarantineReason::MeterInvalid
    );
}

#[test]
fn identifiers_have_one_spelling() {
    let (key, _) = normalise("r1", day("2026-11-03"), &row()).unwrap();
    assert_eq!(key.platform_subscription_id, "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55");
    assert_eq!(key.meter_id, "6dab500f-a4fd-49c4-956d-229bb9c8c793");
    assert_eq!(
        (key.resource_uri.as_str(), key.sku.as_str()),
        ("vm/web1", "standard_a2")
    );
    assert_eq!(normalise_guid("{5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55}"), None);
    assert_eq!(normalise_meter_id("Custom Meter"), Some("custom meter".to_owned()));
    assert_eq!(normalise_meter_id(" x"), None);
}

#[test]
fn one_changed_byte_breaks_the_audit_chain_at_its_entry() {
    let entries: Vec<_> = (0..5)
        .map(|n| json!({ "sequence": n, "operation": "tenant.update" }))
        .collect();
    let mut previous = GENESIS_HASH.to_owned();
    let mut hashes = Vec::new();
    for entry in &entries {
        previous = seal(&previous, entry).unwrap().1;
        hashes.push(previous.clone());
    }
    let chain = |entries: &[serde_json::Value]| {
        first_break(
            GENESIS_HASH,
            entries.iter().zip(&hashes).map(|(entry, hash)| (entry, hash.as_str())),
        )
        .unwrap()
    };
    assert_eq!(chain(&entries), None);
    for index in 0..5 {
        let mut changed = entries.clone();
        changed[index]["operation"] = json!("tenant.updatE");
        assert_eq!(chain(&changed), Some(index));
    }
    assert_eq!(seal(GENESIS_HASH, &json!(1.5)), Err(AuditChainError::NumberNotInteger));
    assert_eq!(seal("00", &json!(1)), Err(AuditChainError::HashInvalid));
}

#[test]
fn keys_of_canonical_json_are_sorted_by_utf_16_units() {
    // U+FF5E sorts before U+1F600 by code point and after it by UTF-16 unit.
    let value = json!({ "\u{ff5e}": 1, "\u{1f600}": 2, "a": 3 });
    assert_eq!(
        canonical_json(&value).unwrap(),
        "{\"a\":3,\"\u{1f600}\":2,\"\u{ff5e}\":1}"
    );
    assert_eq!(canonical_json(&json!("\u{1}\u{7f}/")).unwrap(), "\"\\u0001\u{7f}/\"");
}

#[test]
fn days_overdue_are_counted_from_the_day_after_due() {
    let due = due_on(day("2026-02-05"), 30).unwrap();
    assert!(!is_overdue(due, day("2026-03-07")) && is_overdue(due, day("2026-03-08")));
    assert_eq!(
        (
            days_overdue(due, day("2026-03-07")),
            days_overdue(due, day("2026-03-10"))
        ),
        (0, 3)
    );
    assert_eq!(due_on(NaiveDate::MAX, 1), Err(DateError::OutOfRange));
    assert_eq!(parse_time_zone("Europe/Atlantis"), Err(DateError::TimeZoneUnknown));
}

#[test]
fn a_day_without_midnight_starts_when_clocks_go_on() {
    let zone = parse_time_zone("America/Sao_Paulo").unwrap();
    let start = start_of_day(day("2018-11-04"), zone).unwrap();
    assert_eq!(start.to_rfc3339(), "2018-11-04T03:00:00+00:00");
}
