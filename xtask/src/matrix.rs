//! `cargo xtask matrix`: the decisions of every operation, alone; `cargo xtask test` runs them with everything else.

use crate::command;
use crate::failure::{Failure, Outcome};
use crate::suite::postgres::{Cluster, Durability};
use crate::workspace::Workspace;

/// Runs the walk on both databases and ends with its closing line.
///
/// # Errors
/// When PostgreSQL does not start, a decision is wrong, or the walk did not come to its end.
pub fn run(workspace: &Workspace) -> Outcome {
    let cluster = Cluster::start(Durability::None)?;
    let mut cargo = command::cargo();
    cargo
        .args([
            "test",
            "-p",
            "cms-server",
            "--test",
            "matrix",
            "--locked",
            "--",
            "--nocapture",
        ])
        .current_dir(&workspace.root)
        .env("CARGO_TERM_COLOR", "never")
        .env("TEST_DATABASE_URL", cluster.url());
    let mut closing = None;
    let succeeded = command::watch(&mut cargo, |line| {
        if line.starts_with("decisions ") {
            closing = Some(line.to_owned());
        }
    })?;
    let closing = closing.ok_or_else(|| Failure::new("the walk did not come to its end"))?;
    println!("{closing}");
    if succeeded {
        Ok(())
    } else {
        Err(Failure::new("some decisions are wrong, see above"))
    }
}
