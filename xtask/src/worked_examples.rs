//! The worked examples of the specification.

use std::path::Path;

use crate::failure::Outcome;
use crate::suite::Tally;

/// Runs a folder, prints the differences and ends with `N passed, N failed`.
///
/// # Errors
/// When the folder cannot be run or an example fails.
pub fn run(folder: &Path) -> Outcome {
    count(folder)?.conclude()
}

/// Runs a folder and prints the differences.
///
/// # Errors
/// When the folder cannot be run.
pub fn count(folder: &Path) -> Outcome<Tally> {
    let summary = vectors::run_folder(folder)?;
    for failure in &summary.failures {
        println!("{}: {}", failure.file, failure.case);
        println!("  expected {}", failure.expected);
        println!("  actual   {}", failure.actual);
    }
    Ok(Tally {
        passed: summary.passed,
        failed: summary.failed,
    })
}
