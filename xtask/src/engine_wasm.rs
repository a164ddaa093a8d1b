//! The engines in WebAssembly: every worked example, and the same answers to random cases as on this machine.

use std::fs;

use vectors::oracle::{Engine, digest};
use vectors::{WASM_CASES, WASM_SEED};
use wasm_bindgen_cli_support::Bindgen;

use crate::command;
use crate::failure::{About, Failure, Outcome};
use crate::suite::Tally;
use crate::workspace::Workspace;

/// Runs and compares, and ends with `N passed, N failed`.
///
/// # Errors
/// When the engines cannot be built or run, or answer otherwise than here.
pub fn run(workspace: &Workspace) -> Outcome {
    count(workspace)?.conclude()
}

/// Builds the program `engines` for WebAssembly, runs it in Node and compares.
///
/// # Errors
/// When it cannot be built or run, or stops early.
pub fn count(workspace: &Workspace) -> Outcome<Tally> {
    let mut cargo = command::cargo();
    cargo.args(["build", "--locked", "--package", "cms-vectors", "--bin", "engines"]);
    command::run(
        cargo
            .args(["--target", "wasm32-unknown-unknown"])
            .current_dir(&workspace.root),
    )?;
    let module = workspace.target.join("wasm32-unknown-unknown/debug/engines.wasm");
    let folder = workspace.target.join("xtask/engines");
    fs::create_dir_all(&folder)?;
    let explain = |error| format!("{error:#}");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).typescript(false);
    bindgen.nodejs(true).map_err(explain).about("wasm-bindgen")?;
    bindgen.generate(&folder).map_err(explain).about(module.display())?;

    let mut lines = Vec::new();
    let mut node = command::program("node");
    let succeeded = command::watch(node.arg(folder.join("engines.js")), |line| lines.push(line.to_owned()))?;
    if !succeeded {
        return Err(Failure::new("the engines stopped in Node"));
    }
    compare(&lines)
}

/// The worked examples that passed and failed there, and one more for each engine whose random cases were answered alike or not.
fn compare(lines: &[String]) -> Outcome<Tally> {
    let mut tally = lines
        .last()
        .and_then(|line| tally_of(line))
        .ok_or_else(|| Failure::new("the engines stopped in Node before the end"))?;
    for engine in Engine::ALL {
        let alike = lines.contains(&format!("{} {}", engine.name(), digest(engine, WASM_CASES, WASM_SEED)));
        if !alike {
            println!("{}: other answers in WebAssembly than here", engine.name());
        }
        tally.add(Tally {
            passed: usize::from(alike),
            failed: usize::from(!alike),
        });
    }
    Ok(tally)
}

/// Reads `365 passed, 0 failed`.
fn tally_of(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(", ")?;
    Some(Tally {
        passed: passed.strip_suffix(" passed")?.parse().ok()?,
        failed: failed.strip_suffix(" failed")?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_read() {
        let tally = Tally { passed: 365, failed: 2 };
        assert_eq!(tally_of("365 passed, 2 failed"), Some(tally));
        assert_eq!(tally_of("pricing 0af3"), None);
    }

    #[test]
    fn an_engine_that_answers_otherwise_counts_as_failed() {
        let lines = ["pricing 00", "commission 00", "3 passed, 0 failed"].map(str::to_owned);
        assert_eq!(compare(&lines).unwrap(), Tally { passed: 3, failed: 2 });
        assert!(compare(&[]).is_err());
    }
}
