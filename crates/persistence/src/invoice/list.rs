//! Lists of documents and sums by month.

use domain::ids::{DistributorId, PartnerId, TenantId};
use domain::period::Period;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::head;
use super::{InvoiceRow, InvoiceStatus, Invoices, Row, Visible, col, other, select};
use crate::page::{SortBy, SortKind, contains};
use crate::{PageOf, PageRequest, StoreError, scope};

/// Which documents a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoiceFilter {
    /// Only this month.
    pub period: Option<Period>,
    /// Only this state.
    pub status: Option<InvoiceStatus>,
    /// Only this tenant's.
    pub tenant_id: Option<TenantId>,
    /// Only those of tenants of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only those of tenants of this distributor.
    pub distributor_id: Option<DistributorId>,
}

/// Documents of one month, state and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthTotal {
    /// Month.
    pub period: Period,
    /// State.
    pub status: InvoiceStatus,
    /// ISO 4217 code.
    pub currency: String,
    /// Number of documents.
    pub documents: i64,
    /// Sum of their totals in minor units.
    pub total_minor: i128,
}

impl Invoices<'_> {
    /// A page of documents in scope, sorted by `period`, `total_amount`, `number`, `tenant` or `generated_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        visible: Visible,
        filter: InvoiceFilter,
        page: &PageRequest,
    ) -> Result<PageOf<InvoiceRow>, StoreError> {
        let (column, kind) = match page.sort.as_str() {
            "total_amount" => (col(head::Column::TotalMinor), SortKind::Integer),
            "tenant" => (other("tenant", "name"), SortKind::Text),
            "generated_at" => (col(head::Column::GeneratedAt), SortKind::Integer),
            // Documents without a number come first.
            "number" => (number(), SortKind::Text),
            _ => (col(head::Column::Period), SortKind::Text),
        };
        let by = SortBy {
            column: column.clone(),
            kind,
            id: col(head::Column::Id),
        };
        let shown = select(scope, visible).filter(filter.condition(&page.search));
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(column, SortBy::order(page))
            .order_by(head::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .into_model::<Row>()
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(InvoiceRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            let key = match page.sort.as_str() {
                "total_amount" => row.total_minor.to_string(),
                "tenant" => row.tenant_name.clone(),
                "generated_at" => crate::time::to_micros(row.generated_at).to_string(),
                "number" => row.number.clone().unwrap_or_default(),
                _ => row.period.to_string(),
            };
            vec![key, row.id.to_string()]
        }))
    }

    /// Number of previews of a tenant.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count_previews(&self, tenant: TenantId) -> Result<u64, StoreError> {
        self.count_in(tenant, InvoiceStatus::Preview).await
    }

    /// Number of issued documents of a tenant that are not paid.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count_unsettled(&self, tenant: TenantId) -> Result<u64, StoreError> {
        self.count_in(tenant, InvoiceStatus::Issued).await
    }

    async fn count_in(&self, tenant: TenantId, status: InvoiceStatus) -> Result<u64, StoreError> {
        let found = head::Entity::find()
            .filter(head::Column::TenantId.eq(tenant.uuid()))
            .filter(head::Column::Status.eq(status.identifier()));
        Ok(found.count(self.0.connection()).await?)
    }

    /// Documents in scope from a month on, counted and summed by month, state and currency.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn month_totals(
        &self,
        scope: Scope,
        visible: Visible,
        from: Period,
    ) -> Result<Vec<MonthTotal>, StoreError> {
        let mut shown = head::Entity::find()
            .select_only()
            .column(head::Column::Period)
            .column(head::Column::Status)
            .column(head::Column::Currency)
            .column(head::Column::TotalMinor)
            .filter(scope::tenants(scope, col(head::Column::TenantId)))
            .filter(head::Column::Period.gte(from.to_string()))
            .filter(head::Column::Status.ne(InvoiceStatus::Void.identifier()))
            .order_by_asc(head::Column::Period)
            .order_by_asc(head::Column::Currency);
        if visible == Visible::IssuedOnly {
            shown = shown.filter(head::Column::Status.ne(InvoiceStatus::Preview.identifier()));
        }
        // Summed here: a sum in the database would be a type of its own in each of them, and can leave 64 bits.
        let rows: Vec<(String, String, String, i64)> = shown.into_tuple().all(self.0.connection()).await?;
        let mut totals: std::collections::BTreeMap<(String, String, String), (i64, i128)> =
            std::collections::BTreeMap::new();
        for (period, status, currency, total) in rows {
            let sum = totals.entry((period, status, currency)).or_default();
            sum.0 = sum.0.saturating_add(1);
            sum.1 = sum.1.saturating_add(i128::from(total));
        }
        totals.into_iter().map(|(key, sum)| month_total(key, sum)).collect()
    }
}

fn month_total(
    (period, status, currency): (String, String, String),
    (documents, total_minor): (i64, i128),
) -> Result<MonthTotal, StoreError> {
    let inconsistent = |column, row: &str| StoreError::Inconsistent {
        table: "invoice",
        column,
        row: row.to_owned(),
    };
    Ok(MonthTotal {
        period: Period::parse(&period).map_err(|_| inconsistent("period", &period))?,
        status: InvoiceStatus::from_identifier(&status).ok_or_else(|| inconsistent("status", &status))?,
        currency,
        documents,
        total_minor,
    })
}

fn number() -> Expr {
    Func::coalesce([col(head::Column::Number), Expr::val("")]).into()
}

impl InvoiceFilter {
    fn condition(self, search: &str) -> Cond {
        let mut shown = Cond::all();
        if let Some(period) = self.period {
            shown = shown.add(head::Column::Period.eq(period.to_string()));
        }
        if let Some(status) = self.status {
            shown = shown.add(head::Column::Status.eq(status.identifier()));
        }
        if let Some(id) = self.tenant_id {
            shown = shown.add(head::Column::TenantId.eq(id.uuid()));
        }
        if let Some(id) = self.partner_id {
            shown = shown.add(other("tenant", "partner_id").eq(id.uuid()));
        }
        if let Some(id) = self.distributor_id {
            shown = shown.add(other("partner", "distributor_id").eq(id.uuid()));
        }
        if !search.is_empty() {
            let like = || LikeExpr::new(contains(search)).escape('\\');
            let names = Expr::expr(Func::lower(Expr::col((Alias::new("tenant"), Alias::new("name")))));
            let numbers = Expr::expr(Func::lower(number()));
            shown = shown.add(Cond::any().add(names.like(like())).add(numbers.like(like())));
        }
        shown
    }
}
