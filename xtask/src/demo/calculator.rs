//! A second, independent calculation of what the usage costs: fractions from the simulators' truth, none of the
//! product's code (P-40 to P-42, P-60).

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::Deserialize;

use super::prices::{PRICES, Price};
use crate::failure::{Failure, Outcome};

/// What a simulator says it reported.
#[derive(Debug, Deserialize)]
pub struct Truth {
    sums: Vec<Sum>,
}

#[derive(Debug, Deserialize)]
struct Sum {
    platform_subscription_id: String,
    meter_id: String,
    sku: String,
    period: String,
    quantity: String,
}

impl Truth {
    /// Only the usage of these months.
    pub fn within(mut self, periods: &[String]) -> Self {
        self.sums.retain(|sum| periods.contains(&sum.period));
        self
    }
}

/// What the usage of a region costs, in cents, and how many sums have no price.
///
/// # Errors
/// When a number cannot be read.
pub fn cost(truth: &Truth, region: usize, hours: u32) -> Outcome<(i64, usize)> {
    let mut lines: BTreeMap<(&str, &str, usize), BigRational> = BTreeMap::new();
    let mut unpriced = 0_usize;
    for sum in &truth.sums {
        // An item of the size wins over one of the meter (P-15).
        let position = |sku: &str| {
            PRICES
                .iter()
                .position(|price| price.meter_id == sum.meter_id && price.sku == sku)
        };
        match position(&sum.sku).or_else(|| position("")) {
            Some(item) => {
                let line = lines
                    .entry((&sum.platform_subscription_id, &sum.period, item))
                    .or_insert_with(BigRational::zero);
                *line += exact(&sum.quantity)?;
            }
            None => unpriced = unpriced.saturating_add(1),
        }
    }
    let mut cents = BigInt::zero();
    for ((_, _, item), quantity) in lines {
        let price = PRICES.get(item).ok_or_else(|| Failure::new("no price"))?;
        cents += line(price, region, &quantity, hours)?;
    }
    Ok((
        cents
            .to_i64()
            .ok_or_else(|| Failure::new("the total is out of range"))?,
        unpriced,
    ))
}

fn line(price: &Price, region: usize, quantity: &BigRational, hours: u32) -> Outcome<BigInt> {
    let divisor = price.pack.map_or(1, |(divisor, _)| divisor);
    let units = quantity / BigRational::from_integer(BigInt::from(divisor));
    let base = exact(price.rate(region))?;
    let mut tiers = Vec::new();
    for (from, to, rate) in price.tiers {
        let end = if to.is_empty() { None } else { Some(exact(to)?) };
        tiers.push((exact(from)?, end, exact(rate)?));
    }
    let mut charge = if price.mode == "volume" {
        let holds =
            |from: &BigRational, to: &Option<BigRational>| *from <= units && to.as_ref().is_none_or(|to| units < *to);
        let rate = tiers
            .iter()
            .find(|(from, to, _)| holds(from, to))
            .map_or(&base, |(_, _, rate)| rate);
        &units * rate
    } else {
        let mut rest = units.clone();
        let mut charge = BigRational::zero();
        for (from, to, rate) in &tiers {
            let end = to.as_ref().map_or(&units, |to| to.min(&units));
            let slice = (end - from).max(BigRational::zero());
            rest -= &slice;
            charge += slice * rate;
        }
        charge + rest * base
    };
    if price.per == "month" {
        charge /= BigRational::from_integer(BigInt::from(hours));
    }
    Ok(rounded(&(charge * BigRational::from_integer(BigInt::from(100)))))
}

/// Half away from zero.
fn rounded(value: &BigRational) -> BigInt {
    let half = BigRational::new(BigInt::one(), BigInt::from(2));
    let whole = (value.abs() + half).floor().to_integer();
    if value.is_negative() { -whole } else { whole }
}

/// A decimal text as a fraction.
fn exact(text: &str) -> Outcome<BigRational> {
    let wrong = || Failure::new(format!("`{text}` is no decimal"));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
    let places = u32::try_from(fraction.len()).map_err(|_| wrong())?;
    Ok(BigRational::new(digits, BigInt::from(10).pow(places)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(price: &Price, quantity: &str) -> i64 {
        line(price, 0, &exact(quantity).unwrap(), 730)
            .unwrap()
            .to_i64()
            .unwrap()
    }

    fn tiered(mode: &'static str) -> Price {
        let tiers: &[_] = &[("0", "1000", "0.10"), ("1000", "5000", "0.08"), ("5000", "", "0.05")];
        Price {
            meter_id: "m",
            sku: "",
            per: "unit",
            rates: ["0.12", "0.12"],
            pack: None,
            mode,
            tiers,
        }
    }

    #[test]
    fn p_29_the_example_of_the_tiers() {
        let (graduated, volume) = (tiered("graduated"), tiered("volume"));
        let table = [
            ("999.9999999999", 10_000, 10_000),
            ("1000", 10_000, 8_000),
            ("6200", 48_000, 31_000),
        ];
        for (quantity, sliced, whole) in table {
            assert_eq!(
                (cents(&graduated, quantity), cents(&volume, quantity)),
                (sliced, whole),
                "{quantity}"
            );
        }
    }

    #[test]
    fn p_37_a_monthly_rate_without_the_switch() {
        let price = Price {
            per: "month",
            rates: ["73.00", "73.00"],
            tiers: &[],
            ..tiered("graduated")
        };
        for (hours, expected) in [("672", 6_720), ("720", 7_200), ("744", 7_440), ("100", 1_000)] {
            assert_eq!(cents(&price, hours), expected, "{hours} hours");
        }
    }

    #[test]
    fn p_60_halves_go_away_from_zero() {
        for (value, expected) in [("0.5", 1), ("0.49", 0), ("1.5", 2), ("-0.5", -1), ("-0.4", 0)] {
            assert_eq!(rounded(&exact(value).unwrap()), BigInt::from(expected), "{value}");
        }
    }
}
