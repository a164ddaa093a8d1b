//! Identity providers: list, create, update, delete (I-40, I-44, I-46, S-57, S-58).

mod answers;

use chrono::{DateTime, Utc};
use domain::ids::IdentityProviderId;
use domain::text::{self, TextInvalid};
use outbound::Secret;
use persistence::identity_provider::{ProviderFields, ProviderRow};
use persistence::secret::SecretPlace;
use persistence::{PageOf, PageRequest, StoreError, Tx};
use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::authorize::{authorize, permitted, stepped_up};
use crate::users::an_administrator_remains;
use crate::{Actor, App, Error, Invalid, ids, secrets};

/// Path of the way back from a provider.
const CALLBACK: &str = "/api/v1/federation/callback";

/// A provider as entered; the secret is write-only.
#[derive(Clone)]
pub struct ProviderInput {
    /// Name on the sign-in page.
    pub name: String,
    /// `entra`, `adfs` or `openid_connect`.
    pub kind: String,
    /// Issuer.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// A new secret; none keeps the stored one while scheme, host and port of the issuer stay.
    pub client_secret: Option<Secret<String>>,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// Algorithm of its tokens; none: `RS256`.
    pub algorithm: Option<String>,
    /// Entra: the tenant id or `any`.
    pub directory: Option<String>,
    /// Shown on the sign-in page.
    pub enabled: bool,
}

impl std::fmt::Debug for ProviderInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderInput")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// A provider with what is known of its secret.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The stored provider.
    pub row: ProviderRow,
    /// When its secret was stored.
    pub secret_set_at: Option<DateTime<Utc>>,
}

/// The address to register at providers.
pub fn redirect_uri(app: &App) -> String {
    format!("{}{CALLBACK}", app.public_url())
}

/// A page of the providers by name.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(app: &App, actor: &Actor, page: &PageRequest) -> Result<PageOf<Provider>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "identity_provider.list").await?;
    let rows = tx.identity_providers().list(scope, page).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(with_secret(&tx, row).await?);
    }
    Ok(PageOf {
        items,
        next: rows.next,
        total: rows.total,
    })
}

/// The enabled providers by name, for the sign-in page (I-41).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn enabled(app: &App) -> Result<Vec<(IdentityProviderId, String)>, Error> {
    Ok(app.store().read().await?.identity_providers().enabled().await?)
}

/// Adds a provider; one that is on has to answer and to name itself as entered.
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(app: &App, actor: &Actor, input: &ProviderInput) -> Result<Provider, Error> {
    let fields = {
        let tx = app.store().read().await?;
        authorize(app, &tx, actor, "identity_provider.create").await?;
        checked(input)?
    };
    answers::check(app, None, &fields).await?;
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "identity_provider.create").await?;
    let id: IdentityProviderId = ids::new_id(app);
    let inserted = tx.identity_providers().insert(id, &fields, app.clock().now()).await;
    inserted.map_err(name_taken)?;
    store_secret(app, &tx, id, input).await?;
    let row = tx.identity_providers().find(scope, id).await?.ok_or(Error::NotFound)?;
    let entry = act("identity_provider.create", &row, None, Some(facts(&row, input)));
    audit::record(app, &tx, actor, entry).await?;
    let provider = with_secret(&tx, row).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Replaces a provider that was read as version `expected`. A new scheme, host or port of the issuer destroys the stored
