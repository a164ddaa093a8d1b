//! Which item prices a usage record (P-8, P-11, P-15).

use std::collections::HashMap;
use std::sync::Arc;

use domain::currency::Currency;
use domain::period::Period;
use serde::{Deserialize, Serialize};

use crate::PricingItem;

/// The form meter ids are compared in: lower case without hyphens (P-1).
pub(crate) fn meter_key(meter_id: &str) -> String {
    meter_id
        .chars()
        .filter(|c| *c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// The items of one version of a price list, ready to be searched.
#[derive(Debug, Clone)]
pub struct PriceListItems {
    price_list_id: String,
    version: u32,
    effective_from: Option<Period>,
    currency: Currency,
    items: Vec<PricingItem>,
    by_meter: HashMap<String, MeterItems>,
}

#[derive(Debug, Clone, Default)]
struct MeterItems {
    any_sku: Option<usize>,
    by_sku: HashMap<String, usize>,
}

impl PriceListItems {
    /// Indexes the items of a version. Where (meter, SKU) occurs twice, which publishing refuses (P-13), the first item counts.
    pub fn new(
        price_list_id: String,
        version: u32,
        effective_from: Option<Period>,
        currency: Currency,
        items: Vec<PricingItem>,
    ) -> Self {
        let mut by_meter: HashMap<String, MeterItems> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let entry = by_meter.entry(meter_key(item.meter_id())).or_default();
            if item.sku().is_empty() {
                entry.any_sku.get_or_insert(index);
            } else {
                entry.by_sku.entry(item.sku().to_owned()).or_insert(index);
            }
        }
        Self {
            price_list_id,
            version,
            effective_from,
            currency,
            items,
            by_meter,
        }
    }

    /// The price list.
    pub fn price_list_id(&self) -> &str {
        &self.price_list_id
    }

    /// The number of the version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The month the version is valid from; none for a draft.
    pub fn effective_from(&self) -> Option<Period> {
        self.effective_from
    }

    /// The list's currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The items in the order given.
    pub fn items(&self) -> &[PricingItem] {
        &self.items
    }

    fn with_sku(&self, meter: &str, sku: &str) -> Option<&PricingItem> {
        if sku.is_empty() {
            return None;
        }
        self.items.get(*self.by_meter.get(meter)?.by_sku.get(sku)?)
    }

    fn without_sku(&self, meter: &str) -> Option<&PricingItem> {
        self.items.get(self.by_meter.get(meter)?.any_sku?)
    }
}

/// Which of the four steps of P-15 found the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeStep {
    /// 1: the tenant's list, meter and SKU.
    TenantSku,
    /// 2: the tenant's list, meter without SKU.
    TenantMeter,
    /// 3: the region's list, meter and SKU.
    RegionSku,
    /// 4: the region's list, meter without SKU.
    RegionMeter,
}

impl ScopeStep {
    /// The number of the step: 1 to 4.
    pub fn number(self) -> u8 {
        match self {
            Self::TenantSku => 1,
            Self::TenantMeter => 2,
            Self::RegionSku => 3,
            Self::RegionMeter => 4,
        }
    }
}

/// The item that prices a record, its list and the step that found it.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The list and version.
    pub list: &'a PriceListItems,
    /// The item.
    pub item: &'a PricingItem,
    /// The step of P-15.
    pub step: ScopeStep,
}

/// The prices of one tenant in one month: its own list, and the list of each region (P-8).
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    tenant: Option<Arc<PriceListItems>>,
    regions: HashMap<String, Arc<PriceListItems>>,
}

impl PriceBook {
    /// A book without any list.
    pub fn new() -> Self {
        Self::default()
    }

    /// The book with the tenant's own list.
    pub fn with_tenant_list(mut self, list: Arc<PriceListItems>) -> Self {
        self.tenant = Some(list);
        self
    }

    /// The book with the list of a region.
    pub fn with_region_list(mut self, region_id: impl Into<String>, list: Arc<PriceListItems>) -> Self {
        self.regions.insert(region_id.into(), list);
        self
    }

    /// The first item that exists, in the order of P-15; none when the usage is unpriced (P-16).
    pub fn choose(&self, region_id: &str, meter_id: &str, sku: &str) -> Option<Chosen<'_>> {
        let meter = meter_key(meter_id);
        let sku = sku.to_lowercase();
        let tenant = self.tenant.as_deref();
        let region = self.regions.get(region_id).map(Arc::as_ref);
        [
            (tenant, ScopeStep::TenantSku),
            (tenant, ScopeStep::TenantMeter),
            (region, ScopeStep::RegionSku),
            (region, ScopeStep::RegionMeter),
        ]
        .into_iter()
        .find_map(|(list, step)| {
            let list = list?;
            let item = match step {
                ScopeStep::TenantSku | ScopeStep::RegionSku => list.with_sku(&meter, &sku),
                ScopeStep::TenantMeter | ScopeStep::RegionMeter => list.without_sku(&meter),
            }?;
            Some(Chosen { list, item, step })
        })
    }
}

/// Which of the published versions is in force in `period`: the one with the latest `effective_from` that is not later,
/// provided the period is before `retired_from` (P-11). The answer is the index into `effective_from`.
///
/// # Examples
/// ```
/// use cms_pricing::version_in_force;
/// use domain::period::Period;
///
/// let month = |text| Period::parse(text).unwrap();
/// let starts = [month("2026-01"), month("2026-06")];
/// assert_eq!(version_in_force(&starts, None, month("2026-05")), Some(0));
/// assert_eq!(version_in_force(&starts, Some(month("2026-09")), month("2026-09")), None);
/// ```
pub fn version_in_force(effective_from: &[Period], retired_from: Option<Period>, period: Period) -> Option<usize> {
    if retired_from.is_some_and(|retired| period >= retired) {
        return None;
    }
    let started = effective_from.iter().enumerate().filter(|(_, start)| **start <= period);
    started.max_by_key(|(_, start)| **start).map(|(index, _)| index)
}
