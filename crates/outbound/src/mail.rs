//! Mail: SMTP to a checked address, TLS always verified against the name (S-70, S-71, S-73).

use std::fmt;
use std::time::Duration;

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::client::GuardedClient;
use crate::error::OutboundError;
use crate::secret::Secret;

/// The whole exchange with a mail server takes at most this long.
const WHOLE: Duration = Duration::from_mins(1);

/// How a mail server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEncryption {
    /// In the clear first, TLS before anything of worth; a server that does not offer it is refused.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear; only to listed networks and only without a user name.
    None,
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: MailEncryption,
    /// Account at the server with its password.
    pub account: Option<(String, Secret<String>)>,
    /// PEM of an authority trusted beside the host's.
    pub root_certificate: Option<String>,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

/// One mail to one address, plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Identity; a copy sent twice after a crash carries it twice.
    pub id: String,
    /// Sender.
    pub from_address: String,
    /// Name of the sender.
    pub from_name: String,
    /// Receiver.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}

/// Why a mail did not leave. Texts are our own; of the server's answer only the number appears (S-75).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The server's address may not be called, or has no address.
    #[error("{0}")]
    Address(OutboundError),
    /// No connection, or it broke.
    #[error("the mail server did not answer")]
    Connection,
    /// TLS could not be agreed, the certificate is not trusted, or STARTTLS is not offered.
    #[error("no trusted TLS connection to the mail server")]
    Tls,
    /// A user name without encryption.
    #[error("a user name needs encryption")]
    AccountInTheClear,
    /// The account was refused.
    #[error("the mail server refused the user name or password")]
    Account,
    /// The server refused for now.
    #[error("the mail server refused for now ({0})")]
    Temporary(u16),
    /// The server refused for good.
    #[error("the mail server refused ({0})")]
    Refused(u16),
    /// An address or text that no mail can carry.
    #[error("the mail cannot be written")]
    Unwritable,
    /// Took too long.
    #[error("the mail server took too long")]
    TimedOut,
}

impl MailError {
    /// The class as a stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Address(error) => error.code(),
            Self::Connection => "connection_failed",
            Self::Tls => "tls_failed",
            Self::AccountInTheClear => "account_in_the_clear",
            Self::Account => "account_refused",
            Self::Temporary(_) => "refused_for_now",
            Self::Refused(_) => "refused",
            Self::Unwritable => "unwritable",
            Self::TimedOut => "timed_out",
        }
    }

    /// Whether another try can be answered otherwise without a change of the mail itself.
    pub const fn is_retried(self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Unwritable)
    }
}

impl GuardedClient {
    /// Hands a mail to a server; done when the server took it.
    ///
    /// # Errors
    /// [`MailError`]; nothing was taken then, unless the connection broke after the last byte.
    pub async fn send_mail(&self, server: &MailServer, mail: &Mail) -> Result<(), MailError> {
        let (envelope, bytes) = written(mail)?;
        tokio::time::timeout(WHOLE, self.exchange(server, &envelope, &bytes))
            .await
            .map_err(|_| MailError::TimedOut)?
    }

    async fn exchange(&self, server: &MailServer, envelope: &Envelope, bytes: &[u8]) -> Result<(), MailError> {
        let encrypted = server.encryption != MailEncryption::None;
        if !encrypted && server.account.is_some() {
            return Err(MailError::AccountInTheClear);
        }
        let addresses = self
            .checked_addresses(&server.host, server.port, encrypted)
            .await
            .map_err(MailError::Address)?;
        let hello = ClientId::Domain("cms".to_owned());
        let at_once = (server.encryption == MailEncryption::Tls)
            .then(|| tls(server))
            .transpose()?;
        let mut connection = AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), None, &hello, at_once, None)
            .await
            .map_err(|error| classify(&error, MailError::Connection))?;
        if server.encryption == MailEncryption::StartTls {
            connection
                .starttls(tls(server)?, &hello)
                .await
                .map_err(|_| MailError::Tls)?;
        }
        if let Some((name, password)) = &server.account {
            let credentials = Credentials::new(name.clone(), password.expose().clone());
            connection
                .auth(DEFAULT_MECHANISMS, &credentials)
                .await
                .map_err(|_| MailError::Account)?;
        }
        connection
            .send(envelope, bytes)
            .await
            .map_err(|error| classify(&error, MailError::Connection))?;
        // The mail is taken; a server that does not say goodbye changes nothing.
        drop(connection.quit().await);
        Ok(())
    }
}

fn tls(server: &MailServer) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.root_certificate {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|_| MailError::Tls)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| MailError::Tls)
}

fn classify(error: &lettre::transport::smtp::Error, otherwise: MailError) -> MailError {
    if error.is_tls() {
        return MailError::Tls;
    }
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() => MailError::Refused(code),
        Some(code) => MailError::Temporary(code),
        None => otherwise,
    }
}

fn written(mail: &Mail) -> Result<(Envelope, Vec<u8>), MailError> {
    let address = |text: &str| text.parse::<Address>().map_err(|_| MailError::Unwritable);
    let (from, to) = (address(&mail.from_address)?, address(&mail.to)?);
    let name = Some(mail.from_name.clone()).filter(|name| !name.is_empty());
    let domain = from.domain().to_owned();
    let message = Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|_| MailError::Unwritable)?;
    let envelope = Envelope::new(Some(from), vec![to]).map_err(|_| MailError::Unwritable)?;
    Ok((envelope, message.formatted()))
}
