//! Every parser of the engines against hostile texts: none panics, and what is accepted says the same when it is written and read
//! again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::random::Random;

mod targets;
mod texts;

use texts::Texts;

/// What a parser did with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is accepted.
    Accepted,
    /// It is refused.
    Refused,
    /// It is accepted, but a law does not hold.
    Wrong(String),
}

impl Verdict {
    /// Accepted where the law holds.
    fn law(holds: bool, law: &str) -> Self {
        if holds {
            Self::Accepted
        } else {
            Self::Wrong(law.to_owned())
        }
    }
}

/// A parser under test.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
    read: fn(&str) -> Verdict,
}

impl Target {
    /// What it reads.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Reads a text; a panic is a law that does not hold.
    pub fn read(&self, text: &str) -> Verdict {
        catch_unwind(AssertUnwindSafe(|| (self.read)(text))).unwrap_or_else(|_| Verdict::Wrong("it panics".to_owned()))
    }
}

/// All parsers of `domain`, `pricing` and `commission`.
pub fn targets() -> Vec<Target> {
    targets::all()
}

/// A text a parser panics on or answers wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The parser.
    pub target: &'static str,
    /// The text.
    pub text: String,
    /// What is wrong.
    pub why: String,
}

/// One parser with the texts that it has accepted so far, from which the next ones are made.
#[derive(Debug)]
pub struct Run {
    target: Target,
    random: Random,
    texts: Texts,
    accepted: u64,
    refused: u64,
}

impl Run {
    /// The same seed makes the same texts.
    pub fn new(target: Target, seed: u64) -> Self {
        Self {
            target,
            random: Random::new(seed),
            texts: Texts::new(target.seeds),
            accepted: 0,
            refused: 0,
        }
    }

    /// The parser.
    pub const fn target(&self) -> Target {
        self.target
    }

    /// How many texts were accepted.
    pub const fn accepted(&self) -> u64 {
        self.accepted
    }

    /// How many texts were refused.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Reads so many texts, up to the first finding.
    pub fn read(&mut self, count: u64) -> Option<Finding> {
        for _ in 0..count {
            let text = self.texts.next(&mut self.random);
            match self.target.read(&text) {
                Verdict::Accepted => {
                    self.accepted = self.accepted.saturating_add(1);
                    self.texts.keep(&mut self.random, text);
                }
                Verdict::Refused => self.refused = self.refused.saturating_add(1),
                Verdict::Wrong(why) => {
                    let target = self.target.name;
                    return Some(Finding { target, text, why });
                }
            }
        }
        None
    }
}
