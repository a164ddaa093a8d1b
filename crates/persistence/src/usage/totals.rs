//! What rating and explanations read. Sums of exact values are made here, not by the database.

use std::collections::{BTreeMap, HashMap};

use domain::decimal::Quantity;
use domain::ids::{PlatformSubscriptionId, RegionId};
use domain::period::Period;
use futures_util::TryStreamExt;
use sea_orm::{QueryResult, Statement, StreamTrait, Value};
use sqlx::Row as _;

use super::Usage;
use super::stored::quantity_of;
use crate::{StoreError, sql};

/// A usage row as rating reads it; the texts live as long as the driver's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageInput<'a> {
    /// Meter.
    pub meter_id: &'a str,
    /// SKU.
    pub sku: &'a str,
    /// Quantity.
    pub quantity: Quantity,
}

/// Quantity of one UTC day of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySum {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Sum.
    pub quantity: Quantity,
}

/// Quantity of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceSum {
    /// Resource.
    pub resource_uri: String,
    /// Sum.
    pub quantity: Quantity,
}

/// Usage of a period that is not billed as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodCounts {
    /// Rows whose platform subscription is not registered (U-41).
    pub unmapped_rows: u64,
    /// Rows kept aside of windows of the period's days (U-44).
    pub quarantined_rows: u64,
}

