//! Billing: the list of invoices, and Generate.

use super::common::{given, held};
use super::invoice_bulk::{Selected, bar, tick};
use crate::api::{self, Loader, Named, errors};
use crate::format;
use crate::paths::Place;
use crate::state;
use crate::ui::picker::{Ask, picker};
use crate::ui::{
    Column, Field, Filter, FilterInput, Form, List, Look, badge, button, date, dialog, field, form, head, job, list,
    money, note, stack, text, when,
};
use api_types::Page;
use api_types::invoice::{GenerateInvoices, InvoiceSummary, JobStarted};
use leptos::prelude::*;
use uuid::Uuid;

const STATES: &[(&str, &str)] = &[
    ("preview", "Preview"),
    ("issued", "Issued"),
    ("paid", "Paid"),
    ("void", "Void"),
];

/// The page.
pub fn page() -> AnyView {
    let asking = RwSignal::new(false);
    let started = RwSignal::new(None::<JobStarted>);
    let mut filters = vec![
        Filter {
            name: "period",
            label: "Period",
            input: FilterInput::Month,
        },
        Filter {
            name: "status",
            label: "State",
            input: FilterInput::Choice(STATES),
        },
    ];
    if state::can("tenant.list") {
        filters.push(Filter {
            name: "tenant_id",
            label: "Tenant",
            input: FilterInput::Remote("/tenants"),
        });
    }
    if state::can("partner.list") {
        filters.push(Filter {
            name: "partner_id",
            label: "Partner",
            input: FilterInput::Remote("/partners"),
        });
    }
    let spec = List {
        address: "/invoices".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Number").sort("number"),
            Column::new("Tenant").sort("tenant"),
            Column::new("Period").sort("period"),
            Column::new("State"),
            Column::new("Due"),
            Column::new("Net").number(),
            Column::new("Tax").number(),
            Column::new("Total").number().sort("total_amount"),
        ],
        filters,
        noun: ("invoice", "invoices"),
        empty: "No invoices yet. Generate makes a preview for each tenant from usage and prices.",
        next_step: None,
    };
    let selected: Selected = RwSignal::new(Vec::new());
    let (loader, view) = list::<InvoiceSummary>(spec, move |invoice| row(invoice, selected));
    let actions = if state::can("invoice.generate") {
        vec![button("Generate", Look::Primary, move || asking.set(true))]
    } else {
        vec![]
    };
    let lead = "Preview, issue and follow the invoices of every tenant in your scope.";
    stack(vec![
        head("Invoices", text(lead), actions),
        generate(asking, started),
        running(started, loader),
        view,
        bar(selected, Callback::new(move |()| loader.reload())),
    ])
}

fn row(invoice: &InvoiceSummary, selected: Selected) -> Vec<AnyView> {
    let name = invoice.number.clone().unwrap_or_else(|| format::words(&invoice.status));
    let mut states = vec![badge(&invoice.status)];
    if invoice.status == "preview" && !invoice.blockers.is_empty() {
        states.push(badge("blocked"));
    }
    if invoice.stale {
        states.push(badge("stale"));
    }
    if invoice.incomplete {
        states.push(badge("incomplete"));
    }
    let label = format!("{name}, {}, {}", invoice.tenant.name, format::month(&invoice.period));
    let first = view! {
        <span class="pick">
            {tick(invoice, selected)}
            <a class="one-line" href=Place::Invoice(invoice.id).path() aria-label=label>{name}</a>
        </span>
    }
    .into_any();
    vec![
        first,
        text(&invoice.tenant.name),
        when(&format::month(&invoice.period)),
        view! { <span class="badges">{states}</span> }.into_any(),
        date(invoice.due_on.as_deref()),
        money(&invoice.net_amount),
        money(&invoice.tax_amount),
        money(&invoice.total_amount),
    ]
}

