//! What the server keeps beside the application: configuration and the pool of password hashes.

use std::path::PathBuf;
use std::sync::Arc;

use app::App;
use app::sign_in::hasher::Hasher;
use ipnet::IpNet;

use crate::operations::Operations;
use crate::web::rates::Rates;

/// Shared by all requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    /// The application.
    pub app: App,
    /// Hashes passwords on threads of its own (S-21).
    pub hasher: Hasher,
    /// Origin the app is reached at.
    pub origin: Arc<Origin>,
    /// What has been used of the rates of the API (S-52).
    pub rates: Option<Arc<Rates>>,
    /// Proxies that say where a request comes from (S-52).
    pub trusted_proxies: Arc<[IpNet]>,
    /// Folder of the web app, when it is served.
    pub web_dir: Option<PathBuf>,
    /// The OpenAPI document as JSON.
    pub openapi: Arc<String>,
    /// Which operation a route is.
    pub operations: Arc<Operations>,
    /// Text of `/metrics`.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

/// The public origin (S-29, S-32).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `https://cms.example` without a slash.
    pub url: String,
    /// Host and port as browsers send them in `Host`.
    pub host: String,
    /// Whether cookies are `Secure` and carry the `__Host-` prefix.
    pub secure: bool,
}

impl Origin {
    /// Reads the configured origin: https, or http on the loopback host.
    ///
    /// # Errors
    /// A sentence naming what is wrong.
    pub fn parse(public_url: &str) -> Result<Self, String> {
        let url = public_url.trim_end_matches('/').to_owned();
        let (secure, host) = if let Some(host) = url.strip_prefix("https://") {
            (true, host)
        } else if let Some(host) = url.strip_prefix("http://") {
            (false, host)
        } else {
            return Err("public_url must start with https:// (or http:// on localhost)".to_owned());
        };
        let name = host.split(':').next().unwrap_or_default();
        if host.is_empty() || host.contains('/') {
            return Err("public_url must be an origin: scheme, host and port only".to_owned());
        }
        if !secure && name != "localhost" && name != "127.0.0.1" {
            return Err("public_url may be plain http only on localhost or 127.0.0.1 (S-29)".to_owned());
        }
        Ok(Self {
            host: host.to_owned(),
            secure,
            url: url.clone(),
        })
    }

    /// Name of the cookie of a half-signed-in state (I-31).
    pub fn half_cookie(&self) -> &'static str {
        if self.secure { "__Host-cms_half" } else { "cms_half" }
    }

    /// Name of the cookie of a browser that signed in before (S-22).
    pub fn device_cookie(&self) -> &'static str {
        if self.secure { "__Host-cms_device" } else { "cms_device" }
    }

    /// Name of the cookie of a browser on its way to an identity provider (S-33).
    pub fn oidc_cookie(&self) -> &'static str {
        if self.secure { "__Host-cms_oidc" } else { "cms_oidc" }
    }

    /// Name of the session cookie.
    pub fn session_cookie(&self) -> &'static str {
        if self.secure {
            "__Host-cms_session"
        } else {
            "cms_session"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_accepted_on_the_loopback_host_only() {
        assert!(Origin::parse("http://cms.example").is_err());
        assert!(Origin::parse("ftp://localhost").is_err());
        assert!(Origin::parse("https://cms.example/app").is_err());
        let local = Origin::parse("http://127.0.0.1:8080/").unwrap();
        assert_eq!(
            (local.host.as_str(), local.session_cookie()),
            ("127.0.0.1:8080", "cms_session")
        );
        assert_eq!(
            Origin::parse("https://cms.example").unwrap().session_cookie(),
            "__Host-cms_session"
        );
    }
}
