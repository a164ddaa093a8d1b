//! Commissions worked by hand: every figure of commissions.md section 6, each refusal by its code, and the edges between tiers
//! (C-1 to C-4, C-7 to C-14, C-22 to C-25).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use cms_commission::{
    CommissionDocument, CommissionSchedule, CommissionTier, DocumentKind, DocumentStatus, TierMode, TierPeriod,
    commission,
};
use domain::currency::Currency;
use domain::decimal::{Percentage, PlainAmount};
use domain::money::Money;
use domain::period::Period;

mod amounts;
mod statements;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn eur(text: &str) -> Money {
    Money::parse(text, currency("EUR")).unwrap()
}

fn month(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn tier(from: &str, to: Option<&str>, percentage: &str) -> CommissionTier {
    CommissionTier {
        from_amount: PlainAmount::parse(from).unwrap(),
        to_amount: to.map(|to| PlainAmount::parse(to).unwrap()),
        percentage: Percentage::parse(percentage).unwrap(),
    }
}

/// The schedule of C-8.
fn c8(mode: TierMode, period: TierPeriod) -> CommissionSchedule {
    let tiers = vec![
        tier("10000", Some("50000"), "8"),
        tier("50000", None, "10"),
        tier("0", Some("10000"), "5"),
    ];
    CommissionSchedule::new(mode, period, tiers).unwrap()
}

fn flat(percentage: &str) -> CommissionSchedule {
    CommissionSchedule::new(
        TierMode::Graduated,
        TierPeriod::Month,
        vec![tier("0", None, percentage)],
    )
    .unwrap()
}

fn f(schedule: &CommissionSchedule, base: &str) -> String {
    commission(schedule, eur(base)).unwrap().amount.amount_text()
}

fn invoice(id: &str, net: Money, status: DocumentStatus) -> CommissionDocument {
    CommissionDocument {
        document_id: id.to_owned(),
        kind: DocumentKind::Invoice,
        net_amount: net,
        status,
        credits_document_id: None,
        conversion: None,
    }
}

fn credit_note(over: &str, net: Money, status: DocumentStatus) -> CommissionDocument {
    CommissionDocument {
        kind: DocumentKind::CreditNote,
        credits_document_id: Some(over.to_owned()),
        ..invoice("note", net, status)
    }
}
