//! Reading the input of a case.

use domain::allocate::AllocateError;
use domain::audit_chain::AuditChainError;
use domain::currency::{Currency, CurrencyError};
use domain::decimal::DecimalError;
use domain::due_dates::DateError;
use domain::money::{Money, MoneyError};
use domain::period::{Period, PeriodError};
use serde_json::Value;

/// Why a case has no figures.
#[derive(Debug)]
pub(crate) enum CaseError {
    /// The engines refuse the input with this code.
    Refused(&'static str),
    /// The runner cannot read the input.
    Malformed(String),
}

macro_rules! refused {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for CaseError {
            fn from(error: $error) -> Self {
                Self::Refused(error.code())
            }
        })*
    };
}

refused!(
    AllocateError,
    AuditChainError,
    CurrencyError,
    DecimalError,
    DateError,
    MoneyError,
    PeriodError,
    pricing::PricingError,
    commission::CommissionError,
);

/// An object of the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Value);

impl<'a> Input<'a> {
    /// The member, unless it is absent or null.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn need<T>(name: &str, value: Option<T>) -> Result<T, CaseError> {
        value.ok_or_else(|| CaseError::Malformed(name.to_owned()))
    }

    pub(crate) fn text(self, name: &str) -> Result<&'a str, CaseError> {
        Self::need(name, self.optional_text(name))
    }

    pub(crate) fn optional_text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(crate) fn count(self, name: &str) -> Result<u64, CaseError> {
        Self::need(name, self.get(name).and_then(Value::as_u64))
    }

    pub(crate) fn small_count(self, name: &str) -> Result<u32, CaseError> {
        Self::need(name, u32::try_from(self.count(name)?).ok())
    }

    pub(crate) fn flag(self, name: &str) -> Result<bool, CaseError> {
        Self::need(name, self.get(name).and_then(Value::as_bool))
    }

    pub(crate) fn object(self, name: &str) -> Result<Input<'a>, CaseError> {
        Self::need(name, self.get(name).filter(|value| value.is_object()).map(Input))
    }

    pub(crate) fn list(self, name: &str) -> Result<&'a [Value], CaseError> {
        Self::need(name, self.get(name).and_then(Value::as_array).map(Vec::as_slice))
    }

    /// The objects of a list; none when the list is absent.
    pub(crate) fn objects(self, name: &str) -> impl Iterator<Item = Input<'a>> {
        self.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(Input)
    }

    pub(crate) fn texts(self, name: &str) -> Result<Vec<&'a str>, CaseError> {
        self.list(name)?
            .iter()
            .map(|value| Self::need(name, value.as_str()))
            .collect()
    }

    pub(crate) fn currency(self) -> Result<Currency, CaseError> {
        Ok(Currency::from_code(self.text("currency")?)?)
    }

    pub(crate) fn money(self, name: &str, currency: Currency) -> Result<Money, CaseError> {
        Ok(Money::parse(self.text(name)?, currency)?)
    }

    pub(crate) fn moneys(self, name: &str, currency: Currency) -> Result<Vec<Money>, CaseError> {
        self.texts(name)?
            .into_iter()
            .map(|text| Ok(Money::parse(text, currency)?))
            .collect()
    }

    pub(crate) fn period(self, name: &str) -> Result<Period, CaseError> {
        Ok(Period::parse(self.text(name)?)?)
    }
}

/// A word that is one of a fixed list.
pub(crate) fn word<T>(text: &str, words: &[(&str, T)]) -> Result<T, CaseError>
where
    T: Copy,
{
    let found = words.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, value)| *value)
        .ok_or_else(|| CaseError::Malformed(text.to_owned()))
}
