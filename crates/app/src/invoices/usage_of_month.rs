//! The usage of a month, summed by subscription, meter and SKU.

use std::collections::{BTreeMap, HashMap};

use domain::decimal::Quantity;
use domain::ids::{PlatformSubscriptionId, RegionId, TenantId};
use domain::period::Period;
use futures_util::{StreamExt, stream};
use persistence::invoice::BilledSubscription;
use persistence::usage::{UsageInput, UsagePage, WindowInForce};
use pricing::{LineKey, UsageTotals};

use crate::{App, Error};

/// Windows that are read at the same time.
const AHEAD: usize = 2;
/// One in so many subscriptions is looked up by itself; for more of them the month is read from end to end.
const FEW: usize = 8;

/// Gives each different text a number.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    fn text(&self, number: u32) -> &str {
        usize::try_from(number)
            .ok()
            .and_then(|index| self.texts.get(index))
            .map_or("", String::as_str)
    }
}

/// Sums of a month. Adding a record costs three look-ups and one addition.
#[derive(Debug)]
pub(crate) struct MonthUsage {
    subscriptions: Vec<BilledSubscription>,
    by_platform_id: HashMap<(RegionId, PlatformSubscriptionId), u32>,
    meters: Names,
    skus: Names,
    totals: UsageTotals,
}

/// What one tenant used.
#[derive(Debug)]
pub(crate) struct TenantUsage {
    /// The tenant.
    pub(crate) tenant_id: TenantId,
    /// Sums in order of key.
    pub(crate) totals: Vec<(LineKey, Quantity)>,
}

/// The pages of a window, and the region whose usage they hold.
async fn pages(app: App, window: WindowInForce, period: Period) -> Result<(RegionId, Vec<UsagePage>), Error> {
    let tx = app.store().read().await?;
    let pages = tx.usage().pages(window.id, period).await?;
    Ok((window.region_id, pages))
}

impl MonthUsage {
    /// No usage yet, for these subscriptions.
    pub(crate) fn new(subscriptions: Vec<BilledSubscription>) -> Self {
        let by_platform_id = subscriptions
            .iter()
            .zip(0_u32..)
            .map(|(row, number)| ((row.region_id, row.platform_subscription_id), number))
            .collect();
        Self {
            subscriptions,
            by_platform_id,
            meters: Names::default(),
            skus: Names::default(),
            totals: UsageTotals::new(),
        }
    }

    /// The usage of a month of these subscriptions, of so many there are (U-40).
    ///
    /// # Errors
    /// [`Error`] of the database; [`Error::Internal`] when a sum leaves 128 bits.
    pub(crate) async fn read(
        app: &App,
        period: Period,
        subscriptions: Vec<BilledSubscription>,
        of: usize,
    ) -> Result<Self, Error> {
        let few = subscriptions.len() < of.div_ceil(FEW);
        let mut usage = Self::new(subscriptions);
        if few {
            usage.read_each(app, period).await?;
        } else {
            usage.read_all(app, period).await?;
        }
        Ok(usage)
    }

    async fn read_each(&mut self, app: &App, period: Period) -> Result<(), Error> {
        let tx = app.store().read().await?;
        for subscription in self.subscriptions.clone() {
            let (region, id) = (subscription.region_id, subscription.platform_subscription_id);
            let add = |row: UsageInput<'_>| self.add(region, id, row.meter_id, row.sku, row.quantity);
            tx.usage().for_each_in_period(region, id, period, add).await?;
        }
        Ok(())
    }

    async fn read_all(&mut self, app: &App, period: Period) -> Result<(), Error> {
        let windows = app.store().read().await?.usage().windows_in_force(period).await?;
        let mut read = stream::iter(windows)
            .map(|window| tokio::spawn(pages(app.clone(), window, period)))
            .buffered(AHEAD);
        while let Some(window) = read.next().await {
            let (region, pages) = window.map_err(Error::internal)??;
            for page in pages {
                page.for_each(|id, row| self.add(region, id, row.meter_id, row.sku, row.quantity))?;
            }
        }
        Ok(())
    }

    /// Adds a record. Usage of platform subscriptions that are not registered is not billed (U-41, U-42).
    ///
    /// # Errors
    /// [`Error::Internal`] when a sum leaves 128 bits.
    pub(crate) fn add(
        &mut self,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        meter_id: &str,
        sku: &str,
        quantity: Quantity,
    ) -> Result<(), Error> {
        let Some(subscription) = self.by_platform_id.get(&(region, subscription)).copied() else {
            return Ok(());
        };
        let key = LineKey {
            subscription,
            meter: self.meters.number(meter_id),
            sku: self.skus.number(sku),
        };
        self.totals.add(key, quantity).map_err(Error::internal)
    }

    /// The subscription of a key.
    pub(crate) fn subscription(&self, number: u32) -> Option<&BilledSubscription> {
        self.subscriptions.get(usize::try_from(number).ok()?)
    }

    /// The meter of a key.
    pub(crate) fn meter(&self, key: LineKey) -> &str {
        self.meters.text(key.meter)
    }

    /// The SKU of a key.
    pub(crate) fn sku(&self, key: LineKey) -> &str {
        self.skus.text(key.sku)
    }

    /// The usage of each tenant that has any, in order of tenant (B-5).
    pub(crate) fn by_tenant(&self) -> Vec<TenantUsage> {
        let mut tenants: BTreeMap<TenantId, Vec<(LineKey, Quantity)>> = BTreeMap::new();
        for (key, quantity) in self.totals.sorted() {
            if let Some(subscription) = self.subscription(key.subscription) {
                tenants.entry(subscription.tenant_id).or_default().push((key, quantity));
            }
        }
        tenants
            .into_iter()
            .map(|(tenant_id, totals)| TenantUsage { tenant_id, totals })
            .collect()
    }
}
