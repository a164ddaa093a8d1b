//! The same amounts in one SQL on one thread of DuckDB.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use pricing::LineKey;
use serde::Deserialize;

use crate::sample;

#[derive(Deserialize)]
struct Answer {
    seconds: f64,
    total_minor: i64,
}

/// Seconds of the shortest run, and the sum of all amounts in cents.
pub fn run(python: &Path, rows: &[(LineKey, i128)], rounds: u32) -> (f64, i64) {
    let mut child = Command::new(python)
        .args(["-c", include_str!("duckdb.py"), &rounds.to_string(), &query()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python");
    let mut input = std::io::BufWriter::new(child.stdin.take().unwrap());
    writeln!(input, "subscription,meter,quantity").unwrap();
    for (key, quantity) in rows {
        writeln!(input, "{},{},{quantity}", key.subscription, key.meter).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "DuckDB failed");
    let answer: Answer = serde_json::from_slice(&output.stdout).unwrap();
    (answer.seconds, answer.total_minor)
}

/// Sums by line, charges by tier, rounds half away from zero (nothing is negative here), sums up.
fn query() -> String {
    let [(first, first_rate), (second, second_rate), (_, last_rate)] = sample::TIERS;
    let (first, second) = (first.unwrap(), second.unwrap());
    let (rate, hours) = (sample::RATE, sample::HOURS);
    format!(
        "SELECT sum((charge + unit // 2) // unit) FROM (SELECT \
         CASE WHEN meter % 3 = 0 THEN least(quantity, {first}) * {first_rate} \
         + greatest(least(quantity, {second}) - {first}, 0) * {second_rate} + greatest(quantity - {second}, 0) * {last_rate} \
         ELSE quantity * {rate} END AS charge, \
         100000000000000::HUGEINT * CASE WHEN meter % 4 = 0 THEN {hours} ELSE 1 END AS unit \
         FROM (SELECT subscription, meter, sum(quantity)::HUGEINT AS quantity FROM usage GROUP BY subscription, meter))"
    )
}
