//! Endpoints and credentials of a region (U-10, U-11, S-57, S-58).

use std::fmt;

use azure_stack::Credential;
use domain::ids::RegionId;
use outbound::Secret;
use persistence::Tx;
use persistence::region::{ConnectionFields, RegionRow};
use persistence::secret::SecretPlace;
use serde_json::Value;
use url::Url;

use super::details::{RegionDetails, details};
use super::edit::{act, facts};
use super::validate;
use crate::{Actor, App, Error, Invalid, audit, secrets};

/// Endpoints and credentials as entered; secrets are write-only (U-11).
#[derive(Clone)]
pub struct ConnectionInput {
    /// Management address of the operator.
    pub admin_endpoint: String,
    /// Management address of users; none: discovered.
    pub tenant_endpoint: Option<String>,
    /// Home directory; not needed with AD FS.
    pub directory: Option<String>,
    /// Service principal.
    pub client_id: String,
    /// Secret; none: keep the stored credential while no endpoint changed.
    pub client_secret: Option<Secret<String>>,
    /// Certificate with key instead of a secret.
    pub certificate_pem: Option<Secret<String>>,
    /// When the credential expires.
    pub expires_on: Option<String>,
    /// Certificate authority of the stamp.
    pub private_ca_pem: Option<String>,
    /// Login address that is confirmed; none: the connection test shows the one the stamp names, and sends nothing there.
    pub login_endpoint: Option<String>,
}

impl fmt::Debug for ConnectionInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionInput")
            .field("admin_endpoint", &self.admin_endpoint)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A checked connection.
pub(super) struct NewConnection {
    pub(super) fields: ConnectionFields,
    credential: Option<Secret<String>>,
    expires_on: Option<String>,
}

/// Where the credential of a region is kept.
pub(super) fn place(region: RegionId) -> SecretPlace {
    SecretPlace {
        owner_kind: "region",
        owner_id: region.to_string(),
        name: "credential",
    }
}

/// Replaces endpoints and credentials of a region that was read as version `expected`. A changed scheme, host or port
/// destroys the stored credential unless a new one is given (S-57); the region has to be tested again (U-4).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field.
pub async fn set_connection(
    app: &App,
    actor: &Actor,
    id: RegionId,
    expected: i64,
    input: &ConnectionInput,
) -> Result<RegionDetails, Error> {
    let tx = app.store().begin().await?;
    // A missing region is not found before a fresh proof is asked for (checks 4 and 6 of PM-6).
    let scope = crate::authorize::permitted(actor, "region.set_connection")?;
    let before = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    crate::authorize::stepped_up(app, actor, "region.set_connection")?;
    let mut invalid = Invalid::new();
    let mut new = checked(&mut invalid, "", input);
    invalid.check()?;
    let same = same_endpoints(&before.connection, &new.fields);
    if same {
        new.fields.tenant_endpoint = new
            .fields
            .tenant_endpoint
            .or_else(|| before.connection.tenant_endpoint.clone());
        new.fields.login_endpoint = new
            .fields
            .login_endpoint
            .or_else(|| before.connection.login_endpoint.clone());
    }
    if new.fields.private_ca_pem.is_none() && same {
        new.fields.private_ca_pem = before.connection.private_ca_pem.clone();
    }
    let keeps = new.credential.is_none() && same && before.connection.client_id == new.fields.client_id;
    if keeps {
        new.fields
            .credential_kind
            .clone_from(&before.connection.credential_kind);
    }
    if !tx.regions().set_connection(id, expected, &new.fields).await? {
        return Err(Error::Stale);
    }
    if !keeps {
        tx.secrets().destroy(&place(id)).await?;
        store_credential(app, &tx, id, &new).await?;
    }
    let after = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let mut changed = facts(&after);
    if new.credential.is_some()
        && let Value::Object(changed) = &mut changed
    {
        changed.insert("credential".to_owned(), "changed".into());
    }
    let entry = act("region.set_connection", id, Some(facts(&before)), Some(changed));
    audit::record(app, &tx, actor, entry).await?;
    let details = details(app, &tx, after).await?;
    tx.commit().await?;
    Ok(details)
}

