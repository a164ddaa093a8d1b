//! Regions (usage.md section 1). They belong to the platform: other scopes see names only (PM-5).

pub(crate) mod entity;

use chrono::{DateTime, Utc};
use domain::ids::RegionId;
use domain::scope::Scope;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Value,
};
use uuid::Uuid;

use crate::page::{SortBy, SortKind, contains};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope, sql};

/// Name, text and schedule of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFields {
    /// Unique name.
    pub name: String,
    /// Free text.
    pub details: String,
    /// IANA zone of the collection window.
    pub time_zone: String,
    /// Start of the collection window, `HH:MM`.
    pub run_window_start: String,
    /// End of the collection window, `HH:MM`.
    pub run_window_end: String,
    /// Reported days read again by every run.
    pub lookback_days: i64,
    /// `hourly` or `daily`.
    pub granularity: String,
    /// Whether scheduled collection runs.
    pub enabled: bool,
}

/// Endpoints and principal of a region; the credential itself is a sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFields {
    /// Management address of the operator.
    pub admin_endpoint: String,
    /// Management address of users, when given or discovered.
    pub tenant_endpoint: Option<String>,
    /// Home directory of the principal.
    pub directory: Option<String>,
    /// Login address, when confirmed or discovered.
    pub login_endpoint: Option<String>,
    /// Principal.
    pub client_id: Option<String>,
    /// `secret` or `certificate`; none while no credential is stored.
    pub credential_kind: Option<String>,
    /// Certificate authority of the stamp.
    pub private_ca_pem: Option<String>,
}

/// What a successful connection test found (U-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// `entra` or `adfs`.
    pub identity_system: String,
    /// Login address.
    pub login_endpoint: String,
    /// Management address of users.
    pub tenant_endpoint: Option<String>,
    /// Location name of the stamp.
    pub location: Option<String>,
    /// Default provider subscription.
    pub provider_subscription_id: String,
}

/// A region as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionRow {
    /// Identity.
    pub id: RegionId,
    /// Name, text and schedule.
    pub fields: RegionFields,
    /// Endpoints and principal.
    pub connection: ConnectionFields,
    /// `entra` or `adfs`.
    pub identity_system: Option<String>,
    /// Location name of the stamp.
    pub location: Option<String>,
    /// Default provider subscription.
    pub provider_subscription_id: Option<String>,
    /// `not_ready` or `ready` (U-4).
    pub state: String,
    /// First usage day (U-23).
    pub first_usage_on: Option<String>,
    /// Start of the newest collection.
    pub last_run_at: Option<DateTime<Utc>>,
    /// End of the newest successful collection.
    pub last_success_at: Option<DateTime<Utc>>,
    /// What the newest failed run said.
    pub last_error: Option<String>,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// A region as pickers show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionNameRow {
    /// Identity.
    pub id: RegionId,
    /// Name.
    pub name: String,
    /// Whether new subscriptions can be placed there (U-4).
    pub ready: bool,
}

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
        use sea_orm::sea_query::{Func, LikeExpr};
        let column = || Expr::col((entity::Entity, entity::Column::Name));
        let by = SortBy {
            column: column(),
            kind: SortKind::Text,
            id: Expr::col((entity::Entity, entity::Column::Id)),
        };
        let shown = live(scope).apply_if((!page.search.is_empty()).then_some(()), |query, ()| {
            query.filter(Expr::expr(Func::lower(column())).like(LikeExpr::new(contains(&page.search)).escape('\\')))
        });
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(entity::Column::Name, SortBy::order(page))
            .order_by(entity::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(RegionRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.fields.name.clone(), row.id.to_string()]
        }))
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

impl TryFrom<entity::Model> for RegionRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let at = |micros: Option<i64>, column| micros.map(|at| from_micros(at, "region", column)).transpose();
        Ok(Self {
            id: row.id.into(),
            fields: RegionFields {
                name: row.name,
                details: row.details,
                time_zone: row.time_zone,
                run_window_start: row.run_window_start,
                run_window_end: row.run_window_end,
                lookback_days: row.lookback_days,
                granularity: row.granularity,
                enabled: row.enabled == 1,
            },
            connection: ConnectionFields {
                admin_endpoint: row.admin_endpoint,
                tenant_endpoint: row.tenant_endpoint,
                directory: row.directory,
                login_endpoint: row.login_endpoint,
                client_id: row.client_id,
                credential_kind: row.credential_kind,
                private_ca_pem: row.private_ca_pem,
            },
            identity_system: row.identity_system,
            location: row.location,
            provider_subscription_id: row.provider_subscription_id,
            state: row.state,
            first_usage_on: row.first_usage_on,
            last_run_at: at(row.last_run_at, "last_run_at")?,
            last_success_at: at(row.last_success_at, "last_success_at")?,
            last_error: row.last_error,
            version: row.version,
            created_at: from_micros(row.created_at, "region", "created_at")?,
        })
    }
}
