//! Tiers of an item and the slices of a quantity (P-23 to P-27).

use domain::decimal::{Quantity, Rate};
use domain::exact::Exact;
use domain::tier_mode::TierMode;
use serde::{Deserialize, Serialize};

use crate::PricingError;

/// A half-open range of quantity, in priced units, with its own rate (P-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// First quantity of the tier.
    pub from_quantity: Quantity,
    /// First quantity after the tier; none for a tier without end.
    pub to_quantity: Option<Quantity>,
    /// The rate inside the tier.
    pub rate: Rate,
}

/// Where the rate of a slice comes from (P-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// A tier.
    Tier,
    /// The base rate, in no tier.
    Base,
}

/// A part of the number line with one rate: a tier, or a gap at the base rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First quantity.
    pub from_quantity: Quantity,
    /// First quantity after; none for the last segment.
    pub to_quantity: Option<Quantity>,
    /// The rate.
    pub rate: Rate,
    /// Tier or base.
    pub source: RateSource,
}

/// The part of a chargeable quantity that is charged at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The segment the part lies in.
    pub segment: Segment,
    /// The part, in priced units.
    pub quantity: Exact,
}

/// The tiers of an item, checked, with the gaps between them filled by the base rate: it covers every quantity from 0 on.
///
/// # Examples
/// ```
/// use cms_pricing::{Tier, TierMode, TierTable};
/// use domain::{decimal::{Quantity, Rate}, exact::Exact};
///
/// let tier = Tier {
///     from_quantity: Quantity::from_units(100),
///     to_quantity: None,
///     rate: Rate::parse("0.5")?,
/// };
/// let table = TierTable::new(TierMode::Graduated, Rate::parse("1")?, vec![tier])?;
/// let slices = table.slices(&Exact::from_integer(150));
/// assert_eq!(slices[0].quantity, Exact::from_integer(100));
/// assert_eq!(slices[1].segment.rate, tier.rate);
/// assert!(table.has_gap(), "what lies below 100 is charged at the base rate");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierTable {
    mode: TierMode,
    tiers: Vec<Tier>,
    segments: Vec<Segment>,
}

impl TierTable {
    /// Checks and orders the tiers; the order of entry is irrelevant (P-23).
    ///
    /// # Errors
    /// `tier_range_invalid` or `tier_overlap`.
    pub fn new(mode: TierMode, base_rate: Rate, mut tiers: Vec<Tier>) -> Result<Self, PricingError> {
        let valid = |tier: &Tier| {
            !tier.from_quantity.is_negative() && tier.to_quantity.is_none_or(|end| end > tier.from_quantity)
        };
        if !tiers.iter().all(valid) {
            return Err(PricingError::TierRangeInvalid);
        }
        tiers.sort_by_key(|tier| tier.from_quantity);
        let overlaps = tiers
            .iter()
            .zip(tiers.iter().skip(1))
            .any(|(tier, next)| tier.to_quantity.is_none_or(|end| end > next.from_quantity));
        if overlaps {
            return Err(PricingError::TierOverlap);
        }
        let segments = fill_gaps(base_rate, &tiers);
        Ok(Self { mode, tiers, segments })
    }

    /// The mode.
    pub fn mode(&self) -> TierMode {
        self.mode
    }

    /// The tiers in ascending order.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tiers and the gaps at the base rate, in ascending order, from 0 without end.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether some quantity lies in no tier although there are tiers (P-24: warning `tier_gap`).
    pub fn has_gap(&self) -> bool {
        !self.tiers.is_empty() && self.segments.iter().any(|segment| segment.source == RateSource::Base)
    }

    /// Cuts a chargeable quantity into slices, in ascending order; none for 0.
    pub fn slices(&self, quantity: &Exact) -> Vec<Slice> {
        if !quantity.is_positive() {
            return Vec::new();
        }
        match self.mode {
            TierMode::Graduated => self
                .segments
                .iter()
                .filter_map(|segment| graduated(segment, quantity))
                .collect(),
            TierMode::Volume => self.reached(quantity).into_iter().collect(),
        }
    }

    fn reached(&self, quantity: &Exact) -> Option<Slice> {
        let contains = |segment: &&Segment| segment.to_quantity.is_none_or(|end| *quantity < Exact::from(end));
        let segment = self.segments.iter().find(contains)?;
        Some(Slice {
            segment: *segment,
            quantity: quantity.clone(),
        })
    }
}

fn graduated(segment: &Segment, quantity: &Exact) -> Option<Slice> {
    let from = Exact::from(segment.from_quantity);
    let end = match segment.to_quantity.map(Exact::from) {
        Some(end) if end < *quantity => end,
        _ => quantity.clone(),
    };
    let part = end.minus(&from);
    part.is_positive().then_some(Slice {
        segment: *segment,
        quantity: part,
    })
}

fn fill_gaps(base_rate: Rate, tiers: &[Tier]) -> Vec<Segment> {
    let gap = |from_quantity, to_quantity| Segment {
        from_quantity,
        to_quantity,
        rate: base_rate,
        source: RateSource::Base,
    };
    let mut segments = Vec::with_capacity(tiers.len().saturating_mul(2).saturating_add(1));
    let mut position = Some(Quantity::ZERO);
    for tier in tiers {
        if let Some(start) = position.filter(|start| *start < tier.from_quantity) {
            segments.push(gap(start, Some(tier.from_quantity)));
        }
        segments.push(Segment {
            from_quantity: tier.from_quantity,
            to_quantity: tier.to_quantity,
            rate: tier.rate,
            source: RateSource::Tier,
        });
        position = tier.to_quantity;
    }
    if let Some(start) = position {
        segments.push(gap(start, None));
    }
    segments
}
