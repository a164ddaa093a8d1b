//! The mail server of the settings.

use outbound::{Mail, MailEncryption, MailError, MailServer, Secret};
use persistence::Tx;

use crate::{App, Error, settings};

/// Where mails are handed to, and who sends them.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The server.
    pub server: MailServer,
    /// Sender Address.
    pub from_address: String,
    /// Sender Name.
    pub from_name: String,
}

/// The mail server of the settings; none while Mail Server or Sender Address are empty.
///
/// # Errors
/// [`Error::Internal`] of storage, or when the password does not open.
pub async fn mail_server(app: &App, tx: &Tx) -> Result<Option<Sender>, Error> {
    let host = settings::read_text(tx, "mail.host").await?;
    let from_address = settings::read_text(tx, "mail.from_address").await?;
    if host.is_empty() || from_address.is_empty() {
        return Ok(None);
    }
    let port = settings::read_integer(tx, "mail.port").await?;
    let encryption = match settings::read_text(tx, "mail.encryption").await?.as_str() {
        "tls" => MailEncryption::Tls,
        "none" => MailEncryption::None,
        _ => MailEncryption::StartTls,
    };
    let user_name = settings::read_text(tx, "mail.user_name").await?;
    let account = if user_name.is_empty() {
        None
    } else {
        let password = settings::read_secret(app, tx, "mail.password").await?;
        Some((user_name, password.unwrap_or_else(|| Secret::from(""))))
    };
    Ok(Some(Sender {
        server: MailServer {
            host,
            port: u16::try_from(port).map_err(Error::internal)?,
            encryption,
            account,
            root_certificate: None,
        },
        from_address,
        from_name: settings::read_text(tx, "mail.from_name").await?,
    }))
}

/// Hands one mail to a server at once, for the test button of the settings.
///
/// # Errors
/// [`MailError`].
pub async fn send_now(app: &App, sender: &Sender, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
    let mail = Mail {
        id: uuid::Uuid::now_v7().to_string(),
        from_address: sender.from_address.clone(),
        from_name: sender.from_name.clone(),
        to: to.to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
    };
    app.outbound().send_mail(&sender.server, &mail).await
}
