//! Currencies of ISO 4217, from the code table `spec/currencies.csv` (G-3).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const TABLE: &str = include_str!("../../../spec/currencies.csv");

/// A currency of the code table. It cannot be made in any other way, so every value has a known number of minor unit digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: &'static str,
    minor_unit_digits: u8,
    name: &'static str,
}

/// Why a currency code was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// The code is not in the table; codes are upper case.
    #[error("the currency code is not known")]
    Unknown,
}

impl CurrencyError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "currency_unknown",
        }
    }
}

static CURRENCIES: LazyLock<BTreeMap<&'static str, Currency>> = LazyLock::new(|| {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.splitn(3, ',');
            let code = fields.next()?;
            let minor_unit_digits = fields.next()?.parse().ok()?;
            let name = fields.next()?.trim().trim_matches('"');
            Some((
                code,
                Currency {
                    code,
                    minor_unit_digits,
                    name,
                },
            ))
        })
        .collect()
});

/// All currencies of the table, in order of code.
pub fn all() -> impl Iterator<Item = Currency> {
    CURRENCIES.values().copied()
}

impl Currency {
    /// The currency with this upper-case code.
    ///
    /// # Errors
    /// [`CurrencyError::Unknown`] when the table does not hold the code.
    ///
    /// # Examples
    /// ```
    /// use cms_domain::currency::{Currency, CurrencyError};
    ///
    /// assert_eq!(Currency::from_code("KWD")?.minor_unit_digits(), 3);
    /// assert_eq!(Currency::from_code("eur"), Err(CurrencyError::Unknown));
    /// # Ok::<(), CurrencyError>(())
    /// ```
    pub fn from_code(code: &str) -> Result<Self, CurrencyError> {
        CURRENCIES.get(code).copied().ok_or(CurrencyError::Unknown)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many fraction digits an amount of this currency has: 0 to 4.
    pub fn minor_unit_digits(self) -> u8 {
        self.minor_unit_digits
    }

    /// The English name of the table.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Minor units in one major unit: 1, 10, 100, 1,000 or 10,000.
    pub fn minor_units_per_major(self) -> i64 {
        10_i64.saturating_pow(u32::from(self.minor_unit_digits))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code)
    }
}

impl std::str::FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_code(text)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::from_code(&code).map_err(|error| serde::de::Error::custom(error.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_currency_with_at_most_four_digits() {
        assert_eq!(
            all().count(),
            TABLE.lines().skip(1).filter(|line| !line.is_empty()).count()
        );
        assert!(all().all(|currency| currency.minor_unit_digits() <= 4 && currency.code().len() == 3));
    }

    #[test]
    fn lower_case_and_retired_codes_are_unknown() {
        for code in ["eur", "HRK", "XAU", "", "EURO"] {
            assert_eq!(Currency::from_code(code), Err(CurrencyError::Unknown), "{code}");
        }
    }
}
