//! Puts the application together from its configuration, in the order of R-60.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self as actix, Data};
use actix_web::{App as Actix, HttpServer};
use app::clock::{Clock, SystemClock};
use app::sign_in::breached::BreachedPasswords;
use app::sign_in::hasher::Hasher;
use app::vault::{self, MasterKeys, UnlockError};
use app::{App, service_accounts};
use outbound::{EgressPolicy, GuardedClient};
use persistence::Store;
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::error::ApiError;
use crate::operations::Operations;
use crate::source::networks;
use crate::state::{Origin, State};
use crate::web::rates::Rates;
use crate::{idempotency, openapi, refusals, routes, web};

/// Largest JSON body (S-50).
const JSON_BYTES: usize = 1024 * 1024;

/// How long an idle connection is kept: longer than the 60 s that balancers and clients keep theirs, since a
/// request sent at the very moment the server closes would be lost.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Opens keys and database and brings the schema up to date.
///
/// # Errors
/// A sentence naming what is wrong; the process ends with 78 then.
pub async fn application(config: &Config) -> Result<App, String> {
    application_at(config, Arc::new(SystemClock)).await
}

/// As [`application`], with another clock.
///
/// # Errors
/// A sentence naming what is wrong.
pub async fn application_at(config: &Config, clock: Arc<dyn Clock>) -> Result<App, String> {
    let origin = Origin::parse(&config.public_url)?;
    let algorithm = config.token_algorithm()?;
    fs::create_dir_all(&config.data_dir).map_err(|error| format!("data_dir: {error}"))?;
    let keys = master_keys(&config.key_file())?;
    let policy = EgressPolicy {
        allow: networks("egress_allow_cidrs", &config.egress_allow_cidrs)?,
    };
    let client = GuardedClient::new(policy).map_err(|error| format!("outgoing calls: {error}"))?;
    let store = Store::connect(&config.database())
        .await
        .map_err(|error| format!("database_url: {}", chain(&error)))?;
    let vault = vault::unlock(&store, keys, clock.now())
        .await
        .map_err(|error| match error {
            UnlockError::Store(error) => format!("migration: {}", chain(&error)),
            other => format!("master_key_file: {other}"),
        })?;
    service_accounts::self_test(algorithm).map_err(|error| format!("access tokens: {error}"))?;
    let app = App::new(store, clock, vault, client, origin.url, algorithm);
    app::pricing::catalogue::seed(&app)
        .await
        .map_err(|error| format!("meters: {}", chain(&error)))?;
    Ok(app)
}

/// The text of an error and of what caused it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// The state of a server for this application.
///
/// # Errors
/// A sentence naming what is wrong.
pub fn state(config: &Config, app: App) -> Result<State, String> {
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new()
        .install_recorder()
        .ok();
    let document = openapi::document()?;
    let breached = match &config.breached_passwords_file {
        Some(file) => {
            let opened = BreachedPasswords::open(file);
            Some(opened.map_err(|error| format!("breached_passwords_file: {}: {error}", file.display()))?)
        }
        None => None,
    };
    Ok(State {
        app,
        hasher: Hasher::start(2, breached),
        origin: Arc::new(Origin::parse(&config.public_url)?),
        rates: Rates::new(config.api_requests_a_minute).map(Arc::new),
        trusted_proxies: networks("trusted_proxies", &config.trusted_proxies)?.into(),
        web_dir: config.web_dir.clone(),
        openapi: Arc::new(openapi::text(&document)?),
        operations: Arc::new(Operations::of(&document)?),
        metrics,
    })
}

/// The server on an open socket; it runs when awaited.
///
/// # Errors
/// When the socket cannot be used.
pub fn server(state: State, listener: std::net::TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        let (app, _) = Actix::new()
            .into_utoipa_app()
            .app_data(Data::new(state.clone()))
            .app_data(json_config())
            .app_data(path_config())
            .app_data(query_config())
            .service(
                utoipa_actix_web::scope("/api/v1")
                    .wrap(from_fn(idempotency::repeatable))
                    .wrap(from_fn(refusals::recorded))
                    .wrap(from_fn(web::rates::limited))
                    .configure(routes::configure),
            )
            .split_for_parts();
        app.configure(openapi::configure)
            .service(web::health::healthz)
            .service(web::health::readyz)
            .service(web::health::metrics)
            .default_service(actix::get().to(web::files::serve))
            .wrap(from_fn(web::guard::guard))
            .wrap(TracingLogger::<web::span::WithoutQuery>::new())
    })
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(Duration::from_secs(5))
    .shutdown_timeout(30)
    .workers(2)
    .listen(listener)?;
    Ok(server.run())
}

fn json_config() -> actix::JsonConfig {
    actix::JsonConfig::default()
        .limit(JSON_BYTES)
        .error_handler(|error, _| {
            ApiError::malformed("body_invalid", format!("The body cannot be read: {error}.")).into()
        })
}

fn path_config() -> actix::PathConfig {
    actix::PathConfig::default().error_handler(|_, _| ApiError::App(app::Error::NotFound).into())
}

fn query_config() -> actix::QueryConfig {
    actix::QueryConfig::default().error_handler(|error, _| {
        ApiError::malformed("query_invalid", format!("The parameters cannot be read: {error}.")).into()
    })
}

/// Reads the master keys, or makes one at the first start in the data folder (mode 0400).
fn master_keys(file: &Path) -> Result<MasterKeys, String> {
    if !file.exists() {
        let line = MasterKeys::new_line().map_err(|error| error.to_string())?;
        write_private(file, &line, 0o400)?;
    }
    let text = read_private(file)?;
    MasterKeys::of_file(file, &text).map_err(|error| format!("master_key_file: {error}"))
}

/// Puts a new master key before those of the file. The file is replaced at once, so that it is whole at every instant.
///
/// # Errors
/// A sentence naming the file.
pub fn add_master_key(file: &Path) -> Result<(), String> {
    let line = MasterKeys::new_line().map_err(|error| error.to_string())?;
    let text = Zeroizing::new(format!("{}\n{}", line.as_str(), read_private(file)?.as_str()));
    let beside = file.with_extension("new");
    write_private(&beside, &text, 0o400)?;
    fs::rename(&beside, file).map_err(|error| format!("{}: {error}", file.display()))
}

fn read_private(file: &Path) -> Result<Zeroizing<String>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("master_key_file: {error}"))?;
    Ok(Zeroizing::new(text))
}

/// Writes a file only its owner may read.
///
/// # Errors
/// A sentence naming the file.
pub fn write_private(file: &Path, text: &str, mode: u32) -> Result<(), String> {
    use std::io::Write;
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    if file.exists() {
        fs::remove_file(file).map_err(failed)?;
    }
    let mut open = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(failed)?;
    open.write_all(text.as_bytes()).map_err(failed)?;
    open.sync_all().map_err(failed)?;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).map_err(failed)
}
