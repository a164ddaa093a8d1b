//! Keys: made, rotated, revoked (I-65, I-66, S-36).

use chrono::{NaiveDate, TimeDelta};
use domain::ids::ServiceAccountId;
use persistence::Tx;
use persistence::service_account::{NewApiKey, ServiceAccountRow};
use serde_json::json;
use zeroize::Zeroizing;

use super::{NewKey, act, today, with_keys};
use crate::authorize::{permitted, stepped_up};
use crate::vault::Vault;
use crate::{Actor, App, Error, Invalid, audit};

/// A key works for at most this many days (S-36).
const MOST_DAYS: i64 = 365;
/// Live keys of an account: the present one and its successor (I-65).
const MOST_KEYS: usize = 2;
/// Characters of a key id.
const KEY_ID_LENGTH: usize = 16;
/// Characters of the random part: 256 bits.
const SECRET_LENGTH: usize = 64;
/// What every key starts with.
const PREFIX: &str = "cms_";
/// Kind of the keyed hash of keys.
const PURPOSE: &str = "api_key";

/// Makes a second key; the present one goes on until it ends or is revoked.
///
/// # Errors
/// [`Error::NotFound`] outside the scope, [`Error::StepUpRequired`], 422 `/expires_on`, 403 `above_own_level`, 409
/// `service_account_revoked` or `two_live_keys`.
pub async fn rotate_key(app: &App, actor: &Actor, id: ServiceAccountId, expires_on: &str) -> Result<NewKey, Error> {
    let (tx, row) = begin(app, actor, "service_account.rotate_key", id).await?;
    let mut invalid = Invalid::new();
    let expires_on = last_day(app, expires_on, &mut invalid);
    invalid.check()?;
    if row.revoked_at.is_some() {
        let detail = "This service account is revoked. Create another one.";
        return Err(Error::conflict("service_account_revoked", detail));
    }
    if tx.api_keys().live_of(id, &today(app)).await?.len() >= MOST_KEYS {
        let detail = "Two keys are live. Revoke the one that is not used any more first.";
        return Err(Error::conflict("two_live_keys", detail));
    }
    let mut entry = act("service_account.rotate_key", id, row.anchor);
    entry.after = Some(json!({ "expires_on": expires_on }));
    let key = new_key(app, &tx, id, expires_on).await?;
    audit::record(app, &tx, &actor.unkept(), entry).await?;
    let account = with_keys(app, &tx, row).await?;
    tx.commit().await?;
    Ok(NewKey { account, key })
}

/// Revokes one key, or the account with all its keys and access tokens, at once and for ever. Revoking again changes
/// nothing.
///
/// # Errors
/// [`Error::NotFound`] outside the scope, [`Error::StepUpRequired`], 403 `above_own_level`, 422 `/key_id`.
pub async fn revoke(app: &App, actor: &Actor, id: ServiceAccountId, key_id: Option<&str>) -> Result<(), Error> {
    let (tx, row) = begin(app, actor, "service_account.revoke", id).await?;
    let mut entry = act("service_account.revoke", id, row.anchor);
    let now = app.clock().now();
    if let Some(key_id) = key_id {
        if !tx.api_keys().revoke(id, key_id, now).await? {
            return Err(Invalid::unknown_reference("/key_id"));
        }
        entry.after = Some(json!({ "revoked_key_id": key_id }));
    } else if row.revoked_at.is_none() {
        tx.service_accounts().revoke(id, now).await?;
        entry.after = Some(json!({ "revoked": true }));
    } else {
        return Ok(());
    }
    audit::record(app, &tx, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Finds the account in the actor's scope and holds it (checks 3 to 6 of PM-6). Whoever may not grant its role may not
/// act on it (PM-19).
async fn begin(
    app: &App,
    actor: &Actor,
    operation: &'static str,
    id: ServiceAccountId,
) -> Result<(Tx, ServiceAccountRow), Error> {
    let tx = app.store().begin().await?;
    let scope = permitted(actor, operation)?;
    tx.service_accounts().hold(id).await?;
    let row = tx.service_accounts().find(scope, id).await?.ok_or(Error::NotFound)?;
    if row.role.level() > actor.role.level() || !actor.role.is_administrator() {
        return Err(Error::Refused {
            code: "above_own_level",
            detail: "This service account stands above you.".to_owned(),
        });
    }
    stepped_up(app, actor, operation)?;
    Ok((tx, row))
}

/// The last day of a key: today to [`MOST_DAYS`] from now, in UTC.
pub(super) fn last_day(app: &App, entered: &str, invalid: &mut Invalid) -> String {
    let today = app.clock().now().date_naive();
    let Ok(day) = NaiveDate::parse_from_str(entered.trim(), "%Y-%m-%d") else {
        invalid.add("/expires_on", "date_invalid", "Enter a day such as 2027-11-21.");
        return String::new();
    };
    if day < today {
        invalid.add("/expires_on", "date_past", "This day is over.");
    } else if day > today + TimeDelta::days(MOST_DAYS) {
        invalid.add("/expires_on", "date_too_late", "A key works for at most 365 days.");
    }
    day.format("%Y-%m-%d").to_string()
}

/// Makes and stores a key of an account; only its keyed hash is kept.
pub(super) async fn new_key(
    app: &App,
    tx: &Tx,
    id: ServiceAccountId,
    expires_on: String,
) -> Result<Zeroizing<String>, Error> {
    let (name, secret) = (
        Vault::new_token().map_err(Error::internal)?,
        Vault::new_token().map_err(Error::internal)?,
    );
    let key_id: String = name.chars().take(KEY_ID_LENGTH).collect();
    let key = Zeroizing::new(format!("{PREFIX}{key_id}_{}", secret.as_str()));
    let new = NewApiKey {
        key_id,
        service_account_id: id,
        key_hash: hash(app, &key),
        expires_on,
        at: app.clock().now(),
    };
    tx.api_keys().insert(new).await?;
    Ok(key)
}

/// The keyed hash of a key.
pub(super) fn hash(app: &App, key: &str) -> Vec<u8> {
    app.vault().token_hash(PURPOSE, key)
}

/// The id in a key of the right form.
pub(super) fn id_of(key: &str) -> Option<&str> {
    let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
    let digits = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    (digits(id, KEY_ID_LENGTH) && digits(secret, SECRET_LENGTH)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_of_the_right_form_has_an_id() {
        let secret = "a".repeat(SECRET_LENGTH);
        let whole = format!("cms_9f86d081884c7d65_{secret}");
        assert_eq!(id_of(&whole), Some("9f86d081884c7d65"));
        for wrong in [
            "",
            "cms_",
            "cms_9f86d081884c7d65",
            "cms_9f86d081884c7d65_",
            &whole.to_uppercase(),
            &format!(" {whole}"),
            &format!("{whole}0"),
            &format!("cms_9f86d081884c7d6g_{secret}"),
            &format!("9f86d081884c7d65_{secret}"),
        ] {
            assert_eq!(id_of(wrong), None, "{wrong}");
        }
    }
}
