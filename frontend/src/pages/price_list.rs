//! One price list: versions, items of the draft and of the version in force, Publish.

use super::common::{Deletion, delete, given, held, optional};
use super::history;
use crate::api::{self, Load, Loader, errors, load};
use crate::format;
use crate::forms::pricing_item::item_form;
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Column, Field, Form, Input, Look, back, badge, button, confirm, dialog, empty, fact, facts, field, form, head, nav,
    note, section, show, show_more, stack, table, tabs, text,
};
use api_types::pricing::{
    PriceListUpdate, PriceListVersionView, PriceListView, PricingItemView, PublishInput, Published,
};
use leptos::prelude::*;
use uuid::Uuid;

/// What outlives a reading of the list.
#[derive(Clone, Copy)]
struct Shown {
    id: Uuid,
    loader: Loader<PriceListView>,
    /// The item in the dialog: none for a new one.
    item: RwSignal<Option<PricingItemView>>,
    editing: RwSignal<bool>,
    details: Form,
    warnings: RwSignal<Vec<String>>,
    query: Memo<crate::query::Query>,
}

/// The page.
pub fn page(id: Uuid) -> AnyView {
    let shown = Shown {
        id,
        loader: load::<PriceListView>(move || format!("/price-lists/{id}")),
        item: RwSignal::new(None),
        editing: RwSignal::new(false),
        details: Form::new("price-list"),
        warnings: RwSignal::new(vec![]),
        query: nav::query(),
    };
    let warnings = move || {
        shown
            .warnings
            .get()
            .iter()
            .map(|code| note("warn", errors::notice(code)))
            .collect::<Vec<_>>()
    };
    stack(vec![
        back("Pricing", Place::PriceLists.path()),
        show(shown.loader, move |view| top(view, shown)),
        warnings.into_any(),
        item_dialog(shown),
        show_more(shown.loader, move |view| versions(view, shown)),
    ])
}

fn draft(view: &PriceListView) -> Option<&PriceListVersionView> {
    view.versions.iter().find(|version| version.state == "draft")
}

fn top(view: &PriceListView, shown: Shown) -> AnyView {
    let mut actions = vec![];
    if state::can("pricing_item.create") {
        actions.push(button("Add Meter/SKU", Look::Primary, move || {
            shown.item.set(None);
            shown.editing.set(true);
        }));
    }
    if draft(view).is_some() && state::can("price_list.publish") {
        actions.push(publish(view, shown));
    }
    if state::can("price_list.delete") {
        actions.push(delete(Deletion {
            id: "delete",
            title: format!("Delete price list {}", view.display_name),
            consequences: vec![
                "A list that was never published is removed.".to_owned(),
                "A published list ends with the current month; from the next month its usage is priced by another list, or has no price.".to_owned(),
                "Issued invoices stay as they are.".to_owned(),
            ],
            name: String::new(),
            address: format!("/price-lists/{}", view.id),
            etag: Some(view.etag.clone()),
            after: Place::PriceLists.path(),
        }));
    }
    let in_force = view.versions.iter().find(|version| version.in_force);
    let from = in_force
        .and_then(|version| version.effective_from.as_deref())
        .map(format::month);
    let items = vec![
        fact("Scope", text(&format::words(&view.scope_kind))),
        fact("For", text(&view.target.name)),
        fact("Currency", text(&view.currency)),
        fact("In force from", text(&from.unwrap_or_default())),
    ];
    stack(vec![
        head(view.display_name.clone(), text(&view.description), actions),
        facts(items),
    ])
}

