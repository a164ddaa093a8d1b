//! The usage of a month for a billing run: window by window, many rows in one answer.
//!
//! A driver spends more time on handing over a row than a database on finding it. So the database puts the rows of a page
//! into one text, and the text is taken apart here.

use domain::ids::{PlatformSubscriptionId, RegionId};
use domain::period::Period;
use sea_orm::Value;
use uuid::Uuid;

use super::Usage;
use super::stored::quantity_of;
use super::totals::UsageInput;
use crate::{Backend, StoreError, sql};

/// Rows of a page; some 2 MiB of text.
const PAGE: u64 = 20_000;

/// A window whose rows count for billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowInForce {
    /// Window.
    pub id: i64,
    /// Region.
    pub region_id: RegionId,
}

/// A page of a window's rows, and where the next begins.
#[derive(Clone, Debug)]
pub struct UsagePage {
    text: String,
    /// The last row that was looked at; none when the window has no further rows.
    pub last_id: Option<i64>,
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

    /// The rows of a window with usage in the period (U-40), from after the row `after` on.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn page(&self, window: i64, period: Period, after: i64) -> Result<UsagePage, StoreError> {
        let (subscription, joined) = match self.0.backend() {
            Backend::Sqlite => ("hex(platform_subscription_id)", "group_concat(line, '')"),
            Backend::Postgres => ("platform_subscription_id::text", "string_agg(line, '')"),
        };
        // Lengths before the texts, since a text may hold any character.
        let query = format!(
            "SELECT {joined}, MAX(id), COUNT(*) FROM (SELECT id, CASE WHEN usage_start_s >= $2 AND usage_start_s < $3 THEN \
             {subscription} || ' ' || octet_length(meter_id) || ' ' || octet_length(sku) || ' ' || octet_length(quantity) || ' ' || \
             meter_id || sku || quantity ELSE '' END AS line FROM usage_record WHERE id IN \
             (SELECT id FROM usage_record WHERE window_id = $1 AND id > $4 ORDER BY id LIMIT {PAGE})) AS page"
        );
        let values: Vec<Value> = vec![
            window.into(),
            period.starts_at().timestamp().into(),
            period.ends_at().timestamp().into(),
            after.into(),
        ];
        let row = sql::one(self.0, &query, values)
            .await?
            .ok_or(StoreError::WrongRowCount {
                expected: 1,
                changed: 0,
            })?;
        let full = sql::count(row.try_get_by_index(2)?) == PAGE;
        Ok(UsagePage {
            text: row.try_get_by_index::<Option<String>>(0)?.unwrap_or_default(),
            last_id: row.try_get_by_index::<Option<i64>>(1)?.filter(|_| full),
        })
    }
}

impl UsagePage {
    /// Hands every row to `each`, with the platform subscription that used it.
    ///
    /// # Errors
    /// What `each` answers; [`StoreError::Inconsistent`] when the text is not what the query makes.
    pub fn for_each<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(PlatformSubscriptionId, UsageInput<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = self.text.as_str();
        while !rest.is_empty() {
            let (subscription, row, after) = first_row(rest).ok_or_else(|| StoreError::Inconsistent {
                table: "usage_record",
                column: "quantity",
                row: rest.chars().take(120).collect(),
            })?;
            rest = after;
            each(
                subscription,
                UsageInput {
                    meter_id: row.0,
                    sku: row.1,
                    quantity: quantity_of(row.2)?,
                },
            )?;
        }
        Ok(())
    }
}

/// Meter, SKU and quantity of the first row of a page, and what follows it.
fn first_row(text: &str) -> Option<(PlatformSubscriptionId, (&str, &str, &str), &str)> {
    let (subscription, text) = text.split_once(' ')?;
    let (meter, text) = text.split_once(' ')?;
    let (sku, text) = text.split_once(' ')?;
    let (quantity, text) = text.split_once(' ')?;
    let (meter, text) = text.split_at_checked(meter.parse().ok()?)?;
    let (sku, text) = text.split_at_checked(sku.parse().ok()?)?;
    let (quantity, text) = text.split_at_checked(quantity.parse().ok()?)?;
    let subscription = PlatformSubscriptionId::new(Uuid::try_parse(subscription).ok()?);
    Some((subscription, (meter, sku, quantity), text))
}
