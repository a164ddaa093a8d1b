//! The three nested bases of a unit and their results (C-10 to C-14).

use std::collections::{BTreeMap, HashMap};

use domain::currency::Currency;
use domain::decimal::ExchangeRate;
use domain::exact::Exact;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::{CommissionError, CommissionSchedule, commission};

/// Invoice or credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit note; its net amount is given positive.
    CreditNote,
}

/// The status of a document (B-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Not issued.
    Preview,
    /// Issued, something is open.
    Issued,
    /// Issued, nothing is open.
    Paid,
    /// Void.
    Void,
}

/// A document of the unit's months, or the part of it that counts for the entity (C-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionDocument {
    /// The document.
    pub document_id: String,
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Net of all credits and without tax, in the document's currency (C-10).
    pub net_amount: Money,
    /// The status.
    pub status: DocumentStatus,
    /// The document a credit note credits; none for one that is a period's own document (B-23).
    pub credits_document_id: Option<String>,
    /// The exchange rates of the document's and the entity's currency in the document's period; none when they are the same.
    pub conversion: Option<(ExchangeRate, ExchangeRate)>,
}

impl CommissionDocument {
    /// What the document contributes: converted, rounded once, credit notes negative (C-10).
    ///
    /// # Errors
    /// `amount_out_of_range`, or `currency_mismatch` for a document in another currency without rates.
    pub fn contribution(&self, currency: Currency) -> Result<Money, CommissionError> {
        let converted = match self.conversion {
            Some((from, to)) => Exact::from(self.net_amount).converted(from, to).round_to(currency)?,
            None => Money::zero(currency).checked_add(self.net_amount)?,
        };
        match self.kind {
            DocumentKind::Invoice => Ok(converted),
            DocumentKind::CreditNote => Ok(converted.checked_neg()?),
        }
    }
}

/// The three bases (C-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommissionBases {
    /// Earned, previews and uninvoiced usage.
    pub estimated_base_amount: Money,
    /// Issued and paid documents less their credit notes.
    pub earned_base_amount: Money,
    /// Paid documents less their credit notes.
    pub payable_base_amount: Money,
}

/// The three results (C-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommissionResults {
    /// F(estimated base).
    pub estimated_amount: Money,
    /// F(earned base).
    pub earned_amount: Money,
    /// F(payable base).
    pub payable_amount: Money,
}

/// A summary of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The bases.
    pub bases: CommissionBases,
    /// The results.
    pub results: CommissionResults,
    /// Payable less stated (C-23).
    pub difference_amount: Money,
}

/// The parts of a document's net amount by the ancestor that each of its lines counts for, in order of ancestor: the one its tenant
/// had in the line's own period, for late lines the earlier period (C-11). The parts add up to the document; each is converted and
/// rounded by itself afterwards (C-10). Only the parts have to be storable, not each partial sum.
///
/// # Errors
/// `currency_mismatch` or `amount_out_of_range`.
///
/// # Examples
/// ```
/// use cms_commission::split_by_ancestor;
/// use domain::{currency::Currency, money::Money};
///
/// let euro = Currency::from_code("EUR")?;
/// let lines = [("new partner", "80.00"), ("old partner", "-5.00"), ("new partner", "0.50")];
/// let lines = lines.map(|(partner, amount)| (partner, Money::parse(amount, euro).unwrap()));
/// let parts = split_by_ancestor(euro, lines)?;
/// assert_eq!(parts["new partner"].amount_text(), "80.50");
/// assert_eq!(parts["old partner"].amount_text(), "-5.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn split_by_ancestor<A: Ord>(
    currency: Currency,
    lines: impl IntoIterator<Item = (A, Money)>,
) -> Result<BTreeMap<A, Money>, CommissionError> {
    let mut amounts: BTreeMap<A, Vec<Money>> = BTreeMap::new();
    for (ancestor, amount) in lines {
        amounts.entry(ancestor).or_default().push(amount);
    }
    let parts = amounts
        .into_iter()
        .map(|(ancestor, amounts)| Ok((ancestor, Money::sum(currency, amounts)?)));
    parts.collect()
}

/// The bases of a unit from its documents and its uninvoiced usage, all for one entity. A credit note counts with the document it
/// credits: not at all when that is void, in the payable base when that is paid (C-12, C-13).
///
/// # Errors
/// `document_missing`, `currency_mismatch` or `amount_out_of_range`.
pub fn bases(
    currency: Currency,
    documents: &[CommissionDocument],
    uninvoiced_amount: Money,
) -> Result<CommissionBases, CommissionError> {
    let by_id: HashMap<&str, DocumentStatus> = documents
        .iter()
        .map(|document| (document.document_id.as_str(), document.status))
        .collect();
    let mut estimated = Money::zero(currency).checked_add(uninvoiced_amount)?;
    let mut earned = Money::zero(currency);
    let mut payable = Money::zero(currency);
    for document in documents {
        let Some(status) = effective_status(document, &by_id)? else {
            continue;
        };
        let contribution = document.contribution(currency)?;
        match status {
            DocumentStatus::Void => {}
            DocumentStatus::Preview => estimated = estimated.checked_add(contribution)?,
            DocumentStatus::Issued => earned = earned.checked_add(contribution)?,
            DocumentStatus::Paid => {
                earned = earned.checked_add(contribution)?;
                payable = payable.checked_add(contribution)?;
            }
        }
    }
    Ok(CommissionBases {
        estimated_base_amount: estimated.checked_add(earned)?,
        earned_base_amount: earned,
        payable_base_amount: payable,
    })
}

/// The status a document counts with: its own, or for a credit note that of the document it credits; none when the credit note
/// itself is not in force.
fn effective_status(
    document: &CommissionDocument,
    by_id: &HashMap<&str, DocumentStatus>,
) -> Result<Option<DocumentStatus>, CommissionError> {
    let Some(credited) = document.credits_document_id.as_deref() else {
        return Ok(Some(document.status));
    };
    if matches!(document.status, DocumentStatus::Preview | DocumentStatus::Void) {
        return Ok(None);
    }
    by_id
        .get(credited)
        .copied()
        .map(Some)
        .ok_or(CommissionError::DocumentMissing)
}

/// The summary of a unit: bases, results and the difference to what earlier statements have stated (C-13, C-16, C-23).
///
/// # Errors
/// Those of [`bases`] and [`commission`].
pub fn summary(
    schedule: &CommissionSchedule,
    currency: Currency,
    documents: &[CommissionDocument],
    uninvoiced_amount: Money,
    stated_amount: Money,
) -> Result<Summary, CommissionError> {
    let bases = bases(currency, documents, uninvoiced_amount)?;
    let results = CommissionResults {
        estimated_amount: commission(schedule, bases.estimated_base_amount)?.amount,
        earned_amount: commission(schedule, bases.earned_base_amount)?.amount,
        payable_amount: commission(schedule, bases.payable_base_amount)?.amount,
    };
    let difference_amount = results.payable_amount.checked_sub(stated_amount)?;
    Ok(Summary {
        bases,
        results,
        difference_amount,
    })
}
