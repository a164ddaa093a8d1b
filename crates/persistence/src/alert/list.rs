//! Alerts as people see them: in scope, by state (U-80, U-82, PM-5).

use std::collections::{BTreeMap, BTreeSet};

use domain::scope::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{AlertRow, Alerts, CLOSED, entity};
use crate::page::{SortBy, SortKind, contains};
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, scope, sql};

/// Which alerts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Only this state; without one those that are not closed.
    pub state: Option<String>,
    /// Only this severity.
    pub severity: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
}

impl Alerts<'_> {
    /// An alert whose owner is in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: Uuid) -> Result<Option<AlertRow>, StoreError> {
        let row = owned(scope)
            .filter(entity::Column::Id.eq(id))
            .one(self.0.connection())
            .await?;
        row.map(AlertRow::try_from).transpose()
    }

    /// A page of the alerts in scope, sorted by `opened_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: &AlertFilter,
        page: &PageRequest,
    ) -> Result<PageOf<AlertRow>, StoreError> {
        let by = SortBy {
            column: col(entity::Column::OpenedAt),
            kind: SortKind::Integer,
            id: col(entity::Column::Id),
        };
        let mut shown = owned(scope);
        shown = match &filter.state {
            Some(state) => shown.filter(entity::Column::State.eq(state.as_str())),
            None => shown.filter(entity::Column::State.ne(CLOSED)),
        };
        if let Some(severity) = &filter.severity {
            shown = shown.filter(entity::Column::Severity.eq(severity.as_str()));
        }
        if let Some(kind) = &filter.kind {
            shown = shown.filter(entity::Column::Kind.eq(kind.as_str()));
        }
        if !page.search.is_empty() {
            let message = Expr::expr(Func::lower(col(entity::Column::Message)));
            shown = shown.filter(message.like(LikeExpr::new(contains(&page.search)).escape('\\')));
        }
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(entity::Column::OpenedAt, SortBy::order(page))
            .order_by(entity::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(AlertRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![to_micros(row.opened_at).to_string(), row.id.to_string()]
        }))
    }

    /// Names of the entities that alerts belong to, for lists.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn owner_names(&self, alerts: &[AlertRow]) -> Result<BTreeMap<Uuid, String>, StoreError> {
        let owners: BTreeSet<Uuid> = alerts.iter().filter_map(|alert| alert.owner.id()).collect();
        if owners.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places: Vec<String> = (1..=owners.len()).map(|place| format!("${place}")).collect();
        let tables = ["distributor", "partner", "tenant"];
        let text = tables.map(|table| format!("SELECT id, name FROM {table} WHERE id IN ({})", places.join(", ")));
        let values = owners.into_iter().map(Into::into).collect();
        let rows = sql::all(self.0, &text.join(" UNION ALL "), values).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?)))
            .collect()
    }
}

fn owned(of: Scope) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find().filter(scope::anchors(of, &col(entity::Column::OwnerId)))
}

fn col(column: entity::Column) -> Expr {
    Expr::col((entity::Entity, column))
}
