//! Every worked example of the specification, through the real engines.

use std::path::Path;

#[test]
fn every_case_of_the_specification_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors");
    let summary = cms_vectors::run_folder(&folder).expect("the folder is readable");
    for failure in &summary.failures {
        eprintln!(
            "{} / {}\n  expected {}\n  actual   {}",
            failure.file, failure.case, failure.expected, failure.actual
        );
    }
    assert_eq!((summary.passed, summary.failed), (365, 0));
}

#[test]
fn a_changed_digit_is_found() {
    let input = serde_json::json!({ "operation": "round", "currency": "EUR", "value": "0.005" });
    let answer = cms_vectors::answer("rounding", &input);
    assert_eq!(
        answer,
        Some(serde_json::json!({ "unrounded_amount": "0.0050000000", "amount": "0.01" }))
    );
    assert_ne!(
        answer,
        Some(serde_json::json!({ "unrounded_amount": "0.0050000000", "amount": "0.00" }))
    );
}

#[test]
fn a_file_no_engine_answers_is_refused() {
    assert_eq!(cms_vectors::answer("weather", &serde_json::json!({})), None);
    let empty = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert!(matches!(
        cms_vectors::run_folder(&empty),
        Err(cms_vectors::VectorsError::Empty { .. })
    ));
}
