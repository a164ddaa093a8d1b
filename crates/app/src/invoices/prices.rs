//! The prices and the hours of a month (P-9, P-11, P-32, ST-13).

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::currency::Currency;
use domain::ids::{PriceListId, PriceListVersionId, RegionId, TenantId};
use domain::period::Period;
use domain::scope::Scope;
use persistence::price_list::{PriceListRow, PriceListTarget, VersionRow};
use persistence::{StoreError, Tx};
use pricing::{HoursDivisor, PriceBook, PriceListItems, version_in_force};
use serde_json::Value;

use crate::Error;
use crate::pricing::{MeterTable, pricing_item};

/// All lists in force in one month, and the hours of its rates per month.
#[derive(Debug)]
pub(crate) struct MonthPrices {
    regions: HashMap<RegionId, Arc<PriceListItems>>,
    tenants: HashMap<TenantId, Arc<PriceListItems>>,
    names: HashMap<String, String>,
    /// h of P-32 and why.
    pub(crate) hours: HoursDivisor,
}

/// A draft taken as if it were published, to see what it would change (P-14).
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsIfPublished {
    /// The draft.
    pub(crate) version: PriceListVersionId,
    /// The month it would start.
    pub(crate) effective_from: Period,
}

impl MonthPrices {
    /// Loads the lists in force in `period`.
    pub(crate) async fn load(
        tx: &Tx,
        now: DateTime<Utc>,
        period: Period,
        meters: &MeterTable,
        as_if: Option<AsIfPublished>,
    ) -> Result<Self, Error> {
        let lists = tx.price_lists().all(Scope::system("prices of a month")).await?;
        let ids: Vec<PriceListId> = lists.iter().map(|list| list.id).collect();
        let versions = tx.price_lists().versions(&ids).await?;
        let mut prices = Self {
            regions: HashMap::new(),
            tenants: HashMap::new(),
            names: HashMap::new(),
            hours: hours(tx, now, period).await?,
        };
        for list in &lists {
            if let Some(items) = in_force(tx, list, &versions, period, meters, as_if).await? {
                prices
                    .names
                    .insert(items.price_list_id().to_owned(), list.display_name.clone());
                let items = Arc::new(items);
                // One list per target is in force (P-9); publishing sees to it.
                match list.target {
                    PriceListTarget::Region(id) => prices.regions.insert(id, items),
                    PriceListTarget::Tenant(id) => prices.tenants.insert(id, items),
                };
            }
        }
        Ok(prices)
    }

    /// The book of one tenant: its own list, then the lists of the regions (P-15).
    pub(crate) fn book(&self, tenant: TenantId) -> PriceBook {
        let mut book = PriceBook::new();
        if let Some(list) = self.tenants.get(&tenant) {
            book = book.with_tenant_list(Arc::clone(list));
        }
        for (region, list) in &self.regions {
            book = book.with_region_list(region.to_string(), Arc::clone(list));
        }
        book
    }

    /// The name of a list.
    pub(crate) fn name(&self, price_list_id: &str) -> Option<&str> {
        self.names.get(price_list_id).map(String::as_str)
    }
}

async fn in_force(
    tx: &Tx,
    list: &PriceListRow,
    versions: &[VersionRow],
    period: Period,
    meters: &MeterTable,
    as_if: Option<AsIfPublished>,
) -> Result<Option<PriceListItems>, Error> {
    let start = |version: &VersionRow| match as_if {
        Some(as_if) if as_if.version == version.id => Some(as_if.effective_from),
        _ => version.effective_from,
    };
    let own: Vec<(&VersionRow, Period)> = versions
        .iter()
        .filter(|version| version.price_list_id == list.id)
        .filter_map(|version| Some((version, start(version)?)))
        .collect();
    let starts: Vec<Period> = own.iter().map(|(_, start)| *start).collect();
    let Some(index) = version_in_force(&starts, list.retired_from, period) else {
        return Ok(None);
    };
    let Some((version, effective_from)) = own.get(index) else {
        return Ok(None);
    };
    let rows = tx.price_lists().items(&[version.id]).await?;
    let items = rows
        .iter()
        .map(|row| pricing_item(row, meters))
        .collect::<Result<Vec<_>, _>>()?;
    let currency = Currency::from_code(&list.currency).map_err(|_| StoreError::Inconsistent {
        table: "price_list",
        column: "currency",
        row: list.id.to_string(),
    })?;
    let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
    Ok(Some(PriceListItems::new(
        list.id.to_string(),
        number,
        Some(*effective_from),
        currency,
        items,
    )))
}

/// The hours divisor of a month under the settings that count for it: those of today for a month that has not ended or
/// while nothing was ever issued, else those of its last instant (ST-13).
async fn hours(tx: &Tx, now: DateTime<Utc>, period: Period) -> Result<HoursDivisor, Error> {
    let (switch, hours) = (
        "billing.use_monthly_variable_pricing",
        "billing.reference_hours_per_month",
    );
    let of_today = period.ends_at() > now || !tx.invoices().any_issued().await?;
    let (variable, reference) = if of_today {
        (
            crate::settings::read_switch(tx, switch).await?,
            crate::settings::read_integer(tx, hours).await?,
        )
    } else {
        let variable = kept(tx, switch, period).await?.as_bool().unwrap_or(false);
        (variable, kept(tx, hours, period).await?.as_i64().unwrap_or_default())
    };
    let reference = u32::try_from(reference).ok().and_then(NonZeroU32::new);
    let reference = reference.ok_or_else(|| Error::internal("the reference hours are not above 0"))?;
    Ok(HoursDivisor::of(period, variable, reference))
}

async fn kept(tx: &Tx, key: &str, period: Period) -> Result<Value, Error> {
    if let Some(value) = tx.invoices().setting_before(key, period.ends_at()).await? {
        return Ok(value);
    }
    let row = domain::setting::row(key).ok_or_else(|| Error::internal("a setting of prices is missing"))?;
    Ok(row.default.clone())
}
