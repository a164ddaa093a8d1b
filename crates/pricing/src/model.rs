//! The model of a price increase: a month replayed with the old and the new items (P-81 to P-83).

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::decimal::Quantity;
use domain::exact::Exact;
use domain::money::Money;

use crate::{Increase, PricingError, PricingItem, RatingContext, rate};

/// What something costs before and after a change of rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceChange {
    old_amount: Money,
    new_amount: Money,
}

impl PriceChange {
    /// A change from one rounded amount to another.
    ///
    /// # Errors
    /// `currency_mismatch`, or `amount_out_of_range` when the difference cannot be stored.
    pub fn new(old_amount: Money, new_amount: Money) -> Result<Self, PricingError> {
        new_amount.checked_sub(old_amount)?;
        Ok(Self { old_amount, new_amount })
    }

    /// Replays the quantity of one subscription and month with an item and with the item after the increase (P-82).
    ///
    /// # Errors
    /// Those of [`rate`]; `rate_negative` when a rate would be below 0 (P-81).
    pub fn replay(
        item: &PricingItem,
        increase: &Increase,
        quantity: Quantity,
        context: &RatingContext,
    ) -> Result<Self, PricingError> {
        let new_item = increase.apply_to_item(item)?;
        let old = rate(item, quantity, context)?.amount;
        Self::new(old, rate(&new_item, quantity, context)?.amount)
    }

    /// What it costs with the old rates.
    pub fn old_amount(self) -> Money {
        self.old_amount
    }

    /// What it costs with the new rates.
    pub fn new_amount(self) -> Money {
        self.new_amount
    }

    /// New less old.
    ///
    /// # Errors
    /// `amount_out_of_range`; a change that was made has been checked.
    pub fn difference_amount(self) -> Result<Money, PricingError> {
        Ok(self.new_amount.checked_sub(self.old_amount)?)
    }

    /// The difference in percent of the old amount, exact; none when the old amount is 0.
    pub fn difference_percent(self) -> Option<Exact> {
        let difference = Exact::from(self.new_amount).minus(&Exact::from(self.old_amount));
        let hundredfold = difference.times(&Exact::from_integer(100));
        hundredfold.checked_div(&Exact::from(self.old_amount))
    }
}

/// The result of a model: what changes for each key, a tenant and a meter, and in all (P-82).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelResult<K> {
    /// Sums by key, in order of key.
    pub by_key: BTreeMap<K, PriceChange>,
    /// The sum of everything.
    pub total: PriceChange,
}

/// Sums replayed lines by key and in all. Lines are rounded already, so sums add up as they are shown (P-62). Only the sums have to
/// be storable.
///
/// # Errors
/// `currency_mismatch` when a line is in another currency than the model, `amount_out_of_range`.
///
/// # Examples
/// ```
/// use cms_pricing::{PriceChange, model_result};
/// use domain::{currency::Currency, money::Money};
///
/// let currency = Currency::from_code("EUR")?;
/// let euro = |text| Money::parse(text, currency).unwrap();
/// let lines = [("tenant a", "100.00", "110.00"), ("tenant b", "0.00", "5.00"), ("tenant a", "20.00", "20.00")];
/// let lines = lines.map(|(tenant, old, new)| (tenant, PriceChange::new(euro(old), euro(new)).unwrap()));
/// let result = model_result(currency, lines)?;
/// assert_eq!(result.total.difference_amount()?, euro("15.00"));
/// assert_eq!(result.total.difference_percent().unwrap().display(2), "12.50");
/// assert_eq!(result.by_key["tenant b"].difference_percent(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn model_result<K: Ord>(
    currency: Currency,
    lines: impl IntoIterator<Item = (K, PriceChange)>,
) -> Result<ModelResult<K>, PricingError> {
    let mut changes: BTreeMap<K, Vec<PriceChange>> = BTreeMap::new();
    for (key, change) in lines {
        changes.entry(key).or_default().push(change);
    }
    let total = sum(currency, changes.values().flatten())?;
    let by_key = changes
        .into_iter()
        .map(|(key, changes)| Ok((key, sum(currency, &changes)?)));
    Ok(ModelResult {
        by_key: by_key.collect::<Result<_, PricingError>>()?,
        total,
    })
}

fn sum<'a>(
    currency: Currency,
    changes: impl IntoIterator<Item = &'a PriceChange> + Clone,
) -> Result<PriceChange, PricingError> {
    let old = changes.clone().into_iter().map(|change| change.old_amount);
    let new = changes.into_iter().map(|change| change.new_amount);
    PriceChange::new(Money::sum(currency, old)?, Money::sum(currency, new)?)
}

/// The indexes of the items of which a rate, base or tier, changes by more than 100 %; they have to be confirmed (P-81).
///
/// # Errors
/// Those of [`Increase::apply`], with the index of the item.
pub fn items_to_confirm(items: &[PricingItem], increase: &Increase) -> Result<Vec<usize>, (usize, PricingError)> {
    let mut confirm = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let changed = increase.apply_to_item(item).map_err(|error| (index, error))?;
        let rates = |item: &PricingItem| {
            let tiers = item.tier_table().tiers().iter().map(|tier| tier.rate);
            std::iter::once(item.rate()).chain(tiers).collect::<Vec<_>>()
        };
        let mut pairs = rates(item).into_iter().zip(rates(&changed));
        if pairs.any(|(old, new)| Increase::needs_confirmation(old, new)) {
            confirm.push(index);
        }
    }
    Ok(confirm)
}
