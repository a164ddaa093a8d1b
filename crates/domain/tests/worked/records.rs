//! Natural keys, windows, CSV cells, the audit chain, entered text and ids.

use cms_domain::audit_chain::{AuditChainError, GENESIS_HASH, canonical_json, chain_hash, first_break, seal};
use cms_domain::csv_cell::{decimal_field, import_text, record, text_field};
use cms_domain::decimal::DecimalError;
use cms_domain::ids::{IdInvalid, TenantId};
use cms_domain::natural_key::{
    Changes, NaturalKey, Outcome, QuarantineReason, WindowRow, WindowStore, compare, normalise_guid,
    normalise_meter_id, normalise_resource_uri, reduce, replace, usage_times,
};
use cms_domain::text::{TextInvalid, email_address, line, optional_line, paragraph};
use serde_json::json;
use uuid::Uuid;

use crate::{day, instant, quantity};

fn key(resource: &str) -> NaturalKey {
    NaturalKey {
        region_id: "r1".to_owned(),
        reported_date: day("2026-11-03"),
        platform_subscription_id: "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55".to_owned(),
        meter_id: "6dab500f-a4fd-49c4-956d-229bb9c8c793".to_owned(),
        usage_start: instant("2026-11-03T08:00:00Z"),
        usage_end: instant("2026-11-03T09:00:00.5Z"),
        resource_uri: resource.to_owned(),
        sku: "standard_a2".to_owned(),
    }
}

fn row(resource: &str, ordinal: u32, text: &str) -> WindowRow {
    WindowRow {
        key: key(resource),
        ordinal,
        quantity: quantity(text),
    }
}

#[test]
fn the_hash_of_a_key_is_the_same_on_every_machine() {
    // SHA-256 over length and bytes of each field, computed elsewhere; stored keys depend on it.
    let expected = "df4505043d721f893db7f985906357d9";
    let hash = hex::encode(key("vm/web1").key_hash());
    assert_eq!(hash, expected);
    let mut later = key("vm/web1");
    later.usage_end = instant("2026-11-03T09:00:00.500000001Z");
    assert_ne!(later.key_hash(), key("vm/web1").key_hash());
}

#[test]
fn u_31_identifiers_are_normalised() {
    let guid = "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55";
    for text in [
        guid,
        "5E8D2F10-7A3C-4B9E-A1D6-9C0B8E7F6A55",
        "5e8d2f107a3c4b9ea1d69c0b8e7f6a55",
    ] {
        assert_eq!(normalise_guid(text).as_deref(), Some(guid));
    }
    for text in [
        "",
        "5e8d2f10",
        "5e8d2f107a3c4b9ea1d69c0b8e7f6a5g",
        "urn:uuid:5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55",
    ] {
        assert_eq!(normalise_guid(text), None, "{text}");
    }
    assert_eq!(
        normalise_meter_id("5E8D2F107A3C4B9EA1D69C0B8E7F6A55").as_deref(),
        Some(guid)
    );
    assert_eq!(normalise_meter_id(&"m".repeat(200)).map(|id| id.len()), Some(200));
    assert_eq!(normalise_meter_id(&"m".repeat(201)), None);
    // The capital I with a dot becomes two characters in lower case.
    assert_eq!(
        normalise_meter_id(&"\u{130}".repeat(100)).map(|id| id.chars().count()),
        Some(200)
    );
    assert_eq!(normalise_meter_id(&"\u{130}".repeat(101)), None);
    assert_eq!(normalise_meter_id("a\tb"), None);
    assert_eq!(normalise_meter_id("a "), None);
    assert_eq!(normalise_resource_uri("\\Subscriptions\\S1/VM"), "/subscriptions/s1/vm");
}

#[test]
fn u_44_usage_lasts_up_to_31_days_and_starts_on_its_day_at_the_latest() {
    let window = day("2026-11-03");
    let times = |start, end| usage_times(window, start, end).map(|(start, _)| start.to_rfc3339());
    let invalid = Err(QuarantineReason::UsageTimeInvalid);
    assert_eq!(
        times("2026-11-03T23:59:59Z", "2026-11-04T00:00:00Z").unwrap(),
        "2026-11-03T23:59:59+00:00"
    );
    assert_eq!(
        times("2026-11-04T01:00:00+02:00", "2026-11-04T02:00:00+02:00").unwrap(),
        "2026-11-03T23:00:00+00:00"
    );
    assert_eq!(
        times("2026-11-04T00:00:00Z", "2026-11-04T01:00:00Z"),
        Err(QuarantineReason::UsageTimeFuture)
    );
    assert!(times("2026-10-03T00:00:00Z", "2026-11-03T00:00:00Z").is_ok());
    assert_eq!(times("2026-10-03T00:00:00Z", "2026-11-03T00:00:00.000000001Z"), invalid);
    assert_eq!(times("2026-11-03T01:00:00Z", "2026-11-03T01:00:00Z"), invalid);
    assert_eq!(times("2026-11-03T02:00:00Z", "2026-11-03T01:00:00Z"), invalid);
    assert_eq!(times("2026-11-03T02:00:00", "2026-11-03T03:00:00Z"), invalid);
    assert_eq!(times("2026-11-03T01:00:00Z", "2026-02-30T01:00:00Z"), invalid);
}

