//! The client of one management endpoint.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use outbound::{GuardedClient, OutboundError, Sleeper, TokioSleeper, Url, UrlFault};

use crate::call::{Attempt, Tries};
use crate::credential::Credential;
use crate::error::{StampError, StampErrorKind, Step};
use crate::metadata::Metadata;
use crate::retry::{Jitter, RetryPolicy, is_repeatable};
use crate::session::Session;

/// Largest metadata document, in bytes (S-73).
const METADATA_LIMIT: usize = 1024 * 1024;
/// Versions of the metadata document, the older and more common first.
const METADATA_VERSIONS: [&str; 2] = ["2015-01-01", "2019-05-01"];

/// Tells the time; never read from the host here.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What a client needs beside the network: time, waiting and chance, all replaceable.
#[derive(Clone)]
pub struct Tools {
    pub(crate) clock: Clock,
    pub(crate) sleeper: Arc<dyn Sleeper>,
    pub(crate) retry: RetryPolicy,
    pub(crate) jitter: Arc<Jitter>,
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tools")
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl Tools {
    /// Tools with a clock, the runtime's timer and the rules of R-40; waits are spread by the clock's present instant.
    pub fn new(clock: Clock) -> Self {
        let seed = clock().timestamp_subsec_nanos();
        Self {
            clock,
            sleeper: Arc::new(TokioSleeper),
            retry: RetryPolicy::default(),
            jitter: Arc::new(Jitter::seeded(u64::from(seed))),
        }
    }

    /// With another way to wait.
    pub fn with_sleeper(mut self, sleeper: Arc<dyn Sleeper>) -> Self {
        self.sleeper = sleeper;
        self
    }

    /// With other rules for repeating, such as [`RetryPolicy::once`].
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// With waits that a test can repeat.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.jitter = Arc::new(Jitter::seeded(seed));
        self
    }
}

/// Client of one management endpoint. Cheap to clone.
#[derive(Clone, Debug)]
pub struct StampClient {
    pub(crate) http: GuardedClient,
    pub(crate) endpoint: Url,
    pub(crate) tools: Tools,
}