/// Checks what was entered; pointers start with `prefix`.
pub(super) fn checked(invalid: &mut Invalid, prefix: &str, input: &ConnectionInput) -> NewConnection {
    let at = |name: &str| format!("{prefix}/{name}");
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let secret = input
        .client_secret
        .clone()
        .filter(|secret| !secret.expose().trim().is_empty());
    let certificate = input
        .certificate_pem
        .clone()
        .filter(|pem| !pem.expose().trim().is_empty());
    if secret.is_some() && certificate.is_some() {
        invalid.add(
            at("certificate_pem"),
            "one_credential",
            "Give a secret or a certificate, not both.",
        );
    }
    if !prefix.is_empty() && secret.is_none() && certificate.is_none() {
        invalid.add(
            at("client_secret"),
            "required",
            "Enter a secret, or give a certificate with its key.",
        );
    }
    let whole =
        |pem: &Secret<String>| pem.expose().contains("BEGIN CERTIFICATE") && pem.expose().contains("PRIVATE KEY");
    if certificate.as_ref().is_some_and(|pem| !whole(pem)) {
        invalid.add(
            at("certificate_pem"),
            "certificate_invalid",
            "Give the certificate and its unencrypted key as PEM.",
        );
    }
    let private_ca_pem = filled(&input.private_ca_pem);
    if private_ca_pem
        .as_deref()
        .is_some_and(|pem| outbound::certificates_in(pem).is_err())
    {
        invalid.add(
            at("private_ca_pem"),
            "certificate_invalid",
            "This is not a certificate in PEM form.",
        );
    }
    let tenant =
        filled(&input.tenant_endpoint).and_then(|text| validate::endpoint(invalid, &at("tenant_endpoint"), &text));
    let login =
        filled(&input.login_endpoint).and_then(|text| validate::login_address(invalid, &at("login_endpoint"), &text));
    let expires_on = filled(&input.expires_on).and_then(|text| validate::date(invalid, &at("expires_on"), &text));
    let credential_kind = if secret.is_some() {
        Some("secret")
    } else {
        certificate.as_ref().map(|_| "certificate")
    };
    let client_id = validate::optional(invalid, &at("client_id"), Some(&input.client_id), 200);
    if client_id.is_none() && input.client_id.trim().is_empty() {
        invalid.add(
            at("client_id"),
            "required",
            "Enter the application id of the service principal.",
        );
    }
    NewConnection {
        fields: ConnectionFields {
            admin_endpoint: validate::endpoint(invalid, &at("admin_endpoint"), &input.admin_endpoint)
                .unwrap_or_default(),
            tenant_endpoint: tenant,
            directory: validate::optional(invalid, &at("directory"), input.directory.as_deref(), 200),
            login_endpoint: login,
            client_id,
            credential_kind: credential_kind.map(str::to_owned),
            private_ca_pem,
        },
        credential: secret.or(certificate),
        expires_on: expires_on.map(|day| day.to_string()),
    }
}

/// Seals and stores the given credential, if any.
pub(super) async fn store_credential(app: &App, tx: &Tx, id: RegionId, new: &NewConnection) -> Result<(), Error> {
    let Some(credential) = &new.credential else {
        return Ok(());
    };
    secrets::put(
        app,
        tx,
        &place(id),
        credential.expose().as_bytes(),
        new.expires_on.clone(),
    )
    .await
}

/// The opened credential of a region; none when none is stored.
pub(crate) async fn credential(app: &App, tx: &Tx, region: &RegionRow) -> Result<Option<Credential>, Error> {
    let Some(text) = secrets::find_text(app, tx, &place(region.id)).await? else {
        return Ok(None);
    };
    let client_id = region.connection.client_id.clone().unwrap_or_default();
    Ok(Some(match region.connection.credential_kind.as_deref() {
        Some("certificate") => Credential::Certificate { client_id, pem: text },
        _ => Credential::Secret {
            client_id,
            secret: text,
        },
    }))
}

/// Whether no endpoint changed its scheme, host or port (S-57); one that was not named before or is not named now does
/// not count.
fn same_endpoints(before: &ConnectionFields, now: &ConnectionFields) -> bool {
    let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    let same = |before: &Option<String>, now: &Option<String>| match (before, now) {
        (Some(before), Some(now)) => origin(before) == origin(now),
        _ => true,
    };
    origin(&before.admin_endpoint) == origin(&now.admin_endpoint)
        && same(&before.tenant_endpoint, &now.tenant_endpoint)
        && same(&before.login_endpoint, &now.login_endpoint)
}
