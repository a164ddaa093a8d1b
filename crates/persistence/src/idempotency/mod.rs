//! Records of requests that may be repeated.

mod entity;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::time::to_micros;
use crate::{StoreError, Tx};

/// Identity of a repeatable request: actor, route and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks.
    pub actor_id: Uuid,
    /// Method and path.
    pub route: String,
    /// Hash of the key.
    pub key_hash: Vec<u8>,
    /// SHA-256 of method, path and body.
    pub fingerprint: Vec<u8>,
}

/// The stored answer of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Fingerprint of the first request.
    pub fingerprint: Vec<u8>,
    /// Status; 0 while the effect is committed and its answer is not stored yet.
    pub status: u16,
    /// Content type, location and entity tag as JSON.
    pub headers: String,
    /// Body.
    pub body: Vec<u8>,
}

/// Idempotency records of a transaction.
#[derive(Debug)]
pub struct Idempotency<'tx>(&'tx Tx);

impl Tx {
    /// The records of repeatable requests.
    pub fn idempotency(&self) -> Idempotency<'_> {
        Idempotency(self)
    }
}

impl Idempotency<'_> {
    /// The record of a key.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find(&self, key: &RequestKey) -> Result<Option<StoredAnswer>, StoreError> {
        let id = (key.actor_id, key.route.clone(), key.key_hash.clone());
        let row = entity::Entity::find_by_id(id).one(self.0.connection()).await?;
        row.map(|row| {
            let status = u16::try_from(row.status).map_err(|_| StoreError::Inconsistent {
                table: "idempotency_record",
                column: "status",
                row: key.route.clone(),
            })?;
            Ok(StoredAnswer {
                fingerprint: row.fingerprint,
                status,
                headers: row.headers,
                body: row.body,
            })
        })
        .transpose()
    }

    /// Notes, in the transaction of the effect, that the key has had it; false when a twin was first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn claim(&self, key: &RequestKey, request_id: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let row = entity::ActiveModel {
            actor_id: Set(key.actor_id),
            route: Set(key.route.clone()),
            key_hash: Set(key.key_hash.clone()),
            fingerprint: Set(key.fingerprint.clone()),
            request_id: Set(request_id.to_owned()),
            status: Set(0),
            headers: Set(String::new()),
            body: Set(Vec::new()),
            created_at: Set(to_micros(at)),
        };
        entity::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.0.connection())
            .await?;
        let id = (key.actor_id, key.route.clone(), key.key_hash.clone());
        let stored = entity::Entity::find_by_id(id).one(self.0.connection()).await?;
        Ok(stored.is_some_and(|row| row.request_id == request_id))
    }

    /// Stores the answer of a claimed key.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn store(&self, key: &RequestKey, status: u16, headers: &str, body: &[u8]) -> Result<(), StoreError> {
        entity::Entity::update_many()
            .col_expr(entity::Column::Status, Expr::val(i64::from(status)))
            .col_expr(entity::Column::Headers, Expr::val(headers))
            .col_expr(entity::Column::Body, Expr::val(body.to_vec()))
            .filter(entity::Column::ActorId.eq(key.actor_id))
            .filter(entity::Column::Route.eq(key.route.as_str()))
            .filter(entity::Column::KeyHash.eq(key.key_hash.clone()))
            .exec(self.0.connection())
            .await?;
        Ok(())
    }
}
