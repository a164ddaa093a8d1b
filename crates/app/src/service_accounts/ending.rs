//! Alerts before a key ends (I-67).

use chrono::TimeDelta;
use persistence::alert::Raise;
use persistence::service_account::EndingKey;

use super::today;
use crate::{App, Error, ids};

/// Kind of the alert (U-81).
const KIND: &str = "credential_expiring";
/// Days before the end, with the severity of the alert; the nearest first, so that a key gets one alert.
const BEFORE: [(i64, &str); 2] = [(7, "warning"), (30, "information")];

/// Raises an alert 30 days and a graver one 7 days before a key ends, and closes those of keys that have ended; answers
/// how many changed.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn warn_of_ends(app: &App) -> Result<usize, Error> {
    let today = today(app);
    let mut due: Vec<(EndingKey, &'static str)> = Vec::new();
    let over = {
        let tx = app.store().read().await?;
        let mut near = String::new();
        for (days, severity) in BEFORE {
            let until = (app.clock().now().date_naive() + TimeDelta::days(days)).to_string();
            let keys = tx.api_keys().ending(&today, &until, severity).await?;
            due.extend(
                keys.into_iter()
                    .filter(|key| key.expires_on > near)
                    .map(|key| (key, severity)),
            );
            near = until;
        }
        tx.api_keys().ended_with_alert(&today).await?
    };
    if due.is_empty() && over.is_empty() {
        return Ok(0);
    }
    let tx = app.store().begin().await?;
    let now = app.clock().now();
    for (key, severity) in &due {
        let message = format!(
            "The key {} of the service account {} works until {}. Rotate it in time.",
            key.key_id, key.account_name, key.expires_on
        );
        let raise = Raise {
            id: ids::new_id(app),
            kind: KIND,
            severity,
            subject_key: &format!("api_key:{}", key.key_id),
            message: &message,
            owner: key.anchor,
        };
        tx.alerts().raise(raise, now).await?;
    }
    for subject in &over {
        tx.alerts().close(KIND, subject, now).await?;
    }
    tx.commit().await?;
    Ok(due.len().saturating_add(over.len()))
}
