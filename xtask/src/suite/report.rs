//! What ran, how long it took and how it ended.

use std::fmt;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that hold.
    pub passed: usize,
    /// Those that do not, or that did not run.
    pub failed: usize,
}

impl Tally {
    /// Prints the closing line of a task that is one suite.
    ///
    /// # Errors
    /// When a test failed.
    pub fn conclude(self) -> Outcome {
        println!("{self}");
        if self.failed == 0 {
            Ok(())
        } else {
            Err(Failure::reported())
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The steps so far.
#[derive(Debug, Default)]
pub struct Report(Vec<(String, Tally, Duration)>);

impl Report {
    /// Runs a check that holds or does not: it counts as one test. True if it holds.
    pub fn step(&mut self, name: &str, check: impl FnOnce() -> Outcome) -> bool {
        self.suite(name, || check().map(|()| Tally { passed: 1, failed: 0 }))
    }

    /// Runs a suite that counts its tests; one that cannot run counts as one failed test. True if nothing failed.
    pub fn suite(&mut self, name: &str, suite: impl FnOnce() -> Outcome<Tally>) -> bool {
        println!("\n── {name}");
        let start = Instant::now();
        let tally = suite().unwrap_or_else(|failure| {
            println!("{name}: {failure}");
            Tally { passed: 0, failed: 1 }
        });
        self.0.push((name.to_owned(), tally, start.elapsed()));
        tally.failed == 0
    }

    /// Prints a line a step, then the closing line.
    ///
    /// # Errors
    /// When a test failed.
    pub fn close(self) -> Outcome {
        let mut sum = Tally::default();
        println!("\n── times");
        for (name, tally, taken) in &self.0 {
            println!("{:>5} s  {name}: {tally}", taken.as_secs());
            sum.add(*tally);
        }
        println!("\n{sum}");
        if sum.failed == 0 {
            Ok(())
        } else {
            Err(Failure::reported())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_95_a_suite_that_cannot_run_counts_as_failed() {
        let mut report = Report::default();
        assert!(report.suite("runs", || Ok(Tally { passed: 3, failed: 0 })));
        assert!(!report.suite("cannot run", || Err(Failure::new("no browser"))));
        assert!(report.close().is_err());
    }
}
