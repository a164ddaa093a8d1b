//! What makes previews stale (B-8).
//!
//! Every change of usage, mapping or prices counts the periods it touches and then marks their previews. Whoever stores
//! previews locks the count of the period first and compares it with the count it started from, so a change is never
//! lost between reading and storing: one of the two sees the other.

use domain::ids::{RegionId, TenantId};
use domain::period::Period;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::head;
use super::{InvoiceStatus, Invoices};
use crate::StoreError;

impl Invoices<'_> {
    /// Usage of a region changed in the months `first` to `last`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn usage_changed(&self, region: RegionId, first: Period, last: Period) -> Result<(), StoreError> {
        let mut month = first;
        while month <= last {
            self.count_change(month).await?;
            month = month.next();
        }
        let within = Cond::all()
            .add(head::Column::Period.between(first.to_string(), last.to_string()))
            .add(head::Column::TenantId.in_subquery(tenants_of(region)));
        self.mark(within).await
    }

    /// Prices of a region, of a tenant or, without either, of everything changed from a month on.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn prices_changed(
        &self,
        region: Option<RegionId>,
        tenant: Option<TenantId>,
        from: Period,
    ) -> Result<(), StoreError> {
        self.count_changes_from(from).await?;
        let mut within = Cond::all().add(head::Column::Period.gte(from.to_string()));
        if let Some(region) = region {
            within = within.add(head::Column::TenantId.in_subquery(tenants_of(region)));
        }
        if let Some(tenant) = tenant {
            within = within.add(head::Column::TenantId.eq(tenant.uuid()));
        }
        self.mark(within).await
    }

    /// The record of a tenant changed. Its previews also remember the version they were made from, so one that is stored
    /// at the same moment is stale too.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn tenant_changed(&self, tenant: TenantId) -> Result<(), StoreError> {
        self.mark(Cond::all().add(head::Column::TenantId.eq(tenant.uuid())))
            .await
    }

    /// The count of changes of a period; starts counting when nobody did.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn change_count(&self, period: Period) -> Result<i64, StoreError> {
        self.bump(period, 0).await
    }

    async fn count_change(&self, period: Period) -> Result<(), StoreError> {
        self.bump(period, 1).await.map(|_| ())
    }

    /// Adds to the count and answers it; the row stays locked until the transaction ends.
    async fn bump(&self, period: Period, by: i64) -> Result<i64, StoreError> {
        let (table, counter) = (Alias::new("period_change"), Alias::new("counter"));
        let grow = OnConflict::column(Alias::new("period"))
            .value(counter.clone(), Expr::col((table.clone(), counter.clone())).add(by))
            .to_owned();
        let mut bump = Query::insert();
        bump.into_table(table)
            .columns([Alias::new("period"), counter.clone()])
            .on_conflict(grow)
            .returning_col(counter);
        bump.values([period.to_string().into(), by.into()])
            .map_err(|_| StoreError::Inconsistent {
                table: "period_change",
                column: "counter",
                row: period.to_string(),
            })?;
        let row = self.0.connection().query_one(&bump).await?;
        let row = row.ok_or(StoreError::WrongRowCount {
            expected: 1,
            changed: 0,
        })?;
        Ok(row.try_get_by_index(0)?)
    }

    async fn count_changes_from(&self, from: Period) -> Result<(), StoreError> {
        let counter = Alias::new("counter");
        let update = Query::update()
            .table(Alias::new("period_change"))
            .value(counter.clone(), Expr::col(counter).add(1))
            .and_where(Expr::col(Alias::new("period")).gte(from.to_string()))
            .to_owned();
        self.0.connection().execute(&update).await?;
        Ok(())
    }

    async fn mark(&self, within: Cond) -> Result<(), StoreError> {
        head::Entity::update_many()
            .col_expr(head::Column::Stale, Expr::val(1_i64))
            .filter(head::Column::Status.eq(InvoiceStatus::Preview.identifier()))
            .filter(head::Column::Stale.eq(0_i64))
            .filter(within)
            .exec(self.0.connection())
            .await?;
        Ok(())
    }
}

fn tenants_of(region: RegionId) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(Alias::new("tenant_id"))
        .from(Alias::new("subscription"))
        .and_where(Expr::col(Alias::new("region_id")).eq(region.uuid()))
        .to_owned()
}
