//! Explain: the waterfall from usage to one amount, each step with its rule (P-95).

use crate::api::load;
use crate::format;
use crate::paths::Place;
use crate::query::Query;
use crate::state;
use crate::ui::{Column, fact, facts, link, money, panel, quantity, section, show, stack, table, text};
use api_types::invoice::{Explanation, ExplanationStep};
use leptos::prelude::*;
use uuid::Uuid;

/// The panel; it is open while a line is chosen.
pub fn side_panel(invoice: Uuid, line: RwSignal<Option<Uuid>>) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if line.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            line.set(None);
        }
    });
    panel(open, "Explain", move || match line.get() {
        None => ().into_any(),
        Some(line) => {
            let address = format!("/invoices/{invoice}/lines/{line}/explanation");
            show(load::<Explanation>(move || address.clone()), content)
        }
    })
}

fn content(explanation: &Explanation) -> AnyView {
    let line = &explanation.line;
    let mut items = vec![
        fact("Amount", money(&line.amount)),
        fact("Usage month", text(&format::month(&explanation.period))),
    ];
    if let Some(subscription) = &explanation.subscription {
        items.push(fact("Subscription", text(&subscription.name)));
    }
    if let Some(list) = &explanation.price_list {
        items.push(fact("Price list", text(list)));
    }
    if let Some(from) = &explanation.effective_from {
        items.push(fact("Prices from", text(&format::month(from))));
    }
    if let Some(step) = explanation.scope_step {
        items.push(fact("Chosen by", text(&format!("Step {step} of rule P-15"))));
    }
    let steps = explanation.steps.iter().map(step).collect::<Vec<_>>();
    stack(vec![
        view! { <p>{text(&line.description)}</p> }.into_any(),
        facts(items),
        section(
            "From usage to amount",
            view! { <ol class="waterfall">{steps}</ol> }.into_any(),
        ),
        section("Days", days(explanation)),
        section("Resources", resources(explanation)),
        records(explanation),
    ])
}

fn step(step: &ExplanationStep) -> AnyView {
    let inputs = step
        .inputs
        .iter()
        .map(|input| format!("{} {}", format::words(&input.name), format::group(&input.value)))
        .collect::<Vec<_>>();
    view! {
        <li>
            <div>
                <span>{text(&step.label)}</span>
                <small class="muted">"Rule " {step.rule.clone()} {(!inputs.is_empty()).then(|| format!(": {}", inputs.join(", ")))}</small>
            </div>
            <span class="figure" title=step.exact.clone()>{shorten(&step.displayed)}</span>
        </li>
    }
    .into_any()
}

/// Ten digits are too many to compare by eye; the exact value is on hover.
fn shorten(displayed: &str) -> String {
    format::group(&format::round(displayed, 10))
}

fn days(explanation: &Explanation) -> AnyView {
    let unit = &explanation.line.unit;
    let rows = explanation
        .days
        .iter()
        .map(|day| vec![text(&format::date(&day.date)), quantity(&day.quantity), text(unit)]);
    table(
        "days",
        &[
            Column::new("Day"),
            Column::new("Quantity").number(),
            Column::new("Unit"),
        ],
        rows.collect(),
    )
}

fn resources(explanation: &Explanation) -> AnyView {
    let rows = explanation.resources.iter().map(|resource| {
        vec![
            text(&resource.resource_uri),
            quantity(&resource.quantity),
            money(&resource.amount),
        ]
    });
    table(
        "resources",
        &[
            Column::new("Resource"),
            Column::new("Quantity").number(),
            Column::new("Share").number(),
        ],
        rows.collect(),
    )
}

fn records(explanation: &Explanation) -> AnyView {
    let count = format::counted(explanation.records_total, "usage record", "usage records");
    let Some(subscription) = explanation.subscription.as_ref().filter(|_| state::can("usage.list")) else {
        return text(&count);
    };
    let mut query = Query::default();
    query.set("subscription_id", &subscription.id.to_string());
    query.set("meter_id", explanation.line.meter_id.as_deref().unwrap_or_default());
    query.set("sku", &explanation.line.sku);
    query.set("period", &explanation.period);
    link(&format!("Show the {count}"), query.on(&Place::UsageRecords.path()))
}
