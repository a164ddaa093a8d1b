//! Certificates: accepted under the region's own root, refused with the reason otherwise (S-73, F-22).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "test code")]

mod common;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use cms_outbound::{GuardedClient, OutboundError, TlsFault, Url};
use common::{Names, answer, policy, read_request};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

const NAME: &str = "adminmanagement.zrh1.example";

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn leaf(
    issuer: &Issuer,
    name: &str,
    change: impl Fn(&mut CertificateParams),
) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, issuer).unwrap();
    (
        certificate.der().clone(),
        PrivateKeyDer::Pkcs8(key.serialize_der().into()),
    )
}

/// A TLS server that answers every request with `ok`.
fn serve((certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>)) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for tcp in listener.incoming() {
            let Ok(tcp) = tcp else { return };
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, tcp);
            if !read_request(&mut stream).is_empty() {
                drop(stream.write_all(&answer("200 OK", "", b"ok")));
                stream.conn.send_close_notify();
                drop(stream.flush());
            }
        }
    });
    address
}

fn client() -> GuardedClient {
    GuardedClient::with_names(policy(&["127.0.0.0/8"]), Names::new(&[&["127.0.0.1"]])).unwrap()
}

fn url(address: SocketAddr) -> Url {
    format!("https://{NAME}:{}/", address.port()).parse().unwrap()
}

async fn fault(client: &GuardedClient, address: SocketAddr) -> OutboundError {
    client.get(url(address)).send().await.unwrap_err()
}

#[tokio::test]
async fn a_private_authority_is_trusted_only_where_it_was_added() {
    let issuer = authority();
    let address = serve(leaf(&issuer, NAME, |_| {}));
    let region = client().with_root(&issuer.pem()).unwrap();
    assert_eq!(region.get(url(address)).send().await.unwrap().body, b"ok");
    assert_eq!(
        fault(&client(), address).await,
        OutboundError::Tls(TlsFault::UnknownIssuer)
    );
    let other = client().with_root(&authority().pem()).unwrap();
    assert_eq!(
        fault(&other, address).await,
        OutboundError::Tls(TlsFault::UnknownIssuer)
    );
}

#[tokio::test]
async fn an_expired_certificate_is_named() {
    let issuer = authority();
    let address = serve(leaf(&issuer, NAME, |params| {
        params.not_after = date_time_ymd(2020, 1, 1);
    }));
    let error = fault(&client().with_root(&issuer.pem()).unwrap(), address).await;
    assert_eq!(error, OutboundError::Tls(TlsFault::Expired));
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_certificate_of_the_future_is_named() {
    let issuer = authority();
    let address = serve(leaf(&issuer, NAME, |params| {
        params.not_before = date_time_ymd(3000, 1, 1);
    }));
    let error = fault(&client().with_root(&issuer.pem()).unwrap(), address).await;
    assert_eq!(error, OutboundError::Tls(TlsFault::NotYetValid));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named() {
    let issuer = authority();
    let address = serve(leaf(&issuer, "other.example", |_| {}));
    let error = fault(&client().with_root(&issuer.pem()).unwrap(), address).await;
    assert_eq!(error, OutboundError::Tls(TlsFault::WrongName));
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        drop(stream.write_all(&answer("400 Bad Request", "", b"plain http here")));
    });
    assert_eq!(fault(&client(), address).await, OutboundError::Tls(TlsFault::Handshake));
}

#[test]
fn a_root_that_is_no_certificate_is_refused() {
    let key = KeyPair::generate().unwrap();
    for text in [
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        &key.serialize_pem(),
    ] {
        assert!(matches!(client().with_root(text), Err(OutboundError::RootInvalid)));
    }
}

#[test]
fn errors_hold_our_own_words_only() {
    for error in [
        OutboundError::NameNotResolved,
        OutboundError::Tls(TlsFault::UnknownIssuer),
        OutboundError::AddressForbidden,
        OutboundError::RedirectRefused,
    ] {
        assert!(!error.to_string().is_empty());
        assert!(error.code().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    }
}
