//! Lines of documents (B-20 to B-22).

use domain::ids::{InvoiceId, InvoiceLineId, PricingItemId, SubscriptionId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::line;
use super::{Invoices, NewPreview};
use crate::StoreError;

/// A line as stored, without the explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// Identity.
    pub id: InvoiceLineId,
    /// `usage`, `credit`, `late_usage` or `late_credit`.
    pub line_kind: String,
    /// Subscription of the usage.
    pub subscription_id: Option<SubscriptionId>,
    /// Its name when the figures were made.
    pub subscription_name: String,
    /// Service category of the meter.
    pub category: String,
    /// Meter.
    pub meter_id: Option<String>,
    /// Name of the meter.
    pub meter_name: String,
    /// SKU; may be empty.
    pub sku: String,
    /// Unit of the quantity.
    pub unit: String,
    /// Quantity, canonical decimal with all digits.
    pub quantity: Option<String>,
    /// Rate, or `tiered`.
    pub rate_text: Option<String>,
    /// Credits of the item, for people.
    pub credits_text: Option<String>,
    /// What it is for.
    pub description: String,
    /// Item that prices it.
    pub pricing_item_id: Option<PricingItemId>,
    /// False: no item prices this usage (P-16).
    pub priced: bool,
    /// Amount in minor units.
    pub amount_minor: i64,
}

/// A line to store, with the data of its explanation (P-95).
#[derive(Clone, Debug, PartialEq)]
pub struct NewLine {
    /// The line.
    pub row: LineRow,
    /// Text of the explanation, JSON.
    pub explanation: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    line_kind: String,
    subscription_id: Option<Uuid>,
    subscription_name: String,
    category: String,
    meter_id: Option<String>,
    meter_name: String,
    sku: String,
    unit: String,
    quantity: Option<String>,
    rate_text: Option<String>,
    credits_text: Option<String>,
    description: String,
    pricing_item_id: Option<Uuid>,
    priced: i64,
    amount_minor: i64,
}

impl Invoices<'_> {
    /// The lines of a document in their order. The caller found the document in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn lines(&self, invoice: InvoiceId) -> Result<Vec<LineRow>, StoreError> {
        let rows = shown(invoice).into_model::<Row>().all(self.0.connection()).await?;
        Ok(rows.into_iter().map(LineRow::from).collect())
    }

    /// One line with its explanation. The caller found the document in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn line(&self, invoice: InvoiceId, id: InvoiceLineId) -> Result<Option<NewLine>, StoreError> {
        let row = line::Entity::find_by_id(id.uuid())
            .filter(line::Column::InvoiceId.eq(invoice.uuid()))
            .one(self.0.connection())
            .await?;
        Ok(row.map(NewLine::from))
    }

    /// All lines with their explanations, in their order. The caller found the document in scope.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn explained_lines(&self, invoice: InvoiceId) -> Result<Vec<NewLine>, StoreError> {
        let rows = line::Entity::find()
            .filter(line::Column::InvoiceId.eq(invoice.uuid()))
            .order_by_asc(line::Column::Position)
            .all(self.0.connection())
            .await?;
        Ok(rows.into_iter().map(NewLine::from).collect())
    }

    /// Replaces the lines of previews; several rows a statement.
    pub(super) async fn replace_lines(&self, previews: &[NewPreview]) -> Result<(), StoreError> {
        line::Entity::delete_many()
            .filter(line::Column::InvoiceId.is_in(previews.iter().map(|preview| preview.id.uuid())))
            .exec(self.0.connection())
            .await?;
        let mut rows = Vec::new();
        for preview in previews {
            for (position, line) in (1_i64..).zip(&preview.lines) {
                rows.push(active(preview.id, position, line));
            }
        }
        // 19 columns: far below the 32,766 values of a statement.
        while !rows.is_empty() {
            let part = rows.split_off(rows.len().saturating_sub(500));
            line::Entity::insert_many(part)
                .exec_without_returning(self.0.connection())
                .await?;
        }
        Ok(())
    }
}

fn shown(invoice: InvoiceId) -> sea_orm::Select<line::Entity> {
    use line::Column;
    line::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::LineKind,
            Column::SubscriptionId,
            Column::SubscriptionName,
            Column::Category,
            Column::MeterId,
            Column::MeterName,
            Column::Sku,
            Column::Unit,
            Column::Quantity,
            Column::RateText,
            Column::CreditsText,
            Column::Description,
            Column::PricingItemId,
            Column::Priced,
            Column::AmountMinor,
        ])
        .filter(Column::InvoiceId.eq(invoice.uuid()))
        .order_by_asc(Column::Position)
}

fn active(invoice: InvoiceId, position: i64, line: &NewLine) -> line::ActiveModel {
    let row = &line.row;
    line::ActiveModel {
        id: Set(row.id.uuid()),
        invoice_id: Set(invoice.uuid()),
        position: Set(position),
        line_kind: Set(row.line_kind.clone()),
        subscription_id: Set(row.subscription_id.map(SubscriptionId::uuid)),
        subscription_name: Set(row.subscription_name.clone()),
        category: Set(row.category.clone()),
        meter_id: Set(row.meter_id.clone()),
        meter_name: Set(row.meter_name.clone()),
        sku: Set(row.sku.clone()),
        unit: Set(row.unit.clone()),
        quantity: Set(row.quantity.clone()),
        rate_text: Set(row.rate_text.clone()),
        credits_text: Set(row.credits_text.clone()),
        description: Set(row.description.clone()),
        pricing_item_id: Set(row.pricing_item_id.map(PricingItemId::uuid)),
        priced: Set(i64::from(row.priced)),
        amount_minor: Set(row.amount_minor),
        explanation: Set(line.explanation.clone()),
    }
}

impl From<Row> for LineRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            line_kind: row.line_kind,
            subscription_id: row.subscription_id.map(SubscriptionId::new),
            subscription_name: row.subscription_name,
            category: row.category,
            meter_id: row.meter_id,
            meter_name: row.meter_name,
            sku: row.sku,
            unit: row.unit,
            quantity: row.quantity,
            rate_text: row.rate_text,
            credits_text: row.credits_text,
            description: row.description,
            pricing_item_id: row.pricing_item_id.map(PricingItemId::new),
            priced: row.priced != 0,
            amount_minor: row.amount_minor,
        }
    }
}

impl From<line::Model> for NewLine {
    fn from(row: line::Model) -> Self {
        let explanation = row.explanation;
        let row = LineRow::from(Row {
            id: row.id,
            line_kind: row.line_kind,
            subscription_id: row.subscription_id,
            subscription_name: row.subscription_name,
            category: row.category,
            meter_id: row.meter_id,
            meter_name: row.meter_name,
            sku: row.sku,
            unit: row.unit,
            quantity: row.quantity,
            rate_text: row.rate_text,
            credits_text: row.credits_text,
            description: row.description,
            pricing_item_id: row.pricing_item_id,
            priced: row.priced,
            amount_minor: row.amount_minor,
        });
        Self { row, explanation }
    }
}
