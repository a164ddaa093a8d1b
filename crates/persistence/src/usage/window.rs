//! Reported windows: one UTC day of reported time of a region (U-20).

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::RegionId;
use sea_orm::{QueryResult, Value as Sql};
use serde_json::Value;

use super::Usage;
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, sql};

/// A window as a reading finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowState {
    /// Row.
    pub id: i64,
    /// `hourly` or `daily`: how it was read first (U-6).
    pub granularity: String,
    /// Whether its rows count.
    pub in_force: bool,
    /// Where an interrupted first reading goes on: the address of its next page, empty when all pages are stored.
    pub resume_link: Option<String>,
    /// Counters of the interrupted or last reading (U-27).
    pub counters: Value,
}

/// A window as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowRow {
    /// UTC day of reported time.
    pub reported_on: String,
    /// Whether its rows count.
    pub in_force: bool,
    /// Whether a smaller reading is held back (U-37).
    pub held_back: bool,
    /// When it was last read completely.
    pub read_at: Option<DateTime<Utc>>,
    /// Counters of the last reading (U-27).
    pub counters: Value,
    /// Stored rows.
    pub rows: u64,
    /// Rows kept aside (U-44).
    pub quarantined: u64,
}

/// What a complete reading leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedWindow {
    /// When the last page was read; none for imports without manifest, which do not count as read (U-93).
    pub read_at: Option<DateTime<Utc>>,
    /// Whether it is held back (U-37).
    pub held_back: bool,
    /// Counters (U-27).
    pub counters: Value,
}

/// What is stored of a region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionUsage {
    /// Rows in force.
    pub rows: u64,
    /// First reported day in force.
    pub first_reported_on: Option<String>,
    /// Last reported day in force.
    pub last_reported_on: Option<String>,
    /// Rows kept aside (U-44).
    pub quarantined: u64,
}

