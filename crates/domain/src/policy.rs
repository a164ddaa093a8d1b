//! The policy as data: role × operation → cell, read from `spec/permissions.csv` (PM-4, S-01).
//!
//! [`decide`] answers the part of the question that needs no object: may this role ever do this, and is it limited to
//! the own branch. Whether an object lies in the branch is answered by [`crate::scope::Scope`] in every query.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::role::Role;

const TABLE: &str = include_str!("../../../spec/permissions.csv");

/// What a role may do with an operation (PM-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Allowed on every object.
    All,
    /// Allowed on objects inside the actor's scope.
    Own,
    /// As `Own`, while the named setting is on.
    OwnIf(String),
    /// Never.
    None,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// `<resource>.<verb>`.
    pub operation: String,
    /// Where the operation is found on screen.
    pub screen: String,
    /// One cell for each role, in the order of [`Role::ALL`].
    pub cells: [Cell; 8],
    /// Whether a service account may use it.
    pub api_key: bool,
    /// Whether a fresh proof of identity is needed (PM-20).
    pub step_up: bool,
    /// Rules that apply beyond the cell.
    pub rules: Vec<String>,
}

impl OperationRow {
    /// The cell of a role.
    pub fn cell(&self, role: Role) -> &Cell {
        Role::ALL
            .iter()
            .zip(&self.cells)
            .find(|(of, _)| **of == role)
            .map_or(&Cell::None, |(_, cell)| cell)
    }
}

/// The table could not be read; a defect of the build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("permissions.csv line {line}: {what}")]
pub struct PolicyInvalid {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// All rows by operation.
///
/// # Errors
/// [`PolicyInvalid`] when the embedded table is malformed; the server refuses to start then (S-01).
pub fn table() -> Result<&'static BTreeMap<String, OperationRow>, PolicyInvalid> {
    static READ: OnceLock<Result<BTreeMap<String, OperationRow>, PolicyInvalid>> = OnceLock::new();
    READ.get_or_init(|| read(TABLE)).as_ref().map_err(Clone::clone)
}

/// The row of an operation, if it has one.
pub fn row(operation: &str) -> Option<&'static OperationRow> {
    table().ok()?.get(operation)
}

/// The answer of the policy before any object is looked at (checks 3 and 5 of PM-6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed on every object.
    Everything,
    /// Allowed inside the actor's scope.
    InScope,
    /// Allowed inside the actor's scope while the setting is on.
    InScopeWhile(String),
    /// Never allowed: 403 `not_permitted`.
    Never,
}

/// May `role` ever do `operation`, and how far does it reach? An operation without a row is never allowed.
///
/// # Examples
/// ```
/// use cms_domain::policy::{Decision, decide};
/// use cms_domain::role::Role;
///
/// assert_eq!(decide(Role::PlatformAdministrator, "tenant.create"), Decision::Everything);
/// assert_eq!(decide(Role::TenantReader, "tenant.create"), Decision::Never);
/// ```
pub fn decide(role: Role, operation: &str) -> Decision {
    match row(operation).map(|row| row.cell(role)) {
        Some(Cell::All) => Decision::Everything,
        Some(Cell::Own) => Decision::InScope,
        Some(Cell::OwnIf(key)) => Decision::InScopeWhile(key.clone()),
        Some(Cell::None) | None => Decision::Never,
    }
}

fn read(text: &str) -> Result<BTreeMap<String, OperationRow>, PolicyInvalid> {
    let mut rows = BTreeMap::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let number = index.saturating_add(1);
        if line.trim().is_empty() {
            continue;
        }
        let row = read_row(line).map_err(|what| PolicyInvalid { line: number, what })?;
        if rows.insert(row.operation.clone(), row).is_some() {
            return Err(PolicyInvalid {
                line: number,
                what: "the operation stands twice".into(),
            });
        }
    }
    Ok(rows)
}

fn read_row(line: &str) -> Result<OperationRow, String> {
    let fields = split(line);
    let mut fields = fields.iter().map(String::as_str);
    let mut next = |name: &str| fields.next().ok_or_else(|| format!("the column {name} is missing"));
    let operation = next("operation")?.to_owned();
    let screen = next("screen")?.to_owned();
    let mut cells = [const { Cell::None }; 8];
    for (cell, role) in cells.iter_mut().zip(Role::ALL) {
        *cell = read_cell(next(role.identifier())?)?;
    }
    let api_key = read_word(next("api_key")?, "allowed", "denied")?;
    let step_up = read_word(next("step_up")?, "yes", "no")?;
    let rules = next("rules")?.split_whitespace().map(str::to_owned).collect();
    Ok(OperationRow {
        operation,
        screen,
        cells,
        api_key,
        step_up,
        rules,
    })
}

fn read_cell(text: &str) -> Result<Cell, String> {
    match text {
        "all" => Ok(Cell::All),
        "own" => Ok(Cell::Own),
        "none" => Ok(Cell::None),
        other => match other.strip_prefix("own_if:") {
            Some(key) if !key.is_empty() => Ok(Cell::OwnIf(key.to_owned())),
            _ => Err(format!("`{other}` is no cell")),
        },
    }
}

fn read_word(text: &str, yes: &str, no: &str) -> Result<bool, String> {
    match text {
        word if word == yes => Ok(true),
        word if word == no => Ok(false),
        other => Err(format!("`{other}` is neither {yes} nor {no}")),
    }
}

/// Fields of one CSV line; quotes enclose commas.
pub(crate) fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(field) = fields.last_mut() {
                    field.push(other);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_is_whole() {
        let rows = table().unwrap();
        assert_eq!(
            rows.len(),
            TABLE.lines().filter(|line| !line.trim().is_empty()).count() - 1
        );
        assert!(rows.values().all(|row| row.operation.contains('.')));
    }

    #[test]
    fn cells_decide_as_the_table_says() {
        assert_eq!(
            decide(Role::PlatformAdministrator, "tenant.create"),
            Decision::Everything
        );
        assert_eq!(
            decide(Role::PartnerAdministrator, "tenant.create"),
            Decision::InScopeWhile("tenants.partner_self_provisioning".into())
        );
        assert_eq!(decide(Role::PartnerAdministrator, "tenant.update"), Decision::InScope);
        assert_eq!(decide(Role::TenantReader, "tenant.update"), Decision::Never);
        assert_eq!(decide(Role::PlatformAdministrator, "tenant.explode"), Decision::Never);
    }

    #[test]
    fn every_operation_with_step_up_is_closed_to_api_keys() {
        for row in table().unwrap().values().filter(|row| row.step_up) {
            assert!(!row.api_key, "{} needs a person (PM-19)", row.operation);
        }
    }

    #[test]
    fn a_malformed_row_is_refused_with_its_line() {
        for (row, what) in [
            ("all,own,maybe,none,all,own,own,none,allowed,no", "`maybe` is no cell"),
            (
                "all,own,own_if:,none,all,own,own,none,allowed,no",
                "`own_if:` is no cell",
            ),
            (
                "all,own,own,none,all,own,own,none,perhaps,no",
                "`perhaps` is neither allowed nor denied",
            ),
            (
                "all,own,own,none,all,own,own,none,denied,maybe",
                "`maybe` is neither yes nor no",
            ),
        ] {
            let refused = read(&format!("head\na.b,Screen,{row},\n"));
            let what = what.to_owned();
            assert_eq!(refused, Err(PolicyInvalid { line: 2, what }), "{row}");
        }
    }
}
