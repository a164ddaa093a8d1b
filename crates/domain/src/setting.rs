//! The fixed set of settings, read from `spec/settings.csv` (ST-1 to ST-5).

use std::sync::OnceLock;

use serde_json::Value;

const TABLE: &str = include_str!("../../../spec/settings.csv");

/// Sections in screen order (ST-1).
pub const SECTIONS: [&str; 12] = [
    "Tenants",
    "Subscriptions",
    "Invoices",
    "Users",
    "Billing",
    "Calculator",
    "Platforms",
    "Jobs",
    "Mail",
    "Storage",
    "Security",
    "Usage",
];

/// One setting of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// Key.
    pub key: String,
    /// Page under System Settings.
    pub section: String,
    /// Exact text on screen.
    pub label: String,
    /// Type (ST-4).
    pub kind: String,
    /// Value while none was saved; empty text means "not set".
    pub default: Value,
    /// What is accepted, for people.
    pub bounds: String,
    /// Whether it is write-only (ST-6).
    pub secret: bool,
    /// What it does, for people.
    pub drives: String,
}

/// All settings in the order of the file.
pub fn table() -> &'static [SettingRow] {
    static READ: OnceLock<Vec<SettingRow>> = OnceLock::new();
    READ.get_or_init(|| {
        TABLE
            .lines()
            .skip(1)
            .filter(|line| !line.trim().is_empty())
            .filter_map(read_row)
            .collect()
    })
}

/// The row of a key, if it exists.
pub fn row(key: &str) -> Option<&'static SettingRow> {
    table().iter().find(|row| row.key == key)
}

fn read_row(line: &str) -> Option<SettingRow> {
    let mut fields = crate::policy::split(line).into_iter();
    let mut next = || fields.next();
    let (key, section, label, kind, default) = (next()?, next()?, next()?, next()?, next()?);
    let (bounds, secret, drives) = (next()?, next()?, next()?);
    let default = match kind.as_str() {
        "switch" => Value::Bool(default == "on"),
        "integer" => Value::from(default.parse::<i64>().ok()?),
        _ => Value::String(default),
    };
    Some(SettingRow {
        key,
        section,
        label,
        kind,
        default,
        bounds,
        secret: secret == "yes",
        drives,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_setting_of_a_known_section() {
        assert_eq!(
            table().len(),
            TABLE.lines().filter(|line| !line.trim().is_empty()).count() - 1
        );
        assert!(table().iter().all(|row| SECTIONS.contains(&row.section.as_str())));
    }

    #[test]
    fn defaults_have_the_type_of_their_setting() {
        assert_eq!(
            row("tenants.partner_self_provisioning").unwrap().default,
            Value::Bool(true)
        );
        assert_eq!(
            row("billing.reference_hours_per_month").unwrap().default,
            Value::from(730)
        );
        assert_eq!(row("invoices.seller_name").unwrap().default, Value::from(""));
        assert!(row("mail.password").unwrap().secret);
        assert_eq!(row("nothing.here"), None);
    }
}
