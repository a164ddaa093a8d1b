//! `cargo xtask test`: every check there is, on both databases, in the browser, with one closing line.

use std::fs;

use crate::failure::{Failure, Outcome};
use crate::workspace::{Profile, Workspace};
use crate::{boundaries, command, engine_wasm, openapi, oracle, permissions, web, worked_examples};

mod browser;
pub mod postgres;
mod report;
mod requirements;
mod rust_tests;

use report::Report;
pub use report::Tally;
use requirements::Requirements;

/// Runs the checks and prints the times and the closing line.
///
/// # Errors
/// When anything failed or could not run.
pub fn run(workspace: &Workspace, quick: bool) -> Outcome {
    let mut report = Report::default();
    report.step("format", || {
        command::run(command::cargo().args(["fmt", "--all", "--check"]))
    });
    report.step("permissions page", || permissions::run(workspace, true));
    report.step("boundaries", || boundaries::run(workspace));
    report.suite("worked examples", || {
        worked_examples::count(&workspace.path("spec/vectors"))
    });
    let ready = quick || report.step("requirements", || Requirements::everything(workspace));
    report.step("lints", || {
        let mut cargo = command::cargo();
        cargo.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]);
        command::run(cargo.current_dir(&workspace.root))
    });
    if quick {
        report.step("counterparts", || Requirements::counterparts(workspace));
        report.suite("Rust tests on SQLite", || rust_tests::run(workspace, None));
    } else {
        in_full(workspace, &mut report, ready);
    }
    report.close()
}

fn in_full(workspace: &Workspace, report: &mut Report, ready: bool) {
    let built = report.step("build", || rust_tests::build(workspace));
    report.step("OpenAPI document", || {
        openapi::compare(workspace, &workspace.program(Profile::Dev, "cms")?)
    });
    report.suite("engines against their oracles", || {
        oracle::count(workspace, oracle::Options::of_the_suite())
    });
    report.suite("engines in WebAssembly", || engine_wasm::count(workspace));
    report.suite("Rust tests on SQLite and PostgreSQL", || {
        let cluster = postgres::Cluster::start(postgres::Durability::None)?;
        rust_tests::run(workspace, Some(&cluster.url()))
    });
    let web = report.step("web app", || web::run(workspace).map(|_| ()));
    report.suite("browser", || {
        if ready && built && web {
            browser::run(workspace, &[])
        } else {
            Err(Failure::new("not run: what it needs is missing, see above"))
        }
    });
}

/// Builds what the browser tests need and runs those that are chosen; none chosen means all.
///
/// # Errors
/// When a test failed or could not run.
pub fn browser(workspace: &Workspace, chosen: &[String]) -> Outcome {
    let mut report = Report::default();
    if report.step("requirements", || Requirements::everything(workspace))
        && report.step("web app", || web::run(workspace).map(|_| ()))
    {
        report.suite("browser", || browser::run(workspace, chosen));
    }
    report.close()
}

/// A folder for the records of a run.
fn records(workspace: &Workspace) -> Outcome<std::path::PathBuf> {
    let folder = workspace.target.join("xtask");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
