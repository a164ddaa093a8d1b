//! Summing a stream of usage records and rating the sums (P-41, P-42).

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};

use domain::decimal::{DecimalError, Quantity};

use crate::{PricingError, PricingItem, Rated, RatingContext, rate};

/// What records are summed by. The numbers index tables of the caller, who sees each name once instead of once a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// Index of the subscription.
    pub subscription: u32,
    /// Index of the meter.
    pub meter: u32,
    /// Index of the SKU.
    pub sku: u32,
}

/// Sums of quantities by subscription, meter and SKU: one addition of a 128-bit integer per record, no allocation per record.
#[derive(Debug, Clone, Default)]
pub struct UsageTotals {
    totals: HashMap<LineKey, Quantity, FastState>,
}

/// The item that prices a line key, and how.
#[derive(Debug, Clone, Copy)]
pub struct PricedBy<'a> {
    /// Index of the item in a table of the caller; one line per subscription and item (P-42).
    pub item_index: u32,
    /// The item.
    pub item: &'a PricingItem,
    /// Currency, hours and conversion of its list.
    pub context: &'a RatingContext,
}

/// A rated line of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedLine {
    /// Index of the subscription.
    pub subscription: u32,
    /// Index of the item.
    pub item_index: u32,
    /// Charge and amount.
    pub rated: Rated,
}

/// A quantity no item prices (P-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpricedLine {
    /// Subscription, meter and SKU.
    pub key: LineKey,
    /// The quantity.
    pub quantity: Quantity,
}

/// The lines of a month, each list in order of its key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageLines {
    /// One per subscription and item.
    pub rated: Vec<RatedLine>,
    /// One per subscription, meter and SKU.
    pub unpriced: Vec<UnpricedLine>,
}

impl UsageTotals {
    /// No usage.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one record.
    ///
    /// # Errors
    /// `quantity_out_of_range` when the sum leaves 128 bits.
    pub fn add(&mut self, key: LineKey, quantity: Quantity) -> Result<(), PricingError> {
        // Nearly every record finds its key there, and looking is cheaper than asking for a place.
        if let Some(total) = self.totals.get_mut(&key) {
            *total = total.checked_add(quantity).ok_or(DecimalError::QuantityOutOfRange)?;
        } else {
            self.totals.insert(key, quantity);
        }
        Ok(())
    }

    /// Adds the sums of another part of the stream; the result does not depend on how the stream was cut (P-41).
    ///
    /// # Errors
    /// `quantity_out_of_range`.
    pub fn merge(&mut self, other: &Self) -> Result<(), PricingError> {
        other
            .totals
            .iter()
            .try_for_each(|(key, quantity)| self.add(*key, *quantity))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.totals.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }

    /// The sums in order of key.
    pub fn sorted(&self) -> Vec<(LineKey, Quantity)> {
        let mut totals: Vec<_> = self.totals.iter().map(|(key, quantity)| (*key, *quantity)).collect();
        totals.sort_unstable_by_key(|(key, _)| *key);
        totals
    }

    /// Rates every sum and keeps the lines.
    ///
    /// # Errors
    /// The first line that cannot be rated, with its key.
    pub fn rate_lines<'a, F>(&self, priced_by: F) -> Result<UsageLines, (LineKey, PricingError)>
    where
        F: FnMut(LineKey) -> Option<PricedBy<'a>>,
    {
        let mut rated = Vec::new();
        let unpriced = self.rate_each(priced_by, |line| rated.push(line))?;
        Ok(UsageLines { rated, unpriced })
    }

    /// Rates every sum and hands on each line as it is made, in order of subscription and item, so that a large run needs no memory
    /// for all of them: keys priced by one item become one line per subscription, the others are answered as unpriced lines (P-42).
    ///
    /// # Errors
    /// The first line that cannot be rated, with its key.
    pub fn rate_each<'a, F, S>(
        &self,
        mut priced_by: F,
        mut on_line: S,
    ) -> Result<Vec<UnpricedLine>, (LineKey, PricingError)>
    where
        F: FnMut(LineKey) -> Option<PricedBy<'a>>,
        S: FnMut(RatedLine),
    {
        let mut unpriced = Vec::new();
        // The keys come in order of subscription, so the items of one subscription are complete when the next one begins.
        let mut current: Option<u32> = None;
        let mut items: BTreeMap<u32, (LineKey, PricedBy<'a>, Quantity)> = BTreeMap::new();
        for (key, quantity) in self.sorted() {
            if current != Some(key.subscription) {
                hand_on(&mut items, &mut on_line)?;
                current = Some(key.subscription);
            }
            let Some(priced) = priced_by(key) else {
                unpriced.push(UnpricedLine { key, quantity });
                continue;
            };
            let (_, _, sum) = items.entry(priced.item_index).or_insert((key, priced, Quantity::ZERO));
            *sum = sum
                .checked_add(quantity)
                .ok_or((key, DecimalError::QuantityOutOfRange.into()))?;
        }
        hand_on(&mut items, &mut on_line)?;
        Ok(unpriced)
    }
}

/// Rates the items of one subscription and forgets them.
fn hand_on<S: FnMut(RatedLine)>(
    items: &mut BTreeMap<u32, (LineKey, PricedBy<'_>, Quantity)>,
    on_line: &mut S,
) -> Result<(), (LineKey, PricingError)> {
    while let Some((item_index, (key, priced, quantity))) = items.pop_first() {
        let rated = rate(priced.item, quantity, priced.context).map_err(|error| (key, error))?;
        on_line(RatedLine {
            subscription: key.subscription,
            item_index,
            rated,
        });
    }
    Ok(())
}

/// Builds [`FastHasher`]. The keys are indexes we give out ourselves, so nobody can choose them to collide.
#[derive(Debug, Clone, Copy, Default)]
struct FastState;

impl BuildHasher for FastState {
    type Hasher = FastHasher;

    fn build_hasher(&self) -> FastHasher {
        FastHasher(0x9e37_79b9_7f4a_7c15)
    }
}

/// Folds each word into the state with one wide multiplication.
struct FastHasher(u64);

impl FastHasher {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word).wrapping_mul(0x2d35_8dcc_aa6c_78a5);
        let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or_default();
        let high = u64::try_from(product >> 64).unwrap_or_default();
        self.0 = low ^ high;
    }
}

impl Hasher for FastHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.fold(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.fold(u64::from(word));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_hash_apart_in_every_part_of_the_hash() {
        let mut whole = HashSet::new();
        let mut low = HashSet::new();
        let mut high = HashSet::new();
        for subscription in 0..16_u32 {
            for meter in 0..16_u32 {
                for sku in 0..16_u32 {
                    let hash = FastState.hash_one(LineKey {
                        subscription,
                        meter,
                        sku,
                    });
                    whole.insert(hash);
                    // The table finds the group by the low bits and the entry by the highest seven.
                    low.insert(hash % 4_096);
                    high.insert(hash >> 57);
                }
            }
        }
        assert_eq!(whole.len(), 4_096);
        // 4,096 balls thrown at random leave about 2,589 of 4,096 boxes filled.
        assert!(low.len() > 2_400, "{}", low.len());
        assert_eq!(high.len(), 128);
    }

    #[test]
    fn bytes_are_folded_one_by_one() {
        let hash = |bytes: &[u8]| {
            let mut hasher = FastState.build_hasher();
            hasher.write(bytes);
            hasher.finish()
        };
        assert_ne!(hash(&[1, 2]), hash(&[2, 1]));
        assert_ne!(hash(&[]), hash(&[0]));
    }
}
