//! Period documents: previews, issued and paid invoices, their lines, numbers and stored bytes (billing.md).

mod changes;
mod completeness;
mod document;
mod entity;
mod inputs;
mod issue;
mod line;
mod list;
mod preview;

pub use completeness::{QuarantinedRow, RegionCoverage, TenantRegion};
pub use document::DocumentRow;
pub use inputs::{BilledSubscription, BilledTenant, EarlierNet, IssuedHead};
pub use issue::IssueFigures;
pub use line::{LineRow, NewLine};
pub use list::{InvoiceFilter, MonthTotal};
pub use preview::{NewPreview, PeriodDocument};

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{DistributorId, InvoiceId, PartnerId, TenantId};
use domain::period::Period;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use crate::time::from_micros;
use crate::{StoreError, Tx, scope};
use entity::head;

/// Which documents of a scope are seen (S-12): tenant roles see no previews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible {
    /// Previews too.
    All,
    /// Issued, paid and void documents.
    IssuedOnly,
}

/// State of a document (B-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvoiceStatus {
    /// Figures only; can be made anew or deleted.
    Preview,
    /// Has a number and something left to pay.
    Issued,
    /// Nothing left to pay.
    Paid,
    /// Taken back by a credit note.
    Void,
}

impl InvoiceStatus {
    /// The stored identifier.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Issued => "issued",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    /// The status of an identifier.
    pub fn from_identifier(text: &str) -> Option<Self> {
        [Self::Preview, Self::Issued, Self::Paid, Self::Void]
            .into_iter()
            .find(|status| status.identifier() == text)
    }
}

/// The head of a document as stored, with the names around it as they are now.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceRow {
    /// Identity.
    pub id: InvoiceId,
    /// `invoice` or `credit_note`.
    pub kind: String,
    /// Recipient.
    pub tenant_id: TenantId,
    /// Name of the tenant now.
    pub tenant_name: String,
    /// Partner of the tenant now.
    pub partner_id: PartnerId,
    /// Its name.
    pub partner_name: String,
    /// Distributor of the partner now.
    pub distributor_id: DistributorId,
    /// Its name.
    pub distributor_name: String,
    /// Billing period.
    pub period: Period,
    /// State.
    pub status: InvoiceStatus,
    /// Counts rebuilds of the preview.
    pub revision: i64,
    /// Taken at issue.
    pub number: Option<String>,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// Sum of the lines.
    pub net_minor: i64,
    /// Tax.
    pub tax_minor: i64,
    /// Net plus tax.
    pub total_minor: i64,
    /// `standard`, `exempt` or `reverse_charge`.
    pub tax_treatment: String,
    /// Label of the tax line.
    pub tax_label: Option<String>,
    /// Rate in percent, canonical decimal.
    pub tax_rate: String,
    /// Terms captured at issue.
    pub payment_terms_days: Option<i64>,
    /// Instant of issue.
    pub issued_at: Option<DateTime<Utc>>,
    /// Date of issue in the billing time zone (B-2).
    pub issued_on: Option<NaiveDate>,
    /// Due date (B-60).
    pub due_on: Option<NaiveDate>,
    /// Whether something the figures come from changed since (B-8); false for issued documents.
    pub stale: bool,
    /// Whether the period had not ended when it was made (B-7).
    pub incomplete: bool,
    /// Number of unpriced lines.
    pub unpriced_rows: i64,
    /// Blockers found when it was made, and overridden ones after issue (B-41).
    pub blockers: Vec<String>,
    /// Profiles captured at issue; null before (B-17).
    pub snapshot: Value,
    /// Reason of the override (B-42).
    pub override_reason: Option<String>,
    /// Version for edits.
    pub version: i64,
    /// When the figures were made.
    pub generated_at: DateTime<Utc>,
    /// When the first revision was made.
    pub created_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    tenant_id: Uuid,
    tenant_name: String,
    partner_id: Uuid,
    partner_name: String,
    distributor_id: Uuid,
    distributor_name: String,
    period: String,
    status: String,
    revision: i64,
    number: Option<String>,
    currency: String,
    net_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    tax_treatment: String,
    tax_label: Option<String>,
    tax_rate: String,
    payment_terms_days: Option<i64>,
    issued_at: Option<i64>,
    issued_on: Option<String>,
    due_on: Option<String>,
    stale: i64,
    incomplete: i64,
    unpriced_rows: i64,
    blockers: String,
    snapshot: String,
    override_reason: Option<String>,
    tenant_version: i64,
    tenant_version_now: i64,
    version: i64,
    generated_at: i64,
    created_at: i64,
}

