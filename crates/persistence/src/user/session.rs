//! Sessions: a record here, an opaque cookie in the browser (I-60, S-29).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, SelectTwo,
};
use serde_json::Value;
use uuid::Uuid;

use super::UserRow;
use super::entity::{app_user, session};
use crate::setting::{entity as setting, parsed};
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx};

/// Sessions of a user are limited to this number; one more ends the oldest (I-60).
const PER_USER: usize = 10;

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Name of the session; no secret.
    pub id: Uuid,
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
    /// Whether a second factor was proved.
    pub second_factor: bool,
}

/// A session as its owner sees it (I-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSessionRow {
    /// Name of the session.
    pub id: Uuid,
    /// Hash of its value, to tell which one asks.
    pub token_hash: Vec<u8>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Last use, at most a minute old.
    pub last_used_at: DateTime<Utc>,
    /// Absolute end.
    pub expires_at: DateTime<Utc>,
    /// Where from.
    pub source_address: Option<String>,
    /// Browser.
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
    /// Whether a second factor was proved.
    pub second_factor: bool,
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
        match with_user(token_hash).one(self.0.connection()).await? {
            Some((session, Some(user))) => SessionRow::of(&session, user).map(Some),
            _ => Ok(None),
        }
    }

    /// As [`Self::find`], with the stored value of a setting in the same query: every request asks for both.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_with_setting(
        &self,
        token_hash: &[u8],
        key: &str,
    ) -> Result<Option<(SessionRow, Option<Value>)>, StoreError> {
        let connection = self.0.connection();
        let stored = Query::select()
            .column(setting::Column::Value)
            .from(setting::Entity)
            .and_where(setting::Column::Key.eq(key))
            .to_owned();
        let asked = with_user(token_hash).expr_as(Expr::from(stored), "stored_setting");
        let statement = asked.build(ConnectionTrait::get_database_backend(connection));
        let Some(row) = connection.query_one_raw(statement).await? else {
            return Ok(None);
        };
        // The prefixes that SeaORM gives the columns of the two tables.
        let session = session::Model::from_query_result(&row, "A_")?;
        let user = app_user::Model::from_query_result(&row, "B_")?;
        let stored: Option<String> = row.try_get("", "stored_setting")?;
        let stored = stored.map(|text| parsed(key, &text)).transpose()?;
        Ok(Some((SessionRow::of(&session, user)?, stored)))
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
            id: Set(Some(new.id)),
            second_factor: Set(i64::from(new.second_factor)),
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

    /// The live sessions of a user, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn of_user(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<OwnSessionRow>, StoreError> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .filter(session::Column::ExpiresAt.gt(to_micros(now)))
            .order_by_desc(session::Column::CreatedAt)
            .all(self.0.connection())
            .await?;
        rows.into_iter().map(OwnSessionRow::try_from).collect()
    }

    /// Ends one session of a user by its name; false when the user has no such session.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_own(&self, user_id: UserId, id: Uuid) -> Result<bool, StoreError> {
        let ended = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .filter(session::Column::Id.eq(id))
            .exec(self.0.connection())
            .await?;
        Ok(ended.rows_affected == 1)
    }

    /// Gives a session a new value and notes a fresh proof (S-28, S-30); false when it has ended.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn renew(
        &self,
        token_hash: &[u8],
        new_hash: Vec<u8>,
        proven_at: DateTime<Utc>,
        second_factor: bool,
    ) -> Result<bool, StoreError> {
        let changed = session::Entity::update_many()
            .col_expr(session::Column::TokenHash, Expr::val(new_hash))
            .col_expr(session::Column::ProvenAt, Expr::val(to_micros(proven_at)))
            .col_expr(session::Column::SecondFactor, Expr::val(i64::from(second_factor)))
            .filter(session::Column::TokenHash.eq(token_hash))
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    /// Ends every session of a user but the one with this hash (I-22).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_others(&self, user_id: UserId, kept: &[u8]) -> Result<(), StoreError> {
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .filter(session::Column::TokenHash.ne(kept))
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

impl TryFrom<session::Model> for OwnSessionRow {
    type Error = StoreError;

    fn try_from(row: session::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.unwrap_or_default(),
            token_hash: row.token_hash,
            created_at: from_micros(row.created_at, "session", "created_at")?,
            last_used_at: from_micros(row.last_used_at, "session", "last_used_at")?,
            expires_at: from_micros(row.expires_at, "session", "expires_at")?,
            source_address: row.source_address,
            user_agent: row.user_agent,
        })
    }
}

impl SessionRow {
    fn of(session: &session::Model, user: app_user::Model) -> Result<Self, StoreError> {
        Ok(Self {
            user: UserRow::try_from(user)?,
            last_used_at: from_micros(session.last_used_at, "session", "last_used_at")?,
            expires_at: from_micros(session.expires_at, "session", "expires_at")?,
            proven_at: from_micros(session.proven_at, "session", "proven_at")?,
            second_factor: session.second_factor != 0,
        })
    }
}

/// A session beside its live user.
fn with_user(token_hash: &[u8]) -> SelectTwo<session::Entity, app_user::Entity> {
    let user = session::Entity::belongs_to(app_user::Entity)
        .from(session::Column::UserId)
        .to(app_user::Column::Id)
        .into();
    session::Entity::find()
        .filter(session::Column::TokenHash.eq(token_hash))
        .filter(Expr::col((app_user::Entity, app_user::Column::DeletedAt)).is_null())
        .join(JoinType::InnerJoin, user)
        .select_also(app_user::Entity)
}
