//! The dashboard: figures of the actor's own scope.

use domain::currency::Currency;
use domain::money::Money;
use domain::period::Period;
use domain::role::Level;
use persistence::invoice::{InvoiceStatus, MonthTotal};
use persistence::job::JobFilter;
use persistence::subscription::SubscriptionFilter;
use persistence::{PageRequest, StoreError};

use crate::authorize::{authorize, permitted, switched_on};
use crate::invoices::visible;
use crate::jobs::JobDetails;
use crate::regions::RegionDetails;
use crate::{Actor, App, Error, jobs, regions};

/// Months shown.
const MONTHS: i32 = 12;
/// Jobs shown.
const JOBS: u64 = 5;

/// The first page after sign-in.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Live distributors.
    pub distributors: u64,
    /// Live partners.
    pub partners: u64,
    /// Live tenants.
    pub tenants: u64,
    /// Live subscriptions.
    pub subscriptions: u64,
    /// Regions; platform roles only.
    pub regions: Vec<RegionDetails>,
    /// Months with documents, oldest first.
    pub months: Vec<DashboardMonth>,
    /// Newest jobs, for roles that see jobs.
    pub recent_jobs: Vec<JobDetails>,
}

/// Documents of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardMonth {
    /// Month.
    pub period: Period,
    /// Documents in preview.
    pub previews: u64,
    /// Issued or paid documents.
    pub issued: u64,
    /// Total amounts, one a currency.
    pub totals: Vec<Money>,
}

/// The dashboard of an actor.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn dashboard(app: &App, actor: &Actor) -> Result<Dashboard, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "report.dashboard").await?;
    let first = PageRequest::first(1, "name");
    let subscriptions = tx
        .subscriptions()
        .list(scope, SubscriptionFilter::default(), &first)
        .await?;
    let mut shown = Dashboard {
        distributors: tx.distributors().count(scope).await?,
        partners: tx.partners().count(scope).await?,
        tenants: tx.tenants().count(scope).await?,
        subscriptions: subscriptions.total.unwrap_or(0),
        regions: Vec::new(),
        months: Vec::new(),
        recent_jobs: Vec::new(),
    };
    // Amounts follow the same switch as the invoices they come from.
    let sees_invoices =
        permitted(actor, "invoice.list").is_ok() && switched_on(&tx, actor, "invoice.list").await.is_ok();
    if sees_invoices {
        let from = Period::of(app.clock().now()).plus_months(1 - MONTHS);
        shown.months = months(&tx.invoices().month_totals(scope, visible(actor), from).await?)?;
    }
    drop(tx);
    if actor.role.level() == Level::Platform {
        shown.regions = regions::list(app, actor, &PageRequest::first(200, "name")).await?.items;
    }
    if permitted(actor, "job.list").is_ok() {
        let newest = PageRequest {
            descending: true,
            ..PageRequest::first(JOBS, "created_at")
        };
        shown.recent_jobs = jobs::list(app, actor, &JobFilter::default(), &newest).await?.items;
    }
    Ok(shown)
}

fn months(totals: &[MonthTotal]) -> Result<Vec<DashboardMonth>, Error> {
    let mut months: Vec<DashboardMonth> = Vec::new();
    for total in totals {
        let currency = Currency::from_code(&total.currency).map_err(|_| StoreError::Inconsistent {
            table: "invoice",
            column: "currency",
            row: total.period.to_string(),
        })?;
        let amount = Money::from_wide_minor(total.total_minor, currency).map_err(Error::internal)?;
        if months.last().is_none_or(|month| month.period != total.period) {
            months.push(DashboardMonth {
                period: total.period,
                previews: 0,
                issued: 0,
                totals: Vec::new(),
            });
        }
        let Some(month) = months.last_mut() else { continue };
        let documents = u64::try_from(total.documents).unwrap_or(0);
        match total.status {
            InvoiceStatus::Preview => month.previews = month.previews.saturating_add(documents),
            _ => month.issued = month.issued.saturating_add(documents),
        }
        match month.totals.iter_mut().find(|sum| sum.currency() == currency) {
            Some(sum) => *sum = sum.checked_add(amount).map_err(Error::internal)?,
            None => month.totals.push(amount),
        }
    }
    Ok(months)
}
