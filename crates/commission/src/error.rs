//! What the commission engine refuses.

use domain::decimal::DecimalError;
use domain::money::MoneyError;

/// Why a schedule, a base or a statement was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommissionError {
    /// A tier starts below 0 or does not end after its start (C-2).
    #[error("the tier's range is empty, reversed or below zero")]
    TierRangeInvalid,
    /// Two tiers share an amount (C-2).
    #[error("two tiers share an amount")]
    TierOverlap,
    /// A schedule would change a month that has begun (C-4).
    #[error("the schedule starts too early")]
    EffectiveFromPast,
    /// A schedule with yearly tiers that does not start in a January (C-4).
    #[error("a schedule with yearly tiers starts in a January")]
    EffectiveFromNotJanuary,
    /// A credit note names a document that is not among the documents (C-12).
    #[error("the credited document is missing")]
    DocumentMissing,
    /// An earlier month has no statement yet (C-22).
    #[error("an earlier statement is open")]
    EarlierStatementOpen,
    /// The month has a statement already (C-22).
    #[error("the month has a statement already")]
    StatementExists,
    /// A decimal was refused.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// An amount was refused.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl CommissionError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::TierRangeInvalid => "tier_range_invalid",
            Self::TierOverlap => "tier_overlap",
            Self::EffectiveFromPast => "effective_from_past",
            Self::EffectiveFromNotJanuary => "effective_from_not_january",
            Self::DocumentMissing => "document_missing",
            Self::EarlierStatementOpen => "earlier_statement_open",
            Self::StatementExists => "statement_exists",
            Self::Decimal(error) => error.code(),
            Self::Money(error) => error.code(),
        }
    }
}
