//! Refusals: who was told no, at what (I-70, S-87).

use chrono::{DurationRound, TimeDelta};

use super::{Act, record};
use crate::{Actor, App, Error};

/// Refusals of one actor that are recorded in a minute. A program that asks in a loop fills no table; its first tries say
/// what it is after.
const A_MINUTE: i64 = 60;

/// Records that an operation was refused to an actor; `code` says at which check.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn record_refusal(
    app: &App,
    actor: &Actor,
    operation: &str,
    target_id: &str,
    code: &'static str,
) -> Result<(), Error> {
    let minute = app
        .clock()
        .now()
        .duration_trunc(TimeDelta::minutes(1))
        .map_err(Error::internal)?;
    let subject = actor.id().map(|id| id.to_string()).unwrap_or_default();
    let tx = app.store().begin().await?;
    if tx.budgets().count("refusal", &subject, minute).await? <= A_MINUTE {
        // Nothing had an effect, so the key of the request stays free.
        let actor = Actor {
            idempotency: None,
            ..actor.clone()
        };
        let act = Act {
            reason: Some(code.to_owned()),
            ..Act::on(
                &format!("{operation}.refused"),
                "operation",
                target_id.to_owned(),
                actor.anchor,
            )
        };
        record(app, &tx, &actor, act).await?;
    }
    tx.commit().await?;
    Ok(())
}
