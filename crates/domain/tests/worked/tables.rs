//! What holds for every row of the tables that code and people share: permissions and settings.

use std::collections::{BTreeMap, BTreeSet};

use cms_domain::policy::{self, Cell, Decision, OperationRow, decide};
use cms_domain::role::{Level, Role};
use cms_domain::setting;
use serde_json::Value;

fn rows() -> impl Iterator<Item = &'static OperationRow> {
    policy::table().unwrap().values()
}

/// How far a cell reaches, to compare two of them.
fn reach(cell: &Cell) -> u8 {
    match cell {
        Cell::None => 0,
        Cell::OwnIf(_) => 1,
        Cell::Own => 2,
        Cell::All => 3,
    }
}

fn administrator_beside(reader: Role) -> Role {
    Role::ALL
        .into_iter()
        .find(|role| role.is_administrator() && role.level() == reader.level())
        .unwrap()
}

#[test]
fn pm_1_a_reader_reaches_no_further_than_the_administrator_of_the_same_level() {
    for row in rows() {
        for reader in Role::ALL.into_iter().filter(|role| !role.is_administrator()) {
            let beside = row.cell(administrator_beside(reader));
            assert!(
                reach(row.cell(reader)) <= reach(beside),
                "{} as {reader}",
                row.operation
            );
        }
    }
}

#[test]
fn pm_1_a_reader_changes_nothing_but_the_own_account() {
    const CHANGES: [&str; 16] = [
        "create",
        "update",
        "delete",
        "disable",
        "enable",
        "set_role",
        "lock",
        "unlock",
        "move",
        "publish",
        "issue",
        "void",
        "generate",
        "set_credits",
        "set_tiers",
        "update_usage",
    ];
    let mut seen = 0;
    for row in rows() {
        let (resource, verb) = row.operation.split_once('.').unwrap();
        if resource == "profile" || !CHANGES.contains(&verb) {
            continue;
        }
        seen += 1;
        for reader in Role::ALL.into_iter().filter(|role| !role.is_administrator()) {
            assert_eq!(
                decide(reader, &row.operation),
                Decision::Never,
                "{} as {reader}",
                row.operation
            );
        }
    }
    assert!(seen > 40, "only {seen} operations change something");
}

#[test]
fn pm_2_only_what_has_no_branch_is_open_to_everybody_everywhere() {
    let everywhere: BTreeSet<&str> = rows()
        .filter(|row| {
            Role::ALL
                .into_iter()
                .any(|role| role.level() < Level::Platform && row.cell(role) == &Cell::All)
        })
        .map(|row| row.operation.as_str())
        .collect();
    assert_eq!(
        everywhere,
        BTreeSet::from(["meter.list", "offer.list_names", "permission.list", "region.list_names"])
    );
}

#[test]
fn pm_4_a_switch_that_a_cell_names_is_a_setting_with_two_positions() {
    let mut switches: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows() {
        for cell in &row.cells {
            if let Cell::OwnIf(key) = cell {
                *switches.entry(key).or_default() += 1;
            }
        }
    }
    assert!(switches.len() >= 5, "{switches:?}");
    for key in switches.keys() {
        assert_eq!(setting::row(key).map(|row| row.kind.as_str()), Some("switch"), "{key}");
    }
    assert_eq!(
        decide(Role::TenantReader, "invoice.download"),
        Decision::InScopeWhile("invoices.show_to_tenants".to_owned())
    );
}

#[test]
fn pm_19_what_asks_for_a_fresh_proof_needs_a_person() {
    let asked: Vec<&OperationRow> = rows().filter(|row| row.step_up).collect();
    assert!(asked.iter().all(|row| !row.api_key));
    assert!(asked.iter().any(|row| row.operation == "profile.change_password"));
    assert!(asked.iter().any(|row| row.operation == "user.set_role"));
}

#[test]
fn pm_4_an_operation_without_a_row_is_nobodys() {
    for role in Role::ALL {
        for unknown in [
            "",
            "tenant",
            "tenant.",
            "TENANT.READ",
            "tenant.read ",
            "tenant.read,all",
        ] {
            assert_eq!(decide(role, unknown), Decision::Never, "{unknown:?} as {role}");
        }
    }
}

#[test]
fn st_1_a_key_is_unique_and_starts_with_the_name_of_its_section() {
    let mut keys = BTreeSet::new();
    for row in setting::table() {
        assert!(keys.insert(&row.key), "{} stands twice", row.key);
        let section = row.section.to_lowercase();
        assert_eq!(row.key.split('.').next(), Some(section.as_str()), "{}", row.key);
        assert!(!row.label.is_empty() && !row.drives.is_empty(), "{}", row.key);
    }
    let sections: Vec<&str> = setting::SECTIONS.to_vec();
    let used: BTreeSet<&str> = setting::table().iter().map(|row| row.section.as_str()).collect();
    assert_eq!(used, sections.into_iter().collect());
}

/// `0-60` is the whole of an integer's bounds (ST-4).
fn bounds(text: &str) -> Option<(i64, i64)> {
    let text = text.split([',', ' ', ';']).next()?;
    let (least, most) = text.split_once('-')?;
    Some((least.parse().ok()?, most.parse().ok()?))
}

#[test]
fn st_4_a_default_is_inside_its_bounds() {
    let mut bounded = 0;
    for row in setting::table() {
        if let (Some(default), Some((least, most))) = (row.default.as_i64(), bounds(&row.bounds)) {
            bounded += 1;
            assert!((least..=most).contains(&default), "{}: {default}", row.key);
        }
        if row.kind == "colour" {
            let text = row.default.as_str().unwrap();
            let digits = text.strip_prefix('#').unwrap();
            assert!(
                digits.len() == 6 && u32::from_str_radix(digits, 16).is_ok(),
                "{}",
                row.key
            );
        }
        assert!(
            !row.secret || row.default == Value::String(String::new()),
            "{}",
            row.key
        );
    }
    assert_eq!(
        bounded,
        setting::table().iter().filter(|row| row.kind == "integer").count()
    );
}
