//! What a service principal signs in with (U-10).

use std::fmt;

use outbound::Secret;

/// A service principal's credential. Its `Debug` form shows kind and client id only (S-59).
#[derive(Clone)]
pub enum Credential {
    /// A client secret.
    Secret {
        /// The application's id.
        client_id: String,
        /// The secret.
        secret: Secret<String>,
    },
    /// A certificate with its RSA key.
    Certificate {
        /// The application's id.
        client_id: String,
        /// PEM text with the certificate and its unencrypted private key.
        pem: Secret<String>,
    },
}

impl Credential {
    /// The application's id.
    pub fn client_id(&self) -> &str {
        match self {
            Self::Secret { client_id, .. } | Self::Certificate { client_id, .. } => client_id,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Secret { .. } => "Secret",
            Self::Certificate { .. } => "Certificate",
        };
        f.debug_struct(kind)
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
