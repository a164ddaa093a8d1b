//! What generating and issuing read from other tables, for a whole month at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{InvoiceId, PlatformSubscriptionId, RegionId, SubscriptionId, TenantId};
use domain::period::Period;
use domain::scope::Scope;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, Query};
use serde_json::Value;
use uuid::Uuid;

use super::Invoices;
use crate::price_list::PriceListTarget;
use crate::time::to_micros;
use crate::{StoreError, scope, sql};

/// A subscription as billing sees it, archived or not (B-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledSubscription {
    /// Identity.
    pub id: SubscriptionId,
    /// Whose usage it is in the month: where a line of the month was issued, the tenant of then (U-51).
    pub tenant_id: TenantId,
    /// Region.
    pub region_id: RegionId,
    /// As the stamp knows it.
    pub platform_subscription_id: PlatformSubscriptionId,
    /// Name now.
    pub name: String,
}

/// A tenant as billing sees it, archived or not (B-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledTenant {
    /// Identity.
    pub id: TenantId,
    /// Name.
    pub name: String,
    /// ISO 4217 code of its documents.
    pub currency: String,
    /// `standard`, `exempt` or `reverse_charge` (B-50).
    pub tax_treatment: String,
    /// Own rate in percent.
    pub tax_rate: Option<String>,
    /// Label of the tax line.
    pub tax_label: Option<String>,
    /// Version of the record.
    pub version: i64,
}

/// Net amount of one of a tenant's last three documents (B-41).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierNet {
    /// Recipient.
    pub tenant_id: TenantId,
    /// ISO 4217 code.
    pub currency: String,
    /// Net amount in minor units.
    pub net_minor: i64,
}

/// An issued or paid invoice, as far as its prices matter (P-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedHead {
    /// Identity.
    pub id: InvoiceId,
    /// Recipient.
    pub tenant_id: TenantId,
    /// Month.
    pub period: Period,
    /// Number.
    pub number: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
}

