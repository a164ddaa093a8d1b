//! The price list of each region: what the demo publishes and what its own calculator reads.

use api_types::pricing::{PricingItemInput, TierView};

/// A price of a meter or of one size of it.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// Meter.
    pub meter_id: &'static str,
    /// Size of a machine; empty: any.
    pub sku: &'static str,
    /// `unit` or `month`.
    pub per: &'static str,
    /// Rate in the first and the second region, EUR.
    pub rates: [&'static str; 2],
    /// Meter units in a priced unit, and what that unit is called.
    pub pack: Option<(u64, &'static str)>,
    /// `graduated` or `volume`.
    pub mode: &'static str,
    /// From, to (empty: no end) and rate.
    pub tiers: &'static [(&'static str, &'static str, &'static str)],
}

const fn plain(meter_id: &'static str, rates: [&'static str; 2]) -> Price {
    Price {
        meter_id,
        sku: "",
        per: "unit",
        rates,
        pack: None,
        mode: "graduated",
        tiers: &[],
    }
}

const VM: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";

/// The items of every region's list.
pub const PRICES: &[Price] = &[
    // Machines: 73.00 a month whatever the size, large ones by a price of their own.
    Price {
        per: "month",
        ..plain(VM, ["73.00", "69.50"])
    },
    Price {
        sku: "standard_d8s_v3",
        per: "month",
        ..plain(VM, ["241.00", "228.00"])
    },
    Price {
        sku: "standard_d4s_v3",
        per: "month",
        ..plain(VM, ["131.40", "124.10"])
    },
    // Windows costs a licence a core, other systems none.
    plain("9cd92d4c-bafd-4492-b278-bedc2de8232a", ["0.0265", "0.0251"]),
    plain("fab6eb84-500b-4a09-a8ca-7358f8bbaea5", ["0", "0"]),
    // Disks arrive as shares of a month.
    plain("380874f9-300c-48e0-95a0-d2d9a21ade8f", ["1.54", "1.49"]),
    plain("d5f7731b-f639-404a-89d0-e46186e22c8d", ["5.89", "5.45"]),
    plain("88ea9228-457a-4091-adc9-ad5194f30b6e", ["21.76", "20.90"]),
    plain("e554b6bc-96cd-4938-a5b5-0da990278519", ["19.71", "18.20"]),
    plain("b9cb2d1a-84c2-4275-aa8b-70d2145d59aa", ["73.22", "70.05"]),
    plain("06bde724-9f94-43c0-84c3-d0fc54538369", ["135.17", "128.30"]),
    // The more space, the cheaper each slice.
    Price {
        tiers: &[
            ("0", "100000", "0.0000280"),
            ("100000", "1000000", "0.0000262"),
            ("1000000", "", "0.0000241"),
        ],
        ..plain("09f8879e-87e9-4305-a572-4b7be209f857", ["0.0000280", "0.0000275"])
    },
    plain("b5c15376-6c94-4fdd-b655-1a69d138aca3", ["0.0000658", "0.0000610"]),
    plain("43daf82b-4618-444a-b994-40c23f7cd438", ["0.0036", "0.0034"]),
    // The first 10 GB out are free; who sends more pays the rate of the tier for all of it.
    Price {
        mode: "volume",
        tiers: &[("0", "10", "0"), ("10", "1000", "0.083"), ("1000", "", "0.071")],
        ..plain("3023fef4-eca5-4d7b-87b3-cfbc061931e8", ["0.083", "0.083"])
    },
    plain("f271a8a3-88c4-4d93-956a-063e1d2fa80b", ["0.0045", "0.0041"]),
    plain("9e2739ba-8674-4796-b465-f64674b822ba", ["0.0036", "0.0033"]),
    // Databases are measured in MB and priced in GB.
    Price {
        pack: Some((1024, "GB*hours")),
        ..plain("cbcfef9a-b91f-4597-a4d3-01fe334bed82", ["0.0231", "0.0219"])
    },
    Price {
        pack: Some((1024, "GB*hours")),
        ..plain("e6d8cfcd-7734-495e-b1cc-5ab0b9c24bd3", ["0.0187", "0.0178"])
    },
    Price {
        per: "month",
        ..plain("88039d51-a206-3a89-e9de-c5117e2d10a6", ["62.05", "58.40"])
    },
];

impl Price {
    /// What the API takes.
    pub fn input(&self, region: usize) -> PricingItemInput {
        let tiers = self.tiers.iter().map(|(from, to, rate)| TierView {
            from_quantity: (*from).to_owned(),
            to_quantity: (!to.is_empty()).then(|| (*to).to_owned()),
            rate: (*rate).to_owned(),
        });
        PricingItemInput {
            meter_id: self.meter_id.to_owned(),
            sku: (!self.sku.is_empty()).then(|| self.sku.to_owned()),
            rate: self.rate(region).to_owned(),
            rate_period: Some(self.per.to_owned()),
            unit: self.pack.map(|(_, unit)| unit.to_owned()),
            unit_divisor: self.pack.map(|(divisor, _)| divisor),
            description: None,
            tier_mode: Some(self.mode.to_owned()),
            tiers: (!self.tiers.is_empty()).then(|| tiers.collect()),
            credits: None,
        }
    }

    /// The rate in a region.
    pub fn rate(&self, region: usize) -> &'static str {
        self.rates.get(region).copied().unwrap_or_default()
    }
}
