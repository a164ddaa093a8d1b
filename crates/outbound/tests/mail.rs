//! Mail leaves only to checked addresses, under TLS that is verified against the name (S-70 to S-73).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "test code")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use cms_outbound::{GuardedClient, Mail, MailEncryption, MailError, MailServer, OutboundError, Secret};
use common::{Names, policy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;

const NAME: &str = "mail.zrh1.example";

/// A server that takes everything and keeps what it heard; with `tls` under TLS from the first byte.
fn serve(tls: Option<Arc<rustls::ServerConfig>>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = heard.clone();
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            match &tls {
                Some(config) => {
                    let connection = rustls::ServerConnection::new(config.clone()).unwrap();
                    let _ = talk(rustls::StreamOwned::new(connection, tcp), &kept);
                }
                None => {
                    let _ = talk(tcp, &kept);
                }
            }
        }
    });
    (address, heard)
}

fn talk(stream: impl Read + Write, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"220 test\r\n")?;
    stream.get_mut().flush()?;
    let mut data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        heard.lock().unwrap().push(line.clone());
        let answer = match line.as_str() {
            "." => "250 taken",
            _ if data => continue,
            "DATA" => "354 go on",
            line if line.starts_with("EHLO") => "250-test\r\n250 AUTH PLAIN",
            line if line.starts_with("AUTH") => "235 welcome",
            _ => "250 ok",
        };
        data = line == "DATA";
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        stream.get_mut().flush()?;
    }
}

fn certificate() -> (String, Arc<rustls::ServerConfig>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![NAME.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    (issuer.pem(), Arc::new(config))
}

fn client() -> GuardedClient {
    GuardedClient::with_names(policy(&["127.0.0.0/8"]), Names::new(&[&["127.0.0.1"]])).unwrap()
}

fn server(address: SocketAddr, encryption: MailEncryption) -> MailServer {
    MailServer {
        host: NAME.to_owned(),
        port: address.port(),
        encryption,
        account: None,
        root_certificate: None,
    }
}

fn mail() -> Mail {
    Mail {
        id: "0192f0a0-0000-7000-8000-000000000001".to_owned(),
        from_address: "cms@platform.example".to_owned(),
        from_name: "CMS".to_owned(),
        to: "ada@aurora.example".to_owned(),
        subject: "Grüße".to_owned(),
        text: "Hello\r\n.\r\nstill the text\r\n".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_is_handed_over_under_tls_with_the_account() {
    let (pem, config) = certificate();
    let (address, heard) = serve(Some(config));
    let mut server = server(address, MailEncryption::Tls);
    server.root_certificate = Some(pem);
    server.account = Some(("cms".to_owned(), Secret::from("s3cret")));
    client().send_mail(&server, &mail()).await.unwrap();
    let heard = heard.lock().unwrap();
    assert!(heard.iter().any(|line| line.starts_with("AUTH PLAIN")));
    assert!(heard.iter().any(|line| line.starts_with("Message-ID: <0192f0a0")));
    assert!(
        heard.contains(&"still the text".to_owned()),
        "a dot in the text ends nothing: {heard:?}"
    );
    assert!(!format!("{server:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_refused() {
    let (_, config) = certificate();
    let (address, heard) = serve(Some(config));
    let error = client().send_mail(&server(address, MailEncryption::Tls), &mail()).await;
    assert!(
        matches!(error, Err(MailError::Tls | MailError::Connection)),
        "{error:?}"
    );
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_of_worth() {
    let (address, heard) = serve(None);
    let mut server = server(address, MailEncryption::StartTls);
    server.account = Some(("cms".to_owned(), Secret::from("s3cret")));
    let error = client().send_mail(&server, &mail()).await.unwrap_err();
    assert_eq!(error, MailError::Tls);
    assert!(heard.lock().unwrap().iter().all(|line| line.starts_with("EHLO")));
}

#[tokio::test]
async fn an_account_in_the_clear_and_a_forbidden_address_are_refused_before_a_connection() {
    let (address, heard) = serve(None);
    let mut clear = server(address, MailEncryption::None);
    clear.account = Some(("cms".to_owned(), Secret::from("s3cret")));
    assert_eq!(
        client().send_mail(&clear, &mail()).await,
        Err(MailError::AccountInTheClear)
    );
    let closed = GuardedClient::with_names(policy(&[]), Names::new(&[&["127.0.0.1"]])).unwrap();
    assert_eq!(
        closed
            .send_mail(&server(address, MailEncryption::StartTls), &mail())
            .await,
        Err(MailError::Address(OutboundError::AddressForbidden))
    );
    assert!(heard.lock().unwrap().is_empty());
}
