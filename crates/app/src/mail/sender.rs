//! The sender: takes a waiting mail, writes it, hands it over, notes what became of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::scope::Scope;
use outbound::Mail;
use persistence::Tx;
use persistence::outbox::OutboxMessage;
use persistence::user::UserRow;
use tokio::sync::watch;

use super::letter::{Enclosed, written};
use super::server::{Sender, mail_server};
use super::{KIND, Letter, Waiting};
use crate::sign_in::{activation, codes, confirm, reset};
use crate::{App, Error};

/// How long a taken mail is kept from other senders.
const LEASE_MINUTES: i64 = 5;
/// A mail that did not leave for this long is given up: what it says is no longer true.
const KEPT_HOURS: i64 = 24;
/// How long the sender waits when nothing is due.
const IDLE: Duration = Duration::from_secs(1);
/// How long it waits when the database does not answer.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// Sends what is due until `shutdown` turns true.
pub async fn run_forever(app: App, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        let wait = match step(&app).await {
            Ok(true) => continue,
            Ok(false) => IDLE,
            Err(error) => {
                tracing::error!(?error, "the sender of mail could not take a step");
                AFTER_ERROR
            }
        };
        // Ends early when the server stops; a sender that is gone means the same.
        if let Ok(Err(_)) = tokio::time::timeout(wait, shutdown.changed()).await {
            return;
        }
    }
}

/// Sends one mail; false when none is due or no mail server is set. Mails wait while none is set.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn step(app: &App) -> Result<bool, Error> {
    let now = app.clock().now();
    let sender = {
        let tx = app.store().read().await?;
        if !tx.outbox().is_due(KIND, now).await? {
            return Ok(false);
        }
        let Some(sender) = mail_server(app, &tx).await? else {
            return Ok(false);
        };
        sender
    };
    let tx = app.store().begin().await?;
    let lease = now + TimeDelta::minutes(LEASE_MINUTES);
    let Some(message) = tx.outbox().take(KIND, now, lease).await? else {
        return Ok(false);
    };
    let mail = prepare(app, &tx, &sender, &message).await?;
    let Some(mail) = mail else {
        tx.outbox().done(message.id, now).await?;
        tx.commit().await?;
        return Ok(true);
    };
    tx.commit().await?;
    let sent = app.outbound().send_mail(&sender.server, &mail).await;
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    match sent {
        Ok(()) => tx.outbox().done(message.id, now).await?,
        Err(error) => {
            tracing::warn!(message = %message.id, attempt = message.attempt, code = error.code(), "a mail did not leave");
            let next = error.is_retried().then(|| next_try(&message, now)).flatten();
            tx.outbox().failed(message.id, error.code(), next).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// A minute, two, four … an hour at most, as long as the mail is worth sending.
fn next_try(message: &OutboxMessage, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doubled = (1..message.attempt).try_fold(1_i64, |minutes, _| minutes.checked_mul(2));
    let next = now + TimeDelta::minutes(doubled.unwrap_or(60).min(60));
    (next < message.created_at + TimeDelta::hours(KEPT_HOURS)).then_some(next)
}

/// The mail with its link and code; none when there is nothing to say any more.
async fn prepare(app: &App, tx: &Tx, sender: &Sender, message: &OutboxMessage) -> Result<Option<Mail>, Error> {
    let waiting: Waiting = serde_json::from_value(message.payload.clone()).map_err(Error::internal)?;
    let everything = Scope::system("a mail is written for whom it is about");
    let user = match waiting.user_id {
        Some(id) => tx.users().find(everything, UserId::from(id)).await?,
        None => tx.users().find_for_sign_in(&waiting.to).await?.map(|(user, _)| user),
    };
    let Some(enclosed) = enclosed(app, tx, waiting.letter, user.as_ref(), &waiting.to).await? else {
        return Ok(None);
    };
    let (subject, text) = written(waiting.letter, &waiting.name, &enclosed);
    Ok(Some(Mail {
        id: message.id.to_string(),
        from_address: sender.from_address.clone(),
        from_name: sender.from_name.clone(),
        to: waiting.to,
        subject,
        text,
    }))
}

/// Link and code of a letter, made now; none when the letter has lost its reason.
async fn enclosed(
    app: &App,
    tx: &Tx,
    letter: Letter,
    user: Option<&UserRow>,
    to: &str,
) -> Result<Option<Enclosed>, Error> {
    let nothing = Enclosed::default();
    if matches!(letter, Letter::Notice(_) | Letter::AddressInUse) {
        return Ok(Some(nothing));
    }
    let Some(user) = user.filter(|user| !user.disabled && !user.locked_by_administrator) else {
        return Ok(None);
    };
    let link = |link: &str| Enclosed {
        link: Some(link.to_owned()),
        code: None,
    };
    Ok(match letter {
        Letter::Invitation if user.active && user.has_password => None,
        Letter::Invitation => {
            let mut invitation = link(&activation::new_link(app, tx, user.id, None).await?);
            if activation::asks_for_code(tx, user).await? {
                let code = codes::new_mailed(app, tx, user.id, activation::PURPOSE).await?;
                invitation.code = Some(code.to_string());
            }
            Some(invitation)
        }
        Letter::PasswordReset if user.active && !user.federated_only => {
            Some(link(&reset::new_link(app, tx, user.id).await?))
        }
        Letter::ConfirmAddress if user.pending_email_address.as_deref() == Some(to) => {
            Some(link(&confirm::new_link(app, tx, user.id, to).await?))
        }
        Letter::EnrolmentCode => Some(Enclosed {
            link: None,
            code: Some(codes::new_mailed(app, tx, user.id, codes::ENROLMENT).await?.to_string()),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_further_apart_and_end_after_a_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let message = |attempt| OutboxMessage {
            id: uuid::Uuid::nil(),
            payload: serde_json::Value::Null,
            attempt,
            created_at: at("2026-11-22T10:00:00Z"),
        };
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(next_try(&message(1), now), Some(at("2026-11-22T10:01:00Z")));
        assert_eq!(next_try(&message(4), now), Some(at("2026-11-22T10:08:00Z")));
        assert_eq!(next_try(&message(80), now), Some(at("2026-11-22T11:00:00Z")));
        assert_eq!(next_try(&message(30), at("2026-11-23T09:30:00Z")), None);
    }
}
