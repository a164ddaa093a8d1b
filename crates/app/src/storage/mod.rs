//! The storage account that receives documents: the container of the settings, and what is done in it (ST-9, S-70).

mod blob;
mod sign;

pub use blob::StorageError;

use outbound::{GuardedClient, Secret};
use persistence::Tx;
use url::Url;

use crate::{App, Error, settings};

/// How calls are signed.
#[derive(Clone)]
enum Credential {
    /// The key of the account, as text.
    SharedKey(Secret<String>),
    /// The query part of a shared access signature.
    Sas(Secret<String>),
}

/// A container with what is needed to write into it.
#[derive(Clone)]
pub struct Container {
    client: GuardedClient,
    endpoint: Url,
    account: String,
    name: String,
    api_version: String,
    credential: Credential,
}

impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container")
            .field("account", &self.account)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Container {
    /// Name of the container.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The container of the settings; none while endpoint, account, container or credential are missing.
///
/// # Errors
/// [`Error::Internal`] of storage, or when the credential does not open.
pub async fn container(app: &App, tx: &Tx) -> Result<Option<Container>, Error> {
    let endpoint = settings::read_text(tx, "storage.endpoint").await?;
    let account = settings::read_text(tx, "storage.account").await?;
    let name = settings::read_text(tx, "storage.container").await?;
    let Some(credential) = settings::read_secret(app, tx, "storage.credential").await? else {
        return Ok(None);
    };
    if endpoint.is_empty() || account.is_empty() || name.is_empty() {
        return Ok(None);
    }
    let credential = match settings::read_text(tx, "storage.credential_kind").await?.as_str() {
        "sas" => Credential::Sas(credential),
        _ => Credential::SharedKey(credential),
    };
    Ok(Some(Container {
        client: app.outbound().clone(),
        endpoint: Url::parse(&endpoint).map_err(Error::internal)?,
        account,
        name,
        api_version: settings::read_text(tx, "storage.api_version").await?,
        credential,
    }))
}
