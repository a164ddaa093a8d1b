//! `cargo xtask bench`: how fast the product is beside the least that could be done, in one run and optimised.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use crate::command;
use crate::demo::programs;
use crate::failure::{About, Failure, Outcome};
use crate::suite::postgres::{Cluster, Durability};
use crate::workspace::{Profile, Workspace};

mod goals;
mod product;
mod requests;

use product::Database;

/// What to measure and where to write it.
#[derive(Debug, Args)]
pub struct Options {
    /// Writes the figures as JSON to this file as well.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Rows of usage, about, in the billed month of the collection and the billing run.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(50_000..))]
    rows: u32,
    /// Measures only this part; may be given several times.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The rating engine alone.
    Rating,
    /// Documents as PDF.
    Pdf,
    /// Sign-ins and reading one thing.
    Requests,
    /// Collection and billing run on SQLite.
    Sqlite,
    /// Collection and billing run on PostgreSQL.
    Postgres,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// The figures by name, as the JSON has them.
#[derive(Debug, Default)]
struct Figures(Map<String, Value>);

impl Figures {
    fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        println!("{name}: {value}");
        self.0.insert(name, value);
    }

    fn extend(&mut self, reached: Map<String, Value>) {
        for (name, value) in reached {
            self.insert(name, value);
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }
}

/// Measures everything and prints what was reached.
///
/// # Errors
/// When something cannot be built, started or measured; a goal that was missed is no error.
pub fn run(workspace: &Workspace, options: &Options) -> Outcome {
    programs::build(workspace, Profile::Release, &["cms-bench"], false)?;
    let tool = workspace.program(Profile::Release, "cms-bench")?;
    let mut figures = Figures::default();
    if options.wants(Part::Rating) {
        let python = python(workspace)?;
        figures.extend(measured(&tool, &["rating", "--python", &python.to_string_lossy()])?);
    }
    if options.wants(Part::Pdf) {
        figures.extend(measured(&tool, &["pdf"])?);
    }
    if options.wants(Part::Requests) {
        requests::measure(workspace, &tool, &mut figures)?;
    }
    let mut peak = 0;
    if options.wants(Part::Sqlite) {
        peak = product::measure(workspace, &tool, options.rows, &Database::Sqlite, &mut figures)?;
    }
    if options.wants(Part::Postgres) {
        let cluster = Cluster::start(Durability::Full)?;
        let on = Database::Postgres(cluster.url());
        peak = peak.max(product::measure(workspace, &tool, options.rows, &on, &mut figures)?);
    }
    if peak > 0 {
        figures.insert("peak_rss_mib", peak);
    }
    goals::print(&figures);
    let json = serde_json::to_string(&figures.0)?;
    println!("{json}");
    match &options.json {
        Some(file) => fs::write(file, json).about(file.display()),
        None => Ok(()),
    }
}

/// The JSON object that a command of the tool prints.
fn measured(tool: &Path, arguments: &[&str]) -> Outcome<Map<String, Value>> {
    let text = command::text_of(command::program(tool).args(arguments))?;
    serde_json::from_str(&text).about(arguments.join(" "))
}

/// A Python with duckdb, in a folder of its own.
fn python(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target.join("xtask").join("bench-python");
    let python = folder.join("bin").join("python");
    if !command::succeeds(command::program(&python).args(["-c", "import duckdb"])) {
        let made = command::run(command::program("python3").args(["-m", "venv"]).arg(&folder));
        made.map_err(|_| Failure::new("missing: python3-venv. Run: sudo apt-get install python3-venv"))?;
        command::run(command::program(&python).args(["-m", "pip", "install", "--quiet", "duckdb"]))?;
    }
    Ok(python)
}
