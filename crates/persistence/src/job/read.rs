//! Lists and details of jobs (U-64, PM-18).

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::ids::{JobId, RegionId, TenantId};
use domain::scope::Scope;
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde_json::Value;
use uuid::Uuid;

use super::{Jobs, entity};
use crate::page::{SortBy, SortKind, contains};
use crate::time::from_micros;
use crate::{PageOf, PageRequest, StoreError, scope, sql};

/// A job as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// Identity.
    pub id: JobId,
    /// Kind (U-60).
    pub kind: String,
    /// What it does, for people.
    pub title: String,
    /// Input.
    pub payload: Value,
    /// State (U-61).
    pub state: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// What happened, for people.
    pub message: Option<String>,
    /// How often it was started.
    pub attempt: i64,
    /// Cancel was asked.
    pub cancel_requested: bool,
    /// User who asked.
    pub requested_by: Option<Uuid>,
    /// Tenant it works on.
    pub tenant_id: Option<TenantId>,
    /// Region it works on.
    pub region_id: Option<RegionId>,
    /// Units done.
    pub progress_done: i64,
    /// Units in all.
    pub progress_total: Option<i64>,
    /// Unit of progress.
    pub progress_unit: String,
    /// Counters of the finished job; null before.
    pub result: Value,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// First start.
    pub started_at: Option<DateTime<Utc>>,
    /// End.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A line of a job's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: DateTime<Utc>,
    /// `information`, `warning` or `error`.
    pub level: String,
    /// Text.
    pub message: String,
}

/// Which jobs a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Only those of this region.
    pub region_id: Option<RegionId>,
}

impl Jobs<'_> {
    /// A job in scope: one on a tenant of the branch, or one the viewer asked for (PM-18).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, viewer: Option<Uuid>, id: JobId) -> Result<Option<JobRow>, StoreError> {
        let row = entity::Entity::find()
            .filter(visible(scope, viewer))
            .filter(entity::Column::Id.eq(id.uuid()))
            .one(self.0.connection())
            .await?;
        row.map(JobRow::try_from).transpose()
    }

    /// A page of jobs in scope, newest first unless asked otherwise; sorted by `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        viewer: Option<Uuid>,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<PageOf<JobRow>, StoreError> {
        let by = SortBy {
            column: Expr::col((entity::Entity, entity::Column::CreatedAt)),
            kind: SortKind::Integer,
            id: Expr::col((entity::Entity, entity::Column::Id)),
        };
        let shown = entity::Entity::find()
            .filter(visible(scope, viewer))
            .apply_if(filter.kind.clone(), |query, kind| {
                query.filter(entity::Column::Kind.eq(kind))
            })
            .apply_if(filter.state.clone(), |query, state| {
                query.filter(entity::Column::State.eq(state))
            })
            .apply_if(filter.region_id, |query, id| {
                query.filter(entity::Column::RegionId.eq(id.uuid()))
            })
            .apply_if((!page.search.is_empty()).then_some(()), |query, ()| {
                query.filter(titled(&page.search))
            });
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(entity::Column::CreatedAt, SortBy::order(page))
            .order_by(entity::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows.into_iter().map(JobRow::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.created_at.timestamp_micros().to_string(), row.id.to_string()]
        }))
    }

    /// Names of the regions, tenants, users and service accounts of jobs, for lists.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn names(&self, jobs: &[JobRow]) -> Result<HashMap<Uuid, String>, StoreError> {
        let mut names = HashMap::new();
        let sources: [(&str, Vec<Option<Uuid>>); 3] = [
            (
                "SELECT name FROM region WHERE id = $1",
                jobs.iter().map(|job| job.region_id.map(RegionId::uuid)).collect(),
            ),
            (
                "SELECT name FROM tenant WHERE id = $1",
                jobs.iter().map(|job| job.tenant_id.map(TenantId::uuid)).collect(),
            ),
            (
                "SELECT COALESCE(first_name, '') || ' ' || COALESCE(last_name, '') AS name FROM app_user WHERE id = $1 \
                 UNION ALL SELECT name FROM service_account WHERE id = $1",
                jobs.iter().map(|job| job.requested_by).collect(),
            ),
        ];
        for (text, ids) in sources {
            for id in ids.into_iter().flatten().collect::<BTreeSet<_>>() {
                if let Some(row) = sql::one(self.0, text, vec![id.into()]).await? {
                    names.insert(id, row.try_get::<String>("", "name")?.trim().to_owned());
                }
            }
        }
        Ok(names)
    }

    /// Failed runs on a region since the last one that did not fail (U-75).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn failures_in_a_row(&self, region: RegionId) -> Result<u64, StoreError> {
        let text = "SELECT state FROM job WHERE region_id = $1 AND state IN ('succeeded', 'completed_with_errors', 'failed') \
                    ORDER BY finished_at DESC LIMIT 3";
        let rows = sql::all(self.0, text, vec![region.uuid().into()]).await?;
        let mut failures = 0_u64;
        for row in &rows {
            if row.try_get::<String>("", "state")? != "failed" {
                break;
            }
            failures = failures.saturating_add(1);
        }
        Ok(failures)
    }

    /// The newest lines of a job's log, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn log_lines(&self, id: JobId, limit: i64) -> Result<Vec<LogLine>, StoreError> {
        let text = "SELECT at, level, message FROM job_log WHERE job_id = $1 ORDER BY id DESC LIMIT $2";
        let rows = sql::all(self.0, text, vec![id.uuid().into(), limit.into()]).await?;
        let mut lines = rows
            .iter()
            .map(|row| {
                Ok(LogLine {
                    at: from_micros(row.try_get("", "at")?, "job_log", "at")?,
                    level: row.try_get("", "level")?,
                    message: row.try_get("", "message")?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        lines.reverse();
        Ok(lines)
    }
}

fn visible(of: Scope, viewer: Option<Uuid>) -> Cond {
    let asked_by_viewer = viewer.map(|id| entity::Column::RequestedBy.eq(id));
    Cond::any()
        .add(scope::tenants(
            of,
            Expr::col((entity::Entity, entity::Column::TenantId)),
        ))
        .add_option(asked_by_viewer)
}

fn titled(search: &str) -> sea_orm::sea_query::Expr {
    use sea_orm::sea_query::{Func, LikeExpr};
    Expr::expr(Func::lower(Expr::col((entity::Entity, entity::Column::Title))))
        .like(LikeExpr::new(contains(search)).escape('\\'))
}

/// Reads a stored JSON text.
pub(super) fn json(text: &str, column: &'static str, id: Uuid) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        table: "job",
        column,
        row: id.to_string(),
    })
}

impl TryFrom<entity::Model> for JobRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let at = |micros: Option<i64>, column| micros.map(|at| from_micros(at, "job", column)).transpose();
        Ok(Self {
            id: row.id.into(),
            payload: json(&row.payload, "payload", row.id)?,
            result: row
                .result
                .as_deref()
                .map_or(Ok(Value::Null), |text| json(text, "result", row.id))?,
            kind: row.kind,
            title: row.title,
            state: row.state,
            reason: row.reason,
            message: row.message,
            attempt: row.attempt,
            cancel_requested: row.cancel_requested == 1,
            requested_by: row.requested_by,
            tenant_id: row.tenant_id.map(TenantId::new),
            region_id: row.region_id.map(RegionId::new),
            progress_done: row.progress_done,
            progress_total: row.progress_total,
            progress_unit: row.progress_unit,
            created_at: from_micros(row.created_at, "job", "created_at")?,
            started_at: at(row.started_at, "started_at")?,
            finished_at: at(row.finished_at, "finished_at")?,
        })
    }
}
