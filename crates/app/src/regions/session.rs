//! A session with the stamp of a region, and where its credential may go (U-10, S-57).

use std::sync::Arc;

use azure_stack::{Credential, RetryPolicy, Session, StampClient, StampError, Tools};
use persistence::region::RegionRow;
use url::Url;

use crate::{App, Error};

/// Why no session was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The stamp or its login host.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// What is stored of the region.
    #[error(transparent)]
    App(#[from] Error),
}

/// A session with a ready region: the login host must be the confirmed one (S-57).
pub(crate) async fn open_session(app: &App, region: &RegionRow, credential: Credential) -> Result<Session, OpenError> {
    let client = client(app, region, RetryPolicy::default())?;
    let metadata = client.discover().await?;
    let login = confirmed_login(region);
    Ok(client.session(
        metadata,
        credential,
        region.connection.directory.clone(),
        login.as_ref(),
    )?)
}

/// The login address an administrator confirmed, if any.
pub(super) fn confirmed_login(region: &RegionRow) -> Option<Url> {
    let login = region.connection.login_endpoint.as_deref()?;
    Url::parse(login).ok()
}

/// A client of the region's operator side.
pub(super) fn client(app: &App, region: &RegionRow, retry: RetryPolicy) -> Result<StampClient, OpenError> {
    let endpoint = Url::parse(&region.connection.admin_endpoint).map_err(Error::internal)?;
    let clock = app.clone();
    let tools = Tools::new(Arc::new(move || clock.clock().now())).with_retry(retry);
    let http = match &region.connection.private_ca_pem {
        Some(pem) => app.outbound().with_root(pem).map_err(Error::internal)?,
        None => app.outbound().clone(),
    };
    Ok(StampClient::new(http, &endpoint, tools)?)
}
