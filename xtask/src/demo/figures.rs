//! The line of `cargo xtask demo --check`.

use std::time::Duration;

use api_types::invoice::InvoiceView;
use serde::Serialize;

use super::World;
use super::calculator::{self, Truth};
use super::client;
use crate::failure::{Failure, Outcome};

/// What the main job did, and what it should have come to.
#[derive(Debug, Serialize)]
pub struct Figures {
    usage_rows: u64,
    regions: usize,
    tenants: usize,
    invoices: usize,
    /// Sum of the invoices before tax, in cents.
    total_minor: i64,
    /// What the simulators' truth costs by the demo's own calculator, in cents.
    expected_total_minor: i64,
    /// Lines without a price.
    unpriced_rows: usize,
    parked_rows: u64,
    collect_rows_per_s: u64,
    rate_rows_per_s: u64,
    invoices_per_s: u64,
    peak_rss_mib: u64,
    #[serde(skip)]
    expected_unpriced: usize,
}

impl Figures {
    /// Reads them off the world.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn of(world: &World) -> Outcome<Self> {
        let billed = &world.billed;
        let seeded = &world.seeded;
        let to = billed.collected_until.succ_opt().unwrap_or(billed.collected_until);
        let from = world.months.first_day();
        let periods = world.months.names();
        let (mut expected, mut expected_unpriced) = (0_i64, 0_usize);
        for (number, region) in seeded.regions.iter().enumerate() {
            let truth: Truth = client::fetch(&format!("{}/_simulator/truth?from={from}&to={to}", region.simulator))?;
            let truth = truth.within(&periods);
            let (cents, unpriced) = calculator::cost(&truth, number, seeded.hours_per_month)?;
            expected = expected.saturating_add(cents);
            expected_unpriced = expected_unpriced.saturating_add(unpriced);
        }
        let (mut total, mut unpriced_rows) = (0_i64, 0_usize);
        for invoice in &billed.invoices {
            total = total.saturating_add(cents(&invoice.net_amount.amount)?);
            let view: InvoiceView = seeded.client.get(&format!("/invoices/{}", invoice.id))?;
            let lines = view
                .groups
                .iter()
                .flat_map(|group| &group.categories)
                .flat_map(|category| &category.lines);
            unpriced_rows = unpriced_rows.saturating_add(lines.filter(|line| !line.priced).count());
        }
        let invoices = billed.invoices.len();
        Ok(Self {
            usage_rows: billed.usage_rows,
            regions: seeded.regions.len(),
            tenants: seeded.tenants.len(),
            invoices,
            total_minor: total,
            expected_total_minor: expected,
            unpriced_rows,
            parked_rows: billed.parked_rows,
            collect_rows_per_s: per_second(billed.usage_rows, billed.collecting),
            rate_rows_per_s: per_second(billed.usage_rows, billed.generating),
            invoices_per_s: per_second(u64::try_from(invoices)?, billed.generating),
            peak_rss_mib: world.programs.peak_rss_mib(),
            expected_unpriced,
        })
    }

    /// True if product and calculator agree on money and on what has no price.
    pub fn agree(&self) -> bool {
        self.total_minor == self.expected_total_minor && self.unpriced_rows == self.expected_unpriced
    }
}

fn per_second(count: u64, time: Duration) -> u64 {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1000).checked_div(milliseconds).unwrap_or_default()
}

/// `1234.50` in cents.
fn cents(amount: &str) -> Outcome<i64> {
    let wrong = || Failure::new(format!("`{amount}` is no amount in euros"));
    let (whole, fraction) = amount.split_once('.').ok_or_else(wrong)?;
    if fraction.len() != 2 {
        return Err(wrong());
    }
    format!("{whole}{fraction}").parse().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly_and_a_sloppy_one_refused() {
        assert_eq!(cents("1234.50").unwrap(), 123_450);
        assert_eq!(cents("-0.05").unwrap(), -5);
        assert!(cents("12").is_err());
        assert!(cents("1.5").is_err());
    }
}
