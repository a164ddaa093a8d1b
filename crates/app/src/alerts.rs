//! Alerts as people see them: list, acknowledge, close (U-80 to U-82).

use std::collections::BTreeMap;

use persistence::alert::{AlertFilter, AlertRow};
use persistence::{PageOf, PageRequest, Tx};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// An alert with the name of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The alert.
    pub row: AlertRow,
    /// Entity it belongs to; none: the platform.
    pub owner: Option<(Uuid, String)>,
}

/// A page of the alerts in the actor's scope.
///
/// # Errors
/// Those of `alert.list`.
pub async fn list(app: &App, actor: &Actor, filter: &AlertFilter, page: &PageRequest) -> Result<PageOf<Alert>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "alert.list").await?;
    let rows = tx.alerts().list(scope, filter, page).await?;
    let names = tx.alerts().owner_names(&rows.items).await?;
    Ok(rows.map(|row| named(row, &names)))
}

/// Somebody saw an alert and cares for it; it stays until its cause is gone.
///
/// # Errors
/// Those of `alert.acknowledge`; [`Error::NotFound`]; 409 `alert_not_open`.
pub async fn acknowledge(app: &App, actor: &Actor, id: Uuid) -> Result<Alert, Error> {
    let tx = app.store().begin().await?;
    let before = held(app, &tx, actor, "alert.acknowledge", id).await?;
    if !tx.alerts().acknowledge(id).await? {
        return Err(Error::conflict(
            "alert_not_open",
            "The alert was acknowledged or closed already.",
        ));
    }
    changed(app, tx, actor, "alert.acknowledge", before).await
}

/// Closes an alert; while its cause is there the next check opens another (U-82).
///
/// # Errors
/// Those of `alert.close`; [`Error::NotFound`]; 409 `alert_closed`.
pub async fn close(app: &App, actor: &Actor, id: Uuid) -> Result<Alert, Error> {
    let tx = app.store().begin().await?;
    let before = held(app, &tx, actor, "alert.close", id).await?;
    if !tx.alerts().close_one(id, app.clock().now()).await? {
        return Err(Error::conflict("alert_closed", "The alert is closed already."));
    }
    changed(app, tx, actor, "alert.close", before).await
}

async fn held(app: &App, tx: &Tx, actor: &Actor, operation: &'static str, id: Uuid) -> Result<AlertRow, Error> {
    let scope = authorize(app, tx, actor, operation).await?;
    tx.alerts().find(scope, id).await?.ok_or(Error::NotFound)
}

async fn changed(app: &App, tx: Tx, actor: &Actor, operation: &'static str, before: AlertRow) -> Result<Alert, Error> {
    let row = held(app, &tx, actor, operation, before.id).await?;
    let act = Act {
        before: Some(json!({ "state": before.state })),
        after: Some(json!({ "state": row.state, "message": row.message })),
        ..Act::on(operation, "alert", row.id.to_string(), row.owner)
    };
    audit::record(app, &tx, actor, act).await?;
    let names = tx.alerts().owner_names(std::slice::from_ref(&row)).await?;
    tx.commit().await?;
    Ok(named(row, &names))
}

fn named(row: AlertRow, names: &BTreeMap<Uuid, String>) -> Alert {
    let owner = row.owner.id().and_then(|id| Some((id, names.get(&id)?.clone())));
    Alert { row, owner }
}