#[test]
fn every_reason_of_quarantine_has_its_code() {
    let codes = [
        (QuarantineReason::QuantityInvalid, "quantity_invalid"),
        (QuarantineReason::QuantityNegative, "quantity_negative"),
        (QuarantineReason::QuantityOutOfRange, "quantity_out_of_range"),
        (QuarantineReason::UsageTimeInvalid, "usage_time_invalid"),
        (QuarantineReason::UsageTimeFuture, "usage_time_future"),
        (QuarantineReason::InstanceDataInvalid, "instance_data_invalid"),
        (QuarantineReason::SubscriptionInvalid, "subscription_invalid"),
        (QuarantineReason::MeterInvalid, "meter_invalid"),
    ];
    assert!(codes.iter().all(|(reason, code)| reason.code() == *code));
    assert_eq!(
        QuarantineReason::from(DecimalError::QuantityPrecision),
        QuarantineReason::QuantityInvalid
    );
}

#[test]
fn u_32_equal_rows_are_one_and_others_are_numbered_by_quantity() {
    let read = reduce([
        (key("b"), quantity("2")),
        (key("a"), quantity("3")),
        (key("b"), quantity("1")),
        (key("b"), quantity("2")),
    ]);
    assert_eq!(read.rows, [row("a", 1, "3"), row("b", 1, "1"), row("b", 2, "2")]);
    assert_eq!((read.duplicate_rows, read.repeated_keys), (1, 1));
    assert_eq!(reduce([]).rows, []);
}

#[test]
fn u_33_a_reading_adds_changes_keeps_and_removes() {
    let stored = [row("a", 1, "1"), row("b", 1, "1"), row("c", 1, "1")];
    let read = [row("a", 1, "1"), row("b", 1, "2"), row("d", 1, "1"), row("d", 2, "2")];
    let changes = Changes {
        added: 2,
        changed: 1,
        unchanged: 1,
        removed: 1,
    };
    assert_eq!(compare(&stored, &read), changes);
    assert_eq!(replace(&stored, &read), Outcome::Applied(changes));
    assert_eq!(
        replace(&stored, &read[..2]),
        Outcome::Shrunk {
            stored_rows: 3,
            read_rows: 2
        }
    );
    assert!(matches!(
        replace(&stored, &stored),
        Outcome::Applied(Changes { unchanged: 3, .. })
    ));
}

#[test]
fn u_37_a_held_reading_is_accepted_or_made_obsolete() {
    let (window, other) = (day("2026-11-03"), day("2026-11-04"));
    let mut store = WindowStore::default();
    store.collect("r1", window, vec![row("a", 1, "1"), row("b", 1, "1")]);
    store.collect("r1", other, vec![row("c", 1, "1")]);
    assert!(matches!(
        store.collect("r1", window, vec![row("a", 1, "5")]),
        Outcome::Shrunk { .. }
    ));
    assert_eq!(store.rows().count(), 3);
    assert_eq!(store.accept("r2", window), None);
    let accepted = store.accept("r1", window);
    assert_eq!(
        accepted,
        Some(Changes {
            added: 0,
            changed: 1,
            unchanged: 0,
            removed: 1
        })
    );
    assert_eq!(
        store.rows().cloned().collect::<Vec<_>>(),
        [row("a", 1, "5"), row("c", 1, "1")]
    );
    assert_eq!(store.accept("r1", window), None);
    store.collect("r1", window, vec![]);
    store.collect("r1", window, vec![row("a", 1, "6")]);
    assert_eq!(store.accept("r1", window), None);
}

#[test]
fn b_92_cells_that_a_spreadsheet_would_compute_are_guarded() {
    for first in [
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\t', '\r', '\n',
    ] {
        let value = format!("{first}1");
        assert_eq!(text_field(&value), format!("\"'{value}\""));
        assert_eq!(import_text(&format!("'{value}")), value);
    }
    for blank in [' ', '\u{a0}', '\u{3000}', '\u{200b}', '\u{feff}'] {
        assert!(text_field(&format!("{blank}=1")).starts_with("\"'"), "{blank:?}");
    }
    assert_eq!(text_field("\0=1"), "\"'=1\"");
    assert_eq!(text_field("a\0b"), "ab");
    assert_eq!(text_field("1-1"), "1-1");
    assert_eq!(text_field("a,b"), "\"a,b\"");
    assert_eq!(text_field("say \"hi\""), "\"say \"\"hi\"\"\"");
    assert_eq!([text_field("a\nb"), text_field("a\rb")], ["\"a\nb\"", "\"a\rb\""]);
    assert_eq!([text_field(" a"), text_field("a ")], ["\" a\"", "\"a \""]);
    assert_eq!([text_field(""), text_field("a b")], ["", "a b"]);
    assert_eq!(decimal_field("-1.50"), "-1.50");
    assert_eq!(
        [import_text("'quoted"), import_text("'"), import_text("=1")],
        ["'quoted", "'", "=1"]
    );
    assert_eq!(record([text_field("a"), decimal_field("-1")]), "a,-1\r\n");
}

