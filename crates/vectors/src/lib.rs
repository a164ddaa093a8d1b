//! Runs the worked examples of `spec/vectors` through the real engines and compares every field exactly.
//!
//! A file is `{"about", "cases": [{"name", "input", "expected"}]}`; its name decides which engine answers.

use std::fs;
use std::path::Path;

use serde_json::Value;

mod commission_cases;
mod date_cases;
mod error;
pub mod fuzz;
mod input;
mod money_cases;
pub mod oracle;
mod pricing_cases;
mod random;
mod text_cases;
mod usage_cases;

pub use error::VectorsError;
use input::{CaseError, Input};

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases whose answer is the expected one.
    pub passed: usize,
    /// Cases whose answer differs.
    pub failed: usize,
    /// The differences.
    pub failures: Vec<Failure>,
}

/// A case whose answer differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file's name.
    pub file: String,
    /// The case's name.
    pub case: String,
    /// What the file expects.
    pub expected: Value,
    /// What the engines answer.
    pub actual: Value,
}

/// Runs every JSON file of a folder, in order of name.
///
/// # Errors
/// When the folder or a file cannot be read, is malformed or has a name no engine answers.
pub fn run_folder(folder: &Path) -> Result<Summary, VectorsError> {
    let io = |source| VectorsError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(VectorsError::Empty {
            path: folder.to_owned(),
        });
    }
    files.sort();
    let mut summary = Summary::default();
    for path in files {
        run_file(&path, &mut summary)?;
    }
    Ok(summary)
}

fn run_file(path: &Path, summary: &mut Summary) -> Result<(), VectorsError> {
    let text = fs::read_to_string(path).map_err(|source| VectorsError::Io {
        path: path.to_owned(),
        source,
    })?;
    summary.add(path, &text)
}

/// The files of `spec/vectors`, as they were when this was compiled: for machines without files.
const EMBEDDED: [(&str, &str); 12] = [
    ("audit_chain", include_str!("../../../spec/vectors/audit_chain.json")),
    ("commissions", include_str!("../../../spec/vectors/commissions.json")),
    ("credits", include_str!("../../../spec/vectors/credits.json")),
    (
        "csv_injection",
        include_str!("../../../spec/vectors/csv_injection.json"),
    ),
    ("due_dates", include_str!("../../../spec/vectors/due_dates.json")),
    ("late_usage", include_str!("../../../spec/vectors/late_usage.json")),
    ("minor_units", include_str!("../../../spec/vectors/minor_units.json")),
    ("month_hours", include_str!("../../../spec/vectors/month_hours.json")),
    (
        "monthly_variable",
        include_str!("../../../spec/vectors/monthly_variable.json"),
    ),
    ("natural_key", include_str!("../../../spec/vectors/natural_key.json")),
    ("rounding", include_str!("../../../spec/vectors/rounding.json")),
    ("tiers", include_str!("../../../spec/vectors/tiers.json")),
];

/// How many random cases of each engine are answered in WebAssembly and compared.
pub const WASM_CASES: u64 = 2_000;
/// Their seed.
pub const WASM_SEED: u64 = 32;

/// Runs the worked examples that are compiled in.
///
/// # Errors
/// When one is malformed.
pub fn run_embedded() -> Result<Summary, VectorsError> {
    let mut summary = Summary::default();
    for (name, text) in EMBEDDED {
        summary.add(Path::new(name), text)?;
    }
    Ok(summary)
}

impl Summary {
    /// Runs the cases of one file.
    fn add(&mut self, path: &Path, text: &str) -> Result<(), VectorsError> {
        let form = || VectorsError::Form { path: path.to_owned() };
        let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or_else(form)?;
        let file: Value = serde_json::from_str(text).map_err(|source| VectorsError::Json {
            path: path.to_owned(),
            source,
        })?;
        for case in file.get("cases").and_then(Value::as_array).ok_or_else(form)? {
            let (Some(case_name), Some(input), Some(expected)) = (
                case.get("name").and_then(Value::as_str),
                case.get("input"),
                case.get("expected"),
            ) else {
                return Err(form());
            };
            let actual = answer(name, input).ok_or_else(|| VectorsError::Unknown { path: path.to_owned() })?;
            if actual == *expected {
                self.passed = self.passed.saturating_add(1);
            } else {
                self.failed = self.failed.saturating_add(1);
                self.failures.push(Failure {
                    file: name.to_owned(),
                    case: case_name.to_owned(),
                    expected: expected.clone(),
                    actual,
                });
            }
        }
        Ok(())
    }
}

/// The answer of the engines to the input of a case of the file named; none for a name no engine answers. A refusal is
/// `{"error": code}`; an input the runner cannot read is `{"malformed": why}`, which no vector expects.
pub fn answer(file: &str, input: &Value) -> Option<Value> {
    let engine: fn(Input<'_>) -> Result<Value, CaseError> = match file {
        "tiers" => pricing_cases::tiers,
        "credits" => pricing_cases::credits,
        "monthly_variable" => pricing_cases::monthly_variable,
        "late_usage" => pricing_cases::late_usage,
        "rounding" => money_cases::rounding,
        "minor_units" => money_cases::minor_units,
        "commissions" => commission_cases::commissions,
        "due_dates" => date_cases::due_dates,
        "month_hours" => date_cases::month_hours,
        "natural_key" => usage_cases::natural_key,
        "csv_injection" => text_cases::csv_injection,
        "audit_chain" => text_cases::audit_chain,
        _ => return None,
    };
    Some(match engine(Input(input)) {
        Ok(value) => value,
        Err(CaseError::Refused(code)) => serde_json::json!({ "error": code }),
        Err(CaseError::Malformed(why)) => serde_json::json!({ "malformed": why }),
    })
}
