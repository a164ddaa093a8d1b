//! Start-up configuration: a TOML file and `CMS_…` variables (ST-30). A wrong value names its key.

use std::path::PathBuf;

use app::service_accounts::TokenAlgorithm;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

/// The configuration of `cms serve` and of the commands that open the database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`; absent: an SQLite file in the data folder.
    #[serde(default)]
    pub database_url: Option<String>,
    /// Documents, bootstrap token, temporary exports.
    #[serde(default = "data_dir")]
    pub data_dir: PathBuf,
    /// File with the master key; absent: `master-key` in the data folder, made at the first start.
    #[serde(default)]
    pub master_key_file: Option<PathBuf>,
    /// Address and port.
    #[serde(default = "listen")]
    pub listen: String,
    /// Public origin: links in mails, accepted `Host`.
    #[serde(default = "public_url")]
    pub public_url: String,
    /// Networks that outgoing requests may reach although they are not public (S-72).
    #[serde(default)]
    pub egress_allow_cidrs: Vec<String>,
    /// Networks of the proxies whose `X-Forwarded-For` is believed (S-52).
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// What access tokens are signed with: `EdDSA`, or `RS256` for gateways that know nothing newer (S-37).
    #[serde(default = "access_token_algorithm")]
    pub access_token_algorithm: String,
    /// Requests a minute that the API answers to one source; half as many to one session or access token (S-52). 0: no
    /// limit.
    #[serde(default = "api_requests_a_minute")]
    pub api_requests_a_minute: u32,
    /// List of passwords known from breaches, which nobody may choose (I-20): lines of SHA-1, colon and count, in order.
    #[serde(default)]
    pub breached_passwords_file: Option<PathBuf>,
    /// Folder of the built web app.
    #[serde(default)]
    pub web_dir: Option<PathBuf>,
    /// Level and filter of the log.
    #[serde(default = "log")]
    pub log: String,
}

fn data_dir() -> PathBuf {
    PathBuf::from("/var/lib/cms")
}

fn listen() -> String {
    "0.0.0.0:8080".to_owned()
}

fn public_url() -> String {
    "http://localhost:8080".to_owned()
}

fn access_token_algorithm() -> String {
    TokenAlgorithm::default().name().to_owned()
}

fn api_requests_a_minute() -> u32 {
    1_200
}

fn log() -> String {
    "info,sqlx=warn".to_owned()
}

impl Config {
    /// Reads the file, if one is named, and the environment over it.
    ///
    /// # Errors
    /// A sentence naming the key.
    pub fn read(file: Option<&PathBuf>) -> Result<Self, String> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let config: Self = figment
            .merge(Env::prefixed("CMS_"))
            .extract()
            .map_err(|error| error.to_string())?;
        Ok(config)
    }

    /// Address of the database.
    pub fn database(&self) -> String {
        let file = self.data_dir.join("cms.sqlite");
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", file.display()))
    }

    /// What access tokens are signed with.
    ///
    /// # Errors
    /// A sentence naming the key.
    pub fn token_algorithm(&self) -> Result<TokenAlgorithm, String> {
        TokenAlgorithm::named(&self.access_token_algorithm)
            .ok_or_else(|| "access_token_algorithm must be EdDSA or RS256".to_owned())
    }

    /// File of the master key.
    pub fn key_file(&self) -> PathBuf {
        self.master_key_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("master-key"))
    }
}
