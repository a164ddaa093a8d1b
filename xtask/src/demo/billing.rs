//! Collects, rates and invoices the months.

use std::time::{Duration, Instant};

use api_types::Page;
use api_types::invoice::{GenerateInvoices, InvoiceSummary, InvoiceView, IssueInvoice, JobStarted};
use api_types::region::{RegionView, UpdateUsage, UpdateUsageStarted};
use chrono::NaiveDate;

use super::client::Client;
use super::months::Months;
use super::seed::Seeded;
use crate::failure::{About, Failure, Outcome};

/// What happened, with times.
#[derive(Debug)]
pub struct Billed {
    /// Rows in force.
    pub usage_rows: u64,
    /// Rows of platform subscriptions that nobody registered.
    pub parked_rows: u64,
    /// The last collected day.
    pub collected_until: NaiveDate,
    /// How long collection took.
    pub collecting: Duration,
    /// How long the previews took.
    pub generating: Duration,
    /// All previews as they were generated.
    pub invoices: Vec<InvoiceSummary>,
}

/// Does the main job.
///
/// # Errors
/// When the API refuses something or a job fails.
pub fn run(seeded: &mut Seeded, months: &Months, say: &impl Fn(&str)) -> Outcome<Billed> {
    let client = &seeded.client;
    let start = Instant::now();
    let mut jobs = Vec::new();
    let mut collected_until = months.collect_until;
    for region in &seeded.regions {
        let range = UpdateUsage {
            first_on: months.first_day().to_string(),
            last_on: months.collect_until.to_string(),
        };
        let started: UpdateUsageStarted = client.post(&format!("/regions/{}/update-usage", region.id), &range)?;
        collected_until = collected_until.min(started.last_on.parse().about("last_on")?);
        jobs.push(started.job_id);
    }
    for job in jobs {
        say(&format!("{}: {}", client.follow(job)?.title, "done"));
    }
    let collecting = start.elapsed();
    let (mut usage_rows, mut parked_rows) = (0_u64, 0_u64);
    for region in &seeded.regions {
        let view: RegionView = client.get(&format!("/regions/{}", region.id))?;
        usage_rows = usage_rows.saturating_add(view.usage_rows);
        parked_rows = view
            .unmapped
            .iter()
            .fold(parked_rows, |sum, unmapped| sum.saturating_add(unmapped.rows));
    }
    say(&format!("{usage_rows} rows of usage in {} s", collecting.as_secs()));

    let start = Instant::now();
    for period in months.names() {
        let generate = GenerateInvoices {
            period,
            tenant_ids: None,
        };
        let started: JobStarted = client.post("/invoices/generate", &generate)?;
        say(&format!("{}: {}", client.follow(started.job_id)?.title, "done"));
    }
    let generating = start.elapsed();
    let mut invoices = Vec::new();
    for period in months.names() {
        invoices.extend(invoices_of(client, &period)?);
    }
    say(&format!(
        "{} invoice previews in {} s",
        invoices.len(),
        generating.as_secs()
    ));
    let issued = issue(client, months, &invoices)?;
    say(&format!("{issued} of them issued"));
    Ok(Billed {
        usage_rows,
        parked_rows,
        collected_until,
        collecting,
        generating,
        invoices,
    })
}

/// Every document of a month.
fn invoices_of(client: &Client, period: &str) -> Outcome<Vec<InvoiceSummary>> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: Page<InvoiceSummary> = client.get(&format!("/invoices?limit=200&period={period}{cursor}"))?;
        all.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}

/// The first month is issued to everybody, the later ones to every third tenant.
fn issue(client: &Client, months: &Months, invoices: &[InvoiceSummary]) -> Outcome<usize> {
    let first = months
        .names()
        .into_iter()
        .next()
        .ok_or_else(|| Failure::new("no month"))?;
    let mut issued = 0_usize;
    for (number, invoice) in invoices.iter().enumerate() {
        let chosen = invoice.period == first || number % 3 == 0;
        if chosen && invoice.blockers.is_empty() {
            let path = format!("/invoices/{}", invoice.id);
            let view: InvoiceView = client.get(&path)?;
            let input = IssueInvoice { override_reason: None };
            let _: InvoiceView = client.post_to(&format!("{path}/issue"), &view.etag, &input)?;
            issued = issued.saturating_add(1);
        }
    }
    Ok(issued)
}
