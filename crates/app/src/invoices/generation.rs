//! The job that makes previews (B-4 to B-9): reads the month's usage once, rates it tenant by tenant and stores the
//! previews in small groups.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::currency::Currency;
use domain::decimal::Percentage;
use domain::ids::{InvoiceId, TenantId};
use domain::money::Money;
use domain::period::Period;
use futures_util::{StreamExt, stream};
use persistence::invoice::{BilledTenant, InvoiceStatus, NewPreview, PeriodDocument};
use persistence::{StoreError, Tx};
use pricing::tax;
use serde::Deserialize;
use serde_json::json;

use super::Blocker;
use super::prices::MonthPrices;
use super::rating::{RatingInputs, rate_tenant};
use super::usage_of_month::{MonthUsage, TenantUsage};
use crate::jobs::{Done, JobError, Running};
use crate::pricing::MeterTable;
use crate::{App, Error, ids};

/// Tenants whose previews are stored with one commit.
const GROUP: usize = 25;
/// Groups that are rated at the same time.
const AHEAD: usize = 3;

#[derive(Deserialize)]
struct Payload {
    period: Period,
    tenant_ids: Option<Vec<TenantId>>,
}

/// Makes the previews a job of kind `invoice_generation` asks for.
///
/// # Errors
/// [`JobError::Lost`] and [`JobError::Cancelled`] between groups; an error of the database.
pub(crate) async fn run(app: &App, running: &Running) -> Result<Done, JobError> {
    let payload: Payload = serde_json::from_value(running.payload().clone()).map_err(Error::internal)?;
    let tx = running.begin().await?;
    // Counted before anything is read: whatever changes from here on makes the previews stale.
    let counted = tx.invoices().change_count(payload.period).await?;
    tx.commit().await?;
    let month = Arc::new(Month::load(app, &payload, counted).await?);
    let total = i64::try_from(month.tenants.len()).unwrap_or(i64::MAX);
    let groups: Vec<Vec<BilledTenant>> = month.tenants.chunks(GROUP).map(<[BilledTenant]>::to_vec).collect();
    // The next groups are rated while one is stored; the order of storing stays that of the tenants.
    let mut made = stream::iter(groups)
        .map(|group| {
            let (app, month) = (app.clone(), Arc::clone(&month));
            // Rating keeps a core busy, so it does not run where requests are answered.
            tokio::task::spawn_blocking(move || month.make(&app, &group))
        })
        .buffered(AHEAD);
    let mut tally = Tally::default();
    let mut done = 0_i64;
    while let Some(made) = made.next().await {
        let made = made.map_err(Error::internal)?;
        running.checkpoint()?;
        done = done.saturating_add(made.tenants);
        tally.add(&made);
        store(app, running, &month, made, (done, total), &mut tally).await?;
    }
    running.progress(done, Some(total), "tenants").await?;
    Ok(tally.done(payload.period))
}

/// What happened to the tenants.
#[derive(Debug, Default)]
struct Tally {
    previews: u64,
    removed: u64,
    without_usage: u64,
    already_issued: u64,
    errors: Vec<String>,
}

impl Tally {
    fn add(&mut self, made: &Made) {
        self.without_usage = self.without_usage.saturating_add(made.without_usage);
        self.already_issued = self.already_issued.saturating_add(made.already_issued);
        self.errors.extend(made.errors.iter().cloned());
    }

    fn done(self, period: Period) -> Done {
        Done {
            message: Some(format!(
                "{period}: {} previews, {} tenants without usage, {} already issued, {} failed.",
                self.previews,
                self.without_usage,
                self.already_issued,
                self.errors.len()
            )),
            result: json!({
                "period": period,
                "previews": self.previews,
                "previews_removed": self.removed,
                "without_usage": self.without_usage,
                "already_issued": self.already_issued,
                "failed": self.errors.len(),
            }),
            errors: self.errors,
        }
    }
}

/// What a group of tenants became.
#[derive(Debug, Default)]
struct Made {
    previews: Vec<NewPreview>,
    /// Previews whose tenant has no usage any more (B-5).
    leftover: Vec<InvoiceId>,
    /// Tenants of the group.
    tenants: i64,
    without_usage: u64,
    already_issued: u64,
    errors: Vec<String>,
}

