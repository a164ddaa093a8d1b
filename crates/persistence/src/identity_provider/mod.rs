//! Identity providers, linked identities and sign-ins under way at a provider (I-40 to I-46).

mod entity;
mod federation;
mod identity;

pub use federation::{FederationStates, FederationTrip};
pub use identity::{Identities, IdentityRow};

use chrono::{DateTime, Utc};
use domain::ids::IdentityProviderId;
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Value,
};
use uuid::Uuid;

use crate::page::{SortBy, SortKind, contains};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx, scope, sql};

/// What is entered of a provider, but for its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderFields {
    /// Name on the sign-in page.
    pub name: String,
    /// `entra`, `adfs` or `openid_connect`.
    pub kind: String,
    /// Issuer.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// Algorithm of its tokens.
    pub algorithm: String,
    /// Allowed directory (Entra).
    pub directory: Option<String>,
    /// Shown on the sign-in page.
    pub enabled: bool,
}

/// A provider as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// Identity.
    pub id: IdentityProviderId,
    /// What was entered.
    pub fields: ProviderFields,
    /// Users with a linked identity.
    pub user_count: i64,
    /// Version for edits.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    kind: String,
    issuer: String,
    client_id: String,
    scopes: String,
    algorithm: String,
    directory: Option<String>,
    enabled: i64,
    user_count: i64,
    version: i64,
    created_at: i64,
}

/// Identity providers of a transaction.
#[derive(Debug)]
pub struct IdentityProviders<'tx>(&'tx Tx);

impl Tx {
    /// The identity providers.
    pub fn identity_providers(&self) -> IdentityProviders<'_> {
        IdentityProviders(self)
    }
}

