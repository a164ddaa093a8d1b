//! What stands in the way of issuing a preview (B-41, B-42).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::ids::{RegionId, TenantId};
use domain::period::Period;
use persistence::Tx;
use persistence::invoice::{InvoiceRow, InvoiceStatus, RegionCoverage};
use serde_json::Value;

use crate::{App, Error, settings};

/// A blocker, in the order they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocker {
    /// The month has not ended (B-7).
    PeriodNotEnded,
    /// Something the figures come from changed (B-8).
    Stale,
    /// The seller's name, address or country is not set.
    SellerIncomplete,
    /// A list is in a currency without exchange rate (P-72).
    ExchangeRateMissing,
    /// Days of a region are missing or held back (U-87).
    CollectionIncomplete,
    /// Rows of the tenant were kept aside (U-44).
    UsageQuarantined,
    /// No item prices some usage (P-16).
    UsageUnpriced,
    /// The net amount is above ten times the largest of the last three invoices.
    UnusualAmount,
}

impl Blocker {
    /// All of them in the order they are listed.
    pub const ALL: [Self; 8] = [
        Self::PeriodNotEnded,
        Self::Stale,
        Self::SellerIncomplete,
        Self::ExchangeRateMissing,
        Self::CollectionIncomplete,
        Self::UsageQuarantined,
        Self::UsageUnpriced,
        Self::UnusualAmount,
    ];

    /// The identifier.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::PeriodNotEnded => "period_not_ended",
            Self::Stale => "stale",
            Self::SellerIncomplete => "seller_incomplete",
            Self::ExchangeRateMissing => "exchange_rate_missing",
            Self::CollectionIncomplete => "collection_incomplete",
            Self::UsageQuarantined => "usage_quarantined",
            Self::UsageUnpriced => "usage_unpriced",
            Self::UnusualAmount => "unusual_amount",
        }
    }

    /// Whether a platform administrator may issue despite it (B-42).
    pub const fn may_be_overridden(self) -> bool {
        matches!(
            self,
            Self::CollectionIncomplete | Self::UsageQuarantined | Self::UsageUnpriced | Self::UnusualAmount
        )
    }
}

/// The blockers of documents as they are now, one list for each; issued documents have none.
pub(super) async fn of(app: &App, tx: &Tx, rows: &[InvoiceRow]) -> Result<Vec<Vec<Blocker>>, Error> {
    let mut look = Look {
        tx,
        now: app.clock().now(),
        seller: None,
        months: HashMap::new(),
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(if row.status == InvoiceStatus::Preview {
            look.at(row).await?
        } else {
            Vec::new()
        });
    }
    Ok(found)
}

/// What of a month is incomplete.
#[derive(Default)]
struct Month {
    incomplete: HashSet<TenantId>,
    quarantined: HashSet<TenantId>,
}

struct Look<'a> {
    tx: &'a Tx,
    now: DateTime<Utc>,
    seller: Option<bool>,
    months: HashMap<Period, Month>,
}

impl Look<'_> {
    async fn at(&mut self, row: &InvoiceRow) -> Result<Vec<Blocker>, Error> {
        let seller = match self.seller {
            Some(complete) => complete,
            None => *self.seller.insert(seller_complete(self.tx).await?),
        };
        if !self.months.contains_key(&row.period) {
            let month = month(self.tx, row.period).await?;
            self.months.insert(row.period, month);
        }
        let month = self.months.get(&row.period);
        let of_tenant =
            |set: fn(&Month) -> &HashSet<TenantId>| month.is_some_and(|month| set(month).contains(&row.tenant_id));
        let applies = |blocker: &Blocker| match blocker {
            Blocker::PeriodNotEnded => row.period.ends_at() > self.now,
            Blocker::Stale => row.stale,
            Blocker::SellerIncomplete => !seller,
            Blocker::CollectionIncomplete => of_tenant(|month| &month.incomplete),
            Blocker::UsageQuarantined => of_tenant(|month| &month.quarantined),
            // These come from the figures and are stored with them.
            Blocker::ExchangeRateMissing | Blocker::UsageUnpriced | Blocker::UnusualAmount => {
                row.blockers.iter().any(|stored| stored == blocker.identifier())
            }
        };
        Ok(Blocker::ALL.into_iter().filter(applies).collect())
    }
}

