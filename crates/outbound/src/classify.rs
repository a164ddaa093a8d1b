//! From the HTTP stack's error chains to our classes.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

use crate::error::{Broken, OutboundError, TlsFault};
use crate::resolve::Refusal;

/// What went wrong before the answer's head was there.
pub(crate) fn head_error(error: &reqwest::Error, https: bool) -> OutboundError {
    if let Some(class) = known_cause(error) {
        return class;
    }
    if error.is_connect() {
        return connect_error(error, https);
    }
    if error.is_timeout() {
        return OutboundError::FirstByteTimedOut;
    }
    if error.is_builder() {
        return OutboundError::Setup;
    }
    OutboundError::Broken(if says_no_http(error) {
        Broken::Protocol
    } else {
        Broken::NoAnswer
    })
}

/// What went wrong inside the body.
pub(crate) fn body_error(error: &reqwest::Error) -> OutboundError {
    if let Some(class) = known_cause(error) {
        return class;
    }
    OutboundError::Broken(Broken::Body)
}

/// Our own refusals and TLS errors, wherever they are in the chain.
fn known_cause(error: &reqwest::Error) -> Option<OutboundError> {
    find::<Refusal>(error)
        .map(|refusal| refusal.0)
        .or_else(|| find::<rustls::Error>(error).map(|fault| OutboundError::Tls(tls_fault(fault))))
}

fn connect_error(error: &reqwest::Error, https: bool) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::ConnectTimedOut;
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::TimedOut) => OutboundError::ConnectTimedOut,
        // A connection that was made and then ended belongs to the handshake.
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) if https => {
            OutboundError::Tls(TlsFault::Handshake)
        }
        _ => OutboundError::ConnectRefused,
    }
}

fn tls_fault(error: &rustls::Error) -> TlsFault {
    let rustls::Error::InvalidCertificate(fault) = error else {
        return TlsFault::Handshake;
    };
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsFault::NotYetValid,
        // A signature that does not hold: the issuer has the name of a trusted authority and another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsFault::WrongName,
        _ => TlsFault::Unacceptable,
    }
}

/// hyper's parser names its own fault classes; there is no type to ask for them.
fn says_no_http(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.to_string().starts_with("invalid HTTP") {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Looks for a cause of a type along the chain, also inside I/O errors, whose `source` skips what they wrap.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next: Option<&'a (dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<E>() {
            return Some(found);
        }
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}