impl Usage<'_> {
    /// The window of a day; made when it is missing.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn open_window(
        &self,
        region: RegionId,
        day: NaiveDate,
        granularity: &str,
    ) -> Result<WindowState, StoreError> {
        let made = "INSERT INTO usage_window (region_id, reported_on, granularity, counters) VALUES ($1, $2, $3, '{}') ON CONFLICT DO NOTHING";
        let key: [Sql; 2] = [region.uuid().into(), day.to_string().into()];
        let [id, on] = key.clone();
        sql::execute(self.0, made, vec![id, on, granularity.into()]).await?;
        let found = "SELECT id, granularity, in_force, resume_link, counters FROM usage_window WHERE region_id = $1 AND reported_on = $2";
        let row = sql::one(self.0, found, key.to_vec()).await?;
        let row = row.ok_or(StoreError::WrongRowCount {
            expected: 1,
            changed: 0,
        })?;
        let id: i64 = row.try_get("", "id")?;
        Ok(WindowState {
            id,
            granularity: row.try_get("", "granularity")?,
            in_force: row.try_get::<i64>("", "in_force")? == 1,
            resume_link: row.try_get("", "resume_link")?,
            counters: counters(&row, id)?,
        })
    }

    /// Notes where an interrupted first reading goes on, in the transaction of its page (U-25).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn set_resume_point(
        &self,
        window_id: i64,
        link: Option<&str>,
        counters: &Value,
    ) -> Result<(), StoreError> {
        let text = "UPDATE usage_window SET resume_link = $2, counters = $3 WHERE id = $1";
        sql::execute(
            self.0,
            text,
            vec![window_id.into(), link.into(), counters.to_string().into()],
        )
        .await?;
        Ok(())
    }

    /// Throws an incomplete first reading away, so that it can start again.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn clear_unfinished(&self, window_id: i64) -> Result<(), StoreError> {
        let rows = "DELETE FROM usage_record WHERE window_id = $1 AND EXISTS \
                    (SELECT 1 FROM usage_window WHERE usage_window.id = $1 AND in_force = 0)";
        sql::execute(self.0, rows, vec![window_id.into()]).await?;
        sql::execute(
            self.0,
            "DELETE FROM usage_staged WHERE window_id = $1",
            vec![window_id.into()],
        )
        .await?;
        self.set_resume_point(window_id, None, &Value::Object(serde_json::Map::new()))
            .await
    }

    /// Ends a reading: the window is in force.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the window is gone; [`StoreError`] of the database.
    pub async fn finish_window(&self, window_id: i64, finished: &FinishedWindow) -> Result<(), StoreError> {
        let text = "UPDATE usage_window SET in_force = 1, read_at = COALESCE($2, read_at), held_back = $3, counters = $4, resume_link = NULL, \
                    row_count = (SELECT COUNT(*) FROM usage_record WHERE usage_record.window_id = $1) WHERE id = $1";
        let values = vec![
            window_id.into(),
            finished.read_at.map(to_micros).into(),
            i64::from(finished.held_back).into(),
            finished.counters.to_string().into(),
        ];
        match sql::execute(self.0, text, values).await? {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }

    /// Windows of a region between two days, newest first; the caller decided that the region may be seen.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn windows(
        &self,
        region: RegionId,
        first: Option<NaiveDate>,
        last: Option<NaiveDate>,
        page: &PageRequest,
    ) -> Result<PageOf<WindowRow>, StoreError> {
        let first = first.map_or_else(|| "0000-00-00".to_owned(), |day| day.to_string());
        let last = last.map_or_else(|| "9999-99-99".to_owned(), |day| day.to_string());
        let total = "SELECT COUNT(*) AS found FROM usage_window WHERE region_id = $1 AND reported_on BETWEEN $2 AND $3";
        let range: Vec<Sql> = vec![region.uuid().into(), first.clone().into(), last.clone().into()];
        let total = sql::one(self.0, total, range).await?;
        let total = total
            .map(|row| row.try_get::<i64>("", "found"))
            .transpose()?
            .map_or(0, sql::count);
        let after = page
            .after
            .as_ref()
            .and_then(|after| after.first().cloned())
            .unwrap_or_else(|| "9999-99-99".to_owned());
        let text = "SELECT id, reported_on, in_force, held_back, read_at, counters, \
                    row_count AS rows_stored, \
                    (SELECT COUNT(*) FROM quarantined_record WHERE quarantined_record.window_id = usage_window.id AND resolved_at IS NULL) AS aside \
                    FROM usage_window WHERE region_id = $1 AND reported_on BETWEEN $2 AND $3 AND reported_on < $4 \
                    ORDER BY reported_on DESC LIMIT $5";
        let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
        let values = vec![
            region.uuid().into(),
            first.into(),
            last.into(),
            after.into(),
            limit.into(),
        ];
        let rows = sql::all(self.0, text, values)
            .await?
            .iter()
            .map(window)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.reported_on.clone()]
        }))
    }

    /// Days between two days whose window was read (U-86).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn read_days(
        &self,
        region: RegionId,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<String>, StoreError> {
        let text = "SELECT reported_on FROM usage_window WHERE region_id = $1 AND reported_on BETWEEN $2 AND $3 AND read_at IS NOT NULL AND held_back = 0 \
                    ORDER BY reported_on";
        let values = vec![region.uuid().into(), first.to_string().into(), last.to_string().into()];
        sql::all(self.0, text, values)
            .await?
            .iter()
            .map(|row| Ok(row.try_get("", "reported_on")?))
            .collect()
    }

    /// What is stored of a region.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn of_region(&self, region: RegionId) -> Result<RegionUsage, StoreError> {
        let text = "SELECT MIN(reported_on) AS first_on, MAX(reported_on) AS last_on, \
                    CAST(COALESCE(SUM(row_count), 0) AS BIGINT) AS rows_stored, \
                    (SELECT COUNT(*) FROM quarantined_record q JOIN usage_window w ON w.id = q.window_id WHERE w.region_id = $1 AND q.resolved_at IS NULL) AS aside \
                    FROM usage_window WHERE region_id = $1 AND in_force = 1";
        let Some(row) = sql::one(self.0, text, vec![region.uuid().into()]).await? else {
            return Ok(RegionUsage::default());
        };
        Ok(RegionUsage {
            rows: sql::count(row.try_get("", "rows_stored")?),
            first_reported_on: row.try_get("", "first_on")?,
            last_reported_on: row.try_get("", "last_on")?,
            quarantined: sql::count(row.try_get("", "aside")?),
        })
    }

    /// Meters that a region has reported and no published item prices, in order (P-16).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn unpriced_meters(&self, region: RegionId) -> Result<Vec<String>, StoreError> {
        let text = "SELECT m.meter_id AS meter_id FROM seen_meter m WHERE m.region_id = $1 AND NOT EXISTS (SELECT 1 FROM pricing_item i \
                    JOIN price_list_version v ON v.id = i.price_list_version_id WHERE v.state = 'published' AND i.meter_id = m.meter_id) ORDER BY 1";
        let rows = sql::all(self.0, text, vec![region.uuid().into()]).await?;
        rows.iter().map(|row| Ok(row.try_get("", "meter_id")?)).collect()
    }
}

fn window(row: &QueryResult) -> Result<WindowRow, StoreError> {
    let id: i64 = row.try_get("", "id")?;
    let read_at: Option<i64> = row.try_get("", "read_at")?;
    Ok(WindowRow {
        reported_on: row.try_get("", "reported_on")?,
        in_force: row.try_get::<i64>("", "in_force")? == 1,
        held_back: row.try_get::<i64>("", "held_back")? == 1,
        read_at: read_at
            .map(|at| from_micros(at, "usage_window", "read_at"))
            .transpose()?,
        counters: counters(row, id)?,
        rows: sql::count(row.try_get("", "rows_stored")?),
        quarantined: sql::count(row.try_get("", "aside")?),
    })
}

fn counters(row: &QueryResult, id: i64) -> Result<Value, StoreError> {
    let text: String = row.try_get("", "counters")?;
    serde_json::from_str(&text).map_err(|_| StoreError::Inconsistent {
        table: "usage_window",
        column: "counters",
        row: id.to_string(),
    })
}
