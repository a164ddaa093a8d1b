//! The comparison of the engines with their oracles: independent computations of the same rules in Python, over hostile random
//! cases. The same seed makes the same cases everywhere.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

mod commissions;
mod common;
mod items;
mod rounding;

use crate::random::Random;

/// An engine that has an oracle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `pricing` and the roundings of `domain`.
    Pricing,
    /// `commission`.
    Commission,
}

impl Engine {
    /// All engines that have an oracle.
    pub const ALL: [Self; 2] = [Self::Pricing, Self::Commission];

    /// The name of the engine's crate.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pricing => "pricing",
            Self::Commission => "commission",
        }
    }

    /// The oracle below the root of the workspace.
    pub const fn script(self) -> &'static str {
        match self {
            Self::Pricing => "crates/pricing/tests/oracle/oracle.py",
            Self::Commission => "crates/commission/tests/oracle/oracle.py",
        }
    }

    /// The next hostile case: the file whose engine answers it, and its input.
    fn case(self, random: &mut Random) -> (&'static str, Value) {
        match self {
            Self::Commission => ("commissions", commissions::any(random)),
            Self::Pricing => match random.below(8) {
                0..=2 => ("tiers", items::tiers(random)),
                3 => ("credits", items::item_credits(random)),
                4 => ("credits", items::invoice_credits(random)),
                5 => ("monthly_variable", items::monthly_variable(random)),
                6 => ("late_usage", items::late_usage(random)),
                _ => ("rounding", rounding::rounding(random)),
            },
        }
    }
}

/// The cases of a seed, made anew wherever they are needed.
#[derive(Debug, Clone)]
pub struct Cases {
    engine: Engine,
    left: u64,
    random: Random,
}

impl Cases {
    /// So many cases of an engine.
    pub fn new(engine: Engine, cases: u64, seed: u64) -> Self {
        Self {
            engine,
            left: cases,
            random: Random::new(seed),
        }
    }
}

impl Iterator for Cases {
    type Item = (&'static str, Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.engine.case(&mut self.random))
    }
}

/// A case the engine and its oracle disagree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file whose engine answers the case.
    pub file: &'static str,
    /// The case.
    pub input: Value,
    /// What the oracle says.
    pub oracle: Value,
    /// What the engine says.
    pub engine: Value,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Cases compared.
    pub cases: u64,
    /// Cases that both refuse.
    pub refused: u64,
    /// Cases they disagree on.
    pub different: u64,
    /// The first of these.
    pub differences: Vec<Difference>,
}

/// Why a comparison could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OracleError {
    /// Python cannot be started, written to or read.
    #[error("the oracle cannot be asked: {0}")]
    Io(#[from] std::io::Error),
    /// An answer is not JSON.
    #[error("the oracle's answer is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The oracle stopped early or failed.
    #[error("the oracle answered {answered} of {cases} cases")]
    Stopped {
        /// Answers read.
        answered: u64,
        /// Cases asked.
        cases: u64,
    },
}

/// How many differences are kept to be shown.
const SHOWN: usize = 10;

/// Asks the engine and its oracle, a script in Python, the cases of a seed.
///
/// # Errors
/// When the oracle cannot be run or does not answer every case.
pub fn compare(engine: Engine, script: &Path, cases: u64, seed: u64) -> Result<Comparison, OracleError> {
    let mut python = Command::new("python3");
    let mut child = python
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let questions = child.stdin.take();
    let answers = child.stdout.take();
    let (Some(mut questions), Some(answers)) = (questions, answers) else {
        return Err(OracleError::Stopped { answered: 0, cases });
    };
    let writer = std::thread::spawn(move || -> std::io::Result<()> {
        Cases::new(engine, cases, seed)
            .try_for_each(|(file, input)| writeln!(questions, "{}", json!({ "file": file, "input": input })))
    });
    let mut comparison = Comparison::default();
    for ((file, input), line) in Cases::new(engine, cases, seed).zip(BufReader::new(answers).lines()) {
        let oracle = serde_json::from_str(&line?)?;
        comparison.add(file, input, oracle);
    }
    let written = writer.join().is_ok_and(|written| written.is_ok());
    if child.wait()?.success() && written && comparison.cases == cases {
        Ok(comparison)
    } else {
        let answered = comparison.cases;
        Err(OracleError::Stopped { answered, cases })
    }
}

impl Comparison {
    fn add(&mut self, file: &'static str, input: Value, oracle: Value) {
        let engine = crate::answer(file, &input).unwrap_or(Value::Null);
        self.cases = self.cases.saturating_add(1);
        if engine == oracle {
            self.refused = self.refused.saturating_add(u64::from(engine.get("error").is_some()));
            return;
        }
        self.different = self.different.saturating_add(1);
        if self.differences.len() < SHOWN {
            self.differences.push(Difference {
                file,
                input,
                oracle,
                engine,
            });
        }
    }
}

/// One hash over the engine's answers to the cases of a seed: equal where two builds answer every case alike.
pub fn digest(engine: Engine, cases: u64, seed: u64) -> String {
    let mut hasher = Sha256::new();
    for (file, input) in Cases::new(engine, cases, seed) {
        let answer = crate::answer(file, &input).unwrap_or(Value::Null);
        hasher.update(answer.to_string().as_bytes());
        hasher.update(b"\n");
    }
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
