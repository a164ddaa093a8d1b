//! One invoice: groups, totals, blockers, documents, Issue and Delete.

use super::common::{Deletion, delete, given, held};
use super::{explain, history};
use crate::api::{self, Loader, errors, load};
use crate::format;
use crate::paths::{Kind, Place, document};
use crate::state;
use crate::ui::{
    Field, Form, Input, Look, back, badge, confirm, date, download, empty, fact, facts, field, head, instant, link,
    money, quantity, section, show, stack, text, text_or_dash,
};
use api_types::common::Money;
use api_types::invoice::{InvoiceCategory, InvoiceGroup, InvoiceLineView, InvoiceSummary, InvoiceView, IssueInvoice};
use leptos::prelude::*;
use uuid::Uuid;

/// What outlives a reading of the invoice.
#[derive(Clone, Copy)]
struct Shown {
    loader: Loader<InvoiceView>,
    explained: RwSignal<Option<Uuid>>,
}

/// The page.
pub fn page(id: Uuid) -> AnyView {
    let shown = Shown {
        loader: load::<InvoiceView>(move || format!("/invoices/{id}")),
        explained: RwSignal::new(None),
    };
    stack(vec![
        back("Invoices", Place::Invoices.path()),
        show(shown.loader, move |invoice| content(invoice, shown)),
        explain::side_panel(id, shown.explained),
    ])
}

fn name(summary: &InvoiceSummary) -> String {
    let kind = if summary.kind == "credit_note" {
        "Credit note"
    } else {
        "Invoice"
    };
    match &summary.number {
        Some(number) => format!("{kind} {number}"),
        None => format!(
            "Preview for {}, {}",
            summary.tenant.name,
            format::month(&summary.period)
        ),
    }
}

fn content(invoice: &InvoiceView, shown: Shown) -> AnyView {
    let summary = &invoice.summary;
    let tenant = if state::can("tenant.read") {
        link(
            &summary.tenant.name,
            Place::Entity(Kind::Tenant, summary.tenant.id).path(),
        )
    } else {
        text(&summary.tenant.name)
    };
    let items = vec![
        fact("State", badge(&summary.status)),
        fact("Tenant", tenant),
        fact("Billing period", text(&format::month(&summary.period))),
        fact("Total", money(&summary.total_amount)),
        fact("Payment terms", text(&format!("{} days", invoice.payment_terms_days))),
        fact("Issued", date(summary.issued_on.as_deref())),
        fact("Due", date(summary.due_on.as_deref())),
        fact("Generated", instant(Some(&invoice.generated_at))),
        fact("Dates in", text(&invoice.billing_time_zone)),
    ];
    stack(vec![
        head(
            name(summary),
            text(&format!("{}, {}", summary.partner.name, summary.distributor.name)),
            actions(invoice, shown),
        ),
        facts(items),
        blockers(summary),
        lines(invoice, shown),
        totals(invoice),
        history::history("invoice", summary.id),
    ])
}

fn actions(invoice: &InvoiceView, shown: Shown) -> Vec<AnyView> {
    let summary = &invoice.summary;
    let preview = summary.status == "preview";
    let mut actions = vec![];
    if preview && state::can("invoice.issue") {
        actions.push(issue(invoice, shown));
    }
    if state::can("invoice.download") {
        for (label, format) in [
            ("Download PDF", "pdf"),
            ("Download CSV", "csv"),
            ("Download JSON", "json"),
        ] {
            actions.push(download(label, document(summary.id, format)));
        }
    }
    if preview && state::can("invoice.delete") {
        actions.push(delete(Deletion {
            id: "delete",
            title: format!("Delete the preview for {}", summary.tenant.name),
            consequences: vec![
                "The preview is removed. No number is lost, and usage and prices stay as they are.".to_owned(),
                "Generate makes it again at any time.".to_owned(),
            ],
            name: String::new(),
            address: format!("/invoices/{}", summary.id),
            etag: Some(invoice.etag.clone()),
            after: Place::Invoices.path(),
        }));
    }
    actions
}

/// Issue, after a dialog that shows tenant, period, net, tax, total and due date (B-40).
fn issue(invoice: &InvoiceView, shown: Shown) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("issue");
    let reason = held("");
    let id = invoice.summary.id;
    let blocked = !invoice.summary.blockers.is_empty();
    let overridable = invoice
        .summary
        .blockers
        .iter()
        .all(|code| errors::may_be_overridden(code))
        && state::can("invoice.override_blocker");
    let (summary, terms) = (invoice.summary.clone(), invoice.payment_terms_days);
    let body = move || {
        let due = summary
            .due_on
            .as_deref()
            .map_or_else(|| format!("{terms} days after issue"), format::date);
        let items = vec![
            fact("Tenant", text(&summary.tenant.name)),
            fact("Billing period", text(&format::month(&summary.period))),
            fact("Net", money(&summary.net_amount)),
            fact("Tax", money(&summary.tax_amount)),
            fact("Total", money(&summary.total_amount)),
            fact("Due date", text(&due)),
        ];
        let ask = (blocked && overridable).then(|| {
            let spec = Field::new("Reason to issue despite the blockers", "/override_reason")
                .required()
                .input(Input::Area);
            field(
                frame,
                spec.help("At least 10 characters; stored on the invoice."),
                reason,
            )
        });
        stack(vec![
            view! { <p>"The invoice gets a number and can no longer be changed or deleted."</p> }.into_any(),
            facts(items),
            blockers(&summary),
            ask.into_any(),
        ])
    };
    let action = move || {
        let why = Some(given(reason)).filter(|why| !why.is_empty());
        if blocked && why.as_ref().is_none_or(|why| why.chars().count() < 10) {
            frame.refuse("/override_reason", "Enter a reason of at least 10 characters.");
            return;
        }
        let body = IssueInvoice { override_reason: why };
        frame.run(
            async move { api::post(&format!("/invoices/{id}/issue"), &body).await },
            move |issued: InvoiceView| {
                open.try_set(false);
                state::announce(format!("{} is issued", name(&issued.summary)));
                shown.loader.set(issued);
            },
        );
    };
    let off = blocked && !overridable;
    view! {
        <button
            type="button"
            class=Look::Primary.class()
            disabled=off
            aria-describedby=off.then_some("blockers")
            on:click=move |_| open.set(true)
        >
            "Issue"
        </button>
        {confirm(open, "Issue invoice", "Issue", Look::Primary, frame, body, action)}
    }
    .into_any()
}

