//! Compares the engines with the oracle, an independent computation of the same rules in Python, over hostile random cases.
//!
//! `cargo run -p cms-vectors --bin oracle -- --cases 10000 --seed 1`

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::Parser;
use serde_json::{Value, json};

mod cases;
mod random;

use random::Random;

/// Compares the engines with the oracle over hostile random cases.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many cases.
    #[arg(long, default_value_t = 10_000)]
    cases: u64,
    /// The same seed makes the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The Python interpreter.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The oracle.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../pricing/tests/oracle/oracle.py"))]
    oracle: PathBuf,
    /// How many differences are printed.
    #[arg(long, default_value_t = 10)]
    show: usize,
}

fn main() -> ExitCode {
    match compare(&Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oracle: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The number of cases the two disagree on.
fn compare(arguments: &Arguments) -> Result<u64, Box<dyn std::error::Error>> {
    let mut child = Command::new(&arguments.python)
        .arg(&arguments.oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut questions = child.stdin.take().ok_or("the oracle has no input")?;
    let answers = BufReader::new(child.stdout.take().ok_or("the oracle has no output")?);
    let (cases, seed) = (arguments.cases, arguments.seed);
    let writer = std::thread::spawn(move || -> std::io::Result<()> {
        for case in Cases::new(cases, seed) {
            writeln!(questions, "{}", json!({ "file": case.0, "input": case.1 }))?;
        }
        Ok(())
    });
    let mut different = 0_u64;
    let mut refused = 0_u64;
    let mut answered = 0_u64;
    for ((file, input), line) in Cases::new(cases, seed).zip(answers.lines()) {
        let expected: Value = serde_json::from_str(&line?)?;
        let actual = cms_vectors::answer(file, &input).unwrap_or(Value::Null);
        answered += 1;
        refused += u64::from(actual.get("error").is_some());
        if actual != expected {
            different += 1;
            if different <= u64::try_from(arguments.show)? {
                println!("{file} {input}\n  oracle {expected}\n  engine {actual}");
            }
        }
    }
    writer.join().map_err(|_| "the writer of cases failed")??;
    if !child.wait()?.success() || answered != cases {
        return Err(format!("the oracle answered {answered} of {cases} cases").into());
    }
    println!("seed {seed}: {answered} cases, {refused} of them refusals, {different} differences");
    Ok(different)
}

/// The cases of a seed, made anew wherever they are needed.
struct Cases {
    left: u64,
    random: Random,
}

impl Cases {
    fn new(cases: u64, seed: u64) -> Self {
        Self {
            left: cases,
            random: Random::new(seed),
        }
    }
}

impl Iterator for Cases {
    type Item = (&'static str, Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(cases::any(&mut self.random))
    }
}