/// secret (S-57); a provider that is turned off, or has another issuer or client, ends the sessions it opened (I-44).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 409 `name_taken` or
/// `last_administrator`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: IdentityProviderId,
    expected: i64,
    input: &ProviderInput,
) -> Result<Provider, Error> {
    let scope = permitted(actor, "identity_provider.update")?;
    let fields = {
        let tx = app.store().read().await?;
        let before = tx.identity_providers().find(scope, id).await?.ok_or(Error::NotFound)?;
        stepped_up(app, actor, "identity_provider.update")?;
        let fields = checked(input)?;
        drop(tx);
        answers::check(app, Some(&before.fields), &fields).await?;
        fields
    };
    let tx = app.store().begin().await?;
    let before = tx.identity_providers().find(scope, id).await?.ok_or(Error::NotFound)?;
    let changed = tx.identity_providers().update(scope, id, expected, &fields).await;
    if !changed.map_err(name_taken)? {
        return Err(Error::Stale);
    }
    if !same_origin(&before.fields.issuer, &fields.issuer) {
        tx.secrets().destroy(&place(id)).await?;
    }
    store_secret(app, &tx, id, input).await?;
    let another = before.fields.issuer != fields.issuer || before.fields.client_id != fields.client_id;
    if before.fields.enabled && (!fields.enabled || another) {
        tx.identity_providers().end_sessions(id).await?;
        an_administrator_remains(&tx).await?;
    }
    let row = tx.identity_providers().find(scope, id).await?.ok_or(Error::NotFound)?;
    let entry = act(
        "identity_provider.update",
        &row,
        Some(json!({ "issuer": before.fields.issuer, "enabled": before.fields.enabled, "name": before.fields.name })),
        Some(facts(&row, input)),
    );
    audit::record(app, &tx, actor, entry).await?;
    let provider = with_secret(&tx, row).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Removes a provider with its secret and linked identities; the sessions it opened end.
///
/// # Errors
/// [`Error::NotFound`], 409 `federated_users` while Federated Only users have no other way to sign in, 409
/// `last_administrator` (I-46).
pub async fn delete(app: &App, actor: &Actor, id: IdentityProviderId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = permitted(actor, "identity_provider.delete")?;
    let row = tx.identity_providers().find(scope, id).await?.ok_or(Error::NotFound)?;
    stepped_up(app, actor, "identity_provider.delete")?;
    let stranded = tx.identity_providers().users_without_another_way(id).await?;
    if stranded > 0 {
        let detail =
            format!("{stranded} Federated Only users sign in only there. Turn Federated Only off for them first.");
        return Err(Error::conflict("federated_users", detail));
    }
    tx.identity_providers().delete(id).await?;
    tx.secrets().destroy(&place(id)).await?;
    an_administrator_remains(&tx).await?;
    let before = json!({ "name": row.fields.name, "issuer": row.fields.issuer });
    audit::record(
        app,
        &tx,
        actor,
        act("identity_provider.delete", &row, Some(before), None),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The opened secret of a provider; none when none is stored.
pub(crate) async fn secret(app: &App, tx: &Tx, id: IdentityProviderId) -> Result<Option<Secret<String>>, Error> {
    secrets::find_text(app, tx, &place(id)).await
}

async fn store_secret(app: &App, tx: &Tx, id: IdentityProviderId, input: &ProviderInput) -> Result<(), Error> {
    let Some(secret) = &input.client_secret else {
        return Ok(());
    };
    secrets::put(app, tx, &place(id), secret.expose().as_bytes(), None).await
}

fn place(id: IdentityProviderId) -> SecretPlace {
    SecretPlace {
        owner_kind: "identity_provider",
        owner_id: id.to_string(),
        name: "client_secret",
    }
}

async fn with_secret(tx: &Tx, row: ProviderRow) -> Result<Provider, Error> {
    let secret = tx.secrets().find(&place(row.id)).await?;
    Ok(Provider {
        row,
        secret_set_at: secret.map(|secret| secret.set_at),
    })
}

fn checked(input: &ProviderInput) -> Result<ProviderFields, Error> {
    let mut invalid = Invalid::new();
    let name = invalid.keep("/name", text::line(&input.name, 100), TextInvalid::code);
    let client_id = invalid.keep("/client_id", text::line(&input.client_id, 200), TextInvalid::code);
    if !["entra", "adfs", "openid_connect"].contains(&input.kind.as_str()) {
        invalid.add("/kind", "choice_invalid", "Choose entra, adfs or openid_connect.");
    }
    let algorithm = input.algorithm.clone().unwrap_or_else(|| "RS256".to_owned());
    if !["RS256", "PS256", "ES256", "EdDSA"].contains(&algorithm.as_str()) {
        invalid.add("/algorithm", "choice_invalid", "Choose RS256, PS256, ES256 or EdDSA.");
    }
    let issuer = input.issuer.trim().to_owned();
    if !is_issuer(&issuer) {
        invalid.add(
            "/issuer",
            "url_invalid",
            "Enter the https address the provider calls its issuer.",
        );
    }
    let directory = input.directory.clone().filter(|text| !text.trim().is_empty());
    let named = directory
        .as_deref()
        .is_some_and(|text| text == "any" || Uuid::parse_str(text).is_ok());
    if input.kind == "entra" && !named {
        let detail = "Enter the tenant id of the directory, or any for every directory.";
        invalid.add("/directory", "directory_invalid", detail);
    } else if input.kind != "entra" && directory.is_some() {
        invalid.add("/directory", "not_used", "Only Entra has directories.");
    }
    if input.scopes.len() > 20 {
        invalid.add("/scopes", "too_long", "Use at most 20 scopes.");
    }
    for (number, scope) in input.scopes.iter().enumerate() {
        let plain = |letter: char| letter.is_ascii_graphic() && letter != '"' && letter != '\\';
        if scope.is_empty() || scope.len() > 100 || !scope.chars().all(plain) {
            invalid.add(format!("/scopes/{number}"), "scope_invalid", "A scope is one word.");
        }
    }
    if input
        .client_secret
        .as_ref()
        .is_some_and(|secret| secret.expose().trim().is_empty())
    {
        invalid.add(
            "/client_secret",
            "required",
            "Enter the secret, or leave it out to keep the stored one.",
        );
    }
    invalid.check()?;
    Ok(ProviderFields {
        name: name.unwrap_or_default(),
        kind: input.kind.clone(),
        issuer,
        client_id: client_id.unwrap_or_default(),
        scopes: input
            .scopes
            .iter()
            .filter(|scope| *scope != "openid")
            .cloned()
            .collect(),
        algorithm,
        directory,
        enabled: input.enabled,
    })
}

/// An https address without query and fragment; plain http only to this machine.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    text.len() <= 500 && plain && url.host().is_some() && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

fn same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}

fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict("name_taken", "Another identity provider has this name."),
        other => other.into(),
    }
}

/// What the audit record keeps; the secret appears only as changed (S-61).
fn facts(row: &ProviderRow, input: &ProviderInput) -> Value {
    json!({
        "name": row.fields.name, "kind": row.fields.kind, "issuer": row.fields.issuer, "client_id": row.fields.client_id,
        "algorithm": row.fields.algorithm, "directory": row.fields.directory, "enabled": row.fields.enabled,
        "client_secret": input.client_secret.as_ref().map(|_| "changed"),
    })
}

fn act(operation: &str, row: &ProviderRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "identity_provider",
        target_id: row.id.to_string(),
        before,
        after,
        ..Act::default()
    }
}
