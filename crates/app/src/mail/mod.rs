//! Mail: put into the outbox by the transaction that decides, written and handed over by a sender (R-53, I-11).
//!
//! The outbox holds who and what, never a link or code: those are made when the mail is written, in the transaction
//! that takes the message, and replace older ones.

mod letter;
mod sender;
mod server;

pub use letter::{Letter, Notice};
pub use sender::{run_forever, step};
pub use server::{mail_server, send_now};

use domain::ids::UserId;
use persistence::Tx;
use persistence::user::UserRow;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sign_in::break_glass;
use crate::{App, Error, ids};

/// Kind of our messages in the outbox.
const KIND: &str = "mail";

/// A mail that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    to: String,
    name: String,
    user_id: Option<Uuid>,
    letter: Letter,
}

/// Puts a mail to a user into the outbox. An entry whose address is somebody else's gets none (S-17), nor does the sealed
/// account, which has no mailbox.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn queue(app: &App, tx: &Tx, user: &UserRow, letter: Letter) -> Result<(), Error> {
    if user.shadow || user.email_address == break_glass::ADDRESS {
        return Ok(());
    }
    queue_to(app, tx, user, &user.email_address, letter).await
}

/// Puts a mail about a user to another address into the outbox (I-8).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn queue_to(app: &App, tx: &Tx, user: &UserRow, to: &str, letter: Letter) -> Result<(), Error> {
    let waiting = Waiting {
        to: to.to_owned(),
        name: user.first_name.clone(),
        user_id: Some(user.id.uuid()),
        letter,
    };
    put(app, tx, &waiting).await
}

/// Puts a mail into the outbox for whoever has an address; whether somebody has is found out when it is written, so
/// that asking takes the same work for every address (S-23).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn queue_to_address(app: &App, tx: &Tx, to: &str, letter: Letter) -> Result<(), Error> {
    let waiting = Waiting {
        to: to.to_owned(),
        name: String::new(),
        user_id: None,
        letter,
    };
    put(app, tx, &waiting).await
}

async fn put(app: &App, tx: &Tx, waiting: &Waiting) -> Result<(), Error> {
    let payload = serde_json::to_value(waiting).map_err(Error::internal)?;
    let id: Uuid = ids::new_id::<UserId>(app).uuid();
    tx.outbox()
        .put(id, KIND, &id.to_string(), &payload, app.clock().now())
        .await?;
    Ok(())
}
