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
fn the_examples_compiled_in_are_those_of_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors");
    let read = cms_vectors::run_folder(&folder).expect("the folder is readable");
    let embedded = cms_vectors::run_embedded().expect("the files are well formed");
    assert_eq!(read, embedded);
}

#[test]
fn answers_to_the_cases_of_a_seed_never_change_by_themselves() {
    use cms_vectors::oracle::{Engine, digest};
    for engine in Engine::ALL {
        assert_eq!(digest(engine, 50, 7), digest(engine, 50, 7), "{}", engine.name());
        assert_ne!(digest(engine, 50, 7), digest(engine, 50, 8), "{}", engine.name());
    }
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

#[test]
fn no_parser_of_the_engines_panics_or_contradicts_itself() {
    use cms_vectors::fuzz::{Run, targets};
    for target in targets() {
        let mut run = Run::new(target, 11);
        assert_eq!(run.read(3_000), None, "{}", target.name());
        assert_eq!(run.accepted() + run.refused(), 3_000, "{}", target.name());
        assert!(run.accepted() > 30, "{}: {}", target.name(), run.accepted());
    }
}
