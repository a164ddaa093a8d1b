//! Starting and stopping a simulated region.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::estate::{Estate, EstateConfig};
use crate::faults::Faults;
use crate::rows::{Rows, midnight};
use crate::tokens::Tokens;
use crate::truth::Truth;
use crate::{http, tls};

/// The identity system of the stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Entra ID with this home directory.
    Entra {
        /// Directory.
        directory: Uuid,
    },
    /// AD FS.
    Adfs,
}

/// What makes a simulated region.
#[derive(Clone, Debug)]
pub struct SimulatorConfig {
    /// Identity system.
    pub identity: Identity,
    /// What stands in it.
    pub estate: EstateConfig,
    /// Service principal that may read usage.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where to listen; port 0 takes any.
    pub listen: SocketAddr,
    /// Whether to serve https with an authority of its own.
    pub https: bool,
    /// Rows a page.
    pub page_size: usize,
    /// The present instant; the host's clock when absent.
    pub now: Option<DateTime<Utc>>,
}

impl SimulatorConfig {
    /// A region on any port of the loopback address.
    pub fn local(identity: Identity, estate: EstateConfig) -> Self {
        Self {
            identity,
            estate,
            client_id: "1f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77".to_owned(),
            client_secret: "simulated-secret".to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            https: false,
            page_size: 1000,
            now: None,
        }
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub config: SimulatorConfig,
    pub estate: Arc<Estate>,
    pub rows: Rows,
    pub tokens: Tokens,
    pub faults: Faults,
    pub provider: Uuid,
    pub origin: String,
    pub requests: AtomicU64,
}

impl Stamp {
    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "a stamp has a clock of its own")]
    pub fn now(&self) -> DateTime<Utc> {
        self.config.now.unwrap_or_else(|| std::time::SystemTime::now().into())
    }
}

/// A region that answers. Dropping it leaves it running until [`RunningSimulator::stop`] or the end of the runtime.
#[derive(Debug)]
pub struct RunningSimulator {
    stamp: Arc<Stamp>,
    handle: ServerHandle,
    authority_pem: Option<String>,
}

impl RunningSimulator {
    /// Management address of the operator.
    pub fn admin_endpoint(&self) -> String {
        format!("{}/admin", self.stamp.origin)
    }

    /// Management address of users.
    pub fn tenant_endpoint(&self) -> String {
        format!("{}/user", self.stamp.origin)
    }

    /// Where its identity system signs in, as its metadata names it.
    pub fn login_endpoint(&self) -> String {
        http::login_endpoint(&self.stamp)
    }

    /// The authority that signed its certificate, when it serves https.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// The estate.
    pub fn estate(&self) -> &Estate {
        &self.stamp.estate
    }

    /// Service principal.
    pub fn client_id(&self) -> &str {
        &self.stamp.config.client_id
    }

    /// Secret of the service principal.
    pub fn client_secret(&self) -> &str {
        &self.stamp.config.client_secret
    }

    /// Home directory, for Entra ID.
    pub fn directory(&self) -> Option<Uuid> {
        match self.stamp.config.identity {
            Identity::Entra { directory } => Some(directory),
            Identity::Adfs => None,
        }
    }

    /// Faults to switch.
    pub fn faults(&self) -> &Faults {
        &self.stamp.faults
    }

    /// Usage requests answered so far.
    pub fn requests_served(&self) -> u64 {
        self.stamp.requests.load(Ordering::Relaxed)
    }

    /// Exact sums of what was reported from the first day up to the day before `end`.
    pub fn truth(&self, first: chrono::NaiveDate, end: chrono::NaiveDate) -> Truth {
        Truth::of(&self.stamp.estate, midnight(first), midnight(end))
    }

    /// Stops answering.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// Starts a region.
///
/// # Errors
/// A sentence, when the socket or the certificate cannot be made.
pub async fn start(config: SimulatorConfig) -> Result<RunningSimulator, String> {
    let listener = TcpListener::bind(config.listen).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let scheme = if config.https { "https" } else { "http" };
    let host = if config.https {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    let estate = Arc::new(Estate::build(config.estate.clone()));
    let provider = Uuid::from_u128(0x0c9f_4b6e_52f1_4d0a_9d0e_6b8f_6a4f_1a01);
    let stamp = Arc::new(Stamp {
        rows: Rows::new(Arc::clone(&estate), provider),
        estate,
        tokens: Tokens::default(),
        faults: Faults::default(),
        provider,
        origin: format!("{scheme}://{host}:{}", address.port()),
        requests: AtomicU64::new(0),
        config,
    });
    let shared = web::Data::from(Arc::clone(&stamp));
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(http::configure))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1);
    let (server, authority_pem) = if stamp.config.https {
        let made = tls::make(&["localhost", "127.0.0.1"])?;
        let server = server
            .listen_rustls_0_23(listener, made.config)
            .map_err(|error| error.to_string())?;
        (server.run(), Some(made.authority_pem))
    } else {
        (server.listen(listener).map_err(|error| error.to_string())?.run(), None)
    };
    let handle = server.handle();
    tokio::spawn(server);
    Ok(RunningSimulator {
        stamp,
        handle,
        authority_pem,
    })
}
