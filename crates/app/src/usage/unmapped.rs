//! Usage of platform subscriptions that nobody registered (U-41).

use azure_stack::{Session, StampSubscription};
use domain::ids::{PlatformSubscriptionId, TenantId};
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::Tx;
use persistence::alert::Raise;
use persistence::region::RegionRow;
use persistence::subscription::NewSubscription;
use uuid::Uuid;

use crate::invoices::stale;
use crate::jobs::{JobError, Running};
use crate::{App, Error, ids, settings};

/// After a run: raises one alert for each unregistered platform subscription, or creates its subscription under the
/// configured tenant while Auto Create Missing Subscriptions is on.
pub(super) async fn settle(
    app: &App,
    running: &Running,
    region: &RegionRow,
    session: &Session,
) -> Result<(), JobError> {
    let tx = app.store().read().await?;
    let unmapped = tx.usage().unmapped(region.id).await?;
    let tenant = receiving_tenant(&tx).await?;
    drop(tx);
    if unmapped.is_empty() {
        return Ok(());
    }
    let known = match (
        tenant,
        region
            .provider_subscription_id
            .as_deref()
            .and_then(|id| Uuid::parse_str(id).ok()),
    ) {
        (Some(_), Some(provider)) => session.user_subscriptions(provider).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    let tx = running.begin().await?;
    for row in &unmapped {
        let id = row.platform_subscription_id;
        if let Some(tenant) = tenant {
            create(app, &tx, region, tenant, id, find(&known, id)).await?;
            continue;
        }
        let message = format!(
            "{}: usage of {id} is parked, because no subscription is registered for it.",
            region.fields.name
        );
        let raise = Raise {
            id: ids::new_id(app),
            kind: "subscription_missing",
            severity: "warning",
            subject_key: &format!("region:{}:{id}", region.id),
            message: &message,
            owner: Anchor::Platform,
        };
        tx.alerts().raise(raise, app.clock().now()).await?;
    }
    if let Some(tenant) = tenant {
        stale::mapping_changed(&tx, tenant).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The live tenant that receives automatically created subscriptions; none while that is off.
async fn receiving_tenant(tx: &Tx) -> Result<Option<TenantId>, Error> {
    if !settings::read_switch(tx, "subscriptions.auto_create_missing_subscriptions").await? {
        return Ok(None);
    }
    let id = settings::read_text(tx, "subscriptions.auto_created_subscription_tenant_id").await?;
    let Ok(id) = id.parse::<TenantId>() else {
        return Ok(None);
    };
    let scope = Scope::system("subscriptions are created for detected usage (U-41)");
    let tenant = tx
        .tenants()
        .find(scope, id)
        .await?
        .filter(|tenant| tenant.archived_at.is_none());
    Ok(tenant.map(|tenant| tenant.id))
}

fn find(known: &[StampSubscription], id: PlatformSubscriptionId) -> Option<&StampSubscription> {
    known
        .iter()
        .find(|subscription| subscription.subscription_id == id.uuid())
}

async fn create(
    app: &App,
    tx: &Tx,
    region: &RegionRow,
    tenant: TenantId,
    id: PlatformSubscriptionId,
    at_source: Option<&StampSubscription>,
) -> Result<(), Error> {
    let text = |read: fn(&StampSubscription) -> &Option<String>| at_source.and_then(|source| read(source).clone());
    let new = NewSubscription {
        id: ids::new_id(app),
        tenant_id: tenant,
        region_id: region.id,
        platform_subscription_id: id,
        name: text(|source| &source.display_name)
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| id.to_string()),
        description: String::new(),
        directory_id: text(|source| &source.tenant_id).unwrap_or_default(),
        owner: text(|source| &source.owner).unwrap_or_default(),
        auto_created: true,
    };
    Ok(tx.subscriptions().insert(&new, app.clock().now()).await?)
}
