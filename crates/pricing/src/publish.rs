//! Checks of a whole version before it is published (P-6, P-13).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::price_book::meter_key;
use crate::{PricingError, PricingItem};

const METERS: &str = include_str!("../../../spec/meters.csv");
const VM_HOURS: &str = "6dab500fa4fd49c4956d229bb9c8c793";
const BASE_VCORE_HOURS: &str = "fab6eb84500b4a09a8ca7358f8bbaea5";
const WINDOWS_VCORE_HOURS: &str = "9cd92d4cbafd4492b278bedc2de8232a";

/// What saving or publishing warns about without refusing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Some quantity lies in no tier and is charged at the base rate (P-24).
    TierGap,
    /// The list prices the same usage on two meters (P-6).
    DoubleChargePossible,
}

impl Warning {
    /// The rule's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TierGap => "tier_gap",
            Self::DoubleChargePossible => "double_charge_possible",
        }
    }
}

/// Meter ids of the catalogue that report managed disks by tier, and by actual size (P-5).
static DISK_METERS: LazyLock<(HashSet<String>, HashSet<String>)> = LazyLock::new(|| {
    let mut sets = (HashSet::new(), HashSet::new());
    for line in METERS.lines().skip(1) {
        let mut fields = line.splitn(4, ',');
        let (Some(meter_id), Some(name), Some("Managed Disks")) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        if name.starts_with("Actual") && name.ends_with("DiskSize") {
            sets.1.insert(meter_key(meter_id));
        } else if !name.starts_with("Actual") {
            sets.0.insert(meter_key(meter_id));
        }
    }
    sets
});

/// Whether a list that prices these meters charges some usage twice: the VM-hour meter with both vCore meters, or a disk
/// tier meter with an actual-size meter (P-6).
pub fn double_charge_possible<'a>(meter_ids: impl IntoIterator<Item = &'a str>) -> bool {
    let meters: HashSet<String> = meter_ids.into_iter().map(meter_key).collect();
    let (tiers, sizes) = &*DISK_METERS;
    let vm = [VM_HOURS, BASE_VCORE_HOURS, WINDOWS_VCORE_HOURS]
        .iter()
        .all(|meter| meters.contains(*meter));
    vm || (!meters.is_disjoint(tiers) && !meters.is_disjoint(sizes))
}

/// Checks the items of a version together: at least one, each (meter, SKU) once (P-13). The answer holds the warnings.
///
/// # Errors
/// `items_missing`, or `item_duplicate` with the index of the item that repeats another.
pub fn check_version(items: &[PricingItem]) -> Result<Vec<Warning>, (Option<usize>, PricingError)> {
    if items.is_empty() {
        return Err((None, PricingError::ItemsMissing));
    }
    let mut seen: HashMap<(String, &str), usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if seen.insert((meter_key(item.meter_id()), item.sku()), index).is_some() {
            return Err((Some(index), PricingError::ItemDuplicate));
        }
    }
    let mut warnings = Vec::new();
    if items.iter().any(|item| item.tier_table().has_gap()) {
        warnings.push(Warning::TierGap);
    }
    if double_charge_possible(items.iter().map(PricingItem::meter_id)) {
        warnings.push(Warning::DoubleChargePossible);
    }
    Ok(warnings)
}
