//! Lists and details of invoices.

use domain::currency::Currency;
use domain::ids::InvoiceId;
use domain::money::Money;
use persistence::invoice::{InvoiceFilter, InvoiceRow, InvoiceStatus, LineRow};
use persistence::{PageOf, PageRequest, StoreError, Tx};

use super::snapshot::{self, Captured};
use super::{Blocker, blockers, visible};
use crate::authorize::{authorize, permitted, switched_on};
use crate::{Actor, App, Error, settings};

/// The head of a document with its figures as amounts.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceFigures {
    /// The head; names are those captured at issue where it was issued (B-17).
    pub row: InvoiceRow,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Sum of the lines.
    pub net_amount: Money,
    /// Tax.
    pub tax_amount: Money,
    /// Net plus tax.
    pub total_amount: Money,
    /// What stands in the way of issuing it (B-41); none for issued documents.
    pub blockers: Vec<Blocker>,
}

/// A document with its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceDetails {
    /// Head.
    pub figures: InvoiceFigures,
    /// Lines in their order (B-21).
    pub lines: Vec<LineRow>,
    /// Terms captured at issue, or those issue would use.
    pub payment_terms_days: i64,
    /// Zone of its dates (B-2).
    pub time_zone: String,
    /// SHA-256 of the stored PDF.
    pub content_hash: Option<String>,
}

/// A page of documents in scope.
///
/// # Errors
/// [`Error::NotPermitted`], [`Error::SwitchedOff`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: InvoiceFilter,
    page: &PageRequest,
) -> Result<PageOf<InvoiceFigures>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "invoice.list").await?;
    let found = tx.invoices().list(scope, visible(actor), filter, page).await?;
    let blockers = blockers::of(app, &tx, &found.items).await?;
    let items = found
        .items
        .into_iter()
        .zip(blockers)
        .map(|(row, blockers)| figures(row, blockers));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    Ok(PageOf {
        items,
        next: found.next,
        total: found.total,
    })
}

/// One document.
///
/// # Errors
/// [`Error::NotFound`] outside the scope, [`Error::SwitchedOff`].
pub async fn read(app: &App, actor: &Actor, id: InvoiceId) -> Result<InvoiceDetails, Error> {
    let tx = app.store().read().await?;
    let row = find(&tx, actor, "invoice.read", id).await?;
    details(app, &tx, row).await
}

/// The document in the actor's scope, with the checks in the order of PM-6.
pub(super) async fn find(tx: &Tx, actor: &Actor, operation: &'static str, id: InvoiceId) -> Result<InvoiceRow, Error> {
    let scope = permitted(actor, operation)?;
    let row = tx
        .invoices()
        .find(scope, visible(actor), id)
        .await?
        .ok_or(Error::NotFound)?;
    switched_on(tx, actor, operation).await?;
    Ok(row)
}

/// The document with its lines as it is in this transaction.
pub(super) async fn details(app: &App, tx: &Tx, row: InvoiceRow) -> Result<InvoiceDetails, Error> {
    let blockers = blockers::of(app, tx, std::slice::from_ref(&row))
        .await?
        .pop()
        .unwrap_or_default();
    let captured = match row.status {
        InvoiceStatus::Preview => None,
        _ => Some(Captured::read(&row)?),
    };
    let payment_terms_days = match row.payment_terms_days {
        Some(days) => days,
        None => snapshot::terms(tx, row.tenant_id).await?,
    };
    let time_zone = match captured {
        Some(captured) => captured.time_zone,
        None => settings::read_text(tx, "billing.time_zone").await?,
    };
    Ok(InvoiceDetails {
        lines: tx.invoices().lines(row.id).await?,
        content_hash: tx.invoices().document_hash(row.id, "pdf").await?,
        figures: figures(row, blockers)?,
        payment_terms_days,
        time_zone,
    })
}

fn figures(mut row: InvoiceRow, blockers: Vec<Blocker>) -> Result<InvoiceFigures, Error> {
    if row.status != InvoiceStatus::Preview {
        let captured = Captured::read(&row)?;
        row.tenant_name = captured.tenant.name;
        row.partner_name = captured.partner.name;
        row.partner_id = captured.partner.id.into();
        row.distributor_name = captured.distributor.name;
        row.distributor_id = captured.distributor.id.into();
    }
    let currency = Currency::from_code(&row.currency).map_err(|_| StoreError::Inconsistent {
        table: "invoice",
        column: "currency",
        row: row.id.to_string(),
    })?;
    Ok(InvoiceFigures {
        currency,
        net_amount: Money::from_minor(row.net_minor, currency),
        tax_amount: Money::from_minor(row.tax_minor, currency),
        total_amount: Money::from_minor(row.total_minor, currency),
        blockers,
        row,
    })
}
