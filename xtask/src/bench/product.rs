//! The running product on one database: a month is collected from a simulated region, collected again, and billed.

use std::path::Path;
use std::time::{Duration, Instant};

use api_types::Page;
use api_types::invoice::{GenerateInvoices, InvoiceSummary, InvoiceView, IssueInvoice, JobStarted};
use api_types::organisation::{DistributorInput, DistributorView, PartnerInput, PartnerView, TenantView};
use api_types::region::{RegionView, UpdateUsage, UpdateUsageStarted};
use serde_json::Value;
use uuid::Uuid;

use super::{Figures, measured};
use crate::demo::client::Client;
use crate::demo::months::Months;
use crate::demo::names::Company;
use crate::demo::programs::{Plan, Programs, Start};
use crate::demo::seed::{self, Seeded};
use crate::failure::{About, Failure, Outcome};
use crate::workspace::{Profile, Workspace};

/// Tenants of the billing run.
const TENANTS: u32 = 1_000;
/// Rows of a month that a resource of a subscription makes, about.
const ROWS_OF_RESOURCE: u32 = 100;
/// Documents that are issued and fetched as PDF, for the memory they take.
const ISSUED: usize = 50;
/// How often the month is billed.
const BILLED: u32 = 3;

/// Where the product keeps its data.
#[derive(Debug)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server.
    Postgres(String),
}

impl Database {
    const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// Measures collection and billing run; gives back the most memory that the server held, in MiB.
///
/// # Errors
/// When something does not start, is refused or cannot be measured.
pub fn measure(workspace: &Workspace, tool: &Path, rows: u32, on: &Database, figures: &mut Figures) -> Outcome<u64> {
    let plan = Plan {
        name: "bench",
        details: "A month for measuring",
        time_zone: "UTC",
        granularity: "daily",
        identity: "entra",
        seed: 7,
        customers: TENANTS,
        subscriptions: TENANTS,
        resources: rows.div_ceil(TENANTS * ROWS_OF_RESOURCE),
    };
    let months = Months::before_now()?.last();
    let database_url = match on {
        Database::Sqlite => None,
        Database::Postgres(url) => Some(url.as_str()),
    };
    let start = Start {
        workspace,
        quiet: true,
        port: None,
        data_dir: None,
        web_dir: None,
        profile: Profile::Release,
        database_url,
        plans: &[plan],
    };
    let programs = Programs::start(&start, &months)?;
    let world = World {
        seeded: seeded(&programs, &months)?,
        months,
        database: database_url.map_or_else(|| programs.database_file(), str::to_owned),
        name: on.name(),
        tool,
    };
    world.collect(figures)?;
    world.bill(figures)?;
    world.documents()?;
    Ok(programs.peak_rss_mib())
}

struct World<'a> {
    seeded: Seeded,
    months: Months,
    database: String,
    name: &'static str,
    tool: &'a Path,
}

impl World<'_> {
    fn collect(&self, figures: &mut Figures) -> Outcome {
        let name = self.name;
        let (first, _) = self.update_usage()?;
        let region = self.seeded.regions.first().ok_or_else(|| Failure::new("no region"))?;
        let view: RegionView = self.seeded.client.get(&format!("/regions/{}", region.id))?;
        let (again, result) = self.update_usage()?;
        for counter in ["added", "changed", "removed"] {
            if result.get(counter).and_then(Value::as_u64) != Some(0) {
                return Err(Failure::new(format!(
                    "collecting the same rows again wrote some: {result}"
                )));
            }
        }
        let rate = per_second(view.usage_rows, first);
        let bare = measured(self.tool, &["bulk-insert", &self.database])?;
        let bare = bare.get("rows_per_s").and_then(Value::as_u64).unwrap_or_default();
        figures.insert(format!("usage_rows_{name}"), view.usage_rows);
        figures.insert(format!("collect_rows_per_s_{name}"), rate);
        figures.insert(
            format!("collect_again_rows_per_s_{name}"),
            per_second(view.usage_rows, again),
        );
        figures.insert(format!("insert_rows_per_s_{name}"), bare);
        figures.insert(format!("collect_vs_insert_{name}"), ratio(rate, bare)?);
        Ok(())
    }

    /// Collects the month; how long it took and what it counted.
    fn update_usage(&self) -> Outcome<(Duration, Value)> {
        let region = self.seeded.regions.first().ok_or_else(|| Failure::new("no region"))?;
        let range = UpdateUsage {
            first_on: self.months.first_day().to_string(),
            last_on: self.months.collect_until.to_string(),
        };
        let path = format!("/regions/{}/update-usage", region.id);
        let start = Instant::now();
        let started: UpdateUsageStarted = self.seeded.client.post(&path, &range)?;
        let job = self.seeded.client.follow(started.job_id)?;
        Ok((start.elapsed(), job.result))
    }

    /// Bills the month some times in turn with what no billing run can do without, and compares the shortest of each.
    fn bill(&self, figures: &mut Figures) -> Outcome {
        let (name, period) = (self.name, self.period()?);
        let (mut run, mut floor) = (u64::MAX, u64::MAX);
        for _ in 0..BILLED {
            run = run.min(milliseconds(self.generate(&period)?));
            let bare = measured(self.tool, &["billing-floor", &self.database, &period])?;
            floor = floor.min(bare.get("milliseconds").and_then(Value::as_u64).unwrap_or_default());
        }
        figures.insert(format!("billing_run_s_{name}"), ratio(run, 1000)?);
        figures.insert(format!("billing_floor_s_{name}"), ratio(floor, 1000)?);
        figures.insert(format!("billing_run_vs_floor_{name}"), ratio(run, floor)?);
        Ok(())
    }

    /// Makes the previews of a month, in place of those that are there; how long it took.
    fn generate(&self, period: &str) -> Outcome<Duration> {
        let generate = GenerateInvoices {
            period: period.to_owned(),
            tenant_ids: None,
        };
        let start = Instant::now();
        let started: JobStarted = self.seeded.client.post("/invoices/generate", &generate)?;
        self.seeded.client.follow(started.job_id)?;
        Ok(start.elapsed())
    }

    /// Issues some invoices and fetches their documents, so that the memory of laying them out counts.
    fn documents(&self) -> Outcome {
        let client = &self.seeded.client;
        let period = self.period()?;
        let page: Page<InvoiceSummary> = client.get(&format!("/invoices?limit={ISSUED}&period={period}"))?;
        let mut fetched = 0_usize;
        for invoice in &page.items {
            fetched = fetched.saturating_add(issue_and_fetch(client, invoice)?);
        }
        if fetched == 0 {
            return Err(Failure::new("no document was there to issue"));
        }
        Ok(())
    }

    fn period(&self) -> Outcome<String> {
        self.months.names().pop().ok_or_else(|| Failure::new("no month"))
    }
}

