//! The tests in the browser.

use std::fs;

use serde::Deserialize;

use super::{Tally, records};
use crate::command;
use crate::demo::{DEMO, Start, World};
use crate::failure::{About, Outcome};
use crate::workspace::{Profile, Workspace};

#[derive(Deserialize)]
struct Results {
    stats: Stats,
}

#[derive(Deserialize)]
struct Stats {
    expected: usize,
    unexpected: usize,
    flaky: usize,
    skipped: usize,
}

/// Runs Playwright against the built server and web app; `chosen` narrows the tests as Playwright reads it.
///
/// # Errors
/// When Playwright cannot start or leaves no results.
pub fn run(workspace: &Workspace, chosen: &[String]) -> Outcome<Tally> {
    let results = records(workspace)?.join("browser.json");
    if results.exists() {
        fs::remove_file(&results)?;
    }
    let mut playwright = command::program("npx");
    playwright
        .args(["--no-install", "playwright", "test", "--reporter=line,json"])
        .args(chosen)
        .current_dir(workspace.path("e2e"));
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &results).env("CI", "1");
    // The tests have a world of their own, made like the one of `cargo xtask demo`.
    let web_dir = workspace.target.join("web/dist");
    let start = Start {
        workspace,
        quiet: true,
        port: None,
        data_dir: None,
        web_dir: Some(&web_dir),
        profile: Profile::Dev,
        database_url: None,
        plans: &DEMO,
    };
    let world = World::start(&start)?;
    let description = records(workspace)?.join("world.json");
    fs::write(&description, serde_json::to_string_pretty(&world.description())?)?;
    playwright.env("E2E_WORLD", &description);
    let succeeded = command::watch(&mut playwright, |_| {})?;
    let text = fs::read_to_string(&results).about(results.display())?;
    let mut tally = tally_of(&text)?;
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// A test that passed at the second try (R-97) or was skipped (R-95) counts as failed.
fn tally_of(text: &str) -> Outcome<Tally> {
    let Results { stats } = serde_json::from_str(text).about("the results of Playwright")?;
    let failed = stats
        .unexpected
        .saturating_add(stats.flaky)
        .saturating_add(stats.skipped);
    Ok(Tally {
        passed: stats.expected,
        failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_95_r_97_flaky_and_skipped_tests_count_as_failed() {
        let text = r#"{"stats": {"duration": 1.5, "expected": 7, "unexpected": 1, "flaky": 2, "skipped": 1}}"#;
        assert_eq!(tally_of(text).unwrap(), Tally { passed: 7, failed: 4 });
    }
}
