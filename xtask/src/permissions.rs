//! `docs/permissions.md`: the permission matrix for readers, written from `spec/permissions.csv`, the policy itself.

use std::fmt::Write as _;
use std::fs;

use crate::failure::{About, Failure, Outcome};
use crate::workspace::Workspace;

const TABLE: &str = "spec/permissions.csv";
const PAGE: &str = "docs/permissions.md";

const HEAD: &str = "# Permissions

Who may do what. This page is written by `cargo xtask permissions` from [`spec/permissions.csv`](../spec/permissions.csv), which is also
what the server decides by; change the table, not the page.

- **All**: on everything. **Own**: on what lies in the own branch of the tree. **Own, if** a setting: as Own while that setting is on.
  An empty cell: never.
- **Integration**: whether a service account may do it. **Fresh sign-in**: whether identity must have been proved within ten minutes.
- Roles: PA, DA, BA and TA are the administrators of platform, distributor, partner and tenant; PR, DR, BR and TR their readers.
";

const COLUMNS: &str =
    "| Operation | On screen | PA | DA | BA | TA | PR | DR | BR | TR | Integration | Fresh sign-in | Rules |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// Writes the page, or compares it with the committed one.
///
/// # Errors
/// When the table is malformed or, comparing, the page differs.
pub fn run(workspace: &Workspace, check: bool) -> Outcome {
    let source = workspace.path(TABLE);
    let text = page(&fs::read_to_string(&source).about(source.display())?)?;
    let path = workspace.path(PAGE);
    if !check {
        fs::write(&path, text).about(path.display())?;
        println!("{PAGE} written");
        return Ok(());
    }
    if fs::read_to_string(&path).about(path.display())? == text {
        println!("{PAGE} is up to date");
        return Ok(());
    }
    Err(Failure::new(format!("{PAGE} is stale: run `cargo xtask permissions`")))
}

fn page(table: &str) -> Outcome<String> {
    let mut out = HEAD.to_owned();
    let mut resource = String::new();
    for (index, line) in table.lines().enumerate().skip(1) {
        let cells = cells_of(line);
        let [operation, screen, roles @ .., key, step_up, numbers] = cells.as_slice() else {
            return Err(Failure::new(format!("{TABLE} line {}: too few cells", index + 1)));
        };
        if roles.len() != 8 {
            return Err(Failure::new(format!("{TABLE} line {}: not eight roles", index + 1)));
        }
        let of = operation.split('.').next().unwrap_or_default();
        if of != resource {
            of.clone_into(&mut resource);
            let title = heading(of);
            writeln!(out, "\n## {title}\n").about(PAGE)?;
            out.push_str(COLUMNS);
        }
        write!(out, "| `{operation}` | {} |", escaped(screen)).about(PAGE)?;
        for cell in roles {
            write!(out, " {} |", said(cell)).about(PAGE)?;
        }
        let key = if key == "allowed" { "yes" } else { "" };
        let step_up = if step_up == "yes" { "yes" } else { "" };
        writeln!(out, " {key} | {step_up} | {} |", escaped(numbers)).about(PAGE)?;
    }
    Ok(out)
}

/// Cells of a line; a cell in quotes may hold commas and doubled quotes.
fn cells_of(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut signs = line.trim_end_matches('\r').chars().peekable();
    while let Some(sign) = signs.next() {
        if sign == '"' && quoted && signs.peek() == Some(&'"') {
            signs.next();
        } else if sign == '"' {
            quoted = !quoted;
            continue;
        } else if sign == ',' && !quoted {
            cells.push(String::new());
            continue;
        }
        if let Some(cell) = cells.last_mut() {
            cell.push(sign);
        }
    }
    cells
}

fn heading(resource: &str) -> String {
    let words = resource.replace('_', " ");
    let mut signs = words.chars();
    match signs.next() {
        Some(first) => first.to_uppercase().chain(signs).collect(),
        None => words,
    }
}

fn said(cell: &str) -> String {
    match cell {
        "all" => "All".to_owned(),
        "own" => "Own".to_owned(),
        "none" | "" => String::new(),
        other => match other.split_once(':') {
            Some((_, setting)) => format!("Own, if `{setting}`"),
            None => escaped(other),
        },
    }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_cell_keeps_its_commas_and_quotes() {
        assert_eq!(cells_of("a,\"b, \"\"c\"\"\",,d"), ["a", "b, \"c\"", "", "d"]);
    }

    #[test]
    fn pm_4_every_cell_is_said_in_words_and_every_resource_has_its_heading() {
        let table =
            "head\nuser.list,Settings > Users,all,own,none,own_if:users.x,none,none,none,none,allowed,no,PM-1\n";
        let page = page(table).unwrap();
        assert!(page.contains("\n## User\n"));
        let row = "| `user.list` | Settings > Users | All | Own |  | Own, if `users.x` |  |  |  |  | yes |  | PM-1 |";
        assert!(page.contains(row), "{page}");
    }

    #[test]
    fn a_line_with_a_missing_role_is_refused_with_its_number() {
        let failure = page("head\nuser.list,Users,all,no,PM-1\n").unwrap_err();
        assert!(failure.to_string().contains("line 2"));
    }
}
