//! Service accounts: programs with a role, an anchor and keys of their own (I-65 to I-67, PM-19, S-36, S-37).

mod access;
mod algorithm;
mod create;
mod ending;
mod exchange;
mod keys;
mod networks;
mod signing;
mod token;

pub use access::actor;
pub use algorithm::TokenAlgorithm;
pub use create::{ServiceAccountInput, create};
pub use ending::warn_of_ends;
pub use exchange::{AccessToken, exchange};
pub use keys::{revoke, rotate_key};
pub use signing::rotate_signing_key;
pub use token::self_test;

use domain::ids::ServiceAccountId;
use domain::role::Anchor;
use persistence::service_account::{ApiKeyRow, ServiceAccountRow};
use persistence::{PageOf, PageRequest, Tx};
use zeroize::Zeroizing;

use crate::audit::Act;
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// A service account with its live keys.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// The stored account.
    pub row: ServiceAccountRow,
    /// Its live keys, newest first; none of a revoked account.
    pub keys: Vec<ApiKeyRow>,
}

/// An account and its new key, which is shown this once.
#[derive(Debug)]
pub struct NewKey {
    /// The account.
    pub account: ServiceAccount,
    /// The key.
    pub key: Zeroizing<String>,
}

/// A page of the service accounts in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, page: &PageRequest) -> Result<PageOf<ServiceAccount>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "service_account.list").await?;
    let rows = tx.service_accounts().list(scope, page).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(with_keys(app, &tx, row).await?);
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

async fn with_keys(app: &App, tx: &Tx, row: ServiceAccountRow) -> Result<ServiceAccount, Error> {
    let keys = if row.revoked_at.is_some() {
        Vec::new()
    } else {
        tx.api_keys().live_of(row.id, &today(app)).await?
    };
    Ok(ServiceAccount { row, keys })
}

/// Today in UTC, as keys write their last day.
fn today(app: &App) -> String {
    app.clock().now().date_naive().format("%Y-%m-%d").to_string()
}

/// Revokes the service accounts of an entity that is archived (PM-19, S-36).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub(crate) async fn revoke_of(app: &App, tx: &Tx, anchor: Anchor) -> Result<(), Error> {
    for id in tx.service_accounts().live_of(anchor).await? {
        tx.service_accounts().revoke(id, app.clock().now()).await?;
    }
    Ok(())
}

/// The audit entry of an act on a service account, owned by its anchor.
fn act(operation: &str, id: ServiceAccountId, anchor: Anchor) -> Act {
    Act::on(operation, "service_account", id.to_string(), anchor)
}