async fn seller_complete(tx: &Tx) -> Result<bool, Error> {
    for key in [
        "invoices.seller_name",
        "invoices.seller_address",
        "invoices.seller_country",
    ] {
        if settings::read_text(tx, key).await?.trim().is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn month(tx: &Tx, period: Period) -> Result<Month, Error> {
    let coverages = tx.invoices().region_coverages().await?;
    let mut month = Month::default();
    let mut complete: HashMap<RegionId, bool> = HashMap::new();
    for coverage in &coverages {
        complete.insert(coverage.region_id, is_complete(tx, period, coverage).await?);
    }
    for pair in tx.invoices().tenant_regions(period).await? {
        if !complete.get(&pair.region_id).copied().unwrap_or(false) {
            month.incomplete.insert(pair.tenant_id);
        }
    }
    let lookback = coverages
        .iter()
        .map(|coverage| coverage.lookback_days)
        .max()
        .unwrap_or(0);
    for row in tx
        .invoices()
        .quarantined(period.first_day(), later(period.last_day(), lookback))
        .await?
    {
        if is_of_period(&row.received, &row.reported_on, period) {
            month.quarantined.insert(row.tenant_id);
        }
    }
    Ok(month)
}

/// Every day from the first of the month (or the region's first usage day, if later) to the last plus the days read again
/// is read and not held back (U-86).
async fn is_complete(tx: &Tx, period: Period, coverage: &RegionCoverage) -> Result<bool, Error> {
    let first = coverage
        .first_usage_on
        .map_or(period.first_day(), |day| day.max(period.first_day()));
    let last = later(period.last_day(), coverage.lookback_days);
    let Ok(days) = u64::try_from(last.signed_duration_since(first).num_days().saturating_add(1)) else {
        return Ok(true);
    };
    Ok(tx.invoices().days_read(coverage.region_id, first, last).await? >= days)
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    let days = u64::try_from(days).unwrap_or(0);
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// A row kept aside belongs to the month of its start; where that cannot be read, to the month of the day it was reported
/// for.
fn is_of_period(received: &str, reported_on: &str, period: Period) -> bool {
    let received: Option<Value> = serde_json::from_str(received).ok();
    let start = received.as_ref().and_then(|row| {
        let properties = row.get("properties").unwrap_or(row);
        let text = properties.get("usageStartTime")?.as_str()?;
        DateTime::parse_from_rfc3339(text).ok()
    });
    match start {
        Some(start) => period.contains(start.to_utc()),
        None => reported_on.starts_with(&period.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_four_blockers_of_the_usage_may_be_overridden() {
        let open: Vec<&str> = Blocker::ALL
            .into_iter()
            .filter(|blocker| blocker.may_be_overridden())
            .map(Blocker::identifier)
            .collect();
        assert_eq!(
            open,
            [
                "collection_incomplete",
                "usage_quarantined",
                "usage_unpriced",
                "unusual_amount"
            ],
            "B-42"
        );
    }

    #[test]
    fn a_row_kept_aside_belongs_to_the_month_of_its_start() {
        let october = Period::parse("2026-10").unwrap();
        let row = r#"{"properties":{"usageStartTime":"2026-10-31T23:00:00+00:00"}}"#;
        assert!(is_of_period(row, "2026-11-01", october));
        assert!(
            !is_of_period(row, "2026-10-31", october.next()),
            "not of the month it was reported in"
        );
        assert!(is_of_period("not json", "2026-10-05", october));
        assert!(!is_of_period("not json", "2026-11-01", october));
    }
}
