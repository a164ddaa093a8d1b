//! The client and its settings.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Url};
use rustls::RootCertStore;

use crate::address::EgressPolicy;
use crate::error::OutboundError;
use crate::request::Request;
use crate::resolve::{CheckedResolver, HostNames, NameLookup, Travel};
use crate::tls;

/// How long the parts of a call may take (S-73).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To a connection with TLS, with the look-up of the name.
    pub connect: Duration,
    /// From the start of the call to the head of the answer.
    pub first_byte: Duration,
    /// Between two pieces of the body.
    pub idle: Duration,
    /// The whole call.
    pub whole: Duration,
    /// How long an idle connection is kept for the next call. Servers close theirs after 5 s and more; a call written
    /// in that instant is lost, and one that is no reading must not be sent twice.
    pub kept: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            whole: Duration::from_mins(2),
            kept: Duration::from_secs(2),
        }
    }
}

/// The guarded client (S-70 to S-73). Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct GuardedClient {
    inner: Arc<Inner>,
}

struct Inner {
    policy: Arc<EgressPolicy>,
    names: Arc<dyn NameLookup>,
    roots: Arc<RootCertStore>,
    timeouts: Timeouts,
    /// One stack for each way to travel, for the check of addresses differs and connections must not be shared.
    tls: reqwest::Client,
    plain: reqwest::Client,
    plain_with_secret: reqwest::Client,
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient")
            .field("policy", &self.inner.policy)
            .field("timeouts", &self.inner.timeouts)
            .finish_non_exhaustive()
    }
}

impl GuardedClient {
    /// A client under an egress policy, with the host's names and roots.
    ///
    /// # Errors
    /// [`OutboundError::LinkLocalListed`], or [`OutboundError::Setup`].
    pub fn new(policy: EgressPolicy) -> Result<Self, OutboundError> {
        Self::with_names(policy, Arc::new(HostNames))
    }

    /// A client that asks `names` for addresses.
    ///
    /// # Errors
    /// As [`GuardedClient::new`].
    pub fn with_names(policy: EgressPolicy, names: Arc<dyn NameLookup>) -> Result<Self, OutboundError> {
        policy.check()?;
        Self::build(
            Arc::new(policy),
            names,
            Arc::new(tls::host_roots()),
            Timeouts::default(),
        )
    }

    /// A client that also trusts the certificates of `pem`: a region's private authority (S-73).
    ///
    /// # Errors
    /// [`OutboundError::RootInvalid`].
    pub fn with_root(&self, pem: &str) -> Result<Self, OutboundError> {
        let mut roots = self.inner.roots.as_ref().clone();
        tls::add_root(&mut roots, pem)?;
        Self::build(
            self.inner.policy.clone(),
            self.inner.names.clone(),
            Arc::new(roots),
            self.inner.timeouts,
        )
    }

    /// A client with other limits of time.
    ///
    /// # Errors
    /// [`OutboundError::Setup`].
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Result<Self, OutboundError> {
        Self::build(
            self.inner.policy.clone(),
            self.inner.names.clone(),
            self.inner.roots.clone(),
            timeouts,
        )
    }

    fn build(
        policy: Arc<EgressPolicy>,
        names: Arc<dyn NameLookup>,
        roots: Arc<RootCertStore>,
        timeouts: Timeouts,
    ) -> Result<Self, OutboundError> {
        let tls = tls::config(roots.as_ref().clone())?;
        let stack = |travel| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .http1_only()
                .user_agent("cms")
                .connect_timeout(timeouts.connect)
                .pool_max_idle_per_host(4)
                .pool_idle_timeout(timeouts.kept)
                .dns_resolver(CheckedResolver {
                    names: names.clone(),
                    policy: policy.clone(),
                    travel,
                })
                .build()
                .map_err(|_| OutboundError::Setup)
        };
        let inner = Inner {
            tls: stack(Travel::Tls)?,
            plain: stack(Travel::Plain)?,
            plain_with_secret: stack(Travel::PlainWithSecret)?,
            policy,
            names,
            roots,
            timeouts,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Begins a call.
    pub fn request(&self, method: Method, url: Url) -> Request {
        Request::new(self.clone(), method, url, self.inner.timeouts)
    }

    /// Begins a GET.
    pub fn get(&self, url: Url) -> Request {
        self.request(Method::GET, url)
    }

    /// Begins a POST.
    pub fn post(&self, url: Url) -> Request {
        self.request(Method::POST, url)
    }

    /// The checked addresses of a host, for transports beside HTTP (SMTP): connect to one of them and verify the name
    /// (S-71). `encrypted` is whether the connection will be under TLS.
    ///
    /// # Errors
    /// The name does not resolve, or an address is forbidden.
    pub async fn checked_addresses(
        &self,
        host: &str,
        port: u16,
        encrypted: bool,
    ) -> Result<Vec<SocketAddr>, OutboundError> {
        let travel = if encrypted { Travel::Tls } else { Travel::Plain };
        let resolver = CheckedResolver {
            names: self.inner.names.clone(),
            policy: self.inner.policy.clone(),
            travel,
        };
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse();
        let found = match literal {
            Ok(address) => {
                travel.check(&self.inner.policy, address)?;
                vec![address]
            }
            Err(_) => tokio::time::timeout(self.inner.timeouts.connect, resolver.addresses(host.to_owned()))
                .await
                .map_err(|_| OutboundError::NameNotResolved)??,
        };
        Ok(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
    }

    pub(crate) fn policy(&self) -> &EgressPolicy {
        &self.inner.policy
    }

    pub(crate) fn stack(&self, travel: Travel) -> &reqwest::Client {
        match travel {
            Travel::Tls => &self.inner.tls,
            Travel::Plain => &self.inner.plain,
            Travel::PlainWithSecret => &self.inner.plain_with_secret,
        }
    }
}
