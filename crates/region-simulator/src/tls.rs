//! A certificate authority of the region's own, as private clouds have.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A server's TLS with the authority that signed it.
#[derive(Debug)]
pub struct Tls {
    /// For the server.
    pub config: rustls::ServerConfig,
    /// The authority as PEM.
    pub authority_pem: String,
}

/// Makes an authority and a certificate for these names.
///
/// # Errors
/// A sentence, when a key cannot be made.
pub fn make(names: &[&str]) -> Result<Tls, String> {
    let failed = |error: rcgen::Error| error.to_string();
    let mut authority = CertificateParams::new(Vec::new()).map_err(failed)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(failed)?).map_err(failed)?;
    let key = KeyPair::generate().map_err(failed)?;
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = CertificateParams::new(names)
        .map_err(failed)?
        .signed_by(&key, &issuer)
        .map_err(failed)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .map_err(|error| error.to_string())?;
    Ok(Tls {
        config,
        authority_pem: issuer.pem(),
    })
}
