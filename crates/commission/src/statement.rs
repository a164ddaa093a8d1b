//! Statements, claw-back and what is carried over (C-22 to C-25).

use std::collections::BTreeMap;
use std::fmt;

use domain::currency::Currency;
use domain::money::Money;
use domain::period::Period;

use crate::{CommissionError, CommissionSchedule, TierPeriod, commission};

/// What has one result: a month, or with yearly tiers a calendar year (C-9). Written `2026-01` or `2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommissionUnit {
    /// A calendar year.
    Year(i32),
    /// A month.
    Month(Period),
}

impl CommissionUnit {
    /// The unit a month belongs to under the schedule that applies in it; without a schedule the month itself.
    pub fn of(schedule: Option<&CommissionSchedule>, period: Period) -> Self {
        match schedule.map(CommissionSchedule::tier_period) {
            Some(TierPeriod::Year) => Self::Year(period.year()),
            Some(TierPeriod::Month) | None => Self::Month(period),
        }
    }
}

impl fmt::Display for CommissionUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(period) => period.fmt(f),
        }
    }
}

/// What a unit pays now and what earlier statements have stated for it (C-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPosition {
    /// The unit.
    pub unit: CommissionUnit,
    /// F of its payable base, rounded once.
    pub payable_amount: Money,
    /// What earlier statements have stated.
    pub stated_amount: Money,
}

/// A line of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementLine {
    /// The unit.
    pub unit: CommissionUnit,
    /// Payable now.
    pub payable_amount: Money,
    /// Stated before.
    pub stated_amount: Money,
    /// Payable now less stated before.
    pub difference_amount: Money,
}

/// A closed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its month.
    pub period: Period,
    /// One line per unit with a difference, and the statement's own unit.
    pub lines: Vec<StatementLine>,
    /// What the statement before carried: zero or negative.
    pub carried_in_amount: Money,
    /// What is paid out: carried in plus differences, at least 0 (C-25).
    pub statement_amount: Money,
    /// What the next statement starts with: zero or negative.
    pub carried_out_amount: Money,
}

/// Closes a statement over the positions of all units up to its month, given in order. Lines without difference are left out except
/// for the own unit; a total below zero is not paid out but carried (C-23, C-25).
///
/// # Errors
/// `currency_mismatch` or `amount_out_of_range`.
pub fn close_statement(
    period: Period,
    own_unit: CommissionUnit,
    positions: &[UnitPosition],
    carried_in_amount: Money,
) -> Result<Statement, CommissionError> {
    let mut lines = Vec::new();
    let mut total = carried_in_amount;
    for position in positions {
        let difference_amount = position.payable_amount.checked_sub(position.stated_amount)?;
        total = total.checked_add(difference_amount)?;
        if position.unit == own_unit || !difference_amount.is_zero() {
            lines.push(StatementLine {
                unit: position.unit,
                payable_amount: position.payable_amount,
                stated_amount: position.stated_amount,
                difference_amount,
            });
        }
    }
    let nothing = Money::zero(total.currency());
    let (statement_amount, carried_out_amount) = if total.is_negative() {
        (nothing, total)
    } else {
        (total, nothing)
    };
    Ok(Statement {
        period,
        lines,
        carried_in_amount,
        statement_amount,
        carried_out_amount,
    })
}

