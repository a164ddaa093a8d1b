//! Connections: what their changes need and cause (ST-7, ST-9, ST-18), and their tests.

use domain::ids::{TenantId, UserId};
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::Tx;
use persistence::alert::Raise;
use serde_json::{Value, json};

use super::update::{Change, pointer};
use crate::audit::{self, Act};
use crate::authorize::authorize;
use crate::mail::{mail_server, send_now};
use crate::storage::{self, Container, StorageError};
use crate::{Actor, App, Error, Invalid};

/// Switches that need a working connection, with its kind (ST-9).
const NEEDS: [(&str, &str); 3] = [
    ("invoices.auto_email_invoices", "mail"),
    ("invoices.send_delinquent_payment_notifications", "mail"),
    ("invoices.store_invoices_in_azure_storage", "storage"),
];

/// Outcome of a test, as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionTest {
    /// Class of the failure; none when it worked.
    pub code: Option<&'static str>,
    /// Sentence for people.
    pub message: String,
}

/// The tenant of new subscriptions is a live one.
pub(super) async fn check_references(tx: &Tx, changes: &[Change]) -> Result<(), Error> {
    for change in changes.iter().filter(|change| change.row.kind == "tenant") {
        let Some(id) = change.new.as_str().and_then(|id| uuid::Uuid::parse_str(id).ok()) else {
            continue;
        };
        let everything = Scope::system("settings belong to the platform");
        let tenant = tx.tenants().find(everything, TenantId::from(id)).await?;
        if tenant.is_none_or(|tenant| tenant.archived_at.is_some()) {
            return Err(Invalid::unknown_reference(pointer(&change.row.key)));
        }
    }
    Ok(())
}

/// States in which a value cannot be chosen: 409.
pub(super) async fn check_states(tx: &Tx, changes: &[Change]) -> Result<(), Error> {
    for change in changes {
        let needed = NEEDS.iter().find(|(key, _)| change.row.key == *key);
        if let Some((_, kind)) = needed
            && change.new == Value::Bool(true)
            && tx.settings().last_test(kind).await? != Some(true)
        {
            let detail = format!("Test the {kind} connection first.");
            return Err(Error::conflict("connection_not_tested", detail));
        }
        if change.row.key == "billing.default_platform_currency" && tx.invoices().any_issued().await? {
            let detail = "The platform currency stays as it is once an invoice has been issued.";
            return Err(Error::conflict("locked_by_invoices", detail));
        }
    }
    Ok(())
}

/// A changed connection is an untested one: switches stay on, an alert says so (ST-9).
pub(super) async fn after(app: &App, tx: &Tx, actor: &Actor, changes: &[Change]) -> Result<(), Error> {
    for (kind, section) in [("mail", "Mail"), ("storage", "Storage")] {
        if !changes.iter().any(|change| change.row.section == section) {
            continue;
        }
        tx.settings().forget_test(kind).await?;
        tracing::info!(
            kind,
            request_id = actor.request_id,
            "a connection changed; its test is void"
        );
        if depends_on(tx, kind).await? {
            raise(app, tx, kind).await?;
        }
    }
    Ok(())
}

async fn depends_on(tx: &Tx, kind: &str) -> Result<bool, Error> {
    for (key, _) in NEEDS.iter().filter(|(_, of)| *of == kind) {
        if super::read_switch(tx, key).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn raise(app: &App, tx: &Tx, kind: &str) -> Result<(), Error> {
    let message = format!("The {kind} connection changed and was not tested since.");
    let raise = Raise {
        id: crate::ids::new_id(app),
        kind: "connection_not_tested",
        severity: "warning",
        subject_key: kind,
        message: &message,
        owner: Anchor::Platform,
    };
    tx.alerts().raise(raise, app.clock().now()).await?;
    Ok(())
}

/// Sends one mail to the actor through the stored mail server (ST-9).
///
/// # Errors
/// [`Error::NotPermitted`]; 409 `connection_incomplete` while Mail Server or Sender Address are empty.
pub async fn test_mail(app: &App, actor: &Actor) -> Result<ConnectionTest, Error> {
    let (sender, to) = {
        let tx = app.store().read().await?;
        let scope = authorize(app, &tx, actor, "mail.test").await?;
        let id = actor.user_id.map(UserId::uuid).ok_or(Error::NotPermitted)?;
        let user = tx.users().find(scope, UserId::from(id)).await?.ok_or(Error::NotFound)?;
        let sender = mail_server(app, &tx).await?;
        let incomplete = || Error::conflict("connection_incomplete", "Save Mail Server and Sender Address first.");
        (sender.ok_or_else(incomplete)?, user.email_address)
    };
    let text = "The mail server of CMS works. Nobody needs to do anything.";
    let sent = send_now(app, &sender, &to, "Test of the mail server", text).await;
    let outcome = match sent {
        Ok(()) => ConnectionTest {
            code: None,
            message: format!("A mail was sent to {to}."),
        },
        Err(error) => failed(error.code(), &error),
    };
    note(app, actor, ("mail", "mail.test"), &outcome).await?;
    Ok(outcome)
}

/// Writes `cms-test/<id>.txt` into the container of the settings and deletes it again (ST-9).
///
/// # Errors
/// [`Error::NotPermitted`]; 409 `connection_incomplete` while endpoint, account or credential are missing.
pub async fn test_storage(app: &App, actor: &Actor) -> Result<ConnectionTest, Error> {
    let container = {
        let tx = app.store().read().await?;
        authorize(app, &tx, actor, "storage.test").await?;
        let incomplete = "Save Storage Blob Endpoint, Storage Account Name and Storage Credential first.";
        let container = storage::container(app, &tx).await?;
        container.ok_or_else(|| Error::conflict("connection_incomplete", incomplete))?
    };
    let blob = format!("cms-test/{}.txt", uuid::Uuid::now_v7());
    let outcome = match written_and_deleted(app, &container, &blob).await {
        Ok(()) => ConnectionTest {
            code: None,
            message: format!(
                "A file was written to the container {} and deleted again.",
                container.name()
            ),
        },
        Err(error) => failed(error.code(), &error),
    };
    note(app, actor, ("storage", "storage.test"), &outcome).await?;
    Ok(outcome)
}

async fn written_and_deleted(app: &App, container: &Container, blob: &str) -> Result<(), StorageError> {
    let text = b"CMS tried whether it can write here. This file can be deleted.\n";
    container
        .put(blob, "text/plain", text.to_vec(), app.clock().now())
        .await?;
    container.delete(blob, app.clock().now()).await
}

/// A failure as a sentence.
fn failed(code: &'static str, error: &dyn std::fmt::Display) -> ConnectionTest {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    ConnectionTest {
        code: Some(code),
        message: format!("{}{}.", first.unwrap_or_default(), letters.as_str()),
    }
}

/// Stores what a test found, closes the alert when it worked, and records the act.
async fn note(
    app: &App,
    actor: &Actor,
    (kind, operation): (&str, &str),
    outcome: &ConnectionTest,
) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    tx.settings().note_test(kind, outcome.code.is_none(), now).await?;
    if outcome.code.is_none() {
        tx.alerts().close("connection_not_tested", kind, now).await?;
    }
    let act = Act {
        operation: operation.to_owned(),
        target_kind: "setting",
        target_id: kind.to_owned(),
        after: Some(json!({ "succeeded": outcome.code.is_none(), "code": outcome.code })),
        ..Act::default()
    };
    audit::record(app, &tx, actor, act).await?;
    tx.commit().await?;
    Ok(())
}