/// Publish: the first month the draft is valid; by default the next.
fn publish(view: &PriceListView, shown: Shown) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("publish");
    let month = held(format::shift_month(&state::this_month(), 1));
    let name = view.display_name.clone();
    let content = move || {
        let spec = Field::new("Effective From", "/effective_from").of("month").required();
        let help = "An earlier month is possible while no amount of an issued invoice changes; previews become stale.";
        stack(vec![
            view! { <p>{format!("The draft of {name} becomes a version nobody can change. It is valid from the first day of this month.")}</p> }.into_any(),
            field(frame, spec.help(help), month),
        ])
    };
    let action = move || {
        let body = PublishInput {
            effective_from: optional(month),
        };
        let id = shown.id;
        frame.run(
            async move { api::post(&format!("/price-lists/{id}/publish"), &body).await },
            move |published: Published| {
                open.try_set(false);
                state::announce("The draft is published");
                shown.warnings.try_set(published.warnings);
                shown.loader.reload();
            },
        );
    };
    view! {
        {button("Publish", Look::Plain, move || open.set(true))}
        {confirm(open, "Publish the draft", "Publish", Look::Primary, frame, content, action)}
    }
    .into_any()
}

/// Version of the list as it is shown.
fn etag(shown: Shown) -> String {
    shown.loader.state.with_untracked(|state| match state {
        Load::Ready(list) => list.etag.clone(),
        _ => String::new(),
    })
}

fn item_dialog(shown: Shown) -> AnyView {
    dialog(shown.editing, "Meter/SKU", move || {
        let done = Callback::new(move |()| {
            shown.editing.set(false);
            shown.loader.reload();
        });
        shown
            .item
            .with_untracked(|item| item_form(shown.id, etag(shown), item.as_ref(), shown.editing, done))
    })
}

fn versions(view: &PriceListView, shown: Shown) -> AnyView {
    let tab_label = |version: &PriceListVersionView| match &version.effective_from {
        Some(from) => format!("From {}", format::month(from)),
        None => "Draft".to_owned(),
    };
    let mut names: Vec<(String, String)> = view
        .versions
        .iter()
        .map(|version| (version.id.to_string(), tab_label(version)))
        .collect();
    let details = "details".to_owned();
    names.push((details, "Details".to_owned()));
    if history::is_shown() {
        names.push(("history".to_owned(), "History".to_owned()));
    }
    let view = view.clone();
    let bar = tabs("Versions", "tab", names, shown.query);
    let content = move || {
        let tab = shown.query.with(|query| query.get("tab").to_owned());
        let version = view.versions.iter().find(|version| version.id.to_string() == tab);
        match version.or_else(|| view.versions.first()) {
            _ if tab == "details" => untrack(|| details_form(&view, shown)),
            _ if tab == "history" => untrack(|| history::entries("price_list", shown.id)),
            Some(version) => untrack(|| items(&view, version, shown)),
            None => empty("The list has no version yet. Add Meter/SKU starts a draft.", None),
        }
    };
    stack(vec![bar, content.into_any()])
}

fn items(list: &PriceListView, version: &PriceListVersionView, shown: Shown) -> AnyView {
    let state = if version.in_force {
        "in_force"
    } else {
        version.state.as_str()
    };
    let lead = stack(vec![
        badge(state),
        text(&format!(" {}", format::counted(version.item_count, "item", "items"))),
    ]);
    let lead = view! { <p>{lead}</p> }.into_any();
    if version.items.is_empty() {
        let sentence = if version.item_count == 0 {
            "No items yet. Add Meter/SKU gives a meter its rate."
        } else {
            "The items of this earlier version are not shown here."
        };
        return stack(vec![lead, empty(sentence, None)]);
    }
    let columns = [
        Column::new("Meter"),
        Column::new("SKU"),
        Column::new("Rate").number(),
        Column::new("Per"),
        Column::new("Tiers"),
        Column::new("Credits"),
        Column::new("Description"),
        Column::new("Actions"),
    ];
    let editable = version.state == "draft";
    let rows = version
        .items
        .iter()
        .map(|item| item_row(item, &list.currency, editable, shown))
        .collect();
    stack(vec![lead, table("pricing items", &columns, rows)])
}

