//! Administration: the list of regions.

use crate::format;
use crate::paths::Place;
use crate::state;
use crate::ui::{Column, List, Look, badge, button_link, head, instant, link, list, stack, text};
use api_types::region::RegionView;
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let create = state::can("region.create");
    let href = Place::RegionCreate.path();
    let spec = List {
        address: "/regions".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Name").sort("name"),
            Column::new("State"),
            Column::new("Health"),
            Column::new("Usage rows").number(),
            Column::new("Reported days"),
            Column::new("Last run"),
            Column::new("Parked").number(),
        ],
        filters: vec![],
        noun: ("region", "regions"),
        empty: "No regions yet. A region is one Azure Stack Hub stamp whose usage is collected.",
        next_step: create.then(|| ("Create", href.clone())),
    };
    let (_, view) = list::<RegionView>(spec, row);
    let actions = if create {
        vec![button_link("Create", Look::Primary, href)]
    } else {
        vec![]
    };
    stack(vec![
        head("Regions", text("The stamps whose usage is collected."), actions),
        view,
    ])
}

fn row(region: &RegionView) -> Vec<AnyView> {
    let days = match (&region.first_reported_on, &region.last_reported_on) {
        (Some(first), Some(last)) => format!("{} to {}", format::date(first), format::date(last)),
        _ => String::new(),
    };
    let parked = region.unmapped.iter().map(|parked| parked.rows).sum::<u64>() + region.quarantined_rows;
    vec![
        link(&region.name, Place::Region(region.id).path()),
        badge(&region.state),
        badge(&region.health),
        text(&format::count(region.usage_rows)),
        text(&days),
        instant(region.last_run_at.as_deref()),
        text(&format::count(parked)),
    ]
}