impl StampClient {
    /// A client of the endpoint; nothing is called yet. `http` carries the region's root certificate (S-73).
    ///
    /// # Errors
    /// The endpoint is no https or http address with a host (U-3).
    pub fn new(http: GuardedClient, endpoint: &Url, tools: Tools) -> Result<Self, StampError> {
        let fault = match (endpoint.scheme(), endpoint.has_host()) {
            ("https" | "http", true) => None,
            ("https" | "http", false) => Some(UrlFault::Host),
            _ => Some(UrlFault::Scheme),
        };
        if let Some(fault) = fault {
            return Err(StampError::outbound(OutboundError::Url(fault), Step::Address));
        }
        let mut endpoint = endpoint.clone();
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        Ok(Self { http, endpoint, tools })
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Reads what the stamp says about itself, in either form (U-3).
    ///
    /// # Errors
    /// The call failed, or the address is no management endpoint.
    pub async fn discover(&self) -> Result<Metadata, StampError> {
        let mut last = StampError::new(StampErrorKind::NotManagementEndpoint, Step::Metadata);
        for version in METADATA_VERSIONS {
            match self.metadata_of(version).await {
                Ok(metadata) => return Ok(metadata),
                // A stamp that does not know the version answers 400 or 404: the other one may do.
                Err(error) if error.kind() == StampErrorKind::NotManagementEndpoint => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    async fn metadata_of(&self, version: &str) -> Result<Metadata, StampError> {
        let url = self.url(&["metadata", "endpoints"], &[("api-version", version)]);
        let mut tries = Tries::new(&self.tools);
        loop {
            match self.try_metadata(url.clone()).await {
                Ok(metadata) => return Ok(metadata),
                Err(attempt) => tries.pause_after(attempt).await?,
            }
        }
    }

    async fn try_metadata(&self, url: Url) -> Result<Metadata, Attempt> {
        let call = self.http.get(url).limit(METADATA_LIMIT);
        let response = call
            .send()
            .await
            .map_err(|error| Attempt::outbound(error, Step::Metadata))?;
        let status = response.status;
        if is_repeatable(status) {
            let error = StampError::new(StampErrorKind::Unavailable, Step::Metadata).with_answer(status.as_u16(), None);
            return Err(Attempt::Again(
                error,
                self.tools.retry.asked(&response.headers, (self.tools.clock)()),
            ));
        }
        let metadata = if status.is_success() {
            Metadata::parse(&response.body)
        } else {
            None
        };
        metadata.ok_or_else(|| {
            let error = StampError::new(StampErrorKind::NotManagementEndpoint, Step::Metadata);
            Attempt::Fail(error.with_answer(status.as_u16(), None))
        })
    }

    /// A session of one run. `confirmed_login` is the login host that an administrator confirmed, if one did: a secret
    /// goes nowhere else (S-57, U-10).
    ///
    /// # Errors
    /// [`StampErrorKind::LoginNotConfirmed`].
    pub fn session(
        &self,
        metadata: Metadata,
        credential: Credential,
        directory: Option<String>,
        confirmed_login: Option<&Url>,
    ) -> Result<Session, StampError> {
        if confirmed_login.is_none_or(|confirmed| confirmed.origin() != metadata.login_endpoint.origin()) {
            return Err(StampError::new(StampErrorKind::LoginNotConfirmed, Step::Token));
        }
        Ok(Session::new(self.clone(), metadata, credential, directory))
    }

    /// An address below the endpoint.
    pub(crate) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    /// Follows a link of an answer: only to the same scheme, host and port (S-74).
    pub(crate) fn link(&self, link: &str, step: Step) -> Result<Url, StampError> {
        let foreign = || StampError::new(StampErrorKind::NextLinkForeign, step);
        let url = self.endpoint.join(link).map_err(|_| foreign())?;
        let same = url.origin() == self.endpoint.origin() && url.username().is_empty() && url.password().is_none();
        if same { Ok(url) } else { Err(foreign()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;
    use outbound::{EgressPolicy, GuardedClient};

    use super::{StampClient, Tools};
    use crate::error::{StampErrorKind, Step};

    fn client(endpoint: &str) -> Result<StampClient, crate::error::StampError> {
        let http = GuardedClient::new(EgressPolicy::default()).unwrap();
        StampClient::new(
            http,
            &endpoint.parse().unwrap(),
            Tools::new(Arc::new(|| DateTime::UNIX_EPOCH)),
        )
    }

    #[test]
    fn links_are_followed_within_the_origin_only_s_74() {
        let client = client("https://adminmanagement.zrh1.example/some/path?x=1").unwrap();
        for fine in [
            "https://adminmanagement.zrh1.example/a?b",
            "https://ADMINMANAGEMENT.zrh1.example:443/a",
            "/a?b",
            "a",
        ] {
            assert!(client.link(fine, Step::Usage).is_ok(), "{fine}");
        }
        for foreign in [
            "http://adminmanagement.zrh1.example/a",
            "https://adminmanagement.zrh1.example:444/a",
            "https://evil.example/a",
            "//evil.example/a",
            "https://adminmanagement.zrh1.example@evil.example/",
            "https://u:p@adminmanagement.zrh1.example/",
            "https://adminmanagement.zrh1.example.evil.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            r"\\evil.example\a",
        ] {
            assert_eq!(
                client.link(foreign, Step::Usage).unwrap_err().kind(),
                StampErrorKind::NextLinkForeign,
                "{foreign}"
            );
        }
    }

    #[test]
    fn an_endpoint_is_a_web_address_with_a_host() {
        for wrong in ["ftp://host/", "file:///a", "mailto:a@b"] {
            assert_eq!(client(wrong).unwrap_err().step(), Step::Address, "{wrong}");
        }
        assert_eq!(
            client("https://host/a?b#c").unwrap().endpoint().as_str(),
            "https://host/a"
        );
        // A stamp behind a path keeps it.
        let below = |endpoint: &str| client(endpoint).unwrap().url(&["x", "y"], &[("v", "1:2")]).to_string();
        assert_eq!(below("https://host"), "https://host/x/y?v=1%3A2");
        assert_eq!(below("https://host/admin/"), "https://host/admin/x/y?v=1%3A2");
    }
}
