//! Credits of subscriptions and tenants on a document (P-52 to P-55, B-35).

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::decimal::Percentage;
use domain::exact::Exact;
use domain::money::Money;
use domain::period::Period;
use serde::{Deserialize, Serialize};

use crate::PricingError;

/// What a credit is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditTarget {
    /// One subscription.
    Subscription(String),
    /// The tenant, over what remains of all its subscriptions.
    Tenant,
}

/// Kind and recurrence of a credit (P-52). A percentage is always monthly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentCreditKind {
    /// A share of what remains.
    Percent(Percentage),
    /// An amount every month; what is not used lapses.
    MonthlyAmount(Money),
    /// What is left of an amount given once.
    Once {
        /// The balance before this document.
        balance: Money,
    },
}

impl DocumentCreditKind {
    /// The order of P-53: percents, monthly amounts, balances.
    fn order(&self) -> u8 {
        match self {
            Self::Percent(_) => 0,
            Self::MonthlyAmount(_) => 1,
            Self::Once { .. } => 2,
        }
    }
}

/// A credit of a subscription or tenant that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentCredit {
    /// The credit's id.
    pub credit_id: String,
    /// What it is for.
    pub target: CreditTarget,
    /// Kind, recurrence and value.
    pub kind: DocumentCreditKind,
}

/// A rounded line credits act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditableLine {
    /// The line's subscription; none for a line of the tenant.
    pub subscription_id: Option<String>,
    /// The rounded amount.
    pub amount: Money,
    /// Whether it is a late line: those are reached by balances only (B-31, B-35).
    pub late: bool,
}

/// A credit line: never positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLine {
    /// The credit.
    pub credit_id: String,
    /// What it is for.
    pub target: CreditTarget,
    /// The amount, negative.
    pub amount: Money,
}

/// The credit lines of a document and what they leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedCredits {
    /// The sum of the lines given.
    pub gross_amount: Money,
    /// The credit lines in order of application (P-53).
    pub credit_lines: Vec<CreditLine>,
    /// Gross plus credit lines.
    pub net_amount: Money,
    /// Per credit given once, in the order given, what is left of it (P-55).
    pub balances: Vec<(String, Money)>,
}

/// What is left of a subscription or of the tenant: of the period's own lines, and of late lines.
#[derive(Debug, Clone, Copy)]
struct Remaining {
    own: Money,
    late: Money,
}

impl Remaining {
    fn zero(currency: Currency) -> Self {
        Self {
            own: Money::zero(currency),
            late: Money::zero(currency),
        }
    }

    fn add(&mut self, other: Self) -> Result<(), PricingError> {
        self.own = self.own.checked_add(other.own)?;
        self.late = self.late.checked_add(other.late)?;
        Ok(())
    }

    /// What the credit takes from what is left (P-54).
    fn take(&mut self, kind: &DocumentCreditKind) -> Result<Money, PricingError> {
        let nothing = Money::zero(self.own.currency());
        match kind {
            DocumentCreditKind::Percent(percentage) if self.own.is_positive() => {
                let taken = Exact::from(self.own)
                    .percent(*percentage)
                    .round_to(self.own.currency())?;
                self.own = self.own.checked_sub(taken)?;
                Ok(taken)
            }
            DocumentCreditKind::MonthlyAmount(value) if self.own.is_positive() => {
                let taken = value.checked_min(self.own)?;
                self.own = self.own.checked_sub(taken)?;
                Ok(taken)
            }
            DocumentCreditKind::Once { balance } => {
                let total = self.own.checked_add(self.late)?;
                if !total.is_positive() {
                    return Ok(nothing);
                }
                let taken = balance.checked_min(total)?;
                let from_own = if self.own.is_positive() {
                    taken.checked_min(self.own)?
                } else {
                    nothing
                };
                self.own = self.own.checked_sub(from_own)?;
                self.late = self.late.checked_sub(taken.checked_sub(from_own)?)?;
                Ok(taken)
            }
            _ => Ok(nothing),
        }
    }
}

