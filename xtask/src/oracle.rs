//! The comparison of the engines with their oracles: second implementations of the rules in Python with exact fractions.

use vectors::oracle::{Engine, compare};

use crate::command;
use crate::failure::Outcome;
use crate::suite::Tally;
use crate::workspace::Workspace;

/// What is compared.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Options {
    /// How many random cases, half of them prices and half of them commissions.
    #[arg(long, default_value_t = 100_000)]
    cases: u64,
    /// The same seed makes the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Options {
    /// What a run of every check compares.
    pub const fn of_the_suite() -> Self {
        Self {
            cases: 100_000,
            seed: 1,
        }
    }
}

/// Compares, prints the differences and ends with the numbers of cases and differences.
///
/// # Errors
/// When Python is missing, an oracle stops, or there is a difference.
pub fn run(workspace: &Workspace, options: Options) -> Outcome {
    count(workspace, options)?.conclude()
}

/// Compares and prints the differences; a case on which both agree has passed.
///
/// # Errors
/// When Python is missing or an oracle stops.
pub fn count(workspace: &Workspace, options: Options) -> Outcome<Tally> {
    let first = options.cases.div_ceil(2);
    let mut tally = Tally::default();
    for (engine, cases) in Engine::ALL
        .into_iter()
        .zip([first, options.cases.saturating_sub(first)])
    {
        let script = workspace.path(engine.script());
        // An oracle that is wrong itself proves nothing: it answers the worked examples first.
        let examples = workspace.path("spec/vectors");
        command::run(command::program("python3").arg(&script).arg(examples))?;
        let comparison = compare(engine, &script, cases, options.seed)?;
        for difference in &comparison.differences {
            println!("{} {}", difference.file, difference.input);
            println!("  oracle {}", difference.oracle);
            println!("  engine {}", difference.engine);
        }
        println!(
            "{}: seed {}, {} cases, {} of them refusals, {} differences",
            engine.name(),
            options.seed,
            comparison.cases,
            comparison.refused,
            comparison.different
        );
        tally.add(Tally {
            passed: usize::try_from(comparison.cases.saturating_sub(comparison.different))?,
            failed: usize::try_from(comparison.different)?,
        });
    }
    Ok(tally)
}
