//! Hostile texts for every parser of the engines, for as long as asked.

use std::time::{Duration, Instant};

use vectors::fuzz::{Run, targets};

use crate::failure::{Failure, Outcome};

/// Texts a parser reads before it is the next one's turn.
const TURN: u64 = 500;

/// How long, and which texts.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Options {
    /// How long.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// The same seed makes the same texts.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Reads in turns until the time is over, then prints a line a parser.
///
/// # Errors
/// At the first text that a parser panics on or answers wrongly.
pub fn run(options: Options) -> Outcome {
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut runs: Vec<Run> = targets()
        .into_iter()
        .map(|target| Run::new(target, options.seed))
        .collect();
    while Instant::now() < end {
        for run in &mut runs {
            if let Some(finding) = run.read(TURN) {
                let (target, text, why) = (finding.target, finding.text, finding.why);
                return Err(Failure::new(format!("{target}: {text:?}: {why}")));
            }
        }
    }
    let mut sum = 0_u64;
    for run in &runs {
        println!(
            "{:>12} accepted {:>12} refused  {}",
            run.accepted(),
            run.refused(),
            run.target().name()
        );
        sum = sum.saturating_add(run.accepted()).saturating_add(run.refused());
    }
    println!("{} parsers, {sum} texts, 0 findings", runs.len());
    Ok(())
}