/// Generate: the billing period, and all tenants or some.
fn generate(asking: RwSignal<bool>, started: RwSignal<Option<JobStarted>>) -> AnyView {
    let frame = Form::new("generate");
    let period = held(format::shift_month(&state::this_month(), -1));
    let some = held("false");
    let chosen = RwSignal::new(Vec::<Named>::new());
    dialog(asking, "Generate invoices", move || {
        let choice = move || {
            if some.with(|some| some == "true") {
                pick(chosen)
            } else {
                ().into_any()
            }
        };
        let fields = vec![
            field(
                frame,
                Field::new("Billing Period", "/period")
                    .of("month")
                    .required()
                    .help("Makes or renews the previews of the month. Issued invoices are not touched."),
                period,
            ),
            radio("All tenants", "generate-all", some, "false"),
            radio("Select Tenant(s)", "generate-some", some, "true"),
            choice.into_any(),
        ];
        let cancel = button("Cancel", Look::Plain, move || asking.set(false));
        form(frame, "Generate", fields, vec![cancel], move || {
            let only_some = given(some) == "true";
            let ids: Vec<Uuid> = chosen.with_untracked(|chosen| {
                chosen
                    .iter()
                    .filter_map(|tenant| Uuid::parse_str(&tenant.id).ok())
                    .collect()
            });
            if only_some && ids.is_empty() {
                frame.refuse("/tenant_ids", "Select at least one tenant.");
                return;
            }
            let body = GenerateInvoices {
                period: given(period),
                tenant_ids: only_some.then_some(ids),
            };
            frame.run(
                async move { api::post("/invoices/generate", &body).await },
                move |job: JobStarted| {
                    state::announce("Generating invoices");
                    started.try_set(Some(job));
                    asking.try_set(false);
                },
            );
        })
    })
}

fn radio(label: &'static str, id: &'static str, value: RwSignal<String>, mine: &'static str) -> AnyView {
    view! {
        <label class="choice" for=id>
            <input
                type="radio"
                id=id
                name="generate-tenants"
                prop:checked=move || value.with(|value| value == mine)
                on:change=move |_| value.set(mine.to_owned())
            />
            {label}
        </label>
    }
    .into_any()
}

/// The chosen tenants, and a box that finds more of them.
fn pick(chosen: RwSignal<Vec<Named>>) -> AnyView {
    let next = held("");
    let add = Callback::new(move |id: String| {
        if id.is_empty() {
            return;
        }
        leptos::task::spawn_local(async move {
            if let Ok(tenant) = api::get::<Named>(&format!("/tenants/{id}")).await {
                chosen.try_update(|chosen| {
                    chosen.retain(|known| known.id != tenant.id);
                    chosen.push(tenant);
                });
            }
            next.try_set(String::new());
        });
        next.set(String::new());
    });
    let finder = picker(Ask {
        id: "generate-tenant_ids".to_owned(),
        address: Signal::stored("/tenants".to_owned()),
        value: next.into(),
        choose: add,
        none: "Add a tenant …",
        about: None,
        required: false,
        off: false,
        wrong: Signal::stored(false),
    });
    let chips = move || {
        let chip = |tenant: Named| {
            let (id, label) = (tenant.id.clone(), format!("Remove {}", tenant.name));
            let remove = move |_| chosen.update(|chosen| chosen.retain(|known| known.id != id));
            view! {
                <li>
                    <bdi>{tenant.name}</bdi>
                    <button type="button" class="button quiet icon" aria-label=label on:click=remove>"✕"</button>
                </li>
            }
            .into_any()
        };
        chosen.get().into_iter().map(chip).collect::<Vec<_>>()
    };
    view! {
        <div class="field">
            <label for="generate-tenant_ids">"Tenants"</label>
            {finder}
            <ul class="chips" aria-label="Chosen tenants">{chips}</ul>
        </div>
    }
    .into_any()
}

fn running(started: RwSignal<Option<JobStarted>>, loader: Loader<Page<InvoiceSummary>>) -> AnyView {
    (move || {
        started.get().map(|job| {
            let joined = job.joined.then(|| note("info", errors::notice("joined")));
            let ended = Callback::new(move |_| loader.reload());
            stack(vec![joined.into_any(), job::job_card(job.job_id, Some(ended))])
        })
    })
    .into_any()
}
