//! Usage rows as lists show them (U-54).

use domain::ids::{PlatformSubscriptionId, RegionId, SubscriptionId};
use domain::period::Period;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::Usage;
use crate::{PageOf, PageRequest, StoreError, scope, sql};

/// Which rows a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// Only those of this subscription.
    pub subscription_id: Option<SubscriptionId>,
    /// Only those of this meter.
    pub meter_id: Option<String>,
    /// Only those of this SKU.
    pub sku: Option<String>,
    /// Only those with usage in this period (U-40).
    pub period: Option<Period>,
}

/// A usage row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// Row.
    pub id: i64,
    /// Region.
    pub region_id: RegionId,
    /// Name of the region.
    pub region: String,
    /// Reported day.
    pub reported_on: String,
    /// Start of use, seconds since 1970 UTC.
    pub usage_start_s: i64,
    /// End of use, seconds since 1970 UTC.
    pub usage_end_s: i64,
    /// Subscription as the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Meter.
    pub meter_id: String,
    /// Name of the meter; its id when the catalogue does not hold it.
    pub meter_name: String,
    /// SKU.
    pub sku: String,
    /// Resource.
    pub resource_uri: String,
    /// Exact quantity.
    pub quantity: String,
}

impl Usage<'_> {
    /// A page of rows in force of subscriptions in scope, in the order they were stored.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn records(
        &self,
        of: Scope,
        filter: &UsageFilter,
        page: &PageRequest,
    ) -> Result<PageOf<RecordRow>, StoreError> {
        let shown = filter.condition(of);
        let backend = self.0.connection().get_database_backend();
        let mut count = Query::select();
        count.expr_as(Expr::cust("COUNT(*)"), Alias::new("found"));
        from(&mut count).cond_where(shown.clone());
        let found = self.0.connection().query_one_raw(backend.build(&count)).await?;
        let total = found
            .map(|row| row.try_get::<i64>("", "found"))
            .transpose()?
            .map_or(0, sql::count);
        let mut select = Query::select();
        for (table, column) in COLUMNS {
            select.expr_as(col(table, column), Alias::new(*column));
        }
        select.expr_as(col("region", "name"), Alias::new("region"));
        select.expr_as(
            Expr::cust("COALESCE(meter.name, usage_record.meter_id)"),
            Alias::new("meter_name"),
        );
        let after = page
            .after
            .as_ref()
            .and_then(|after| after.first()?.parse::<i64>().ok())
            .unwrap_or(0);
        from(&mut select)
            .cond_where(shown)
            .and_where(col("usage_record", "id").gt(after))
            .order_by((Alias::new("usage_record"), Alias::new("id")), Order::Asc)
            .limit(page.limit.saturating_add(1));
        let rows = self.0.connection().query_all_raw(backend.build(&select)).await?;
        let rows = rows.iter().map(record).collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.id.to_string()]
        }))
    }
}

const COLUMNS: &[(&str, &str)] = &[
    ("usage_record", "id"),
    ("usage_window", "region_id"),
    ("usage_window", "reported_on"),
    ("usage_record", "usage_start_s"),
    ("usage_record", "usage_end_s"),
    ("usage_record", "platform_subscription_id"),
    ("usage_record", "meter_id"),
    ("usage_record", "sku"),
    ("usage_record", "resource_uri"),
    ("usage_record", "quantity"),
];

fn col(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

fn from(select: &mut sea_orm::sea_query::SelectStatement) -> &mut sea_orm::sea_query::SelectStatement {
    let same = |left: (&str, &str), right: (&str, &str)| col(left.0, left.1).eq(col(right.0, right.1));
    let subscription = Cond::all()
        .add(same(("subscription", "region_id"), ("usage_window", "region_id")))
        .add(same(
            ("subscription", "platform_subscription_id"),
            ("usage_record", "platform_subscription_id"),
        ));
    select
        .from(Alias::new("usage_record"))
        .inner_join(
            Alias::new("usage_window"),
            same(("usage_window", "id"), ("usage_record", "window_id")),
        )
        .inner_join(
            Alias::new("region"),
            same(("region", "id"), ("usage_window", "region_id")),
        )
        .left_join(Alias::new("subscription"), subscription)
        .left_join(
            Alias::new("meter"),
            same(("meter", "meter_id"), ("usage_record", "meter_id")),
        )
}

impl UsageFilter {
    fn condition(&self, of: Scope) -> Cond {
        let mut shown = Cond::all()
            .add(col("usage_window", "in_force").eq(1))
            .add(scope::tenants(of, col("subscription", "tenant_id")));
        if let Some(id) = self.subscription_id {
            shown = shown.add(col("subscription", "id").eq(id.uuid()));
        }
        if let Some(meter_id) = &self.meter_id {
            shown = shown.add(col("usage_record", "meter_id").eq(meter_id.as_str()));
        }
        if let Some(sku) = &self.sku {
            shown = shown.add(col("usage_record", "sku").eq(sku.as_str()));
        }
        if let Some(period) = self.period {
            shown = shown
                .add(col("usage_record", "usage_start_s").gte(period.starts_at().timestamp()))
                .add(col("usage_record", "usage_start_s").lt(period.ends_at().timestamp()));
        }
        shown
    }
}

fn record(row: &QueryResult) -> Result<RecordRow, StoreError> {
    Ok(RecordRow {
        id: row.try_get("", "id")?,
        region_id: RegionId::new(row.try_get::<Uuid>("", "region_id")?),
        region: row.try_get("", "region")?,
        reported_on: row.try_get("", "reported_on")?,
        usage_start_s: row.try_get("", "usage_start_s")?,
        usage_end_s: row.try_get("", "usage_end_s")?,
        platform_subscription_id: PlatformSubscriptionId::new(row.try_get("", "platform_subscription_id")?),
        meter_id: row.try_get("", "meter_id")?,
        meter_name: row.try_get("", "meter_name")?,
        sku: row.try_get("", "sku")?,
        resource_uri: row.try_get("", "resource_uri")?,
        quantity: row.try_get("", "quantity")?,
    })
}
