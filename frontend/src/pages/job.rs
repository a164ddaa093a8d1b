//! One job.

use crate::paths::Place;
use crate::ui::{back, head, job, stack, text};
use leptos::prelude::*;
use uuid::Uuid;

/// The page.
pub fn page(id: Uuid) -> AnyView {
    stack(vec![
        back("Jobs", Place::Jobs.path()),
        head("Job", text("Its progress is read once a second."), vec![]),
        job::job_card(id, None),
    ])
}
