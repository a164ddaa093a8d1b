//! Every task of the project in Rust, so that a fresh machine needs nothing but cargo.
//!
//! `cargo xtask test` runs every check there is; the other commands are its steps and the makers of generated files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod audit;
mod bench;
mod boundaries;
mod command;
mod demo;
mod engine_wasm;
mod failure;
mod fuzz;
mod matrix;
mod metadata;
mod openapi;
mod oracle;
mod permissions;
mod suite;
mod web;
mod worked_examples;
mod workspace;

use failure::Outcome;
use workspace::Workspace;

/// The tasks of the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Starts a believable world: two regions, a seeded organisation, three months of usage, invoices.
    Demo(demo::Options),
    /// Runs every check; the last line is `N passed, N failed`.
    Test {
        /// Format, lints, boundaries, worked examples and the Rust tests on SQLite only.
        #[arg(long)]
        quick: bool,
    },
    /// Measures speed and memory of the optimised product and prints what was reached.
    Bench(bench::Options),
    /// Writes openapi/openapi.json from the running code.
    Openapi {
        /// Compares instead of writing.
        #[arg(long)]
        check: bool,
    },
    /// Writes docs/permissions.md from the policy.
    Permissions {
        /// Compares instead of writing.
        #[arg(long)]
        check: bool,
    },
    /// Runs the worked examples of a folder through the engines.
    Vectors {
        /// A folder of JSON files, such as spec/vectors.
        folder: PathBuf,
    },
    /// Compares the engines with second implementations of the rules in Python over hostile random cases.
    Oracle(oracle::Options),
    /// Reads hostile texts with every parser of the engines.
    Fuzz(fuzz::Options),
    /// Runs the engines in WebAssembly in Node: worked examples, and the same answers to random cases as here.
    EnginesInWasm,
    /// Walks every operation × role × place on both databases against the oracle; the last line is `decisions N, wrong N`.
    Matrix,
    /// Proves the dependency direction, the features and the source rules of ARCHITECTURE.md.
    CheckBoundaries,
    /// Builds the web app into the target directory.
    Web,
    /// Runs the browser tests alone, all or those that Playwright finds by what follows.
    Browser {
        /// Handed to Playwright, such as `tests/audit.spec.ts` or `--grep MFA`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        chosen: Vec<String>,
    },
    /// Checks dependencies: bans, licences, sources and known vulnerabilities.
    Audit,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_reported() {
                eprintln!("error: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Outcome {
    let workspace = Workspace::find()?;
    match task {
        Task::Demo(options) => demo::run(&workspace, options),
        Task::Test { quick } => suite::run(&workspace, *quick),
        Task::Bench(options) => bench::run(&workspace, options),
        Task::Openapi { check } => openapi::run(&workspace, *check),
        Task::Permissions { check } => permissions::run(&workspace, *check),
        Task::Vectors { folder } => worked_examples::run(folder),
        Task::Oracle(options) => oracle::run(&workspace, *options),
        Task::Fuzz(options) => fuzz::run(*options),
        Task::EnginesInWasm => engine_wasm::run(&workspace),
        Task::Matrix => matrix::run(&workspace),
        Task::CheckBoundaries => boundaries::run(&workspace),
        Task::Browser { chosen } => suite::browser(&workspace, chosen),
        Task::Web => web::run(&workspace).map(|_| ()),
        Task::Audit => audit::run(&workspace),
    }
}