fn issue_and_fetch(client: &Client, invoice: &InvoiceSummary) -> Outcome<usize> {
    let path = format!("/invoices/{}", invoice.id);
    let view: InvoiceView = client.get(&path)?;
    // The days that are read again after the month are not collected here.
    let input = IssueInvoice {
        override_reason: Some("Measured before the month was read again".to_owned()),
    };
    let _: InvoiceView = client.post_to(&format!("{path}/issue"), &view.etag, &input)?;
    let document = client.bytes(&format!("{path}/document?format=pdf"))?;
    if document.starts_with(b"%PDF-") {
        Ok(1)
    } else {
        Err(Failure::new("a document is no PDF"))
    }
}

/// One distributor, one partner and the tenants, each with a subscription of the region.
fn seeded(programs: &Programs, months: &Months) -> Outcome<Seeded> {
    let mut seeded = Seeded::set_up(programs)?;
    let partner = seed_partner(&seeded)?;
    for number in 1..=usize::try_from(TENANTS)? {
        let tenant = add_tenant(&seeded, partner, number)?;
        seeded.tenants.push(tenant);
    }
    let region = programs.regions().first().ok_or_else(|| Failure::new("no region"))?;
    seed::add_region(&mut seeded, 0, region, months)?;
    Ok(seeded)
}

const COMPANY: Company = ("Bench", "Messweg 1", "8005", "Zürich", "CH");

/// A distributor and its partner; the partner's id.
pub(super) fn seed_partner(seeded: &Seeded) -> Outcome<Uuid> {
    let input = DistributorInput {
        name: "Bench Distribution".to_owned(),
        currency: Some("EUR".to_owned()),
        profile: seed::profile(&COMPANY, 1),
    };
    let distributor: DistributorView = seeded.client.post("/distributors", &input)?;
    let input = PartnerInput {
        name: "Bench Partner".to_owned(),
        distributor_id: distributor.id,
        currency: Some("EUR".to_owned()),
        profile: seed::profile(&COMPANY, 2),
    };
    let partner: PartnerView = seeded.client.post("/partners", &input)?;
    Ok(partner.id)
}

/// A tenant; its id.
pub(super) fn add_tenant(seeded: &Seeded, partner: Uuid, number: usize) -> Outcome<Uuid> {
    let mut input = seed::tenant(&COMPANY, partner, seed::profile(&COMPANY, number));
    input.name = format!("Tenant {number:04}");
    let tenant: TenantView = seeded.client.post("/tenants", &input)?;
    Ok(tenant.id)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn per_second(count: u64, time: Duration) -> u64 {
    count
        .saturating_mul(1000)
        .checked_div(milliseconds(time))
        .unwrap_or_default()
}

/// A quotient with two digits behind the point.
fn ratio(part: u64, whole: u64) -> Outcome<Value> {
    let hundredths = part.saturating_mul(100).checked_div(whole).unwrap_or_default();
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    serde_json::from_str(&text).about("a ratio")
}