impl IdentityProviders<'_> {
    /// A provider; they belong to the platform.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: IdentityProviderId) -> Result<Option<ProviderRow>, StoreError> {
        let row = select(scope)
            .filter(entity::Column::Id.eq(id.uuid()))
            .into_model::<Row>()
            .one(self.0.connection())
            .await?;
        row.map(ProviderRow::try_from).transpose()
    }

    /// A page of providers by name.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(&self, scope: Scope, page: &PageRequest) -> Result<PageOf<ProviderRow>, StoreError> {
        let by = SortBy {
            column: col(entity::Column::Name),
            kind: SortKind::Text,
            id: col(entity::Column::Id),
        };
        let mut shown = select(scope);
        if !page.search.is_empty() {
            let name = Expr::expr(Func::lower(col(entity::Column::Name)));
            shown = shown.filter(name.like(LikeExpr::new(contains(&page.search)).escape('\\')));
        }
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(entity::Column::Name, SortBy::order(page))
            .order_by(entity::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .into_model::<Row>()
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(ProviderRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            vec![row.fields.name.clone(), row.id.to_string()]
        }))
    }

    /// The enabled providers by name, for the sign-in page (I-41).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn enabled(&self) -> Result<Vec<(IdentityProviderId, String)>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::Enabled.eq(1))
            .order_by_asc(entity::Column::Name)
            .all(self.0.connection())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
    }

    /// Adds a provider.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn insert(
        &self,
        id: IdentityProviderId,
        fields: &ProviderFields,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(id.uuid()),
            name: Set(fields.name.clone()),
            kind: Set(fields.kind.clone()),
            issuer: Set(fields.issuer.clone()),
            client_id: Set(fields.client_id.clone()),
            scopes: Set(fields.scopes.join(" ")),
            algorithm: Set(fields.algorithm.clone()),
            directory: Set(fields.directory.clone()),
            enabled: Set(i64::from(fields.enabled)),
            version: Set(1),
            created_at: Set(to_micros(at)),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Replaces a provider whose version is still `expected`; false when it is not.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn update(
        &self,
        scope: Scope,
        id: IdentityProviderId,
        expected: i64,
        fields: &ProviderFields,
    ) -> Result<bool, StoreError> {
        let changed = entity::Entity::update_many()
            .col_expr(entity::Column::Name, Expr::val(fields.name.clone()))
            .col_expr(entity::Column::Kind, Expr::val(fields.kind.clone()))
            .col_expr(entity::Column::Issuer, Expr::val(fields.issuer.clone()))
            .col_expr(entity::Column::ClientId, Expr::val(fields.client_id.clone()))
            .col_expr(entity::Column::Scopes, Expr::val(fields.scopes.join(" ")))
            .col_expr(entity::Column::Algorithm, Expr::val(fields.algorithm.clone()))
            .col_expr(entity::Column::Directory, Expr::val(fields.directory.clone()))
            .col_expr(entity::Column::Enabled, Expr::val(i64::from(fields.enabled)))
            .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
            .filter(scope::platform(scope))
            .filter(entity::Column::Id.eq(id.uuid()))
            .filter(entity::Column::Version.eq(expected))
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    /// Removes a provider with its linked identities and the sign-ins under way.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete(&self, id: IdentityProviderId) -> Result<(), StoreError> {
        self.end_sessions(id).await?;
        for text in [
            "DELETE FROM user_identity WHERE identity_provider_id = $1",
            "DELETE FROM identity_provider WHERE id = $1",
        ] {
            sql::execute(self.0, text, vec![Value::from(id.uuid())]).await?;
        }
        Ok(())
    }

    /// Ends the sessions and half-way states a provider opened, and the sign-ins under way there (I-44).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn end_sessions(&self, id: IdentityProviderId) -> Result<(), StoreError> {
        for text in [
            "DELETE FROM session WHERE identity_provider_id = $1",
            "DELETE FROM half_session WHERE identity_provider_id = $1",
            "DELETE FROM federation_state WHERE identity_provider_id = $1",
        ] {
            sql::execute(self.0, text, vec![Value::from(id.uuid())]).await?;
        }
        Ok(())
    }

    /// Federated Only users whose linked identities are all at this provider: without it they could not sign in (I-46).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn users_without_another_way(&self, id: IdentityProviderId) -> Result<u64, StoreError> {
        let text = "SELECT count(*) AS users FROM app_user u WHERE u.federated_only = 1 AND u.deleted_at IS NULL \
                    AND EXISTS (SELECT 1 FROM user_identity i WHERE i.user_id = u.id AND i.identity_provider_id = $1) \
                    AND NOT EXISTS (SELECT 1 FROM user_identity i WHERE i.user_id = u.id AND i.identity_provider_id <> $1)";
        let row = sql::one(self.0, text, vec![Value::from(id.uuid())]).await?;
        row.map_or(Ok(0), |row| Ok(sql::count(row.try_get("", "users")?)))
    }

    /// Whether a provider that is named here is enabled.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find_enabled(&self, id: IdentityProviderId) -> Result<Option<ProviderRow>, StoreError> {
        let everyone = Scope::system("the enabled providers stand on the sign-in page");
        Ok(self.find(everyone, id).await?.filter(|row| row.fields.enabled))
    }
}

fn col(column: entity::Column) -> Expr {
    Expr::col((entity::Entity, column))
}

fn select(of: Scope) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find()
        .expr_as(users_of(), "user_count")
        .filter(Cond::all().add(scope::platform(of)))
}

fn users_of() -> SelectStatement {
    let identity = |name: &'static str| (Alias::new("user_identity"), Alias::new(name));
    Query::select()
        .expr(Func::count(Expr::col(identity("id"))))
        .from(Alias::new("user_identity"))
        .and_where(
            Expr::col(identity("identity_provider_id")).equals((Alias::new("identity_provider"), Alias::new("id"))),
        )
        .to_owned()
}

impl TryFrom<Row> for ProviderRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            fields: ProviderFields {
                name: row.name,
                kind: row.kind,
                issuer: row.issuer,
                client_id: row.client_id,
                scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
                algorithm: row.algorithm,
                directory: row.directory,
                enabled: row.enabled != 0,
            },
            user_count: row.user_count,
            version: row.version,
            created_at: from_micros(row.created_at, "identity_provider", "created_at")?,
        })
    }
}
