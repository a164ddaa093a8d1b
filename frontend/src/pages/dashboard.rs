//! Figures of the own scope, the last months, regions and jobs.

use crate::api::load;
use crate::format;
use crate::paths::{Kind, Place};
use crate::query::Query;
use crate::state;
use crate::ui::{self, Column, badge, empty, head, instant, link, section, show, stack, table, text};
use api_types::job::JobView;
use api_types::report::{DashboardMonth, DashboardView};
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let loader = load::<DashboardView>(|| "/dashboard".to_owned());
    stack(vec![
        head("Dashboard", text("Your scope at a glance."), vec![]),
        show(loader, content),
    ])
}

fn content(view: &DashboardView) -> AnyView {
    let figures = vec![
        figure("Distributors", view.distributors, Place::Entities(Kind::Distributor)),
        figure("Partners", view.partners, Place::Entities(Kind::Partner)),
        figure("Tenants", view.tenants, Place::Entities(Kind::Tenant)),
        figure("Subscriptions", view.subscriptions, Place::Subscriptions),
    ];
    let mut parts = vec![
        view! { <div class="figures">{figures}</div> }.into_any(),
        section("Invoices by month", months(&view.months)),
    ];
    if state::can("region.list") {
        parts.push(section("Regions", regions(view)));
    }
    if state::can("job.list") {
        parts.push(section("Newest jobs", jobs(&view.recent_jobs)));
    }
    stack(parts)
}

fn figure(label: &'static str, value: u64, place: Place) -> AnyView {
    let content = view! { <b>{format::count(value)}</b><span>{label}</span> };
    if state::can(place.operation()) {
        view! { <a class="card figure-card" href=place.path()>{content}</a> }.into_any()
    } else {
        view! { <div class="card figure-card">{content}</div> }.into_any()
    }
}

fn months(months: &[DashboardMonth]) -> AnyView {
    if months.is_empty() {
        return empty("No invoices yet. They appear once a billing period is generated.", None);
    }
    let columns = [
        Column::new("Billing period"),
        Column::new("Preview").number(),
        Column::new("Issued").number(),
        Column::new("Total").number(),
    ];
    let rows = months.iter().rev().map(|month| {
        let href = Query::default()
            .with("period", &month.period)
            .on(&Place::Invoices.path());
        let name = format::month(&month.period);
        let first = if state::can("invoice.list") {
            link(&name, href)
        } else {
            text(&name)
        };
        let totals = month
            .totals
            .iter()
            .map(|total| view! { <div>{ui::money(total)}</div> }.into_any())
            .collect::<Vec<_>>();
        vec![
            first,
            text(&format::count(month.previews)),
            text(&format::count(month.issued)),
            totals.into_any(),
        ]
    });
    table("invoices by month", &columns, rows.collect())
}

fn regions(view: &DashboardView) -> AnyView {
    if view.regions.is_empty() {
        let action = state::can("region.create")
            .then(|| ui::button_link("Create", ui::Look::Primary, Place::RegionCreate.path()));
        return empty("No regions yet. Usage is collected from regions.", action);
    }
    let columns = [
        Column::new("Region"),
        Column::new("Health"),
        Column::new("Last successful collection"),
    ];
    let rows = view.regions.iter().map(|region| {
        vec![
            link(&region.name, Place::Region(region.id).path()),
            badge(&region.health),
            instant(region.last_success_at.as_deref()),
        ]
    });
    table("regions", &columns, rows.collect())
}

fn jobs(jobs: &[JobView]) -> AnyView {
    if jobs.is_empty() {
        return empty("No jobs have run yet.", None);
    }
    let columns = [
        Column::new("Job"),
        Column::new("State"),
        Column::new("Asked for"),
        Column::new("Ended"),
    ];
    let rows = jobs.iter().map(|job| {
        vec![
            link(&job.title, Place::Job(job.id).path()),
            badge(&job.state),
            instant(Some(&job.created_at)),
            instant(job.finished_at.as_deref()),
        ]
    });
    table("newest jobs", &columns, rows.collect())
}
