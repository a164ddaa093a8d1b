//! Service accounts with their keys, their access tokens and the keys that sign those (I-65 to I-67).

mod ending;
mod entity;
mod key;
mod signing;
mod token;

pub use ending::EndingKey;
pub use key::{ApiKeyRow, ApiKeys, KeyHolder, NewApiKey};
pub use signing::{SigningKeyRow, SigningKeys};
pub use token::{AccessTokens, TokenHolder};

use chrono::{DateTime, Utc};
use domain::ids::{ServiceAccountId, UserId};
use domain::role::{Anchor, Role};
use domain::scope::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Value,
};

use crate::page::{SortBy, SortKind, contains};
use crate::time::{from_micros, to_micros};
use crate::{Backend, PageOf, PageRequest, StoreError, Tx, scope, sql};

/// A service account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccountRow {
    /// Identity.
    pub id: ServiceAccountId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Networks it may call from; empty for any.
    pub source_networks: Vec<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; then it does nothing any more.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A service account to add.
#[derive(Clone, Debug)]
pub struct NewServiceAccount {
    /// Identity.
    pub id: ServiceAccountId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Networks it may call from.
    pub source_networks: Vec<String>,
    /// Who creates it.
    pub created_by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Service accounts of a transaction.
#[derive(Debug)]
pub struct ServiceAccounts<'tx>(&'tx Tx);

impl Tx {
    /// The service accounts.
    pub fn service_accounts(&self) -> ServiceAccounts<'_> {
        ServiceAccounts(self)
    }
}

impl ServiceAccounts<'_> {
    /// A service account whose anchor is in scope (PM-5), revoked or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: ServiceAccountId) -> Result<Option<ServiceAccountRow>, StoreError> {
        let row = owned(scope)
            .filter(entity::Column::Id.eq(id.uuid()))
            .one(self.0.connection())
            .await?;
        row.map(ServiceAccountRow::try_from).transpose()
    }

    /// A page of the service accounts in scope, sorted by `name` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(&self, scope: Scope, page: &PageRequest) -> Result<PageOf<ServiceAccountRow>, StoreError> {
        let (column, kind) = match page.sort.as_str() {
            "created_at" => (entity::Column::CreatedAt, SortKind::Integer),
            _ => (entity::Column::Name, SortKind::Text),
        };
        let by = SortBy {
            column: col(column),
            kind,
            id: col(entity::Column::Id),
        };
        let mut shown = owned(scope);
        if !page.search.is_empty() {
            let name = Expr::expr(Func::lower(col(entity::Column::Name)));
            shown = shown.filter(name.like(LikeExpr::new(contains(&page.search)).escape('\\')));
        }
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(column, SortBy::order(page))
            .order_by(entity::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows
            .into_iter()
            .map(ServiceAccountRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            let key = match column {
                entity::Column::CreatedAt => to_micros(row.created_at).to_string(),
                _ => row.name.clone(),
            };
            vec![key, row.id.to_string()]
        }))
    }

    /// Adds a service account; the caller checked what may be granted (PM-11).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(&self, new: NewServiceAccount) -> Result<(), StoreError> {
        let row = entity::ActiveModel {
            id: Set(new.id.uuid()),
            name: Set(new.name),
            role: Set(new.role.identifier().to_owned()),
            anchor_id: Set(new.anchor.id()),
            source_networks: Set(new.source_networks.join(" ")),
            created_by: Set(new.created_by.map(UserId::uuid)),
            created_at: Set(to_micros(new.at)),
            revoked_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Holds one service account until the transaction ends, so that two acts on its keys follow each other.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn hold(&self, id: ServiceAccountId) -> Result<(), StoreError> {
        if self.0.backend() == Backend::Postgres {
            let text = "SELECT id FROM service_account WHERE id = $1 FOR UPDATE";
            sql::one(self.0, text, vec![Value::from(id.uuid())]).await?;
        }
        Ok(())
    }

    /// Revokes a service account for ever; its keys stay to be shown, its access tokens go.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn revoke(&self, id: ServiceAccountId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "UPDATE service_account SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        sql::execute(self.0, text, vec![id.uuid().into(), to_micros(at).into()]).await?;
        let text =
            "DELETE FROM access_token WHERE key_id IN (SELECT key_id FROM api_key WHERE service_account_id = $1)";
        sql::execute(self.0, text, vec![id.uuid().into()]).await?;
        Ok(())
    }

    /// The service accounts of an anchor that are not revoked.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn live_of(&self, anchor: Anchor) -> Result<Vec<ServiceAccountId>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::AnchorId.eq(anchor.id()))
            .filter(entity::Column::RevokedAt.is_null())
            .all(self.0.connection())
            .await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }
}

fn col(column: entity::Column) -> Expr {
    Expr::col((entity::Entity, column))
}

fn owned(of: Scope) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find().filter(scope::anchors(of, &col(entity::Column::AnchorId)))
}

impl TryFrom<entity::Model> for ServiceAccountRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent {
            table: "service_account",
            column,
            row: row.id.to_string(),
        };
        let role: Role = row.role.parse().map_err(|_| wrong("role"))?;
        let at = |micros, column| from_micros(micros, "service_account", column);
        Ok(Self {
            id: row.id.into(),
            role,
            anchor: Anchor::of(role, row.anchor_id).ok_or_else(|| wrong("anchor_id"))?,
            source_networks: row.source_networks.split_whitespace().map(str::to_owned).collect(),
            created_at: at(row.created_at, "created_at")?,
            revoked_at: row.revoked_at.map(|micros| at(micros, "revoked_at")).transpose()?,
            name: row.name,
        })
    }
}
