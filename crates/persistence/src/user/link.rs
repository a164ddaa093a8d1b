//! One-time links by mail, stored as keyed hashes (S-24).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::one_time_link as entity;
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx};

/// A link that was not used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// Whose.
    pub user_id: UserId,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// What it is about, such as the address it confirms.
    pub detail: Option<String>,
}

/// One-time links of a transaction.
#[derive(Debug)]
pub struct Links<'tx>(&'tx Tx);

impl Tx {
    /// The one-time links.
    pub fn links(&self) -> Links<'_> {
        Links(self)
    }
}

impl Links<'_> {
    /// Replaces the user's links of a purpose by a new one (I-11).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn replace(
        &self,
        user_id: UserId,
        purpose: &str,
        token_hash: Vec<u8>,
        at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        detail: Option<&str>,
    ) -> Result<(), StoreError> {
        entity::Entity::delete_many()
            .filter(entity::Column::UserId.eq(user_id.uuid()))
            .filter(entity::Column::Purpose.eq(purpose))
            .exec(self.0.connection())
            .await?;
        let row = entity::ActiveModel {
            token_hash: Set(token_hash),
            user_id: Set(user_id.uuid()),
            purpose: Set(purpose.to_owned()),
            created_at: Set(to_micros(at)),
            expires_at: Set(to_micros(expires_at)),
            used_at: Set(None),
            detail: Set(detail.map(str::to_owned)),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// An unused link of a purpose, expired or not.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, purpose: &str, token_hash: &[u8]) -> Result<Option<OpenLink>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::TokenHash.eq(token_hash))
            .filter(entity::Column::Purpose.eq(purpose))
            .filter(entity::Column::UsedAt.is_null())
            .one(self.0.connection())
            .await?;
        row.map(|row| {
            let expires_at = from_micros(row.expires_at, "one_time_link", "expires_at")?;
            Ok(OpenLink {
                user_id: row.user_id.into(),
                expires_at,
                detail: row.detail,
            })
        })
        .transpose()
    }

    /// Uses a link up; false when somebody else just did.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn use_up(&self, token_hash: &[u8], at: DateTime<Utc>) -> Result<bool, StoreError> {
        let changed = entity::Entity::update_many()
            .col_expr(entity::Column::UsedAt, Expr::val(to_micros(at)))
            .filter(entity::Column::TokenHash.eq(token_hash))
            .filter(Expr::col(entity::Column::UsedAt).is_null())
            .exec(self.0.connection())
            .await?;
        Ok(changed.rows_affected == 1)
    }
}