fn item_row(item: &PricingItemView, currency: &str, editable: bool, shown: Shown) -> Vec<AnyView> {
    let per = match (item.rate_period.as_str(), item.unit_divisor) {
        ("month", _) => format!("{} and month", item.unit),
        (_, 0 | 1) => item.unit.clone(),
        (_, divisor) => format!("{} {}", format::count(divisor), item.unit),
    };
    let tiers = item
        .tiers
        .iter()
        .map(|tier| {
            let end = tier.to_quantity.as_deref().map_or_else(|| "and more".to_owned(), |to| format!("to {}", format::group(to)));
            view! { <div>{format!("{} {end}: {}", format::group(&tier.from_quantity), format::group(&tier.rate))}</div> }.into_any()
        })
        .collect::<Vec<_>>();
    let credits = item
        .credits
        .iter()
        .map(|credit| view! { <div>{credit_words(&credit.kind, &credit.value, &item.unit, currency)}</div> }.into_any())
        .collect::<Vec<_>>();
    let mode =
        (!item.tiers.is_empty()).then(|| view! { <small class="muted">{format::words(&item.tier_mode)}</small> });
    vec![
        text(&item.meter_name),
        text(if item.sku.is_empty() { "Any" } else { &item.sku }),
        text(&format!("{}\u{a0}{currency}", format::group(&item.rate))),
        text(&per),
        view! { {tiers} {mode} }.into_any(),
        credits.into_any(),
        text(&item.description),
        if editable {
            item_actions(item, shown)
        } else {
            ().into_any()
        },
    ]
}

fn credit_words(kind: &str, value: &str, unit: &str, currency: &str) -> String {
    match kind {
        "percent" => format!("{}% off", format::group(value)),
        "amount" => format!("{} {currency} off", format::group(value)),
        _ => format!("{} {unit} free", format::group(value)),
    }
}

fn item_actions(item: &PricingItemView, shown: Shown) -> AnyView {
    let name = if item.sku.is_empty() {
        item.meter_name.clone()
    } else {
        format!("{}, {}", item.meter_name, item.sku)
    };
    let mut actions = vec![];
    if state::can("pricing_item.update") {
        let item = item.clone();
        let label = format!("Edit {name}");
        let edit = move |_| {
            shown.item.set(Some(item.clone()));
            shown.editing.set(true);
        };
        actions.push(
            view! { <button type="button" class=Look::Quiet.class() aria-label=label on:click=edit>"Edit"</button> }
                .into_any(),
        );
    }
    if state::can("pricing_item.delete") {
        actions.push(remove(item.id, name, shown));
    }
    view! { <span class="actions">{actions}</span> }.into_any()
}

fn remove(item: Uuid, name: String, shown: Shown) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("remove");
    let label = format!("Delete {name}");
    let id = shown.id;
    let action = move || {
        let version = etag(shown);
        frame.run(
            async move { api::delete(&format!("/price-lists/{id}/items/{item}"), Some(&version)).await },
            move |()| {
                open.try_set(false);
                shown.loader.reload();
            },
        );
    };
    let content = || view! { <p>"It leaves the draft. Published versions stay as they are."</p> }.into_any();
    view! {
        <button type="button" class=Look::Quiet.class() aria-label=label.clone() on:click=move |_| open.set(true)>"Delete"</button>
        {confirm(open, label, "Delete", Look::Danger, frame, content, action)}
    }
    .into_any()
}

fn details_form(view: &PriceListView, shown: Shown) -> AnyView {
    if !state::can("price_list.update") {
        return facts(vec![
            fact("Display Name", text(&view.display_name)),
            fact("Description", text(&view.description)),
        ]);
    }
    let frame = shown.details;
    let (name, description) = (held(&*view.display_name), held(&*view.description));
    let (id, etag) = (view.id, view.etag.clone());
    let fields = vec![
        field(frame, Field::new("Display Name", "/display_name").required(), name),
        field(
            frame,
            Field::new("Description", "/description").input(Input::Area),
            description,
        ),
    ];
    let content = form(frame, "Save", fields, vec![], move || {
        let body = PriceListUpdate {
            display_name: given(name),
            description: given(description),
        };
        let etag = etag.clone();
        frame.run(
            async move { api::put(&format!("/price-lists/{id}"), &etag, &body).await },
            move |view| shown.loader.set(view),
        );
    });
    section("Details", content)
}
