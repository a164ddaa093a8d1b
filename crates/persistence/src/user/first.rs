//! The first administrator and the one-time token that makes it (I-68, S-39).

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::entity::{bootstrap_token, first_administrator};
use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx};

/// First-start records of a transaction.
#[derive(Debug)]
pub struct FirstStart<'tx>(&'tx Tx);

impl Tx {
    /// The first-start records.
    pub fn first_start(&self) -> FirstStart<'_> {
        FirstStart(self)
    }
}

impl FirstStart<'_> {
    /// Whether the first administrator exists: the set-up page is closed for ever then.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_closed(&self) -> Result<bool, StoreError> {
        Ok(first_administrator::Entity::find().count(self.0.connection()).await? > 0)
    }

    /// Closes the set-up page; of two at once the second is refused by the primary key.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when it is closed already.
    pub async fn close(&self, user_id: UserId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = first_administrator::ActiveModel {
            only_row: Set(1),
            user_id: Set(user_id.uuid()),
            created_at: Set(to_micros(at)),
        };
        row.insert(self.0.connection()).await?;
        bootstrap_token::Entity::delete_many().exec(self.0.connection()).await?;
        Ok(())
    }

    /// Stores the hash of a new token in place of the old one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn set_token(&self, token_hash: Vec<u8>, expires_at: DateTime<Utc>) -> Result<(), StoreError> {
        bootstrap_token::Entity::delete_many().exec(self.0.connection()).await?;
        let row = bootstrap_token::ActiveModel {
            only_row: Set(1),
            token_hash: Set(token_hash),
            expires_at: Set(to_micros(expires_at)),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// When the token with this hash expires; none for another token.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn token_expires_at(&self, token_hash: &[u8]) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = bootstrap_token::Entity::find()
            .filter(bootstrap_token::Column::TokenHash.eq(token_hash))
            .one(self.0.connection())
            .await?;
        row.map(|row| from_micros(row.expires_at, "bootstrap_token", "expires_at"))
            .transpose()
    }
}
