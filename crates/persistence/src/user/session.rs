//! Sessions: a record here, an opaque cookie in the browser (I-60, S-29).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::UserRow;
use super::entity::{app_user, session};
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx};

/// Sessions of a user are limited to this number; one more ends the oldest (I-60).
const PER_USER: usize = 10;

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 based keyed hash of the cookie's value.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub user_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Absolute end.
    pub expires_at: DateTime<Utc>,
    /// Where from.
    pub source_address: Option<String>,
    /// Browser as it calls itself, cut to 200 characters.
    pub user_agent: Option<String>,
}

/// A session with its user, read in one query (S-30).
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The user as it is now.
    pub user: UserRow,
    /// Last use, at most a minute old.
    pub last_used_at: DateTime<Utc>,
    /// Absolute end.
    pub expires_at: DateTime<Utc>,
    /// Last proof of identity (PM-20).
    pub proven_at: DateTime<Utc>,
}

/// Sessions of a transaction.
#[derive(Debug)]
pub struct Sessions<'tx>(&'tx Tx);

impl Tx {
    /// The sessions.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }
}

impl Sessions<'_> {
    /// The session of a cookie with its live user.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn find(&self, token_hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        let relation = session::Entity::belongs_to(app_user::Entity)
            .from(session::Column::UserId)
            .to(app_user::Column::Id)
            .into();
        let found = session::Entity::find()
            .filter(session::Column::TokenHash.eq(token_hash))
            .filter(Expr::col((app_user::Entity, app_user::Column::DeletedAt)).is_null())
            .join_select(relation)
            .one(self.0.connection())
            .await?;
        let Some((row, Some(user))) = found else {
            return Ok(None);
        };
        Ok(Some(SessionRow {
            user: UserRow::try_from(user)?,
            last_used_at: from_micros(row.last_used_at, "session", "last_used_at")?,
            expires_at: from_micros(row.expires_at, "session", "expires_at")?,
            proven_at: from_micros(row.proven_at, "session", "proven_at")?,
        }))
    }

    /// Opens a session and ends the oldest ones above the limit.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(&self, new: NewSession) -> Result<(), StoreError> {
        let open = session::Entity::find()
            .filter(session::Column::UserId.eq(new.user_id.uuid()))
            .order_by_desc(session::Column::CreatedAt)
            .all(self.0.connection())
            .await?;
        for old in open.into_iter().skip(PER_USER.saturating_sub(1)) {
            self.delete(&old.token_hash).await?;
        }
        let row = session::ActiveModel {
            token_hash: Set(new.token_hash),
            user_id: Set(new.user_id.uuid()),
            created_at: Set(to_micros(new.at)),
            last_used_at: Set(to_micros(new.at)),
            expires_at: Set(to_micros(new.expires_at)),
            proven_at: Set(to_micros(new.at)),
            source_address: Set(new.source_address),
            user_agent: Set(new.user_agent),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Notes the use of a session.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn touch(&self, token_hash: &[u8], at: DateTime<Utc>) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::LastUsedAt, Expr::val(to_micros(at)))
            .filter(session::Column::TokenHash.eq(token_hash))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete(&self, token_hash: &[u8]) -> Result<(), StoreError> {
        session::Entity::delete_many()
            .filter(session::Column::TokenHash.eq(token_hash))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }

    /// Ends all sessions of a user (S-31).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_of_user(&self, user_id: UserId) -> Result<(), StoreError> {
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }
}

/// Joins and selects the user beside the session.
trait JoinSelect {
    fn join_select(self, relation: sea_orm::RelationDef) -> sea_orm::SelectTwo<session::Entity, app_user::Entity>;
}

impl JoinSelect for sea_orm::Select<session::Entity> {
    fn join_select(self, relation: sea_orm::RelationDef) -> sea_orm::SelectTwo<session::Entity, app_user::Entity> {
        use sea_orm::QuerySelect;
        self.join(sea_orm::JoinType::InnerJoin, relation)
            .select_also(app_user::Entity)
    }
}