/// Applies the credits in force, given in order of creation, to the rounded lines of a document (P-53, P-54). Credits in another
/// currency than the document do nothing (P-56). Percents and monthly amounts act on the period's own lines, balances on late lines
/// too (B-35).
///
/// # Errors
/// `currency_mismatch` when a line is in another currency, `amount_out_of_range`.
///
/// # Examples
/// ```
/// use cms_pricing::{CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind, apply_credits};
/// use domain::{currency::Currency, decimal::Percentage, money::Money};
///
/// let currency = Currency::from_code("EUR")?;
/// let line = CreditableLine {
///     subscription_id: Some("s1".into()),
///     amount: Money::parse("100.00", currency)?,
///     late: false,
/// };
/// let credit = DocumentCredit {
///     credit_id: "c1".into(),
///     target: CreditTarget::Tenant,
///     kind: DocumentCreditKind::Percent(Percentage::parse("10")?),
/// };
/// let applied = apply_credits(currency, &[line], &[credit])?;
/// assert_eq!(applied.credit_lines[0].amount.amount_text(), "-10.00");
/// assert_eq!(applied.net_amount.amount_text(), "90.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn apply_credits(
    currency: Currency,
    lines: &[CreditableLine],
    credits: &[DocumentCredit],
) -> Result<AppliedCredits, PricingError> {
    let mut remaining: BTreeMap<Option<&str>, Remaining> = BTreeMap::new();
    for line in lines {
        let zero = Money::zero(currency);
        let part = if line.late {
            Remaining {
                own: zero,
                late: line.amount,
            }
        } else {
            Remaining {
                own: line.amount,
                late: zero,
            }
        };
        remaining
            .entry(line.subscription_id.as_deref())
            .or_insert(Remaining::zero(currency))
            .add(part)?;
    }
    let mut application = Application {
        currency,
        taken: vec![Money::zero(currency); credits.len()],
        lines: Vec::new(),
    };
    let mut tenant = Remaining::zero(currency);
    for (subscription_id, mut left) in remaining {
        if let Some(id) = subscription_id {
            application.apply(credits, &CreditTarget::Subscription(id.to_owned()), &mut left)?;
        }
        tenant.add(left)?;
    }
    application.apply(credits, &CreditTarget::Tenant, &mut tenant)?;
    let gross_amount = Money::sum(currency, lines.iter().map(|line| line.amount))?;
    let credited = Money::sum(currency, application.lines.iter().map(|line| line.amount))?;
    Ok(AppliedCredits {
        gross_amount,
        net_amount: gross_amount.checked_add(credited)?,
        balances: application.balances(credits)?,
        credit_lines: application.lines,
    })
}

struct Application {
    currency: Currency,
    taken: Vec<Money>,
    lines: Vec<CreditLine>,
}

impl Application {
    fn apply(
        &mut self,
        credits: &[DocumentCredit],
        target: &CreditTarget,
        left: &mut Remaining,
    ) -> Result<(), PricingError> {
        let mut chosen: Vec<(usize, &DocumentCredit)> = credits
            .iter()
            .enumerate()
            .filter(|(_, credit)| credit.target == *target)
            .collect();
        chosen.sort_by_key(|(_, credit)| credit.kind.order());
        for (index, credit) in chosen {
            if self.foreign(&credit.kind) {
                continue;
            }
            let taken = left.take(&credit.kind)?;
            if taken.is_positive() {
                if let Some(sum) = self.taken.get_mut(index) {
                    *sum = taken;
                }
                self.lines.push(CreditLine {
                    credit_id: credit.credit_id.clone(),
                    target: target.clone(),
                    amount: taken.checked_neg()?,
                });
            }
        }
        Ok(())
    }

