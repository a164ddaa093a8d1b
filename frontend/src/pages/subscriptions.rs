//! Administration: the list of subscriptions.

use crate::paths::Place;
use crate::state;
use crate::ui::{Column, Filter, FilterInput, List, Look, badge, button_link, head, instant, link, list, stack, text};
use api_types::subscription::SubscriptionView;
use leptos::prelude::*;

const FILTERS: [(&str, Filter); 4] = [
    (
        "tenant.list",
        Filter {
            name: "tenant_id",
            label: "Tenant",
            input: FilterInput::Remote("/tenants"),
        },
    ),
    (
        "partner.list",
        Filter {
            name: "partner_id",
            label: "Partner",
            input: FilterInput::Remote("/partners"),
        },
    ),
    (
        "distributor.list",
        Filter {
            name: "distributor_id",
            label: "Distributor",
            input: FilterInput::Remote("/distributors"),
        },
    ),
    (
        "region.list",
        Filter {
            name: "region_id",
            label: "Region",
            input: FilterInput::Remote("/regions"),
        },
    ),
];

/// The page.
pub fn page() -> AnyView {
    let create = state::can("subscription.create");
    let href = Place::SubscriptionCreate.path();
    let spec = List {
        address: "/subscriptions".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Name").sort("name"),
            Column::new("Tenant"),
            Column::new("Region"),
            Column::new("State"),
            Column::new("Initial owner"),
            Column::new("Added").sort("created_at"),
        ],
        filters: FILTERS
            .into_iter()
            .filter(|(operation, _)| state::can(operation))
            .map(|(_, filter)| filter)
            .collect(),
        noun: ("subscription", "subscriptions"),
        empty: "No subscriptions yet. Register a platform subscription so that its usage is billed to a tenant.",
        next_step: create.then(|| ("Create", href.clone())),
    };
    let (_, view) = list::<SubscriptionView>(spec, row);
    let actions = if create {
        vec![button_link("Create", Look::Primary, href)]
    } else {
        vec![]
    };
    stack(vec![
        head(
            "Subscriptions",
            text("What consumes, and who is billed for it."),
            actions,
        ),
        view,
    ])
}

fn row(view: &SubscriptionView) -> Vec<AnyView> {
    vec![
        link(&view.name, Place::Subscription(view.id).path()),
        text(&view.tenant.name),
        text(&view.region.name),
        badge(&view.state),
        text(&view.owner),
        instant(Some(&view.created_at)),
    ]
}
