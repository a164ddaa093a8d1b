//! Storing and removing previews (B-4 to B-9, B-16).

use chrono::{DateTime, Utc};
use domain::ids::{InvoiceId, TenantId};
use domain::period::Period;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::{head, line};
use super::line::NewLine;
use super::{InvoiceStatus, Invoices};
use crate::StoreError;
use crate::time::to_micros;

/// The figures of a preview.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPreview {
    /// Identity; that of the preview it replaces.
    pub id: InvoiceId,
    /// Recipient.
    pub tenant_id: TenantId,
    /// Version of the tenant's record the figures were made from.
    pub tenant_version: i64,
    /// Billing period.
    pub period: Period,
    /// ISO 4217 code.
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
    /// Whether the period has not ended (B-7).
    pub incomplete: bool,
    /// Number of unpriced lines.
    pub unpriced_rows: i64,
    /// Blockers that come from the figures.
    pub blockers: Vec<String>,
    /// Lines in their order.
    pub lines: Vec<NewLine>,
}

/// The document of a tenant and period (B-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodDocument {
    /// Identity.
    pub id: InvoiceId,
    /// Recipient.
    pub tenant_id: TenantId,
    /// State.
    pub status: InvoiceStatus,
}

impl Invoices<'_> {
    /// The period documents of a month, one a tenant at most (B-6).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn of_period(&self, period: Period) -> Result<Vec<PeriodDocument>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String)> = head::Entity::find()
            .select_only()
            .column(head::Column::Id)
            .column(head::Column::TenantId)
            .column(head::Column::Status)
            .filter(head::Column::Period.eq(period.to_string()))
            .filter(head::Column::Kind.eq("invoice"))
            .filter(head::Column::Status.ne(InvoiceStatus::Void.identifier()))
            .order_by_asc(head::Column::TenantId)
            .into_tuple()
            .all(self.0.connection())
            .await?;
        let read = |(id, tenant, status): (Uuid, Uuid, String)| {
            let status = InvoiceStatus::from_identifier(&status).ok_or_else(|| StoreError::Inconsistent {
                table: "invoice",
                column: "status",
                row: id.to_string(),
            })?;
            Ok(PeriodDocument {
                id: id.into(),
                tenant_id: tenant.into(),
                status,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Stores previews, `stale` when something changed while their figures were made (B-8): new ones, or in place of the preview of the same tenant and period, whose revision grows (B-6).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when a period document was issued or replaced in the meantime.
    pub async fn store_previews(
        &self,
        previews: &[NewPreview],
        stale: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if previews.is_empty() {
            return Ok(());
        }
        let expected = u64::try_from(previews.len()).unwrap_or(u64::MAX);
        let rows = previews
            .iter()
            .map(|preview| active(preview, stale, at))
            .collect::<Result<Vec<_>, _>>()?;
        let stored = head::Entity::insert_many(rows)
            .on_conflict(in_place())
            .exec_without_returning(self.0.connection())
            .await?;
        if stored != expected {
            return Err(StoreError::WrongRowCount {
                expected,
                changed: stored,
            });
        }
        self.replace_lines(previews).await
    }

    /// Removes a preview with its lines; false when it is none any more (B-16).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_preview(&self, id: InvoiceId) -> Result<bool, StoreError> {
        // Locks the row, so that it cannot be issued between the two deletions.
        let locked = head::Entity::update_many()
            .col_expr(head::Column::Version, Expr::col(head::Column::Version).add(1))
            .filter(head::Column::Id.eq(id.uuid()))
            .filter(head::Column::Status.eq(InvoiceStatus::Preview.identifier()))
            .exec(self.0.connection())
            .await?;
        if locked.rows_affected != 1 {
            return Ok(false);
        }
        line::Entity::delete_many()
            .filter(line::Column::InvoiceId.eq(id.uuid()))
            .exec(self.0.connection())
            .await?;
        head::Entity::delete_by_id(id.uuid()).exec(self.0.connection()).await?;
        Ok(true)
    }
}

/// A preview that exists keeps its id and its first instant; anything but a preview is left alone.
fn in_place() -> OnConflict {
    use head::Column;
    OnConflict::column(Column::Id)
        .update_columns([
            Column::Currency,
            Column::NetMinor,
            Column::TaxMinor,
            Column::TotalMinor,
            Column::TaxTreatment,
            Column::TaxLabel,
            Column::TaxRate,
            Column::Stale,
            Column::Incomplete,
            Column::UnpricedRows,
            Column::Blockers,
            Column::TenantVersion,
            Column::GeneratedAt,
        ])
        .value(Column::Revision, Expr::col((head::Entity, Column::Revision)).add(1))
        .value(Column::Version, Expr::col((head::Entity, Column::Version)).add(1))
        .action_and_where(Expr::col((head::Entity, Column::Status)).eq(InvoiceStatus::Preview.identifier()))
        .to_owned()
}

fn active(preview: &NewPreview, stale: bool, at: DateTime<Utc>) -> Result<head::ActiveModel, StoreError> {
    let blockers = serde_json::to_string(&preview.blockers).map_err(|_| StoreError::Inconsistent {
        table: "invoice",
        column: "blockers",
        row: preview.id.to_string(),
    })?;
    Ok(head::ActiveModel {
        id: Set(preview.id.uuid()),
        kind: Set("invoice".to_owned()),
        tenant_id: Set(preview.tenant_id.uuid()),
        period: Set(preview.period.to_string()),
        status: Set(InvoiceStatus::Preview.identifier().to_owned()),
        revision: Set(1),
        number: Set(None),
        currency: Set(preview.currency.clone()),
        net_minor: Set(preview.net_minor),
        tax_minor: Set(preview.tax_minor),
        total_minor: Set(preview.total_minor),
        tax_treatment: Set(preview.tax_treatment.clone()),
        tax_label: Set(preview.tax_label.clone()),
        tax_rate: Set(preview.tax_rate.clone()),
        payment_terms_days: Set(None),
        issued_at: Set(None),
        issued_on: Set(None),
        due_on: Set(None),
        stale: Set(i64::from(stale)),
        incomplete: Set(i64::from(preview.incomplete)),
        unpriced_rows: Set(preview.unpriced_rows),
        blockers: Set(blockers),
        snapshot: Set("null".to_owned()),
        override_reason: Set(None),
        tenant_version: Set(preview.tenant_version),
        version: Set(1),
        generated_at: Set(to_micros(at)),
        created_at: Set(to_micros(at)),
    })
}