/// The statements of one payer and payee: the payable bases known, what was stated per unit, what is carried.
///
/// # Examples
/// ```
/// use cms_commission::{CommissionSchedule, CommissionTier, StatementLedger, TierMode, TierPeriod};
/// use domain::{currency::Currency, decimal::{Percentage, PlainAmount}, money::Money, period::Period};
///
/// let euro = |text| Money::parse(text, Currency::from_code("EUR").unwrap()).unwrap();
/// let tier = CommissionTier { from_amount: PlainAmount::ZERO, to_amount: None, percentage: Percentage::parse("5")? };
/// let schedule = CommissionSchedule::new(TierMode::Graduated, TierPeriod::Month, vec![tier])?;
/// let (january, february) = (Period::parse("2026-01")?, Period::parse("2026-02")?);
///
/// let mut ledger = StatementLedger::new(euro("0").currency());
/// ledger.set_payable_base(january, euro("1000"))?;
/// assert_eq!(ledger.close(january, |_| Some(&schedule))?.statement_amount, euro("50"));
/// // 400 of January is credited afterwards: 20 is clawed back and carried, for nothing is payable in February.
/// ledger.set_payable_base(january, euro("600"))?;
/// let statement = ledger.close(february, |_| Some(&schedule))?;
/// assert_eq!((statement.statement_amount, statement.carried_out_amount), (euro("0"), euro("-20")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StatementLedger {
    currency: Currency,
    payable_bases: BTreeMap<Period, Money>,
    stated: BTreeMap<CommissionUnit, Money>,
    carried: Money,
    last_closed: Option<Period>,
}

impl StatementLedger {
    /// A payee without statements.
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            payable_bases: BTreeMap::new(),
            stated: BTreeMap::new(),
            carried: Money::zero(currency),
            last_closed: None,
        }
    }

    /// Sets the payable base of a month as it is known now.
    ///
    /// # Errors
    /// `currency_mismatch`.
    pub fn set_payable_base(&mut self, period: Period, base: Money) -> Result<(), CommissionError> {
        let base = Money::zero(self.currency).checked_add(base)?;
        self.payable_bases.insert(period, base);
        Ok(())
    }

    /// Closes the statement of a month under the schedule that applies in each month. Afterwards stated = payable now (C-23).
    ///
    /// # Errors
    /// `statement_exists` or `earlier_statement_open` when the months are not closed in order (C-22); those of [`commission`].
    pub fn close<'s, F>(&mut self, period: Period, schedule_of: F) -> Result<Statement, CommissionError>
    where
        F: Fn(Period) -> Option<&'s CommissionSchedule>,
    {
        match self.last_closed {
            Some(last) if period <= last => return Err(CommissionError::StatementExists),
            Some(last) if period != last.next() => {
                return Err(CommissionError::EarlierStatementOpen);
            }
            _ => {}
        }
        let own_unit = CommissionUnit::of(schedule_of(period), period);
        let positions = self.positions(period, &schedule_of)?;
        let statement = close_statement(period, own_unit, &positions, self.carried)?;
        self.stated.extend(
            positions
                .iter()
                .map(|position| (position.unit, position.payable_amount)),
        );
        self.carried = statement.carried_out_amount;
        self.last_closed = Some(period);
        Ok(statement)
    }

    /// Units in order of their first month, each with the base up to `period` and the schedule of its latest month.
    fn positions<'s, F>(&self, period: Period, schedule_of: &F) -> Result<Vec<UnitPosition>, CommissionError>
    where
        F: Fn(Period) -> Option<&'s CommissionSchedule>,
    {
        let nothing = Money::zero(self.currency);
        let mut units: Vec<(CommissionUnit, Option<&'s CommissionSchedule>, Money)> = Vec::new();
        let own_base = self.payable_bases.get(&period).copied().unwrap_or(nothing);
        let months = self.payable_bases.range(..period).map(|(month, base)| (*month, *base));
        for (month, base) in months.chain([(period, own_base)]) {
            let schedule = schedule_of(month);
            let unit = CommissionUnit::of(schedule, month);
            match units.iter_mut().find(|(known, _, _)| *known == unit) {
                Some(entry) => *entry = (unit, schedule, entry.2.checked_add(base)?),
                None => units.push((unit, schedule, base)),
            }
        }
        let position = |(unit, schedule, base): (CommissionUnit, Option<&CommissionSchedule>, Money)| {
            let payable_amount = match schedule {
                Some(schedule) => commission(schedule, base)?.amount,
                None => nothing,
            };
            let stated_amount = self.stated.get(&unit).copied().unwrap_or(nothing);
            Ok(UnitPosition {
                unit,
                payable_amount,
                stated_amount,
            })
        };
        units.into_iter().map(position).collect()
    }
}
