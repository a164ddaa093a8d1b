//! A document ready to be rendered, from stored figures alone (B-84, B-85).

use documents::{
    Appearance, CategoryGroup, CreditKind, DocumentKind, DocumentStatus, ExplanationInput, ExplanationStep,
    InvoiceDocument, ItemCredit, LineKind, Party, SubscriptionGroup, TaxLine, UsageLine,
};
use domain::currency::Currency;
use domain::money::Money;
use persistence::invoice::{InvoiceRow, InvoiceStatus, LineRow, NewLine};
use persistence::price_list::CreditRow;
use persistence::{StoreError, Tx};

use super::explain::steps;
use super::rating::LineExplanation;
use super::snapshot::{self, Captured, CapturedEntity, CapturedSeller};
use crate::organisation::Profile;
use crate::{Error, settings};

/// Puts a document together: an issued one from what it captured, a preview from what it would capture now (ST-11).
pub(super) async fn build(tx: &Tx, row: &InvoiceRow) -> Result<InvoiceDocument, Error> {
    let captured = match row.status {
        InvoiceStatus::Preview => Captured::now(tx, row).await?,
        _ => Captured::read(row)?,
    };
    let terms = match row.payment_terms_days {
        Some(days) => days,
        None => snapshot::terms(tx, row.tenant_id).await?,
    };
    let locale = match captured.locale.as_str() {
        "" => settings::read_text(tx, "invoices.default_locale").await?,
        tag => tag.to_owned(),
    };
    let lines = tx.invoices().explained_lines(row.id).await?;
    let maker = Maker {
        row,
        currency: currency(row)?,
    };
    Ok(InvoiceDocument {
        kind: DocumentKind::Invoice,
        status: status(row.status),
        number: row.number.clone(),
        period: row.period.to_string(),
        issued_on: row.issued_on,
        due_on: row.due_on,
        payment_terms_days: u32::try_from(terms).map_err(Error::internal)?,
        time_zone: captured.time_zone,
        locale,
        currency: row.currency.clone(),
        seller: seller(&captured.seller),
        recipient: recipient(&captured.tenant)?,
        groups: maker.groups(&lines)?,
        credits: Vec::new(),
        late_groups: Vec::new(),
        net_amount: maker.amount(row.net_minor),
        tax: TaxLine {
            label: row.tax_label.clone(),
            rate: row.tax_rate.clone(),
            amount: maker.amount(row.tax_minor),
            note: captured.tax_note.filter(|_| row.tax_treatment != "standard"),
        },
        total_amount: maker.amount(row.total_minor),
        exchange_rates: Vec::new(),
        payment_details: captured.payment_details,
        annex: false,
        appearance: Appearance {
            logo: settings::logo(tx).await?,
            ..captured.appearance
        },
    })
}

fn currency(row: &InvoiceRow) -> Result<Currency, Error> {
    Currency::from_code(&row.currency).map_err(|_| broken(row, "currency"))
}

fn broken(row: &InvoiceRow, column: &'static str) -> Error {
    StoreError::Inconsistent {
        table: "invoice",
        column,
        row: row.id.to_string(),
    }
    .into()
}

fn status(status: InvoiceStatus) -> DocumentStatus {
    match status {
        InvoiceStatus::Preview => DocumentStatus::Preview,
        InvoiceStatus::Issued => DocumentStatus::Issued,
        InvoiceStatus::Paid => DocumentStatus::Paid,
        InvoiceStatus::Void => DocumentStatus::Void,
    }
}

fn seller(captured: &CapturedSeller) -> Party {
    Party {
        name: captured.name.clone(),
        legal_name: None,
        address_lines: captured.address.lines().map(str::to_owned).collect(),
        country: captured.country.clone(),
        tax_id: filled(&captured.tax_id),
    }
}

fn recipient(captured: &CapturedEntity) -> Result<Party, Error> {
    let profile = Profile::from_json(&captured.profile)?;
    let address = &profile.address;
    let city = format!("{} {}", address.postal_code, address.city);
    let lines = address
        .lines
        .iter()
        .map(String::as_str)
        .chain([city.trim(), address.region.as_str()]);
    Ok(Party {
        name: captured.name.clone(),
        legal_name: filled(&profile.legal_name),
        address_lines: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        country: profile.country.clone(),
        tax_id: filled(&profile.tax_id),
    })
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

struct Maker<'a> {
    row: &'a InvoiceRow,
    currency: Currency,
}

