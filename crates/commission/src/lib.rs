//! Commission: what a parent owes a distributor or partner for the consumption of its branch.
//!
//! Schedules (C-1 to C-4), the function F (C-7), months and years (C-9), the three nested bases (C-13), statements with
//! claw-back (C-22 to C-25). Everything is exact and rounded once per unit (C-9, P-60); nothing here reads a clock, a
//! database or a setting.

#![deny(clippy::arithmetic_side_effects, missing_docs)]

mod compute;
mod error;
mod schedule;
mod statement;
mod summary;

pub use compute::{Commission, CommissionSlice, YearFigures, commission, year_figures};
pub use domain::tier_mode::TierMode;
pub use error::CommissionError;
pub use schedule::{
    CommissionSchedule, CommissionTier, ResolvedSchedule, ScheduleSource, ScheduleWarning, TierPeriod,
    check_effective_from, resolve_schedule, schedule_in_force,
};
pub use statement::{CommissionUnit, Statement, StatementLedger, StatementLine, UnitPosition, close_statement};
pub use summary::{
    CommissionBases, CommissionDocument, CommissionResults, DocumentKind, DocumentStatus, Summary, bases,
    split_by_ancestor, summary,
};