/// Everything the previews of a month depend on.
struct Month {
    period: Period,
    now: DateTime<Utc>,
    counted: i64,
    meters: MeterTable,
    prices: MonthPrices,
    tenants: Vec<BilledTenant>,
    usage: MonthUsage,
    used: HashMap<TenantId, TenantUsage>,
    documents: HashMap<TenantId, PeriodDocument>,
    /// Largest net amount of the last three invoices, by tenant and currency (B-41).
    largest: HashMap<(TenantId, String), i64>,
}

impl Month {
    async fn load(app: &App, payload: &Payload, counted: i64) -> Result<Self, Error> {
        let (now, period) = (app.clock().now(), payload.period);
        let tx = app.store().read().await?;
        let meters = MeterTable::new(tx.meters().all().await?);
        let prices = MonthPrices::load(&tx, now, period, &meters, None).await?;
        let asked: Option<HashSet<TenantId>> = payload.tenant_ids.as_ref().map(|ids| ids.iter().copied().collect());
        let is_asked = |tenant: TenantId| asked.as_ref().is_none_or(|asked| asked.contains(&tenant));
        let mut tenants = tx.invoices().billed_tenants().await?;
        tenants.retain(|tenant| is_asked(tenant.id));
        let mut subscriptions = tx.invoices().billed_subscriptions(period).await?;
        let of = subscriptions.len();
        subscriptions.retain(|subscription| is_asked(subscription.tenant_id));
        let documents = tx.invoices().of_period(period).await?;
        let mut largest = HashMap::new();
        for earlier in tx.invoices().earlier_nets(period).await? {
            let net = largest
                .entry((earlier.tenant_id, earlier.currency))
                .or_insert(earlier.net_minor);
            *net = earlier.net_minor.max(*net);
        }
        drop(tx);
        let usage = MonthUsage::read(app, period, subscriptions, of).await?;
        let used = usage.by_tenant();
        Ok(Self {
            period,
            now,
            counted,
            meters,
            prices,
            tenants,
            used: used.into_iter().map(|tenant| (tenant.tenant_id, tenant)).collect(),
            usage,
            documents: documents
                .into_iter()
                .map(|document| (document.tenant_id, document))
                .collect(),
            largest,
        })
    }

    /// Rates a group; a tenant that fails is noted and does not stop the others (B-4).
    fn make(&self, app: &App, group: &[BilledTenant]) -> Made {
        let mut made = Made {
            tenants: i64::try_from(group.len()).unwrap_or(0),
            ..Made::default()
        };
        for tenant in group {
            if !self.is_open(tenant.id) {
                made.already_issued = made.already_issued.saturating_add(1);
                continue;
            }
            let existing = self.documents.get(&tenant.id).map(|document| document.id);
            let Some(of_tenant) = self.used.get(&tenant.id) else {
                made.without_usage = made.without_usage.saturating_add(1);
                made.leftover.extend(existing);
                continue;
            };
            let id = existing.unwrap_or_else(|| ids::new_id(app));
            match self.preview(id, tenant, of_tenant) {
                Ok(preview) => made.previews.push(preview),
                Err(error) => made.errors.push(failure(tenant, &error)),
            }
        }
        made
    }

    /// Whether the tenant's document of the month can still be made (B-6).
    fn is_open(&self, tenant: TenantId) -> bool {
        self.documents
            .get(&tenant)
            .is_none_or(|document| document.status == InvoiceStatus::Preview)
    }

