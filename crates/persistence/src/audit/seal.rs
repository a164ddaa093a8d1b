//! Seals: the place of an entry in the chain and its hash (I-71, S-88).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::scope::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Audit, AuditRow, entity};
use crate::time::{from_micros, to_micros};
use crate::{StoreError, sql};

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Place of the last sealed entry.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
}

/// A seal with its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// Place in the chain, from 1.
    pub sequence: i64,
    /// Hash of the previous hash and the entry.
    pub hash: String,
    /// The entry; none when somebody took it away.
    pub entry: Option<AuditRow>,
}

impl Audit<'_> {
    /// The end of the chain; none before the first seal.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn head(&self) -> Result<Option<Head>, StoreError> {
        let text = "SELECT sequence, hash FROM audit_seal ORDER BY sequence DESC LIMIT 1";
        let row = sql::one(self.0, text, Vec::new()).await?;
        row.map(|row| {
            Ok(Head {
                sequence: row.try_get("", "sequence")?,
                hash: row.try_get("", "hash")?,
            })
        })
        .transpose()
    }

    /// Entries without a seal, oldest first. An entry with a lower number may commit later, so the numbers alone do not
    /// tell which are sealed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn unsealed(&self, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        let text = "SELECT e.id FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id) \
                    ORDER BY e.id LIMIT $1";
        let rows = sql::all(self.0, text, vec![limit.into()]).await?;
        let ids = rows
            .iter()
            .map(|row| row.try_get("", "id"))
            .collect::<Result<Vec<i64>, _>>()?;
        Ok(self.entries(&ids).await?.into_values().collect())
    }

    /// How many entries wait for a seal, and since when the oldest does.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn waiting(&self) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
        let text = "SELECT COUNT(*) AS number, MIN(e.at) AS oldest FROM audit_entry e \
                    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)";
        let Some(row) = sql::one(self.0, text, Vec::new()).await? else {
            return Ok((0, None));
        };
        let oldest: Option<i64> = row.try_get("", "oldest")?;
        let oldest = oldest.map(|at| from_micros(at, "audit_entry", "at")).transpose()?;
        Ok((row.try_get("", "number")?, oldest))
    }

    /// Seals an entry. Two sealers at once cannot take the same place.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn seal(&self, head: &Head, entry_id: i64, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO audit_seal (sequence, entry_id, hash, sealed_at) VALUES ($1, $2, $3, $4)";
        let values = vec![
            head.sequence.into(),
            entry_id.into(),
            head.hash.clone().into(),
            to_micros(at).into(),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// The seals after a place, with their entries, in order. Only for those who see everything.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn sealed_after(&self, scope: Scope, sequence: i64, limit: i64) -> Result<Vec<SealedEntry>, StoreError> {
        if !scope.is_everything() {
            return Ok(Vec::new());
        }
        let text = "SELECT sequence, entry_id, hash FROM audit_seal WHERE sequence > $1 ORDER BY sequence LIMIT $2";
        let rows = sql::all(self.0, text, vec![sequence.into(), limit.into()]).await?;
        let mut seals = Vec::with_capacity(rows.len());
        for row in &rows {
            let entry_id: i64 = row.try_get("", "entry_id")?;
            seals.push((row.try_get("", "sequence")?, entry_id, row.try_get("", "hash")?));
        }
        let ids: Vec<i64> = seals.iter().map(|(_, id, _)| *id).collect();
        let mut entries = self.entries(&ids).await?;
        let sealed = seals.into_iter().map(|(sequence, id, hash)| SealedEntry {
            sequence,
            hash,
            entry: entries.remove(&id),
        });
        Ok(sealed.collect())
    }

    /// Places in the chain of some entries.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn sequences(&self, first: i64, last: i64) -> Result<BTreeMap<i64, i64>, StoreError> {
        let text = "SELECT entry_id, sequence FROM audit_seal WHERE entry_id >= $1 AND entry_id <= $2";
        let rows = sql::all(self.0, text, vec![first.into(), last.into()]).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "entry_id")?, row.try_get("", "sequence")?)))
            .collect()
    }

    async fn entries(&self, ids: &[i64]) -> Result<BTreeMap<i64, AuditRow>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::Id.is_in(ids.iter().copied()))
            .all(self.0.connection())
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.id, AuditRow::try_from(row)?)))
            .collect()
    }
}
