//! Rows rated a second.

use std::path::Path;

use domain::decimal::Quantity;
use pricing::{LineKey, PricedBy, PricingItem, RatingContext, UsageTotals};
use serde_json::{Map, Value, json};

use crate::{best, duckdb, plain, rounded, sample};

const ROUNDS: u32 = 7;

/// Subscriptions of the figures that count: some 170 rows make a line, between a month by the hour (744) and one by the
/// day (30).
const COUNTED: u32 = 100;

/// Measures with 20, 100 and 1,000 subscriptions, which make 1,200 to 60,000 lines of the same rows.
pub fn measure(python: Option<&Path>) -> Value {
    let items = sample::items();
    let context = sample::context();
    let mut figures = Map::new();
    for subscriptions in [20, COUNTED, 1_000] {
        let rows = sample::rows(subscriptions);
        let exact: Vec<(LineKey, Quantity)> = rows
            .iter()
            .map(|(key, quantity)| (*key, Quantity::from_atto(quantity * sample::MILLIONTH)))
            .collect();
        let (rated, total) = best(ROUNDS, || rate(&exact, &items, &context));
        let (looped, plain_total) = best(ROUNDS, || plain::total(&rows));
        assert_eq!(total, plain_total, "engine and plain loop disagree");
        let ratio = rounded(looped.as_secs_f64() / rated.as_secs_f64());
        figures.insert(format!("rating_vs_loop_{subscriptions}_subscriptions"), json!(ratio));
        if subscriptions == COUNTED {
            let per_second = (f64::from(sample::ROWS) / rated.as_secs_f64()) as u64;
            figures.insert("rating_rows_per_s".to_owned(), json!(per_second));
            figures.insert("rating_vs_loop".to_owned(), json!(ratio));
            if let Some(python) = python {
                let (seconds, database_total) = duckdb::run(python, &rows, ROUNDS);
                assert_eq!(total, database_total, "engine and DuckDB disagree");
                figures.insert(
                    "rating_vs_duckdb".to_owned(),
                    json!(rounded(seconds / rated.as_secs_f64())),
                );
            }
        }
    }
    Value::Object(figures)
}

fn rate(rows: &[(LineKey, Quantity)], items: &[PricingItem], context: &RatingContext) -> i64 {
    let mut totals = UsageTotals::new();
    for (key, quantity) in rows {
        totals.add(*key, *quantity).unwrap();
    }
    let priced = |key: LineKey| {
        Some(PricedBy {
            item_index: key.meter,
            item: &items[key.meter as usize],
            context,
        })
    };
    let mut minor = 0_i64;
    let unpriced = totals
        .rate_each(priced, |line| minor += line.rated.amount.amount_minor())
        .unwrap();
    assert!(unpriced.is_empty());
    minor
}
