//! Browsers on their way to a provider and back (S-33): one row a trip, taken once.

use chrono::{DateTime, Utc};
use domain::ids::{IdentityProviderId, UserId};
use sea_orm::Value;
use uuid::Uuid;

use crate::time::{from_micros, to_micros};
use crate::{StoreError, Tx, sql};

/// A trip to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationTrip {
    /// Keyed hash of `state`.
    pub state_hash: Vec<u8>,
    /// Keyed hash of the cookie of the browser that began it.
    pub browser_hash: Vec<u8>,
    /// The provider.
    pub provider_id: IdentityProviderId,
    /// `sign_in`, `activation`, `link` or `step_up`.
    pub purpose: String,
    /// Who links or proves.
    pub user_id: Option<UserId>,
    /// Name of the session that links or proves.
    pub session_id: Option<Uuid>,
    /// Keyed hash of the invitation link.
    pub link_hash: Option<Vec<u8>>,
    /// Path of the app to go to afterwards.
    pub return_to: String,
    /// Its end.
    pub expires_at: DateTime<Utc>,
}

/// Trips of a transaction.
#[derive(Debug)]
pub struct FederationStates<'tx>(&'tx Tx);

impl Tx {
    /// The trips to providers.
    pub fn federation_states(&self) -> FederationStates<'_> {
        FederationStates(self)
    }
}

impl FederationStates<'_> {
    /// Begins a trip and drops those that ended.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn insert(&self, trip: &FederationTrip, at: DateTime<Utc>) -> Result<(), StoreError> {
        let ended = "DELETE FROM federation_state WHERE expires_at <= $1";
        sql::execute(self.0, ended, vec![Value::from(to_micros(at))]).await?;
        let text = "INSERT INTO federation_state (state_hash, browser_hash, identity_provider_id, purpose, user_id, \
                    session_id, link_hash, return_to, created_at, expires_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            Value::from(trip.state_hash.clone()),
            Value::from(trip.browser_hash.clone()),
            Value::from(trip.provider_id.uuid()),
            Value::from(trip.purpose.clone()),
            Value::from(trip.user_id.map(UserId::uuid)),
            Value::from(trip.session_id),
            Value::from(trip.link_hash.clone()),
            Value::from(trip.return_to.clone()),
            Value::from(to_micros(at)),
            Value::from(to_micros(trip.expires_at)),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Takes the trip of a `state`: a second one finds nothing.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn take(&self, state_hash: &[u8]) -> Result<Option<FederationTrip>, StoreError> {
        let text = "DELETE FROM federation_state WHERE state_hash = $1 RETURNING state_hash, browser_hash, \
                    identity_provider_id, purpose, user_id, session_id, link_hash, return_to, expires_at";
        let row = sql::one(self.0, text, vec![Value::from(state_hash.to_vec())]).await?;
        row.map(|row| {
            Ok(FederationTrip {
                state_hash: row.try_get("", "state_hash")?,
                browser_hash: row.try_get("", "browser_hash")?,
                provider_id: row.try_get::<Uuid>("", "identity_provider_id")?.into(),
                purpose: row.try_get("", "purpose")?,
                user_id: row.try_get::<Option<Uuid>>("", "user_id")?.map(UserId::from),
                session_id: row.try_get("", "session_id")?,
                link_hash: row.try_get("", "link_hash")?,
                return_to: row.try_get("", "return_to")?,
                expires_at: from_micros(row.try_get("", "expires_at")?, "federation_state", "expires_at")?,
            })
        })
        .transpose()
    }

    /// Notes which provider opened a session (I-44).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_session(&self, token_hash: &[u8], provider: IdentityProviderId) -> Result<(), StoreError> {
        let text = "UPDATE session SET identity_provider_id = $1 WHERE token_hash = $2";
        self.mark(text, token_hash, provider.uuid()).await
    }

    /// Notes which provider opened a half-way state (I-44).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_half(&self, token_hash: &[u8], provider: IdentityProviderId) -> Result<(), StoreError> {
        let text = "UPDATE half_session SET identity_provider_id = $1 WHERE token_hash = $2";
        self.mark(text, token_hash, provider.uuid()).await
    }

    /// Hands the mark of a half-way state on to the session it became.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn hand_on(&self, half_hash: &[u8], session_hash: &[u8]) -> Result<(), StoreError> {
        let text = "UPDATE session SET identity_provider_id = \
                    (SELECT identity_provider_id FROM half_session WHERE token_hash = $1) WHERE token_hash = $2";
        let values = vec![Value::from(half_hash.to_vec()), Value::from(session_hash.to_vec())];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    async fn mark(&self, text: &str, token_hash: &[u8], provider: Uuid) -> Result<(), StoreError> {
        let values = vec![Value::from(provider), Value::from(token_hash.to_vec())];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }
}
