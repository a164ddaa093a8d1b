//! TLS: version 1.2 or newer, the host's roots and one more per region, always verified (S-73).

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::OutboundError;

/// The roots that the host trusts. A host without any is no fault: then only regions with a root of their own answer.
pub(crate) fn host_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The certificates of a PEM text, DER-encoded, in their order. Other blocks (keys) are passed over.
///
/// # Errors
/// [`OutboundError::RootInvalid`] when the text holds no certificate or a damaged one.
pub fn certificates_in(pem: &str) -> Result<Vec<Vec<u8>>, OutboundError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .map(|der| der.map(|der| der.to_vec()))
        .collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(OutboundError::RootInvalid),
    }
}

/// Adds the certificates of a PEM text to trusted roots.
pub(crate) fn add_root(roots: &mut RootCertStore, pem: &str) -> Result<(), OutboundError> {
    for der in certificates_in(pem)? {
        roots
            .add(CertificateDer::from(der))
            .map_err(|_| OutboundError::RootInvalid)?;
    }
    Ok(())
}

/// The TLS configuration over the given roots. ALPN names HTTP/1.1 only.
pub(crate) fn config(roots: RootCertStore) -> Result<ClientConfig, OutboundError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| OutboundError::Setup)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
