//! The list of jobs.

use crate::format;
use crate::paths::Place;
use crate::ui::{Column, Filter, FilterInput, List, badge, head, instant, link, list, stack, text, text_or_dash};
use api_types::job::JobView;
use leptos::prelude::*;

const STATES: &[(&str, &str)] = &[
    ("queued", "Queued"),
    ("running", "Running"),
    ("succeeded", "Succeeded"),
    ("completed_with_errors", "Completed with errors"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
];

/// The page.
pub fn page() -> AnyView {
    let spec = List {
        address: "/jobs".to_owned(),
        fixed: vec![],
        search: false,
        columns: vec![
            Column::new("Job"),
            Column::new("State"),
            Column::new("Progress"),
            Column::new("For"),
            Column::new("Asked by"),
            Column::new("Asked for").sort("created_at"),
            Column::new("Ended"),
        ],
        filters: vec![Filter {
            name: "state",
            label: "State",
            input: FilterInput::Choice(STATES),
        }],
        noun: ("job", "jobs"),
        empty: "No jobs have run yet. Update Usage of a region and Generate of invoices start jobs.",
        next_step: None,
    };
    let (_, view) = list::<JobView>(spec, row);
    stack(vec![
        head("Jobs", text("Long work that runs in the background."), vec![]),
        view,
    ])
}

fn row(job: &JobView) -> Vec<AnyView> {
    let done = format::count(job.progress_done);
    let progress = match job.progress_total {
        Some(total) => format!("{done} of {} {}", format::count(total), job.progress_unit),
        None => format!("{done} {}", job.progress_unit),
    };
    vec![
        link(&job.title, Place::Job(job.id).path()),
        badge(&job.state),
        text(&progress),
        text_or_dash(job.target.as_ref().map(|target| target.name.as_str())),
        text_or_dash(job.requested_by.as_ref().map(|user| user.name.as_str())),
        instant(Some(&job.created_at)),
        instant(job.finished_at.as_deref()),
    ]
}