impl Invoices<'_> {
    /// Issued and paid invoices from a month on that a price list's target may be part of, by month.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn issued_from(&self, from: Period, target: PriceListTarget) -> Result<Vec<IssuedHead>, StoreError> {
        let part = match target {
            PriceListTarget::Tenant(_) => "tenant_id = $2",
            PriceListTarget::Region(_) => {
                "EXISTS (SELECT 1 FROM invoice_line l JOIN subscription s ON s.id = l.subscription_id \
                 WHERE l.invoice_id = invoice.id AND s.region_id = $2)"
            }
        };
        let query = format!(
            "SELECT id, tenant_id, period, number, currency FROM invoice WHERE kind = 'invoice' AND \
             status IN ('issued', 'paid') AND period >= $1 AND {part} ORDER BY period, number"
        );
        let rows = sql::all(self.0, &query, vec![from.to_string().into(), target.uuid().into()]).await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get_by_index(0)?;
                let period: String = row.try_get_by_index(2)?;
                Ok(IssuedHead {
                    id: id.into(),
                    tenant_id: row.try_get_by_index::<Uuid>(1)?.into(),
                    period: Period::parse(&period).map_err(|_| StoreError::Inconsistent {
                        table: "invoice",
                        column: "period",
                        row: id.to_string(),
                    })?,
                    number: row.try_get_by_index(3)?,
                    currency: row.try_get_by_index(4)?,
                })
            })
            .collect()
    }

    /// Every subscription with the tenant its usage of the month belongs to.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn billed_subscriptions(&self, period: Period) -> Result<Vec<BilledSubscription>, StoreError> {
        let issued = sql::all(
            self.0,
            "SELECT DISTINCT l.subscription_id, i.tenant_id FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id \
             WHERE i.period = $1 AND i.status IN ('issued', 'paid') AND l.subscription_id IS NOT NULL",
            vec![period.to_string().into()],
        )
        .await?;
        let mut attributed = HashMap::new();
        for row in issued {
            attributed.insert(row.try_get_by_index::<Uuid>(0)?, row.try_get_by_index::<Uuid>(1)?);
        }
        let rows = sql::all(
            self.0,
            "SELECT id, tenant_id, region_id, platform_subscription_id, name FROM subscription ORDER BY id",
            Vec::new(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get_by_index(0)?;
                let tenant = attributed.get(&id).copied();
                Ok(BilledSubscription {
                    id: id.into(),
                    tenant_id: tenant.map_or_else(|| row.try_get_by_index::<Uuid>(1), Ok)?.into(),
                    region_id: row.try_get_by_index::<Uuid>(2)?.into(),
                    platform_subscription_id: row.try_get_by_index::<Uuid>(3)?.into(),
                    name: row.try_get_by_index(4)?,
                })
            })
            .collect()
    }

    /// The ids of all tenants in scope, archived or not, in order (B-10).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn tenants_in(&self, scope: Scope) -> Result<Vec<TenantId>, StoreError> {
        let id = || Expr::col(Alias::new("id"));
        let query = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("tenant"))
            .cond_where(scope::tenants(scope, id()))
            .to_owned();
        let rows = self.0.connection().query_all(&query).await?;
        let ids = rows.iter().map(|row| Ok(TenantId::new(row.try_get_by_index(0)?)));
        let mut ids = ids.collect::<Result<Vec<_>, StoreError>>()?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// Number of usage rows in force behind a line (P-95).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn usage_rows(
        &self,
        region: RegionId,
        subscription: PlatformSubscriptionId,
        period: Period,
        meter_id: &str,
        sku: &str,
    ) -> Result<u64, StoreError> {
        let row = sql::one(
            self.0,
            "SELECT count(*) FROM usage_record r JOIN usage_window w ON w.id = r.window_id WHERE w.region_id = $1 AND \
             w.in_force = 1 AND r.platform_subscription_id = $2 AND r.meter_id = $3 AND r.sku = $4 AND \
             r.usage_start_s >= $5 AND r.usage_start_s < $6",
            vec![
                region.uuid().into(),
                subscription.uuid().into(),
                meter_id.into(),
                sku.into(),
                period.starts_at().timestamp().into(),
                period.ends_at().timestamp().into(),
            ],
        )
        .await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0).map(sql::count))?)
    }

    /// Every tenant with what its documents depend on.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn billed_tenants(&self) -> Result<Vec<BilledTenant>, StoreError> {
        let rows = sql::all(
            self.0,
            "SELECT id, name, currency, tax_treatment, tax_rate, tax_label, version FROM tenant ORDER BY id",
            Vec::new(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                Ok(BilledTenant {
                    id: row.try_get_by_index::<Uuid>(0)?.into(),
                    name: row.try_get_by_index(1)?,
                    currency: row.try_get_by_index(2)?,
                    tax_treatment: row.try_get_by_index(3)?,
                    tax_rate: row.try_get_by_index(4)?,
                    tax_label: row.try_get_by_index(5)?,
                    version: row.try_get_by_index(6)?,
                })
            })
            .collect()
    }

    /// Net amounts of each tenant's last three issued invoices before a month (B-41).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn earlier_nets(&self, period: Period) -> Result<Vec<EarlierNet>, StoreError> {
        let rows = sql::all(
            self.0,
            "SELECT tenant_id, currency, net_minor FROM (SELECT tenant_id, currency, net_minor, \
             ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY period DESC) AS place FROM invoice \
             WHERE kind = 'invoice' AND status IN ('issued', 'paid') AND period < $1) AS ranked \
             WHERE place <= 3 ORDER BY tenant_id, place",
            vec![period.to_string().into()],
        )
        .await?;
        rows.iter()
            .map(|row| {
                Ok(EarlierNet {
                    tenant_id: row.try_get_by_index::<Uuid>(0)?.into(),
                    currency: row.try_get_by_index(1)?,
                    net_minor: row.try_get_by_index(2)?,
                })
            })
            .collect()
    }

    /// The value a setting had just before an instant, from its history; none when it was never saved before (ST-13).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the stored text is not JSON.
    pub async fn setting_before(&self, key: &str, instant: DateTime<Utc>) -> Result<Option<Value>, StoreError> {
        let row = sql::one(
            self.0,
            "SELECT value FROM setting_history WHERE key = $1 AND changed_at < $2 ORDER BY changed_at DESC LIMIT 1",
            vec![key.into(), to_micros(instant).into()],
        )
        .await?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get_by_index(0)?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| StoreError::Inconsistent {
                table: "setting_history",
                column: "value",
                row: key.to_owned(),
            })
    }
}