#[test]
fn i_71_entries_are_sealed_with_the_hash_before_them() {
    let entry = json!({ "b": [1, -2, true, null], "a": "\u{8}\t\n\u{c}\r\"\\\u{1f} é" });
    let canonical = "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\\\u001f é\",\"b\":[1,-2,true,null]}";
    assert_eq!(canonical_json(&entry).unwrap(), canonical);
    assert_eq!(canonical_json(&json!({})).unwrap(), "{}");
    assert_eq!(
        canonical_json(&json!([false, u64::MAX])).unwrap(),
        "[false,18446744073709551615]"
    );
    assert_eq!(canonical_json(&json!([1.0])), Err(AuditChainError::NumberNotInteger));
    let (sealed, hash) = seal(GENESIS_HASH, &entry).unwrap();
    assert_eq!((sealed.as_str(), hash.len()), (canonical, 64));
    assert_eq!(chain_hash(GENESIS_HASH, canonical), Ok(hash.clone()));
    assert_ne!(chain_hash(&hash, canonical), Ok(hash.clone()));
    // SHA-256 of 64 zeros as text.
    let empty = chain_hash(GENESIS_HASH, "").unwrap();
    assert_eq!(
        empty,
        "60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55"
    );
    for wrong in ["", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"A".repeat(64)] {
        assert_eq!(chain_hash(wrong, ""), Err(AuditChainError::HashInvalid), "{wrong}");
    }
    assert!(chain_hash(&"f9a0".repeat(16), "").is_ok());
    assert_eq!(first_break(GENESIS_HASH, [(&entry, hash.as_str())]), Ok(None));
    assert_eq!(first_break(&hash, [(&entry, hash.as_str())]), Ok(Some(0)));
    assert_eq!(AuditChainError::NumberNotInteger.code(), "number_not_integer");
    assert_eq!(AuditChainError::HashInvalid.code(), "hash_invalid");
}

#[test]
fn g_8_entered_text_is_bounded_in_characters() {
    assert_eq!(line(&"é".repeat(5), 5), Ok("é".repeat(5)));
    assert_eq!(line(&"é".repeat(6), 5), Err(TextInvalid::TooLong(5)));
    assert_eq!(optional_line("  ", 5), Ok(String::new()));
    assert_eq!(optional_line("a\u{7}", 5), Err(TextInvalid::ControlCharacter));
    assert_eq!(paragraph(" a\n\nb ", 4), Ok("a\n\nb".to_owned()));
    assert_eq!(paragraph("a\tb", 5), Err(TextInvalid::ControlCharacter));
    assert_eq!(paragraph("abc", 2), Err(TextInvalid::TooLong(2)));
    for wrong in [
        "a@.b.c",
        "a@b.c.",
        "a@bc",
        "a;b@c.d",
        "<a@b.c>",
        "a@b,c.d",
        "a b@c.d",
        "\"a\"@b.c",
    ] {
        assert_eq!(email_address(wrong), Err(TextInvalid::NotAnAddress), "{wrong}");
    }
    assert_eq!(email_address("A@B.C").as_deref(), Ok("a@b.c"));
    assert_eq!(email_address(""), Err(TextInvalid::Empty));
    assert_eq!(
        email_address(&format!("{}@b.c", "a".repeat(251))),
        Err(TextInvalid::TooLong(254))
    );
    // J with a caron has one character in lower case only: both spellings are one address (I-2).
    assert_eq!(email_address("J\u{30c}@b.c"), email_address("\u{1f0}@b.c"));
    assert_eq!(
        email_address(&format!("{}@b.c", "\u{130}".repeat(126))),
        Err(TextInvalid::TooLong(254))
    );
    let codes = [
        (TextInvalid::Empty, "required"),
        (TextInvalid::TooLong(1), "too_long"),
        (TextInvalid::ControlCharacter, "control_character"),
        (TextInvalid::NotAnAddress, "email_invalid"),
    ];
    assert!(codes.iter().all(|(error, code)| error.code() == *code));
    assert_eq!(TextInvalid::TooLong(7).to_string(), "Use at most 7 characters.");
}

#[test]
fn g_2_an_id_is_a_uuid_with_a_meaning() {
    let uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let id = TenantId::new(uuid);
    assert_eq!(id.to_string().parse::<TenantId>(), Ok(id));
    assert_eq!((id.uuid(), Uuid::from(id), TenantId::from(uuid)), (uuid, uuid, id));
    assert_eq!("x".parse::<TenantId>(), Err(IdInvalid));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{uuid}\""));
    assert_eq!(serde_json::from_str::<TenantId>(&format!("\"{uuid}\"")).unwrap(), id);
}
