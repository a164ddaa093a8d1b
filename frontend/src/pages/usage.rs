//! Usage records and rows in quarantine.

use crate::format;
use crate::ui::{Column, Filter, FilterInput, List, date, head, instant, list, quantity, stack, text};
use api_types::invoice::UsageRecordView;
use leptos::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The page of usage records.
pub fn records() -> AnyView {
    let filters = vec![
        Filter {
            name: "period",
            label: "Usage month",
            input: FilterInput::Month,
        },
        Filter {
            name: "subscription_id",
            label: "Subscription",
            input: FilterInput::Remote("/subscriptions"),
        },
        Filter {
            name: "meter_id",
            label: "Meter",
            input: FilterInput::Remote("/meters"),
        },
        Filter {
            name: "sku",
            label: "SKU",
            input: FilterInput::Text,
        },
    ];
    stack(vec![
        head(
            "Usage",
            text("What the stamps reported: who used how much of which meter on which resource, and when."),
            vec![],
        ),
        records_list(vec![], filters),
    ])
}

/// The usage records of one subscription.
pub fn of_subscription(id: Uuid) -> AnyView {
    let filters = vec![
        Filter {
            name: "period",
            label: "Usage month",
            input: FilterInput::Month,
        },
        Filter {
            name: "meter_id",
            label: "Meter",
            input: FilterInput::Remote("/meters"),
        },
    ];
    records_list(vec![("subscription_id", id.to_string())], filters)
}

fn records_list(fixed: Vec<(&'static str, String)>, filters: Vec<Filter>) -> AnyView {
    let spec = List {
        address: "/usage-records".to_owned(),
        fixed,
        search: false,
        columns: vec![
            Column::new("Start of use"),
            Column::new("End of use"),
            Column::new("Meter"),
            Column::new("SKU"),
            Column::new("Quantity").number(),
            Column::new("Resource"),
            Column::new("Region"),
            Column::new("Reported"),
        ],
        filters,
        noun: ("usage record", "usage records"),
        empty: "No usage is stored. Update Usage of a region reads it from the stamp.",
        next_step: None,
    };
    list::<UsageRecordView>(spec, |record| {
        vec![
            instant(Some(&record.usage_start)),
            instant(Some(&record.usage_end)),
            text(&record.meter_name),
            text(&record.sku),
            quantity(&record.quantity),
            text(&record.resource_uri),
            text(&record.region),
            date(Some(&record.reported_on)),
        ]
    })
    .1
}

/// The page of rows in quarantine: each row as the stamp sent it, with the reason.
pub fn quarantine() -> AnyView {
    let spec = List {
        address: "/usage-quarantine".to_owned(),
        fixed: vec![],
        search: false,
        columns: vec![Column::new("Reason"), Column::new("Reported"), Column::new("Row")],
        filters: vec![Filter {
            name: "region_id",
            label: "Region",
            input: FilterInput::Remote("/regions"),
        }],
        noun: ("row", "rows"),
        empty: "No rows are in quarantine.",
        next_step: None,
    };
    let (_, view) = list::<Map<String, Value>>(spec, quarantined);
    stack(vec![
        head(
            "Quarantine",
            text("Rows that cannot be billed as they are, with the reason."),
            vec![],
        ),
        view,
    ])
}

fn quarantined(row: &Map<String, Value>) -> Vec<AnyView> {
    let word = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let others = row
        .iter()
        .filter(|(name, value)| !matches!(name.as_str(), "id" | "reason" | "reported_on") && !value.is_null())
        .map(|(name, value)| {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}: {shown}", format::words(name))
        })
        .collect::<Vec<_>>();
    vec![
        text(&format::words(word("reason"))),
        date(Some(word("reported_on"))),
        text(&others.join("; ")),
    ]
}