fn blockers(summary: &InvoiceSummary) -> AnyView {
    if summary.status != "preview" || summary.blockers.is_empty() {
        return ().into_any();
    }
    let lines = summary
        .blockers
        .iter()
        .map(|code| view! { <li>{errors::blocker(code)}</li> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <div class="banner warn" id="blockers">
            <div><p>"It cannot be issued yet:"</p><ul class="plain">{lines}</ul></div>
        </div>
    }
    .into_any()
}

fn lines(invoice: &InvoiceView, shown: Shown) -> AnyView {
    if invoice.groups.is_empty() && invoice.other_lines.is_empty() {
        return empty(
            "The invoice has no lines: the tenant used nothing that is priced in this period.",
            None,
        );
    }
    let mut bodies = invoice
        .groups
        .iter()
        .map(|group| group_rows(group, shown))
        .collect::<Vec<_>>();
    if !invoice.other_lines.is_empty() {
        let rows = invoice
            .other_lines
            .iter()
            .map(|line| line_row(line, shown))
            .collect::<Vec<_>>();
        bodies.push(
            view! { <tbody><tr class="group-row"><th colspan="5" scope="rowgroup">"Credits"</th></tr>{rows}</tbody> }
                .into_any(),
        );
    }
    view! {
        <div class="table" tabindex="0" role="region" aria-label="Invoice lines">
            <table class="lines">
                <thead>
                    <tr>
                        <th scope="col">"Description"</th>
                        <th scope="col" class="number">"Quantity"</th>
                        <th scope="col">"Unit"</th>
                        <th scope="col" class="number">"Rate"</th>
                        <th scope="col" class="number">"Amount"</th>
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn subtotal_row(class: &'static str, label: AnyView, amount: &Money) -> AnyView {
    view! {
        <tr class=class>
            <th colspan="4" scope="rowgroup">{label}</th>
            <td class="number">{money(amount)}</td>
        </tr>
    }
    .into_any()
}

fn group_rows(group: &InvoiceGroup, shown: Shown) -> AnyView {
    let name = if state::can("subscription.read") {
        link(
            &group.subscription_name,
            Place::Subscription(group.subscription_id).path(),
        )
    } else {
        text(&group.subscription_name)
    };
    let rows = group
        .categories
        .iter()
        .map(|category| category_rows(category, shown))
        .collect::<Vec<_>>();
    view! { <tbody>{subtotal_row("group-row", name, &group.subtotal)}{rows}</tbody> }.into_any()
}

fn category_rows(category: &InvoiceCategory, shown: Shown) -> AnyView {
    let rows = category
        .lines
        .iter()
        .map(|line| line_row(line, shown))
        .collect::<Vec<_>>();
    view! { {subtotal_row("category-row", text(&category.category), &category.subtotal)} {rows} }.into_any()
}

fn line_row(line: &InvoiceLineView, shown: Shown) -> AnyView {
    let id = line.id;
    let shown_amount = format::money(&line.amount);
    let amount = if state::can("invoice.explain") {
        let label = format!("Explain {shown_amount}, {}", line.description);
        view! {
            <button type="button" class="amount" aria-label=label on:click=move |_| shown.explained.set(Some(id))>
                {shown_amount}
            </button>
        }
        .into_any()
    } else {
        money(&line.amount)
    };
    let unpriced = (!line.priced).then(|| badge("unpriced"));
    view! {
        <tr>
            <th scope="row">{text(&line.description)} " " {unpriced}</th>
            <td class="number">{line.quantity.as_deref().map(quantity)}</td>
            <td>{text(&line.unit)}</td>
            <td class="number">{text(&line.rate.as_deref().map(format::group).unwrap_or_default())}</td>
            <td class="number">{amount}</td>
        </tr>
    }
    .into_any()
}

fn totals(invoice: &InvoiceView) -> AnyView {
    let summary = &invoice.summary;
    let tax = format!(
        "{} {}%",
        invoice.tax_label.as_deref().unwrap_or("Tax"),
        format::group(&invoice.tax_rate)
    );
    let items = vec![
        fact("Net", money(&summary.net_amount)),
        fact(&tax, money(&summary.tax_amount)),
        fact("Total", money(&summary.total_amount)),
    ];
    let hash = invoice
        .content_hash
        .as_ref()
        .map(|hash| facts(vec![fact("SHA-256 of the stored PDF", text_or_dash(Some(hash)))]));
    let totals = view! { <dl class="totals">{items}</dl> }.into_any();
    section("Totals", stack(vec![totals, hash.into_any()]))
}