/// Documents of a transaction.
#[derive(Debug)]
pub struct Invoices<'tx>(pub(crate) &'tx Tx);

impl Tx {
    /// The invoices.
    pub fn invoices(&self) -> Invoices<'_> {
        Invoices(self)
    }
}

impl Invoices<'_> {
    /// A document in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, visible: Visible, id: InvoiceId) -> Result<Option<InvoiceRow>, StoreError> {
        let found = select(scope, visible).filter(head::Column::Id.eq(id.uuid()));
        let row = found.into_model::<Row>().one(self.0.connection()).await?;
        row.map(InvoiceRow::try_from).transpose()
    }
}

fn col(column: head::Column) -> Expr {
    Expr::col((head::Entity, column))
}

fn select(of: Scope, visible: Visible) -> sea_orm::Select<head::Entity> {
    let mut seen = Cond::all();
    if visible == Visible::IssuedOnly {
        seen = seen.add(head::Column::Status.ne(InvoiceStatus::Preview.identifier()));
    }
    let mut found = head::Entity::find();
    let tenant = other("tenant", "id").equals((head::Entity, head::Column::TenantId));
    let partner = other("partner", "id").equals((Alias::new("tenant"), Alias::new("partner_id")));
    let distributor = other("distributor", "id").equals((Alias::new("partner"), Alias::new("distributor_id")));
    QuerySelect::query(&mut found)
        .inner_join(Alias::new("tenant"), tenant)
        .inner_join(Alias::new("partner"), partner)
        .inner_join(Alias::new("distributor"), distributor);
    found
        .expr_as(other("tenant", "name"), "tenant_name")
        .expr_as(other("tenant", "version"), "tenant_version_now")
        .expr_as(other("tenant", "partner_id"), "partner_id")
        .expr_as(other("partner", "name"), "partner_name")
        .expr_as(other("partner", "distributor_id"), "distributor_id")
        .expr_as(other("distributor", "name"), "distributor_name")
        .filter(scope::tenants(of, col(head::Column::TenantId)))
        .filter(seen)
}

fn other(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

impl TryFrom<Row> for InvoiceRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let inconsistent = |column| StoreError::Inconsistent {
            table: "invoice",
            column,
            row: row.id.to_string(),
        };
        let date = |text: Option<&str>, column| {
            let read = text.map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d")).transpose();
            read.map_err(|_| inconsistent(column))
        };
        let status = InvoiceStatus::from_identifier(&row.status).ok_or_else(|| inconsistent("status"))?;
        let outdated = row.stale != 0 || row.tenant_version != row.tenant_version_now;
        let issued_at = row
            .issued_at
            .map(|at| from_micros(at, "invoice", "issued_at"))
            .transpose()?;
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            partner_id: row.partner_id.into(),
            distributor_id: row.distributor_id.into(),
            period: Period::parse(&row.period).map_err(|_| inconsistent("period"))?,
            status,
            issued_at,
            issued_on: date(row.issued_on.as_deref(), "issued_on")?,
            due_on: date(row.due_on.as_deref(), "due_on")?,
            stale: status == InvoiceStatus::Preview && outdated,
            incomplete: row.incomplete != 0,
            blockers: serde_json::from_str(&row.blockers).map_err(|_| inconsistent("blockers"))?,
            snapshot: serde_json::from_str(&row.snapshot).map_err(|_| inconsistent("snapshot"))?,
            generated_at: from_micros(row.generated_at, "invoice", "generated_at")?,
            created_at: from_micros(row.created_at, "invoice", "created_at")?,
            kind: row.kind,
            tenant_name: row.tenant_name,
            partner_name: row.partner_name,
            distributor_name: row.distributor_name,
            revision: row.revision,
            number: row.number,
            currency: row.currency,
            net_minor: row.net_minor,
            tax_minor: row.tax_minor,
            total_minor: row.total_minor,
            tax_treatment: row.tax_treatment,
            tax_label: row.tax_label,
            tax_rate: row.tax_rate,
            payment_terms_days: row.payment_terms_days,
            unpriced_rows: row.unpriced_rows,
            override_reason: row.override_reason,
            version: row.version,
        })
    }
}
