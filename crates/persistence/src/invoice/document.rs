//! Rendered bytes of issued documents: stored once, never changed (B-84, R-05).

use chrono::{DateTime, Utc};
use domain::ids::InvoiceId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::Invoices;
use super::entity::document;
use crate::StoreError;
use crate::time::to_micros;

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// `pdf`, `csv` or `json`.
    pub format: String,
    /// The bytes.
    pub content: Vec<u8>,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash: String,
}

impl Invoices<'_> {
    /// The stored document of an invoice. The caller found the invoice in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn document(&self, id: InvoiceId, format: &str) -> Result<Option<DocumentRow>, StoreError> {
        let row = document::Entity::find_by_id((id.uuid(), format.to_owned()))
            .one(self.0.connection())
            .await?;
        Ok(row.map(|row| DocumentRow {
            format: row.format,
            content: row.content,
            content_hash: row.content_hash,
        }))
    }

    /// The hash of a stored document.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn document_hash(&self, id: InvoiceId, format: &str) -> Result<Option<String>, StoreError> {
        let hash: Option<String> = document::Entity::find()
            .select_only()
            .column(document::Column::ContentHash)
            .filter(document::Column::InvoiceId.eq(id.uuid()))
            .filter(document::Column::Format.eq(format))
            .into_tuple()
            .one(self.0.connection())
            .await?;
        Ok(hash)
    }

    /// Stores documents that are not stored yet; what is stored stays.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn store_documents(
        &self,
        id: InvoiceId,
        documents: Vec<DocumentRow>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for row in documents {
            let row = document::ActiveModel {
                invoice_id: Set(id.uuid()),
                format: Set(row.format),
                content: Set(row.content),
                content_hash: Set(row.content_hash),
                created_at: Set(to_micros(at)),
            };
            let keep = OnConflict::columns([document::Column::InvoiceId, document::Column::Format])
                .do_nothing()
                .to_owned();
            document::Entity::insert(row)
                .on_conflict(keep)
                .exec_without_returning(self.0.connection())
                .await?;
        }
        Ok(())
    }
}
