//! Issue or delete the selected previews of the list; one refusal does not stop the others.

use crate::api::{self, ApiError};
use crate::format;
use crate::paths::Place;
use crate::state;
use crate::ui::{Form, Look, button, confirm, note, stack};
use api_types::invoice::{InvoiceSummary, InvoiceView, IssueInvoice};
use leptos::prelude::*;

/// The selected previews.
pub type Selected = RwSignal<Vec<InvoiceSummary>>;

/// The box that selects a row; only previews have one, and only for those who may act on them.
pub fn tick(invoice: &InvoiceSummary, selected: Selected) -> Option<AnyView> {
    if invoice.status != "preview" || !(state::can("invoice.issue") || state::can("invoice.delete")) {
        return None;
    }
    let (id, invoice) = (invoice.id, StoredValue::new(invoice.clone()));
    let label = invoice.with_value(|invoice| format!("Select {}", name(invoice)));
    let turn = move |on: bool| {
        selected.update(|selected| {
            selected.retain(|known| known.id != id);
            if on {
                selected.push(invoice.get_value());
            }
        });
    };
    Some(
        view! {
            <input
                type="checkbox"
                aria-label=label
                prop:checked=move || selected.with(|selected| selected.iter().any(|known| known.id == id))
                on:change=move |event| turn(event_target_checked(&event))
            />
        }
        .into_any(),
    )
}

/// The bar below the list while something is selected.
pub fn bar(selected: Selected, done: Callback<()>) -> AnyView {
    let refused = RwSignal::new(Vec::<String>::new());
    let shown = Memo::new(move |_| !selected.with(Vec::is_empty));
    let content = move || {
        shown.get().then(|| {
            view! {
                <div class="bulk" role="region" aria-label="Selected invoices">
                    <span>{move || format!("Selected {}", selected.with(Vec::len))}</span>
                    {state::can("invoice.issue").then(|| act(Act::Issue, selected, refused, done))}
                    {state::can("invoice.delete").then(|| act(Act::Delete, selected, refused, done))}
                    {button("Select none", Look::Quiet, move || selected.set(Vec::new()))}
                </div>
            }
            .into_any()
        })
    };
    let refusals = move || {
        let lines = refused.get();
        (!lines.is_empty()).then(|| {
            let rows = lines
                .into_iter()
                .map(|line| view! { <li>{line}</li> }.into_any())
                .collect::<Vec<_>>();
            view! {
                <div class="banner bad" role="alert">
                    <div><p>"These were refused and are as they were:"</p><ul class="plain">{rows}</ul></div>
                    {button("Close", Look::Plain, move || refused.set(Vec::new()))}
                </div>
            }
            .into_any()
        })
    };
    stack(vec![refusals.into_any(), content.into_any()])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Issue,
    Delete,
}

fn act(act: Act, selected: Selected, refused: RwSignal<Vec<String>>, done: Callback<()>) -> AnyView {
    let open = RwSignal::new(false);
    let (verb, title, look, sentence) = match act {
        Act::Issue => (
            "Issue",
            "Issue the selected invoices",
            Look::Primary,
            "Each gets a number and can no longer be changed or deleted.",
        ),
        Act::Delete => (
            "Delete",
            "Delete the selected previews",
            Look::Danger,
            "Usage and prices stay; Generate makes them again.",
        ),
    };
    let form = Form::new(if act == Act::Issue { "bulk-issue" } else { "bulk-delete" });
    let run = move || {
        let chosen = selected.get_untracked();
        let count = chosen.len();
        form.run(
            async move { Ok::<_, ApiError>(each(act, chosen).await) },
            move |lines| {
                let made = count.saturating_sub(lines.len());
                state::announce(format!("{verb}: {made} done, {} refused", lines.len()));
                refused.try_set(lines);
                open.try_set(false);
                selected.try_set(Vec::new());
                done.run(());
            },
        );
    };
    let body = move || {
        let rows = selected.with_untracked(|selected| {
            let row = |invoice: &InvoiceSummary| {
                let total = format::money(&invoice.total_amount);
                view! { <li><bdi>{name(invoice)}</bdi> " " <span class="figure">{total}</span></li> }.into_any()
            };
            selected.iter().map(row).collect::<Vec<_>>()
        });
        let blocked = selected.with_untracked(|all| all.iter().filter(|one| !one.blockers.is_empty()).count());
        let warning = (act == Act::Issue && blocked > 0).then(|| {
            note(
                "warn",
                format!("{blocked} of them cannot be issued yet and will be refused with the reason."),
            )
        });
        view! { <p>{sentence}</p> {warning} <ul class="plain selected">{rows}</ul> }.into_any()
    };
    let look_of_button = if act == Act::Issue { Look::Plain } else { Look::Danger };
    view! {
        {button(verb, look_of_button, move || open.set(true))}
        {confirm(open, title, verb, look, form, body, run)}
    }
    .into_any()
}

/// One request after the other; gives back what was refused, each with its reason.
async fn each(act: Act, chosen: Vec<InvoiceSummary>) -> Vec<String> {
    let mut refused = Vec::new();
    for invoice in chosen {
        let path = format!("{}/{}", Place::Invoices.path(), invoice.id);
        let answer = match act {
            Act::Issue => {
                let body = IssueInvoice { override_reason: None };
                let answer = api::post::<_, InvoiceView>(&format!("{path}/issue"), &body).await;
                answer.map(drop)
            }
            Act::Delete => api::delete(&path, None).await,
        };
        if let Err(error) = answer {
            refused.push(format!("{}: {}", name(&invoice), error.sentence()));
        }
    }
    refused
}

fn name(invoice: &InvoiceSummary) -> String {
    format!("{}, {}", invoice.tenant.name, format::month(&invoice.period))
}
