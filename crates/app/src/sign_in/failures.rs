//! Failures in a row: they slow an account, lock it for a while, and at last ask for a reset (I-50, I-51, S-22).

use chrono::{DateTime, TimeDelta, Utc};
use persistence::Tx;
use persistence::user::{Failures, UserRow};

use super::Source;
use crate::mail::{self, Letter, Notice};
use crate::{App, Error, settings};

/// Longest lockout (I-50).
const LOCKOUT_MINUTES_MAX: i64 = 24 * 60;
/// Failures in a row after which the password, or the authenticator, has to be reset (I-38, I-50).
const RESET_AFTER: i64 = 100;
/// Wrong codes in a row that lock (I-38).
const CODES: i64 = 10;
/// Longest slowing in seconds (S-22).
const SLOWEST_SECONDS: i64 = 30;

/// Whose failures count for a try: those of a browser that signed in before, else those of everybody else (I-51).
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    device: Option<Vec<u8>>,
    failures: Failures,
}

/// The lane of a try.
pub(crate) async fn lane(app: &App, tx: &Tx, user: &UserRow, source: &Source) -> Result<Lane, Error> {
    if let Some(token) = &source.device {
        let hash = app.vault().token_hash("device", token);
        if let Some(device) = tx.devices().find(user.id, &hash).await? {
            return Ok(Lane {
                device: Some(hash),
                failures: device.failures,
            });
        }
    }
    Ok(Lane {
        device: None,
        failures: Failures {
            failures: user.failures,
            lockouts: user.lockouts,
            locked_until: user.locked_until,
            last_failure_at: user.last_failure_at,
        },
    })
}

impl Lane {
    /// Whether a try is evaluated now: not locked, not slowed, no reset asked for.
    pub(crate) fn is_open(&self, user: &UserRow, now: DateTime<Utc>) -> bool {
        let locked = self.failures.locked_until.is_some_and(|until| until > now);
        let slowed = self
            .failures
            .last_failure_at
            .is_some_and(|at| at + slowing(self.failures.failures) > now);
        let reset = self.device.is_none() && user.reset_required;
        !locked && !slowed && !reset
    }

    /// Counts a failure; at the threshold the lane locks, each time twice as long.
    pub(crate) async fn note(&self, app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
        let threshold = settings::read_integer(tx, "security.lockout_threshold").await?;
        let minutes = settings::read_integer(tx, "security.lockout_minutes").await?;
        let now = app.clock().now();
        let mut failures = self.failures;
        failures.failures = failures.failures.saturating_add(1);
        failures.last_failure_at = Some(now);
        if failures.failures.checked_rem(threshold) == Some(0) {
            failures.locked_until = Some(now + lockout(minutes, failures.lockouts));
            failures.lockouts = failures.lockouts.saturating_add(1);
        }
        if let Some(hash) = &self.device {
            tx.devices().set_failures(hash, &failures, now).await?;
            return Ok(());
        }
        tx.users().set_failures(user.id, &failures).await?;
        if failures.failures >= RESET_AFTER && !user.reset_required {
            tx.users().require_reset(user.id).await?;
            mail::queue(app, tx, user, Letter::Notice(Notice::PasswordResetNeeded)).await?;
        }
        Ok(())
    }

    /// A success resets the count.
    pub(crate) async fn clear(&self, app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
        let none = Failures::default();
        match &self.device {
            Some(hash) => tx.devices().set_failures(hash, &none, app.clock().now()).await?,
            None => tx.users().set_failures(user.id, &none).await?,
        }
        Ok(())
    }

    /// Whether the browser is known already.
    pub(crate) fn is_known(&self) -> bool {
        self.device.is_some()
    }
}

/// Counts a wrong code: ten in a row lock, a hundred ask for Reset MFA (I-38).
pub(crate) async fn note_code(app: &App, tx: &Tx, user: &UserRow) -> Result<(), Error> {
    let failures = user.code_failures.saturating_add(1);
    let locked_until = if failures.checked_rem(CODES) == Some(0) {
        let minutes = settings::read_integer(tx, "security.lockout_minutes").await?;
        let before = failures.checked_div(CODES).unwrap_or(1).saturating_sub(1);
        Some(app.clock().now() + lockout(minutes, before))
    } else {
        user.code_locked_until
    };
    tx.users()
        .set_code_failures(user.id, failures, locked_until, failures >= RESET_AFTER)
        .await?;
    Ok(())
}

/// Length of a lockout after so many before it.
fn lockout(minutes: i64, before: i64) -> TimeDelta {
    let doubled = (0..before).try_fold(minutes, |length, _| length.checked_mul(2));
    TimeDelta::minutes(doubled.unwrap_or(LOCKOUT_MINUTES_MAX).min(LOCKOUT_MINUTES_MAX))
}

/// How long after the last of so many failures the next try waits: 0, 0, 1, 2, 4 … 30 seconds.
fn slowing(failures: i64) -> TimeDelta {
    let seconds = match failures {
        ..=2 => 0,
        more => (3..more)
            .try_fold(1_i64, |seconds, _| seconds.checked_mul(2))
            .unwrap_or(SLOWEST_SECONDS)
            .min(SLOWEST_SECONDS),
    };
    TimeDelta::seconds(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lockouts_double_up_to_a_day_and_slowing_up_to_thirty_seconds() {
        let minutes: Vec<i64> = (0..9).map(|before| lockout(15, before).num_minutes()).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
        let seconds: Vec<i64> = (0..10).map(|failures| slowing(failures).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]);
    }
}