impl Maker<'_> {
    fn amount(&self, minor: i64) -> String {
        Money::from_minor(minor, self.currency).amount_text()
    }

    /// The lines by subscription and category, in their stored order (B-21).
    fn groups(&self, lines: &[NewLine]) -> Result<Vec<SubscriptionGroup>, Error> {
        let by_subscription = lines.chunk_by(|left, right| left.row.subscription_id == right.row.subscription_id);
        by_subscription
            .map(|lines| {
                let first = lines.first().map(|line| &line.row);
                let id = first.and_then(|row| row.subscription_id);
                Ok(SubscriptionGroup {
                    subscription_id: id.map(|id| id.to_string()).unwrap_or_default(),
                    name: first.map(|row| row.subscription_name.clone()).unwrap_or_default(),
                    subtotal: self.subtotal(lines)?,
                    categories: self.categories(lines)?,
                    credits: Vec::new(),
                })
            })
            .collect()
    }

    fn categories(&self, lines: &[NewLine]) -> Result<Vec<CategoryGroup>, Error> {
        let by_category = lines.chunk_by(|left, right| left.row.category == right.row.category);
        by_category
            .map(|lines| {
                Ok(CategoryGroup {
                    name: lines.first().map(|line| line.row.category.clone()).unwrap_or_default(),
                    subtotal: self.subtotal(lines)?,
                    lines: lines.iter().map(|line| self.line(line)).collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }

    fn subtotal(&self, lines: &[NewLine]) -> Result<String, Error> {
        let amounts = lines
            .iter()
            .map(|line| Money::from_minor(line.row.amount_minor, self.currency));
        Ok(Money::sum(self.currency, amounts)
            .map_err(Error::internal)?
            .amount_text())
    }

    fn line(&self, line: &NewLine) -> Result<UsageLine, Error> {
        let row = &line.row;
        let stored: LineExplanation =
            serde_json::from_str(&line.explanation).map_err(|_| broken(self.row, "explanation"))?;
        let explanation = stored.explanation.as_ref().map(steps).unwrap_or_default();
        Ok(UsageLine {
            line_id: row.id.to_string(),
            line_kind: LineKind::Usage,
            description: row.description.clone(),
            meter_id: row.meter_id.clone().unwrap_or_default(),
            meter_name: row.meter_name.clone(),
            sku: row.sku.clone(),
            unit: row.unit.clone(),
            quantity: row.quantity.clone().unwrap_or_else(|| "0".to_owned()),
            rate: row.rate_text.clone(),
            item_credits: self.item_credits(row)?,
            amount: self.amount(row.amount_minor),
            explanation: explanation
                .into_iter()
                .map(|step| ExplanationStep {
                    rule: step.rule,
                    label: step.label,
                    inputs: step
                        .inputs
                        .into_iter()
                        .map(|(name, value)| ExplanationInput { name, value })
                        .collect(),
                    exact: step.exact,
                    displayed: step.displayed,
                })
                .collect(),
            resources: Vec::new(),
        })
    }

    fn item_credits(&self, row: &LineRow) -> Result<Vec<ItemCredit>, Error> {
        let Some(text) = &row.credits_text else {
            return Ok(Vec::new());
        };
        let credits: Vec<CreditRow> = serde_json::from_str(text).map_err(|_| broken(self.row, "credits_text"))?;
        let kind = |kind: &str| match kind {
            "quantity" => Some(CreditKind::Quantity),
            "percent" => Some(CreditKind::Percent),
            "amount" => Some(CreditKind::Amount),
            _ => None,
        };
        credits
            .into_iter()
            .map(|credit| {
                let kind = kind(&credit.kind).ok_or_else(|| broken(self.row, "credits_text"))?;
                Ok(ItemCredit {
                    kind,
                    value: credit.value,
                })
            })
            .collect()
    }
}
