//! The usage of a month for a billing run: window by window, many rows in one answer.
//!
//! A driver spends more time on handing over a row than a database on finding it. So the database joins the values of many
//! rows, column by column, and they are taken apart here.

use domain::ids::{PlatformSubscriptionId, RegionId};
use domain::period::Period;
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::Usage;
use super::stored::quantity_of;
use super::totals::UsageInput;
use crate::{Backend, StoreError, sql};

/// Rows of a page that lie side by side; some 3 MiB of text.
const PAGE: i64 = 25_000;

/// A window whose rows count for billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowInForce {
    /// Window.
    pub id: i64,
    /// Region.
    pub region_id: RegionId,
}

/// Rows of a window, each column as one text.
#[derive(Clone, Debug)]
pub struct UsagePage {
    rows: usize,
    subscriptions: String,
    meters: String,
    skus: String,
    quantities: String,
}

impl Usage<'_> {
    /// The windows in force that can hold usage of a period: nothing is reported before it is used.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn windows_in_force(&self, period: Period) -> Result<Vec<WindowInForce>, StoreError> {
        let rows = sql::all(
            self.0,
            "SELECT id, region_id FROM usage_window WHERE in_force = 1 AND reported_on >= $1 ORDER BY reported_on, id",
            vec![period.first_day().to_string().into()],
        )
        .await?;
        rows.iter()
            .map(|row| {
                Ok(WindowInForce {
                    id: row.try_get_by_index(0)?,
                    region_id: RegionId::new(row.try_get_by_index::<Uuid>(1)?),
                })
            })
            .collect()
    }

    /// The rows of a window with usage in the period (U-40).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn pages(&self, window: i64, period: Period) -> Result<Vec<UsagePage>, StoreError> {
        let bounds = "SELECT MIN(id), MAX(id), COUNT(*) FROM usage_record WHERE window_id = $1";
        let Some(bounds) = sql::one(self.0, bounds, vec![window.into()]).await? else {
            return Ok(Vec::new());
        };
        let (Some(first), Some(last)) = (bounds.try_get_by_index(0)?, bounds.try_get_by_index(1)?) else {
            return Ok(Vec::new());
        };
        let (first, last): (i64, i64) = (first, last);
        let count: i64 = bounds.try_get_by_index(2)?;
        if last.saturating_sub(first) > count.saturating_mul(2) {
            // Parts were read at other times and lie elsewhere.
            let anywhere = "id IN (SELECT id FROM usage_record WHERE window_id = $1)";
            return Ok(vec![self.page(anywhere, period, vec![window.into()]).await?]);
        }
        let mut pages = Vec::new();
        let mut from = first;
        while from <= last {
            let next = from.saturating_add(PAGE);
            // The sign keeps SQLite off the index of the window, whose order is another one.
            let beside = "+window_id = $1 AND id >= $4 AND id < $5";
            let values = vec![window.into(), from.into(), next.into()];
            pages.push(self.page(beside, period, values).await?);
            from = next;
        }
        Ok(pages)
    }

    /// The rows that a condition finds; its values are `$1`, then `$4` and on.
    async fn page(&self, found: &str, period: Period, values: Vec<Value>) -> Result<UsagePage, StoreError> {
        let query = match self.0.backend() {
            Backend::Sqlite => format!(
                "SELECT COUNT(*), group_concat(hex(platform_subscription_id), ''), group_concat(meter_id, char(10)), \
                 group_concat(sku, char(10)), group_concat(quantity, ' ') FROM usage_record \
                 WHERE {found} AND usage_start_s >= $2 AND usage_start_s < $3"
            ),
            Backend::Postgres => format!(
                "SELECT COUNT(*), string_agg(platform_subscription_id::text, ''), string_agg(meter_id, chr(10)), \
                 string_agg(sku, chr(10)), string_agg(quantity, ' ') FROM usage_record \
                 WHERE {found} AND usage_start_s >= $2 AND usage_start_s < $3"
            ),
        };
        let (start, end) = (period.starts_at().timestamp(), period.ends_at().timestamp());
        let mut values = values;
        values.splice(1..1, [start.into(), end.into()]);
        let row = sql::one(self.0, &query, values).await?;
        row.map_or_else(|| Err(torn("")), |row| UsagePage::read(&row))
    }
}

impl UsagePage {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let text = |index| Ok::<_, StoreError>(row.try_get_by_index::<Option<String>>(index)?.unwrap_or_default());
        Ok(Self {
            rows: usize::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or_default(),
            subscriptions: text(1)?,
            meters: text(2)?,
            skus: text(3)?,
            quantities: text(4)?,
        })
    }

    /// Hands every row to `each`, with the platform subscription that used it.
    ///
    /// # Errors
    /// What `each` answers; [`StoreError::Inconsistent`] when the columns have different numbers of values.
    pub fn for_each<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(PlatformSubscriptionId, UsageInput<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut meters, mut skus) = (self.meters.split('\n'), self.skus.split('\n'));
        let mut quantities = self.quantities.split(' ');
        let mut ids = self.subscriptions.as_str();
        let length = ids.len().checked_div(self.rows).unwrap_or_default();
        for _ in 0..self.rows {
            let row = (
                ids.split_at_checked(length),
                meters.next(),
                skus.next(),
                quantities.next(),
            );
            let (Some((id, further)), Some(meter_id), Some(sku), Some(quantity)) = row else {
                return Err(torn("too few values").into());
            };
            ids = further;
            let id = Uuid::try_parse(id).map_err(|_| torn(id))?;
            each(
                PlatformSubscriptionId::new(id),
                UsageInput {
                    meter_id,
                    sku,
                    quantity: quantity_of(quantity)?,
                },
            )?;
        }
        // Of no rows, splitting leaves one empty value in each column.
        let further = (meters.next(), skus.next(), quantities.next());
        if self.rows > 0 && further != (None, None, None) {
            return Err(torn("too many values").into());
        }
        Ok(())
    }
}

fn torn(at: &str) -> StoreError {
    StoreError::Inconsistent {
        table: "usage_record",
        column: "sku",
        row: at.to_owned(),
    }
}
