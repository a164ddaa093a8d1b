//! The tests that cargo runs.

use std::process::Command;

use super::Tally;
use crate::command;
use crate::failure::Outcome;
use crate::workspace::Workspace;

/// Builds every test and program once, with the features that the tests run with.
///
/// # Errors
/// When something does not compile.
pub fn build(workspace: &Workspace) -> Outcome {
    command::run(cargo(workspace, "build").args(["--bins", "--tests"]))
}

/// Runs all tests, on PostgreSQL too if the address of a server is given.
///
/// # Errors
/// When cargo cannot start.
pub fn run(workspace: &Workspace, postgres: Option<&str>) -> Outcome<Tally> {
    let mut cargo = cargo(workspace, "test");
    cargo.arg("--no-fail-fast");
    match postgres {
        Some(url) => cargo.env("TEST_DATABASE_URL", url),
        None => cargo.env_remove("TEST_DATABASE_URL"),
    };
    let mut tally = Tally::default();
    let succeeded = command::watch(&mut cargo, |line| {
        if let Some(found) = result_of(line) {
            tally.add(found);
        }
    })?;
    if !succeeded && tally.failed == 0 {
        // A test program that does not compile or is killed prints no result.
        tally.failed = 1;
    }
    Ok(tally)
}

fn cargo(workspace: &Workspace, task: &str) -> Command {
    let mut cargo = command::cargo();
    cargo
        .args([task, "--workspace", "--locked"])
        .current_dir(&workspace.root)
        .env("CARGO_TERM_COLOR", "never");
    cargo
}

/// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; …`. An ignored test did not run, so it counts as failed.
fn result_of(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |what: &str| {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(what))?;
        part.trim().parse::<usize>().ok()
    };
    let ignored = count(" ignored").unwrap_or_default();
    Some(Tally {
        passed: count(" passed")?,
        failed: count(" failed")?.saturating_add(ignored),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_test_program_is_read() {
        let line = "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.05s";
        assert_eq!(result_of(line), Some(Tally { passed: 12, failed: 2 }));
        assert_eq!(result_of("test money::adds ... ok"), None);
    }

    #[test]
    fn r_95_an_ignored_test_counts_as_failed() {
        let line = "test result: ok. 1 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(result_of(line), Some(Tally { passed: 1, failed: 3 }));
    }
}
