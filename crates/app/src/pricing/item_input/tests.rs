//! Checks of items (P-20 to P-24, P-33, P-50).

use super::*;
use uuid::Uuid;

fn meters() -> MeterTable {
    let meter = |id: &str, unit: &str, kind: &str| MeterRow {
        meter_id: id.into(),
        name: "Meter".into(),
        category: "Compute".into(),
        unit: unit.into(),
        unit_kind: kind.into(),
        description: String::new(),
        known: true,
    };
    MeterTable::new(vec![
        meter("6dab500f-a4fd-49c4-956d-229bb9c8c793", "VM*hours", "hour"),
        meter("b9ff3cd0-28aa-4762-84bb-ff8fbaea6a90", "10,000 requests", "count"),
    ])
}

fn entered(rate: &str) -> ItemInput {
    ItemInput {
        meter_id: "6DAB500FA4FD49C4956D229BB9C8C793".into(),
        rate: rate.into(),
        ..ItemInput::default()
    }
}

fn check(input: &ItemInput) -> Result<ItemRow, Vec<(String, &'static str)>> {
    let row = checked(input, &meters(), Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    row.map_err(|error| match error {
        Error::Invalid(fields) => fields.into_iter().map(|field| (field.pointer, field.code)).collect(),
        other => panic!("{other}"),
    })
}

#[test]
fn a_meter_is_found_whatever_its_case_and_hyphens() {
    let row = check(&entered("0.1200")).unwrap();
    assert_eq!(row.meter_id, "6dab500f-a4fd-49c4-956d-229bb9c8c793", "P-1");
    assert_eq!(
        (row.rate.as_str(), row.unit.as_str()),
        ("0.12", "VM*hours"),
        "canonical decimal, the meter's unit"
    );
}

#[test]
fn every_wrong_field_is_named_with_the_code_of_its_rule() {
    let input = ItemInput {
        rate: "-1".into(),
        rate_period: Some("week".into()),
        tiers: vec![
            TierInput {
                from_quantity: "5".into(),
                to_quantity: Some("5".into()),
                rate: "0.00000000001".into(),
            },
            TierInput {
                from_quantity: "x".into(),
                to_quantity: None,
                rate: "1".into(),
            },
        ],
        credits: vec![
            CreditInput {
                kind: "percent".into(),
                value: "101".into(),
            },
            CreditInput {
                kind: "quantity".into(),
                value: "-1".into(),
            },
            CreditInput {
                kind: "quantity".into(),
                value: "1".into(),
            },
        ],
        ..entered("")
    };
    let found = check(&input).unwrap_err();
    for expected in [
        ("/rate", "rate_negative"),
        ("/rate_period", "rate_period_unknown"),
        ("/tiers/0/rate", "rate_precision"),
        ("/tiers/1/from_quantity", "decimal_invalid"),
        ("/credits/0/value", "percent_out_of_range"),
        ("/credits/1/value", "credit_negative"),
        ("/credits/2/kind", "credit_duplicate"),
    ] {
        assert!(
            found.contains(&(expected.0.to_owned(), expected.1)),
            "{expected:?} in {found:?}"
        );
    }
}

#[test]
fn overlapping_and_empty_tiers_are_named_by_their_place_of_entry() {
    let tier = |from: &str, to: Option<&str>| TierInput {
        from_quantity: from.into(),
        to_quantity: to.map(Into::into),
        rate: "1".into(),
    };
    let overlap = ItemInput {
        tiers: vec![tier("10", None), tier("0", Some("11"))],
        ..entered("1")
    };
    assert_eq!(
        check(&overlap).unwrap_err(),
        [("/tiers/0/from_quantity".to_owned(), "tier_overlap")],
        "P-23"
    );
    let empty = ItemInput {
        tiers: vec![tier("10", Some("10"))],
        ..entered("1")
    };
    assert_eq!(
        check(&empty).unwrap_err(),
        [("/tiers/0/to_quantity".to_owned(), "tier_range_invalid")],
        "P-23"
    );
    let touching = ItemInput {
        tiers: vec![tier("10", None), tier("0", Some("10"))],
        ..entered("1")
    };
    assert_eq!(
        check(&touching).unwrap().tiers.len(),
        2,
        "tiers that touch do not overlap"
    );
}

#[test]
fn a_rate_per_month_needs_a_meter_of_hours_and_a_divisor_its_own_unit() {
    let monthly = ItemInput {
        meter_id: "b9ff3cd0-28aa-4762-84bb-ff8fbaea6a90".into(),
        rate_period: Some("month".into()),
        ..entered("1")
    };
    assert_eq!(
        check(&monthly).unwrap_err(),
        [("/rate_period".to_owned(), "rate_period_not_allowed")],
        "P-33"
    );
    let divided = ItemInput {
        unit_divisor: Some(1_000),
        ..entered("1")
    };
    assert_eq!(
        check(&divided).unwrap_err(),
        [("/unit".to_owned(), "unit_required")],
        "P-21"
    );
    let named = ItemInput {
        unit_divisor: Some(1_000),
        unit: Some("1,000 hours".into()),
        ..entered("1")
    };
    assert_eq!(check(&named).unwrap().unit_divisor, 1_000);
    let unknown = ItemInput {
        meter_id: "nothing".into(),
        ..entered("1")
    };
    assert_eq!(
        check(&unknown).unwrap_err(),
        [("/meter_id".to_owned(), "unknown_reference")]
    );
}
