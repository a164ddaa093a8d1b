//! The list of entries in scope (I-72).

use domain::ids::{ServiceAccountId, UserId};
use domain::scope::Scope;
use persistence::audit::{AuditFilter, AuditRow};
use persistence::{PageOf, PageRequest, Tx};

use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// An entry with what is known about it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry; who it was and from where only when the actor is in the reader's scope (PM-8).
    pub row: AuditRow,
    /// Place in the chain; none until it is sealed.
    pub sequence: Option<i64>,
    /// Name of the actor as it is now.
    pub actor_name: Option<String>,
}

/// A page of the entries owned by entities in the actor's scope, newest first.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, filter: &AuditFilter, page: &PageRequest) -> Result<PageOf<Entry>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "audit.list").await?;
    let hidden = match filter.actor_id {
        Some(id) if !scope.is_everything() => name(&tx, scope, id).await?.is_none(),
        _ => false,
    };
    if hidden {
        // A filter with a foreign id behaves as one with a missing id (PM-8).
        return Ok(PageOf {
            items: Vec::new(),
            next: None,
            total: Some(0),
        });
    }
    let rows = tx.audit().list(scope, filter, page).await?;
    let last = rows.items.first().map_or(0, |row| row.id);
    let first = rows.items.last().map_or(0, |row| row.id);
    let sequences = tx.audit().sequences(first, last).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for mut row in rows.items {
        let actor_name = match row.actor_id {
            Some(id) => name(&tx, scope, id).await?,
            None => None,
        };
        if actor_name.is_none() && !scope.is_everything() {
            row.actor_id = None;
            row.source_address = None;
        }
        items.push(Entry {
            sequence: sequences.get(&row.id).copied(),
            actor_name,
            row,
        });
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

async fn name(tx: &Tx, scope: Scope, id: uuid::Uuid) -> Result<Option<String>, Error> {
    let user = tx.users().find(scope, UserId::from(id)).await?;
    if let Some(user) = user {
        return Ok(Some(format!("{} {}", user.first_name, user.last_name)));
    }
    let account = tx.service_accounts().find(scope, ServiceAccountId::from(id)).await?;
    Ok(account.map(|account| account.name))
}
