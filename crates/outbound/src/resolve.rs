//! Names to checked addresses: one look-up, every address checked, only checked ones connected to (S-71).

use std::fmt::{self, Debug, Display};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::EgressPolicy;
use crate::error::OutboundError;

/// A look-up under way.
pub type LookupFuture = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Turns host names into addresses.
pub trait NameLookup: Send + Sync + Debug {
    /// All addresses of `host`.
    fn lookup(&self, host: String) -> LookupFuture;
}

/// The look-up of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostNames;

impl NameLookup for HostNames {
    fn lookup(&self, host: String) -> LookupFuture {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host, 0))
                .await?
                .map(|address| address.ip())
                .collect())
        })
    }
}

/// How a call travels; decides which addresses it may reach (S-72).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Travel {
    /// Under TLS.
    Tls,
    /// Plain, without a secret.
    Plain,
    /// Plain, with a secret.
    PlainWithSecret,
}

impl Travel {
    /// Checks one address.
    pub(crate) fn check(self, policy: &EgressPolicy, address: IpAddr) -> Result<(), OutboundError> {
        let fine = match self {
            Self::Tls => policy.permits(address),
            Self::Plain => policy.permits_plain(address, false),
            Self::PlainWithSecret => policy.permits_plain(address, true),
        };
        if fine {
            Ok(())
        } else if self == Self::Tls || !policy.permits(address) {
            Err(OutboundError::AddressForbidden)
        } else {
            Err(OutboundError::PlainHttpRefused)
        }
    }
}

/// The resolver under the HTTP stack: it hands out checked addresses only.
#[derive(Clone, Debug)]
pub(crate) struct CheckedResolver {
    pub(crate) names: Arc<dyn NameLookup>,
    pub(crate) policy: Arc<EgressPolicy>,
    pub(crate) travel: Travel,
}

impl CheckedResolver {
    /// Looks a name up once and refuses it as a whole when one address is forbidden.
    pub(crate) async fn addresses(&self, host: String) -> Result<Vec<IpAddr>, OutboundError> {
        let found = self
            .names
            .lookup(host)
            .await
            .map_err(|_| OutboundError::NameNotResolved)?;
        if found.is_empty() {
            return Err(OutboundError::NameNotResolved);
        }
        found
            .iter()
            .try_for_each(|address| self.travel.check(&self.policy, *address))?;
        Ok(found)
    }
}

/// Carries our refusal through the HTTP stack's error chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal(pub(crate) OutboundError);

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Refusal {}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.addresses(name.as_str().to_owned()).await.map_err(Refusal)?;
            // Port 0 is replaced by the port of the address that is called.
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}
