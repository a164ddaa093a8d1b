//! What a document captures at issue (B-17, B-52, B-60): names and profiles of tenant, partner, distributor and seller,
//! and how the document looks (ST-11).

use documents::Appearance;
use domain::ids::TenantId;
use domain::scope::Scope;
use persistence::invoice::InvoiceRow;
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::organisation::Profile;
use crate::{Error, settings};

/// An entity as captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CapturedEntity {
    /// Identity.
    pub(super) id: Uuid,
    /// Name.
    pub(super) name: String,
    /// Details.
    pub(super) profile: Value,
}

/// The seller as captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CapturedSeller {
    /// Legal name.
    pub(super) name: String,
    /// Postal address, lines separated by line breaks.
    pub(super) address: String,
    /// Country.
    pub(super) country: String,
    /// Tax number; may be empty.
    pub(super) tax_id: String,
}

/// Everything a document needs besides its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Captured {
    /// Recipient.
    pub(super) tenant: CapturedEntity,
    /// Its partner.
    pub(super) partner: CapturedEntity,
    /// Its distributor.
    pub(super) distributor: CapturedEntity,
    /// Seller.
    pub(super) seller: CapturedSeller,
    /// Note printed when no tax is charged (B-50).
    pub(super) tax_note: Option<String>,
    /// Zone of the dates.
    pub(super) time_zone: String,
    /// BCP 47 tag (B-96).
    pub(super) locale: String,
    /// Payment instructions.
    pub(super) payment_details: String,
    /// Colours.
    pub(super) appearance: Appearance,
}

impl Captured {
    /// What an issued document captured.
    pub(super) fn read(row: &InvoiceRow) -> Result<Self, Error> {
        serde_json::from_value(row.snapshot.clone()).map_err(|_| {
            StoreError::Inconsistent {
                table: "invoice",
                column: "snapshot",
                row: row.id.to_string(),
            }
            .into()
        })
    }

    /// What a document issued now would capture.
    pub(super) async fn now(tx: &Tx, row: &InvoiceRow) -> Result<Self, Error> {
        let all = Scope::system("a document captures its recipient and those above");
        let missing = || Error::internal("the recipient of a document or its parents are missing");
        let tenant = tx.tenants().find(all, row.tenant_id).await?.ok_or_else(missing)?;
        let partner = tx.partners().find(all, row.partner_id).await?.ok_or_else(missing)?;
        let distributor = tx
            .distributors()
            .find(all, row.distributor_id)
            .await?
            .ok_or_else(missing)?;
        let mut locale = None;
        for profile in [
            &tenant.fields.profile,
            &partner.fields.profile,
            &distributor.fields.profile,
        ] {
            locale = locale.or(Profile::from_json(profile)?.locale.filter(|tag| !tag.is_empty()));
        }
        let locale = match locale {
            Some(tag) => tag,
            None => settings::read_text(tx, "invoices.default_locale").await?,
        };
        Ok(Self {
            tax_note: tenant.tax.note.clone(),
            tenant: CapturedEntity {
                id: row.tenant_id.uuid(),
                name: tenant.fields.name,
                profile: tenant.fields.profile,
            },
            partner: CapturedEntity {
                id: row.partner_id.uuid(),
                name: partner.fields.name,
                profile: partner.fields.profile,
            },
            distributor: CapturedEntity {
                id: row.distributor_id.uuid(),
                name: distributor.fields.name,
                profile: distributor.fields.profile,
            },
            seller: seller(tx).await?,
            time_zone: settings::read_text(tx, "billing.time_zone").await?,
            locale,
            payment_details: settings::read_text(tx, "invoices.payment_details").await?,
            appearance: appearance(tx).await?,
        })
    }
}

/// The tenant's own payment terms, else the setting (B-60).
pub(super) async fn terms(tx: &Tx, tenant: TenantId) -> Result<i64, Error> {
    let all = Scope::system("the terms of a document come from its recipient");
    let own = tx
        .tenants()
        .find(all, tenant)
        .await?
        .and_then(|tenant| tenant.tax.payment_terms_days);
    match own {
        Some(days) => Ok(days),
        None => settings::read_integer(tx, "invoices.default_payment_terms_days").await,
    }
}

async fn seller(tx: &Tx) -> Result<CapturedSeller, Error> {
    Ok(CapturedSeller {
        name: settings::read_text(tx, "invoices.seller_name").await?,
        address: settings::read_text(tx, "invoices.seller_address").await?,
        country: settings::read_text(tx, "invoices.seller_country").await?,
        tax_id: settings::read_text(tx, "invoices.seller_tax_id").await?,
    })
}

async fn appearance(tx: &Tx) -> Result<Appearance, Error> {
    Ok(Appearance {
        header_background_colour: settings::read_text(tx, "invoices.header_background_colour").await?,
        header_font_colour: settings::read_text(tx, "invoices.header_font_colour").await?,
        body_background_colour: settings::read_text(tx, "invoices.body_background_colour").await?,
        body_font_colour: settings::read_text(tx, "invoices.body_font_colour").await?,
        footer_background_colour: settings::read_text(tx, "invoices.footer_background_colour").await?,
        footer_font_colour: settings::read_text(tx, "invoices.footer_font_colour").await?,
        grouping_background_colour: settings::read_text(tx, "invoices.grouping_background_colour").await?,
        grouping_font_colour: settings::read_text(tx, "invoices.grouping_font_colour").await?,
        // Not captured with the colours: bytes are drawn once and kept (ST-11, ST-26).
        logo: None,
    })
}
