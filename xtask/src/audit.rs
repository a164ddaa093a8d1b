//! Known vulnerabilities, licences, sources and banned versions of dependencies (S-80, S-81).

use std::env;
use std::path::PathBuf;

use crate::command;
use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;

/// Runs cargo-deny and cargo-audit, installing them if they are missing.
///
/// # Errors
/// When one of them has a finding.
pub fn run(workspace: &Workspace) -> Outcome {
    install(workspace, "cargo-deny")?;
    install(workspace, "cargo-audit")?;
    let mut deny = command::cargo();
    deny.args(["deny", "--locked", "check", "bans", "licenses", "sources"])
        .current_dir(&workspace.root);
    let denied = command::run(&mut deny);
    let mut audit = command::cargo();
    audit.arg("audit").current_dir(&workspace.root);
    if let Some(database) = database(workspace) {
        audit.arg("--db").arg(database).args(["--no-fetch", "--stale"]);
    }
    let audited = command::run(&mut audit);
    match (denied, audited) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(one), Ok(())) | (Ok(()), Err(one)) => Err(one),
        (Err(one), Err(other)) => Err(Failure::new(format!("{one}\n{other}"))),
    }
}

/// The advisory database: `ADVISORY_DB`, else a copy beside the workspace, else none and it is fetched.
fn database(workspace: &Workspace) -> Option<PathBuf> {
    if let Some(given) = env::var_os("ADVISORY_DB") {
        return Some(PathBuf::from(given));
    }
    let beside = workspace.path("../shared/advisory-db");
    beside.is_dir().then_some(beside)
}

fn install(workspace: &Workspace, tool: &str) -> Outcome {
    let subcommand = tool.trim_start_matches("cargo-");
    if command::succeeds(command::cargo().args([subcommand, "--version"])) {
        return Ok(());
    }
    println!("installing {tool}");
    let tools = workspace.target.join("tools");
    let install = |locked: &[&str]| {
        let mut cargo = command::cargo();
        cargo
            .args(["install", tool])
            .args(locked)
            .env("CARGO_TARGET_DIR", &tools);
        command::run(&mut cargo)
    };
    install(&["--locked"]).or_else(|_| install(&[]))
}