impl Usage<'_> {
    /// Hands every row in force of a platform subscription with usage in the period to `each` (U-40). For rating: no
    /// object and no text is made for a row.
    ///
    /// # Errors
    /// What `each` answers; [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn for_each_in_period<E: From<StoreError>>(
        &self,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        period: Period,
        mut each: impl FnMut(UsageInput<'_>) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let text = "SELECT r.meter_id, r.sku, r.quantity FROM usage_record r JOIN usage_window w ON w.id = r.window_id \
                    WHERE r.platform_subscription_id = $1 AND r.usage_start_s >= $2 AND r.usage_start_s < $3 AND w.region_id = $4 AND w.in_force = 1";
        let values = bounds(region, subscription, period);
        let connection = self.0.connection();
        let statement =
            Statement::from_sql_and_values(sea_orm::ConnectionTrait::get_database_backend(connection), text, values);
        let mut rows = connection.stream_raw(statement).await.map_err(StoreError::from)?;
        while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
            each(input(&row)?)?;
        }
        Ok(())
    }

    /// Sums of a subscription, meter and SKU by UTC day of use, in order (P-95).
    ///
    /// # Errors
    /// [`StoreError`] of the database, when a row contradicts the types or a sum leaves 128 bits.
    pub async fn by_day(
        &self,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        period: Period,
        meter_id: &str,
        sku: &str,
    ) -> Result<Vec<DaySum>, StoreError> {
        let rows = self
            .parts("r.usage_start_s", region, subscription, period, meter_id, sku)
            .await?;
        let mut days: BTreeMap<i64, Quantity> = BTreeMap::new();
        for row in &rows {
            let start: i64 = row.try_get_by_index(0)?;
            add(days.entry(start.div_euclid(86_400)).or_insert(Quantity::ZERO), row)?;
        }
        Ok(days
            .into_iter()
            .map(|(day, quantity)| DaySum { day, quantity })
            .collect())
    }

    /// Sums of a subscription, meter and SKU by resource, largest first, then by name (P-43).
    ///
    /// # Errors
    /// [`StoreError`] of the database, when a row contradicts the types or a sum leaves 128 bits.
    pub async fn by_resource(
        &self,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        period: Period,
        meter_id: &str,
        sku: &str,
    ) -> Result<Vec<ResourceSum>, StoreError> {
        let rows = self
            .parts("r.resource_uri", region, subscription, period, meter_id, sku)
            .await?;
        let mut resources: HashMap<String, Quantity> = HashMap::new();
        for row in &rows {
            let uri: String = row.try_get_by_index(0)?;
            add(resources.entry(uri).or_insert(Quantity::ZERO), row)?;
        }
        let mut sums: Vec<_> = resources
            .into_iter()
            .map(|(resource_uri, quantity)| ResourceSum { resource_uri, quantity })
            .collect();
        sums.sort_by(|a, b| {
            b.quantity
                .cmp(&a.quantity)
                .then_with(|| a.resource_uri.cmp(&b.resource_uri))
        });
        Ok(sums)
    }

    /// Number of rows of a region and period that are unmapped or kept aside.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn period_counts(&self, region: RegionId, period: Period) -> Result<PeriodCounts, StoreError> {
        let unmapped = "SELECT COUNT(*) AS found FROM seen_subscription n JOIN usage_record r ON r.platform_subscription_id = n.platform_subscription_id \
                        JOIN usage_window w ON w.id = r.window_id AND w.region_id = n.region_id AND w.in_force = 1 \
                        WHERE n.region_id = $1 AND n.ignored = 0 AND r.usage_start_s >= $2 AND r.usage_start_s < $3 AND NOT EXISTS \
                        (SELECT 1 FROM subscription s WHERE s.region_id = n.region_id AND s.platform_subscription_id = n.platform_subscription_id)";
        let values: Vec<Value> = vec![
            region.uuid().into(),
            period.starts_at().timestamp().into(),
            period.ends_at().timestamp().into(),
        ];
        let unmapped = self.found(unmapped, values).await?;
        let aside = "SELECT COUNT(*) AS found FROM quarantined_record q JOIN usage_window w ON w.id = q.window_id \
                     WHERE w.region_id = $1 AND w.reported_on BETWEEN $2 AND $3 AND q.resolved_at IS NULL";
        let values: Vec<Value> = vec![
            region.uuid().into(),
            period.first_day().to_string().into(),
            period.last_day().to_string().into(),
        ];
        Ok(PeriodCounts {
            unmapped_rows: unmapped,
            quarantined_rows: self.found(aside, values).await?,
        })
    }

    async fn found(&self, text: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        let row = sql::one(self.0, text, values).await?;
        Ok(row
            .map(|row| row.try_get::<i64>("", "found"))
            .transpose()?
            .map_or(0, sql::count))
    }

    async fn parts(
        &self,
        first: &str,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        period: Period,
        meter_id: &str,
        sku: &str,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let text = format!(
            "SELECT {first}, r.quantity FROM usage_record r JOIN usage_window w ON w.id = r.window_id \
             WHERE r.platform_subscription_id = $1 AND r.usage_start_s >= $2 AND r.usage_start_s < $3 AND w.region_id = $4 AND w.in_force = 1 \
             AND r.meter_id = $5 AND r.sku = $6"
        );
        let mut values = bounds(region, subscription, period);
        values.extend([Value::from(meter_id), Value::from(sku)]);
        sql::all(self.0, &text, values).await
    }
}

fn bounds(region: RegionId, subscription: PlatformSubscriptionId, period: Period) -> Vec<Value> {
    vec![
        subscription.uuid().into(),
        period.starts_at().timestamp().into(),
        period.ends_at().timestamp().into(),
        region.uuid().into(),
    ]
}

fn input(row: &QueryResult) -> Result<UsageInput<'_>, StoreError> {
    let (meter_id, sku, quantity): (&str, &str, &str) = if let Some(row) = row.try_as_sqlite_row() {
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)
    } else if let Some(row) = row.try_as_pg_row() {
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)
    } else {
        return Err(StoreError::WrongRowCount {
            expected: 1,
            changed: 0,
        });
    };
    Ok(UsageInput {
        meter_id,
        sku,
        quantity: quantity_of(quantity)?,
    })
}

/// Adds the quantity in the second column.
fn add(sum: &mut Quantity, row: &QueryResult) -> Result<(), StoreError> {
    let text: String = row.try_get_by_index(1)?;
    let total = sum.checked_add(quantity_of(&text)?);
    *sum = total.ok_or_else(|| StoreError::Inconsistent {
        table: "usage_record",
        column: "quantity",
        row: text,
    })?;
    Ok(())
}
