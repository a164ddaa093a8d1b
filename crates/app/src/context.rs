//! What every use case needs: database, clock, keys and the guarded client.

use std::sync::Arc;

use outbound::GuardedClient;
use persistence::Store;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::service_accounts::TokenAlgorithm;
use crate::vault::Vault;

/// The running application. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    vault: Vault,
    outbound: GuardedClient,
    public_url: String,
    token_algorithm: TokenAlgorithm,
    job_queued: Notify,
}

impl App {
    /// Puts the parts together; `public_url` is the origin that links in mails are built from (S-24), `token_algorithm`
    /// what access tokens are signed with (S-37).
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        vault: Vault,
        outbound: GuardedClient,
        public_url: String,
        token_algorithm: TokenAlgorithm,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                clock,
                vault,
                outbound,
                public_url,
                token_algorithm,
                job_queued: Notify::new(),
            }),
        }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// The keys of secrets and tokens.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The guarded client for calls to the outside.
    pub fn outbound(&self) -> &GuardedClient {
        &self.inner.outbound
    }

    /// Tells a waiting worker of this process that a job was committed. Workers of others find it when they look again.
    pub(crate) fn wake_worker(&self) {
        self.inner.job_queued.notify_one();
    }

    /// Ends when a job was committed.
    pub(crate) async fn job_queued(&self) {
        self.inner.job_queued.notified().await;
    }

    /// What access tokens are signed with.
    pub fn token_algorithm(&self) -> TokenAlgorithm {
        self.inner.token_algorithm
    }

    /// The public origin, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.inner.public_url
    }
}
