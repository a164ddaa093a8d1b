//! Pricing: the list of price lists, and adding one.

use super::common::{given, held, optional};
use crate::api;
use crate::format;
use crate::forms::currencies;
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Column, Field, Filter, FilterInput, Form, Input, List, Look, badge, button, dialog, field, form, head, link, list,
    nav, options, stack, text,
};
use api_types::pricing::{PriceListInput, PriceListView};
use leptos::prelude::*;
use uuid::Uuid;

const SCOPES: &[(&str, &str)] = &[("region", "Region"), ("tenant", "Tenant")];

/// The page.
pub fn page() -> AnyView {
    let asking = RwSignal::new(false);
    let spec = List {
        address: "/price-lists".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Display name").sort("name"),
            Column::new("Scope"),
            Column::new("For"),
            Column::new("Currency"),
            Column::new("In force from"),
            Column::new("Items").number(),
            Column::new("State"),
        ],
        filters: vec![Filter {
            name: "scope_kind",
            label: "Scope",
            input: FilterInput::Choice(SCOPES),
        }],
        noun: ("price list", "price lists"),
        empty: "No price lists yet. Usage is priced by the list of its region or of its tenant.",
        next_step: None,
    };
    let (_, view) = list::<PriceListView>(spec, row);
    let actions = if state::can("price_list.create") {
        vec![button("Create", Look::Primary, move || asking.set(true))]
    } else {
        vec![]
    };
    stack(vec![
        head("Pricing", text("Price lists of regions and tenants."), actions),
        create(asking),
        view,
    ])
}

fn row(view: &PriceListView) -> Vec<AnyView> {
    let in_force = view.versions.iter().find(|version| version.in_force);
    let draft = view.versions.iter().any(|version| version.state == "draft");
    let newest = in_force.or_else(|| view.versions.first());
    let mut states = vec![];
    if in_force.is_some() {
        states.push(badge("in_force"));
    }
    if draft {
        states.push(badge("draft"));
    }
    vec![
        link(&view.display_name, Place::PriceList(view.id).path()),
        text(&format::words(&view.scope_kind)),
        text(&view.target.name),
        text(&view.currency),
        text(
            &in_force
                .and_then(|version| version.effective_from.as_deref())
                .map(format::month)
                .unwrap_or_default(),
        ),
        text(
            &newest
                .map(|version| format::count(version.item_count))
                .unwrap_or_default(),
        ),
        view! { <span class="badges">{states}</span> }.into_any(),
    ]
}

fn create(asking: RwSignal<bool>) -> AnyView {
    let frame = Form::new("price-list");
    let (name, description, currency, target) = (held(""), held(""), held(""), held(""));
    let scope = held("region");
    dialog(asking, "Create price list", move || {
        let list = Signal::derive(move || {
            let tenants = scope.with(|scope| scope == "tenant");
            if tenants { "/tenants" } else { "/regions" }.to_owned()
        });
        // The other kind of target has other records.
        Effect::new(move |before: Option<String>| {
            let now = list.get();
            if before.is_some_and(|before| before != now) {
                target.set(String::new());
            }
            now
        });
        let label = move || {
            if scope.with(|scope| scope == "tenant") {
                "Tenant"
            } else {
                "Region"
            }
        };
        let target_field = move || {
            field(
                frame,
                Field::new(label(), "/target_id").required().input(Input::Lookup(list)),
                target,
            )
        };
        let fields = vec![
            field(
                frame,
                Field::new("Scope", "/scope_kind").required().input(options(SCOPES)),
                scope,
            ),
            target_field.into_any(),
            field(frame, Field::new("Display Name", "/display_name").required(), name),
            field(
                frame,
                Field::new("Description", "/description").input(Input::Area),
                description,
            ),
            field(
                frame,
                Field::new("Currency", "/currency").input(currencies("As the platform or the tenant")),
                currency,
            ),
        ];
        let cancel = button("Cancel", Look::Plain, move || asking.set(false));
        form(frame, "Save", fields, vec![cancel], move || {
            let Ok(target_id) = Uuid::parse_str(&given(target)) else {
                frame.refuse("/target_id", "Select one.");
                return;
            };
            let body = PriceListInput {
                display_name: given(name),
                description: optional(description),
                scope_kind: given(scope),
                target_id,
                currency: optional(currency),
            };
            frame.run(
                async move { api::post("/price-lists", &body).await },
                |view: PriceListView| nav::go(&Place::PriceList(view.id).path()),
            );
        })
    })
}
