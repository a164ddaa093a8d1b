//! Issuing: the claim on a preview, the number and the captured facts (B-40 to B-44, R-06).

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::InvoiceId;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::entity::head;
use super::{InvoiceStatus, Invoices};
use crate::StoreError;
use crate::time::to_micros;

/// What issue captures on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueFigures {
    /// `issued`, or `paid` when the total is 0 (B-14).
    pub status: InvoiceStatus,
    /// Number with prefix and year (B-44).
    pub number: String,
    /// Instant.
    pub issued_at: DateTime<Utc>,
    /// Date in the billing time zone.
    pub issued_on: NaiveDate,
    /// Due date.
    pub due_on: NaiveDate,
    /// Terms in days.
    pub payment_terms_days: i64,
    /// Profiles of tenant, partner, distributor and seller (B-17).
    pub snapshot: Value,
    /// Blockers that were overridden (B-42).
    pub overridden: Vec<String>,
    /// Reason of the override.
    pub override_reason: Option<String>,
}

impl Invoices<'_> {
    /// Takes hold of a preview until the transaction ends; with `expected` only in that version. False when it is no
    /// preview any more or has another version. Whoever comes second waits here and then gets false (B-43).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn claim_preview(&self, id: InvoiceId, expected: Option<i64>) -> Result<bool, StoreError> {
        let mut claim = head::Entity::update_many()
            .col_expr(head::Column::Version, Expr::col(head::Column::Version).add(1))
            .filter(head::Column::Id.eq(id.uuid()))
            .filter(head::Column::Status.eq(InvoiceStatus::Preview.identifier()));
        if let Some(expected) = expected {
            claim = claim.filter(head::Column::Version.eq(expected));
        }
        Ok(claim.exec(self.0.connection()).await?.rows_affected == 1)
    }

    /// Takes the next number of a series inside the transaction: a rollback gives it back, so there are no gaps.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn next_number(&self, kind: &str, year: i32) -> Result<i64, StoreError> {
        let last = Alias::new("last_number");
        let series = Alias::new("number_series");
        let grow = OnConflict::columns([Alias::new("kind"), Alias::new("year")])
            .value(last.clone(), Expr::col((series.clone(), last.clone())).add(1))
            .to_owned();
        let mut take = Query::insert();
        take.into_table(series)
            .columns([Alias::new("kind"), Alias::new("year"), last.clone()])
            .on_conflict(grow)
            .returning_col(last);
        take.values([kind.into(), i64::from(year).into(), 1_i64.into()])
            .map_err(|_| StoreError::Inconsistent {
                table: "number_series",
                column: "last_number",
                row: kind.to_owned(),
            })?;
        let row = self.0.connection().query_one(&take).await?;
        let row = row.ok_or(StoreError::WrongRowCount {
            expected: 1,
            changed: 0,
        })?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Turns a claimed preview into an issued document. From here on the database refuses every change of its figures
    ///
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is no preview; [`StoreError::Duplicate`] when the number exists.
    pub async fn issue(&self, id: InvoiceId, figures: &IssueFigures) -> Result<(), StoreError> {
        let overridden = serde_json::to_string(&figures.overridden).map_err(|_| StoreError::Inconsistent {
            table: "invoice",
            column: "blockers",
            row: id.to_string(),
        })?;
        let issued = head::Entity::update_many()
            .col_expr(head::Column::Status, Expr::val(figures.status.identifier()))
            .col_expr(head::Column::Number, Expr::val(figures.number.clone()))
            .col_expr(head::Column::IssuedAt, Expr::val(to_micros(figures.issued_at)))
            .col_expr(head::Column::IssuedOn, Expr::val(figures.issued_on.to_string()))
            .col_expr(head::Column::DueOn, Expr::val(figures.due_on.to_string()))
            .col_expr(head::Column::PaymentTermsDays, Expr::val(figures.payment_terms_days))
            .col_expr(head::Column::Snapshot, Expr::val(figures.snapshot.to_string()))
            .col_expr(head::Column::Blockers, Expr::val(overridden))
            .col_expr(head::Column::OverrideReason, Expr::val(figures.override_reason.clone()))
            .filter(head::Column::Id.eq(id.uuid()))
            .filter(head::Column::Status.eq(InvoiceStatus::Preview.identifier()))
            .exec(self.0.connection())
            .await?;
        match issued.rows_affected {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }

    /// Whether any document was ever issued (ST-13, ST-18).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn any_issued(&self) -> Result<bool, StoreError> {
        let found = head::Entity::find()
            .filter(head::Column::Status.ne(InvoiceStatus::Preview.identifier()))
            .one(self.0.connection())
            .await?;
        Ok(found.is_some())
    }
}
