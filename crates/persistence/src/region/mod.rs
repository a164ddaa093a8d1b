//! Regions (usage.md section 1). They belong to the platform: other scopes see names only (PM-5).

pub(crate) mod entity;
mod row;

pub use row::{ConnectionFields, Discovered, RegionFields, RegionNameRow, RegionRow};

use chrono::{DateTime, Utc};
use domain::ids::RegionId;
use domain::scope::Scope;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Value,
};
use uuid::Uuid;

use crate::named::{self, NamedColumns};
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, Tx, scope, sql};

/// Regions of a transaction.
#[derive(Debug)]
pub struct Regions<'tx>(&'tx Tx);

impl Tx {
    /// The regions.
    pub fn regions(&self) -> Regions<'_> {
        Regions(self)
    }
}

impl Regions<'_> {
    /// Names of live regions, for every role.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn names(&self) -> Result<Vec<RegionNameRow>, StoreError> {
        let text = "SELECT id, name, CASE WHEN state = 'ready' THEN 'yes' ELSE 'no' END AS ready FROM region \
                    WHERE archived_at IS NULL ORDER BY name";
        let rows = sql::all(self.0, text, Vec::new()).await?;
        rows.iter()
            .map(|row| {
                Ok(RegionNameRow {
                    id: RegionId::new(row.try_get::<Uuid>("", "id")?),
                    name: row.try_get("", "name")?,
                    ready: row.try_get::<String>("", "ready")? == "yes",
                })
            })
            .collect()
    }

    /// A live region in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: RegionId) -> Result<Option<RegionRow>, StoreError> {
        let row = live(scope)
            .filter(entity::Column::Id.eq(id.uuid()))
            .one(self.0.connection())
            .await?;
        row.map(RegionRow::try_from).transpose()
    }

    /// A live region in scope by its name.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find_by_name(&self, scope: Scope, name: &str) -> Result<Option<RegionRow>, StoreError> {
        let row = live(scope)
            .filter(entity::Column::Name.eq(name))
            .one(self.0.connection())
            .await?;
        row.map(RegionRow::try_from).transpose()
    }

    /// A page of live regions in scope by name.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(&self, scope: Scope, page: &PageRequest) -> Result<PageOf<RegionRow>, StoreError> {
        let name = Expr::col((entity::Entity, entity::Column::Name));
        let shown = live(scope).apply_if((!page.search.is_empty()).then_some(()), |query, ()| {
            query.filter(named::name_matches(name, &page.search))
        });
        let columns = NamedColumns {
            id: entity::Column::Id,
            name: entity::Column::Name,
            created_at: entity::Column::CreatedAt,
        };
        named::page_of::<_, entity::Model, _>(self.0, shown, columns, page).await
    }

    /// All live regions, for schedules and health.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn all(&self, scope: Scope) -> Result<Vec<RegionRow>, StoreError> {
        let rows = live(scope)
            .order_by_asc(entity::Column::Name)
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(RegionRow::try_from).collect()
    }

    /// Adds a region that is not ready (U-4).
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn insert(
        &self,
        id: RegionId,
        fields: &RegionFields,
        connection: &ConnectionFields,
        first_usage_on: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id.uuid()),
            name: Set(fields.name.clone()),
            details: Set(fields.details.clone()),
            admin_endpoint: Set(connection.admin_endpoint.clone()),
            tenant_endpoint: Set(connection.tenant_endpoint.clone()),
            identity_system: Set(None),
            directory: Set(connection.directory.clone()),
            login_endpoint: Set(connection.login_endpoint.clone()),
            client_id: Set(connection.client_id.clone()),
            credential_kind: Set(connection.credential_kind.clone()),
            location: Set(None),
            provider_subscription_id: Set(None),
            private_ca_pem: Set(connection.private_ca_pem.clone()),
            time_zone: Set(fields.time_zone.clone()),
            run_window_start: Set(fields.run_window_start.clone()),
            run_window_end: Set(fields.run_window_end.clone()),
            lookback_days: Set(fields.lookback_days),
            granularity: Set(fields.granularity.clone()),
            state: Set("not_ready".to_owned()),
            enabled: Set(i64::from(fields.enabled)),
            first_usage_on: Set(Some(first_usage_on.to_owned())),
            last_run_at: Set(None),
            last_success_at: Set(None),
            last_error: Set(None),
            version: Set(1),
            created_at: Set(to_micros(at)),
            archived_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces name, text and schedule; false when the version is no longer `expected`.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn update(&self, id: RegionId, expected: i64, fields: &RegionFields) -> Result<bool, StoreError> {
        let text = "UPDATE region SET name = $3, details = $4, time_zone = $5, run_window_start = $6, run_window_end = $7, lookback_days = $8, \
                    granularity = $9, enabled = $10, version = version + 1 WHERE id = $1 AND version = $2 AND archived_at IS NULL";
        let values: Vec<Value> = vec![
            id.uuid().into(),
            expected.into(),
            fields.name.clone().into(),
            fields.details.clone().into(),
            fields.time_zone.clone().into(),
            fields.run_window_start.clone().into(),
            fields.run_window_end.clone().into(),
            fields.lookback_days.into(),
            fields.granularity.clone().into(),
            i64::from(fields.enabled).into(),
        ];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }

    /// Replaces endpoints and principal; the region has to be tested again (U-4). False when the version is no longer
    /// `expected`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn set_connection(
        &self,
        id: RegionId,
        expected: i64,
        connection: &ConnectionFields,
    ) -> Result<bool, StoreError> {
        let text = "UPDATE region SET admin_endpoint = $3, tenant_endpoint = $4, directory = $5, login_endpoint = $6, client_id = $7, \
                    credential_kind = $8, private_ca_pem = $9, state = 'not_ready', identity_system = NULL, location = NULL, \
                    provider_subscription_id = NULL, version = version + 1 WHERE id = $1 AND version = $2 AND archived_at IS NULL";
        let values: Vec<Value> = vec![
            id.uuid().into(),
            expected.into(),
            connection.admin_endpoint.clone().into(),
            connection.tenant_endpoint.clone().into(),
            connection.directory.clone().into(),
            connection.login_endpoint.clone().into(),
            connection.client_id.clone().into(),
            connection.credential_kind.clone().into(),
            connection.private_ca_pem.clone().into(),
        ];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }

    /// Stores what a successful connection test found: the region is ready. False when the connection was changed during
    /// the test.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn set_ready(&self, id: RegionId, expected: i64, found: &Discovered) -> Result<bool, StoreError> {
        let text = "UPDATE region SET state = 'ready', identity_system = $3, login_endpoint = $4, tenant_endpoint = COALESCE($5, tenant_endpoint), \
                    location = COALESCE($6, location), provider_subscription_id = $7, version = version + 1 \
                    WHERE id = $1 AND version = $2 AND archived_at IS NULL";
        let values: Vec<Value> = vec![
            id.uuid().into(),
            expected.into(),
            found.identity_system.clone().into(),
            found.login_endpoint.clone().into(),
            found.tenant_endpoint.clone().into(),
            found.location.clone().into(),
            found.provider_subscription_id.clone().into(),
        ];
        Ok(sql::execute(self.0, text, values).await? == 1)
    }

    /// Notes the start of a run.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn run_started(&self, id: RegionId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE region SET last_run_at = $2 WHERE id = $1";
        sql::execute(self.0, text, vec![id.uuid().into(), to_micros(at).into()]).await?;
        Ok(())
    }

    /// Notes the end of a run; `error` is what a failed one said.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn run_ended(&self, id: RegionId, at: DateTime<Utc>, error: Option<&str>) -> Result<(), StoreError> {
        let text = "UPDATE region SET last_error = $2, last_success_at = CASE WHEN $2 IS NULL THEN $3 ELSE last_success_at END WHERE id = $1";
        sql::execute(self.0, text, vec![id.uuid().into(), error.into(), to_micros(at).into()]).await?;
        Ok(())
    }

    /// Moves the first usage day back (U-23).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn usage_from(&self, id: RegionId, day: &str) -> Result<(), StoreError> {
        let text =
            "UPDATE region SET first_usage_on = $2 WHERE id = $1 AND (first_usage_on IS NULL OR first_usage_on > $2)";
        sql::execute(self.0, text, vec![id.uuid().into(), day.into()]).await?;
        Ok(())
    }

    /// What stands in the way of removing a region (U-9): live subscriptions and rows in force.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn live_subscriptions(&self, id: RegionId) -> Result<u64, StoreError> {
        let text = "SELECT COUNT(*) AS found FROM subscription WHERE region_id = $1 AND archived_at IS NULL";
        let row = sql::one(self.0, text, vec![id.uuid().into()]).await?;
        Ok(row
            .map(|row| row.try_get::<i64>("", "found"))
            .transpose()?
            .map_or(0, sql::count))
    }

    /// Archives a region.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when it is not a live one.
    pub async fn archive(&self, id: RegionId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE region SET archived_at = $2, enabled = 0, credential_kind = NULL, version = version + 1 WHERE id = $1 AND archived_at IS NULL";
        match sql::execute(self.0, text, vec![id.uuid().into(), to_micros(at).into()]).await? {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }
}

fn live(of: Scope) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find()
        .filter(scope::platform(of))
        .filter(entity::Column::ArchivedAt.is_null())
}
