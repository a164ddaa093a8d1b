//! Deleting an entity: refused while something hangs on it, else removed or archived (PM-16).

use domain::role::Anchor;
use domain::scope::Scope;
use persistence::Tx;

use crate::{App, Error, service_accounts, settings};

/// Setting that names the tenant of automatically created subscriptions.
const AUTO_CREATED_TENANT: &str = "subscriptions.auto_created_subscription_tenant_id";

/// One reason why an entity is not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// Stable code.
    pub code: &'static str,
    /// How many.
    pub count: u64,
    /// Sentence for people.
    pub detail: String,
}

/// What Delete would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// `refused`, `removed` or `archived`.
    pub outcome: &'static str,
    /// Everything that stands in the way.
    pub blockers: Vec<Blocker>,
    /// Users that would be disabled.
    pub disabled_users: u64,
}

/// What Delete would do to an entity now.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn preview(tx: &Tx, scope: Scope, entity: Anchor) -> Result<Deletion, Error> {
    let blockers = blockers(tx, scope, entity).await?;
    let users = tx.relations().enabled_users(entity).await?;
    let outcome = if !blockers.is_empty() {
        "refused"
    } else if tx.relations().left_no_trace(entity).await? {
        "removed"
    } else {
        "archived"
    };
    Ok(Deletion {
        outcome,
        blockers,
        disabled_users: u64::try_from(users.len()).unwrap_or(u64::MAX),
    })
}

/// Removes or archives an entity in the transaction that found it, and ends the access of its users.
///
/// # Errors
/// 409 with the code of the first blocker.
pub(super) async fn carry_out(app: &App, tx: &Tx, scope: Scope, entity: Anchor) -> Result<(), Error> {
    tx.relations().hold(entity).await?;
    if let Some(blocker) = blockers(tx, scope, entity).await?.into_iter().next() {
        return Err(Error::conflict(blocker.code, blocker.detail));
    }
    tx.relations().withdraw(entity).await?;
    tx.relations().withdraw_to(entity).await?;
    if tx.relations().left_no_trace(entity).await? {
        tx.relations().remove(entity).await?;
        return Ok(());
    }
    for user in tx.relations().enabled_users(entity).await? {
        tx.users().set_disabled(user, true).await?;
        tx.users().end_everything(user).await?;
    }
    service_accounts::revoke_of(app, tx, entity).await?;
    let now = app.clock().now();
    match entity {
        Anchor::Platform => {}
        Anchor::Distributor(id) => tx.distributors().archive(scope, id, now).await?,
        Anchor::Partner(id) => tx.partners().archive(scope, id, now).await?,
        Anchor::Tenant(id) => tx.tenants().archive(scope, id, now).await?,
    }
    Ok(())
}

async fn blockers(tx: &Tx, scope: Scope, entity: Anchor) -> Result<Vec<Blocker>, Error> {
    let mut found = Vec::new();
    let mut note = |code, count: u64, what: &str, help: &str| {
        if count > 0 {
            found.push(Blocker {
                code,
                count,
                detail: format!("It still has {count} {what}. {help}"),
            });
        }
    };
    let children = "Delete or move them first.";
    match entity {
        Anchor::Platform => {}
        Anchor::Distributor(id) => {
            let row = tx.distributors().find(scope, id).await?;
            let count = row.map_or(0, |row| row.partner_count);
            note("has_children", positive(count), "live partners", children);
        }
        Anchor::Partner(id) => {
            let row = tx.partners().find(scope, id).await?;
            let count = row.map_or(0, |row| row.tenant_count);
            note("has_children", positive(count), "live tenants", children);
        }
        Anchor::Tenant(id) => {
            let row = tx.tenants().find(scope, id).await?;
            let count = positive(row.map_or(0, |row| row.subscription_count));
            note("has_subscriptions", count, "live subscriptions", children);
            let rows = tx.relations().uninvoiced_usage(id).await?;
            note(
                "has_uninvoiced_usage",
                rows,
                "rows of usage that are on no issued invoice",
                "Issue the invoices of those months first.",
            );
            let previews = crate::invoices::open::previews(tx, id).await?;
            note("has_previews", previews, "previews", "Issue or delete them first.");
            let unpaid = crate::invoices::open::unsettled(tx, id).await?;
            note("has_open_balance", unpaid, "unpaid invoices", "Settle them first.");
            if settings::read_text(tx, AUTO_CREATED_TENANT).await? == id.to_string() {
                let help = "Choose another tenant in System Settings first.";
                note("in_use", 1, "setting that names it", help);
            }
        }
    }
    Ok(found)
}

fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