    fn preview(&self, id: InvoiceId, tenant: &BilledTenant, of_tenant: &TenantUsage) -> Result<NewPreview, Error> {
        let currency = Currency::from_code(&tenant.currency).map_err(Error::internal)?;
        let inputs = RatingInputs {
            period: self.period,
            prices: &self.prices,
            meters: &self.meters,
            usage: &self.usage,
        };
        let rated = rate_tenant(inputs, of_tenant, id, currency)?;
        let rate = tax_rate(tenant)?;
        let taxed = tax(rated.net, rate).map_err(Error::internal)?;
        let mut blockers = Vec::new();
        let mut block = |applies: bool, blocker: Blocker| {
            if applies {
                blockers.push(blocker.identifier().to_owned());
            }
        };
        block(rated.exchange_rate_missing, Blocker::ExchangeRateMissing);
        block(rated.unpriced > 0, Blocker::UsageUnpriced);
        block(self.is_unusual(tenant, rated.net), Blocker::UnusualAmount);
        Ok(NewPreview {
            id,
            tenant_id: tenant.id,
            tenant_version: tenant.version,
            period: self.period,
            currency: currency.code().to_owned(),
            net_minor: taxed.net_amount.amount_minor(),
            tax_minor: taxed.tax_amount.amount_minor(),
            total_minor: taxed.total_amount.amount_minor(),
            tax_treatment: tenant.tax_treatment.clone(),
            tax_label: tenant.tax_label.clone(),
            tax_rate: rate.to_string(),
            incomplete: self.period.ends_at() > self.now,
            unpriced_rows: rated.unpriced,
            blockers,
            lines: rated.lines,
        })
    }

    /// Above ten times the largest of the last three (B-41); without an earlier invoice nothing is unusual.
    fn is_unusual(&self, tenant: &BilledTenant, net: Money) -> bool {
        let largest = self.largest.get(&(tenant.id, tenant.currency.clone()));
        largest.is_some_and(|largest| i128::from(net.amount_minor()) > i128::from(*largest).saturating_mul(10))
    }
}

/// The tenant's own rate for `standard`, else none (B-50).
fn tax_rate(tenant: &BilledTenant) -> Result<Percentage, Error> {
    match &tenant.tax_rate {
        Some(rate) if tenant.tax_treatment == "standard" => Percentage::parse(rate).map_err(Error::internal),
        _ => Ok(Percentage::ZERO),
    }
}

fn failure(tenant: &BilledTenant, error: &Error) -> String {
    // The cause of a defect belongs to the log, not to the people who read jobs.
    tracing::error!(tenant_id = %tenant.id, error = ?error, "a preview could not be made");
    format!("{}: the preview could not be made.", tenant.name)
}

/// Stores a group with one commit; when that fails, tenant by tenant, so that one does not stop the others.
async fn store(
    app: &App,
    running: &Running,
    month: &Month,
    made: Made,
    progress: (i64, i64),
    tally: &mut Tally,
) -> Result<(), JobError> {
    let previews = u64::try_from(made.previews.len()).unwrap_or(0);
    match store_once(app, running, month, &made, progress).await {
        Ok(removed) => {
            tally.previews = tally.previews.saturating_add(previews);
            tally.removed = tally.removed.saturating_add(removed);
            return Ok(());
        }
        Err(JobError::App(error)) => tracing::warn!(error = ?error, "a group of previews is stored one by one"),
        Err(stopped) => return Err(stopped),
    }
    for preview in made.previews {
        let tenant = month.tenants.iter().find(|tenant| tenant.id == preview.tenant_id);
        let one = Made {
            previews: vec![preview],
            ..Made::default()
        };
        match (store_once(app, running, month, &one, progress).await, tenant) {
            (Ok(_), _) => tally.previews = tally.previews.saturating_add(1),
            (Err(JobError::App(Error::Busy)), _) => return Err(Error::Busy.into()),
            (Err(JobError::App(error)), Some(tenant)) => tally.errors.push(failure(tenant, &error)),
            (Err(stopped), _) => return Err(stopped),
        }
    }
    Ok(())
}

async fn store_once(
    app: &App,
    running: &Running,
    month: &Month,
    made: &Made,
    (done, total): (i64, i64),
) -> Result<u64, JobError> {
    let tx: Tx = running.begin().await?;
    // Holds the count until the commit: changes come before, and are seen here, or after, and mark what is stored here.
    let stale = tx.invoices().change_count(month.period).await? != month.counted;
    tx.invoices()
        .store_previews(&made.previews, stale, app.clock().now())
        .await?;
    let mut removed = 0_u64;
    for id in &made.leftover {
        removed = removed.saturating_add(u64::from(tx.invoices().delete_preview(*id).await?));
    }
    tx.jobs()
        .progress(running.job_id(), done, Some(total), "tenants")
        .await?;
    tx.commit().await.map_err(|error: StoreError| JobError::from(error))?;
    Ok(removed)
}
