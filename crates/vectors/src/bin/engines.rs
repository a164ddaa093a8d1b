//! Runs the worked examples that are compiled into it and hashes the engines' answers to hostile random cases. Built for WebAssembly
//! and run in Node, it shows that the engines compute there what they compute everywhere else.
//!
//! The last lines are `pricing <hash>`, `commission <hash>` and `N passed, N failed`.

use cms_vectors::oracle::{Engine, digest};
use cms_vectors::{WASM_CASES, WASM_SEED, run_embedded};

fn main() {
    let summary = match run_embedded() {
        Ok(summary) => summary,
        Err(error) => return say(&error.to_string()),
    };
    for failure in &summary.failures {
        say(&format!("{}: {}", failure.file, failure.case));
        say(&format!("  expected {}", failure.expected));
        say(&format!("  actual   {}", failure.actual));
    }
    for engine in Engine::ALL {
        say(&format!("{} {}", engine.name(), digest(engine, WASM_CASES, WASM_SEED)));
    }
    say(&format!("{} passed, {} failed", summary.passed, summary.failed));
}

#[cfg(target_arch = "wasm32")]
fn say(line: &str) {
    web_sys::console::log_1(&line.into());
}

#[cfg(not(target_arch = "wasm32"))]
fn say(line: &str) {
    println!("{line}");
}