    fn foreign(&self, kind: &DocumentCreditKind) -> bool {
        match kind {
            DocumentCreditKind::Percent(_) => false,
            DocumentCreditKind::MonthlyAmount(value) => value.currency() != self.currency,
            DocumentCreditKind::Once { balance } => balance.currency() != self.currency,
        }
    }

    fn balances(&self, credits: &[DocumentCredit]) -> Result<Vec<(String, Money)>, PricingError> {
        let mut balances = Vec::new();
        for (credit, taken) in credits.iter().zip(&self.taken) {
            if let DocumentCreditKind::Once { balance } = credit.kind {
                let left = if self.foreign(&credit.kind) {
                    balance
                } else {
                    balance.checked_sub(*taken)?
                };
                balances.push((credit.credit_id.clone(), left));
            }
        }
        Ok(balances)
    }
}

/// Whether a credit acts in a period: from `valid_from` to `valid_until`, which names the last month (G-6, P-52).
pub fn in_force(valid_from: Period, valid_until: Option<Period>, period: Period) -> bool {
    valid_from <= period && valid_until.is_none_or(|last| period <= last)
}

/// The account of a credit given once: used + balance + lapsed = value, always (P-55).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditBalance {
    value: Money,
    used: Money,
    lapsed: Money,
}

impl CreditBalance {
    /// A new credit: the balance is the value.
    ///
    /// # Errors
    /// `credit_negative`.
    pub fn new(value: Money) -> Result<Self, PricingError> {
        if value.is_negative() {
            return Err(PricingError::CreditNegative);
        }
        Ok(Self {
            value,
            used: Money::zero(value.currency()),
            lapsed: Money::zero(value.currency()),
        })
    }

    /// A stored account.
    ///
    /// # Errors
    /// `balance_exceeded` when used and lapsed are negative or exceed the value.
    pub fn from_parts(value: Money, used: Money, lapsed: Money) -> Result<Self, PricingError> {
        let account = Self { value, used, lapsed };
        if used.is_negative() || lapsed.is_negative() || account.balance()?.is_negative() {
            return Err(PricingError::BalanceExceeded);
        }
        Ok(account)
    }

    /// What can still be drawn.
    ///
    /// # Errors
    /// `currency_mismatch`.
    pub fn balance(&self) -> Result<Money, PricingError> {
        Ok(self.value.checked_sub(self.used)?.checked_sub(self.lapsed)?)
    }

    /// What was given.
    pub fn value(&self) -> Money {
        self.value
    }

    /// What was drawn.
    pub fn used(&self) -> Money {
        self.used
    }

    /// What lapsed.
    pub fn lapsed(&self) -> Money {
        self.lapsed
    }

    /// Draws an amount when a document is issued.
    ///
    /// # Errors
    /// `balance_exceeded` for more than the balance or a negative amount.
    pub fn draw(&self, amount: Money) -> Result<Self, PricingError> {
        let left = self.balance()?.checked_sub(amount)?;
        if amount.is_negative() || left.is_negative() {
            return Err(PricingError::BalanceExceeded);
        }
        Ok(Self {
            used: self.used.checked_add(amount)?,
            ..*self
        })
    }

    /// Restores an amount when the document is voided. What had lapsed stays lapsed.
    ///
    /// # Errors
    /// `balance_exceeded` for more than was used or a negative amount.
    pub fn restore(&self, amount: Money) -> Result<Self, PricingError> {
        let used = self.used.checked_sub(amount)?;
        if amount.is_negative() || used.is_negative() {
            return Err(PricingError::BalanceExceeded);
        }
        Ok(Self { used, ..*self })
    }

    /// Lets the rest lapse after the month `valid_until`.
    ///
    /// # Errors
    /// `currency_mismatch`.
    pub fn lapse(&self) -> Result<Self, PricingError> {
        Ok(Self {
            lapsed: self.lapsed.checked_add(self.balance()?)?,
            ..*self
        })
    }
}
