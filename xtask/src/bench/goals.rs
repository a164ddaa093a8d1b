//! What is wanted of each figure.

use super::Figures;

enum Goal {
    AtLeast(f64),
    AtMost(f64),
}
use Goal::{AtLeast, AtMost};

const GOALS: [(&str, Goal); 13] = [
    ("rating_vs_loop", AtLeast(0.5)),
    ("rating_vs_duckdb", AtLeast(1.0)),
    ("collect_vs_insert_sqlite", AtLeast(0.6)),
    ("collect_vs_insert_postgres", AtLeast(0.6)),
    ("billing_run_s_sqlite", AtMost(8.0)),
    ("billing_run_s_postgres", AtMost(8.0)),
    ("billing_run_vs_floor_sqlite", AtMost(3.0)),
    ("billing_run_vs_floor_postgres", AtMost(3.0)),
    ("pdf_per_s", AtLeast(25.0)),
    ("peak_rss_mib", AtMost(300.0)),
    ("sign_in_vs_argon2", AtLeast(0.9)),
    ("sign_in_peak_rss_mib", AtMost(150.0)),
    ("entity_get_vs_bare", AtLeast(0.35)),
];

/// Prints each goal and whether it was reached.
pub fn print(figures: &Figures) {
    for (name, goal) in &GOALS {
        let Some(value) = figures.number(name) else {
            continue;
        };
        let (reached, wanted) = match goal {
            AtLeast(least) => (value >= *least, format!("at least {least}")),
            AtMost(most) => (value <= *most, format!("at most {most}")),
        };
        let verdict = if reached { "reached" } else { "SHORT" };
        println!("{verdict:>8}  {name} {value}, {wanted}");
    }
}
