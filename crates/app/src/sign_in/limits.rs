//! Limits of tries and mails, counted in the database where several servers serve (S-52).

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::ids::UserId;
use persistence::Tx;

use super::Source;
use crate::{App, Error};

/// Tries of a source.
const OF_SOURCE: [Budget; 2] = [
    Budget {
        name: "sign_in",
        minutes: 1,
        most: 5,
    },
    Budget {
        name: "sign_in_hour",
        minutes: 60,
        most: 60,
    },
];
/// Tries for an account, wherever they come from.
const OF_ACCOUNT: Budget = Budget {
    name: "sign_in_account",
    minutes: 60,
    most: 1_800,
};
/// Tries of a browser that signed in to the account before, in place of both.
const OF_DEVICE: Budget = Budget {
    name: "sign_in_device",
    minutes: 1,
    most: 10,
};
/// Mails one source may ask for in an hour.
const MAILS_PER_SOURCE: i64 = 3;
/// Mails about an account that strangers may ask for in a day (I-13).
const MAILS_PER_ACCOUNT: i64 = 5;
/// Mails of any kind to one address in an hour.
const MAILS_PER_ADDRESS: i64 = 20;

/// So many tries in a window of so many minutes.
struct Budget {
    name: &'static str,
    minutes: i64,
    most: i64,
}

/// Budget, subject and window a try was counted in, to give it back.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted(Vec<(&'static str, String, DateTime<Utc>)>);

/// Counts a try to sign in with an address before it is evaluated. A browser that signed in to the account before has
/// a budget of its own, so that neither an office behind one address nor a stranger uses up the owner's tries.
///
/// # Errors
/// [`Error::TooMany`] above a limit.
pub(super) async fn count_try(
    app: &App,
    source: &Source,
    address: &str,
    user: Option<UserId>,
) -> Result<Counted, Error> {
    let tx = app.store().begin().await?;
    let mut budgets = Vec::new();
    if let Some(device) = known_device(app, &tx, source, user).await? {
        budgets.push((OF_DEVICE, device));
    } else {
        budgets.push((OF_ACCOUNT, hashed(app, address)));
        if let Some(source) = source.address.as_deref().map(subject) {
            budgets.extend(OF_SOURCE.map(|budget| (budget, source.clone())));
        }
    }
    let now = app.clock().now();
    let mut counted = Counted::default();
    let mut refused = None;
    for (budget, subject) in budgets {
        let length = TimeDelta::minutes(budget.minutes);
        let window = now.duration_trunc(length).map_err(Error::internal)?;
        if tx.budgets().count(budget.name, &subject, window).await? > budget.most {
            refused = Some(too_many(window + length, now));
        }
        counted.0.push((budget.name, subject, window));
    }
    tx.commit().await?;
    refused.map_or(Ok(counted), Err)
}

/// The browser of a try as the subject of a budget, when it signed in to this account before.
async fn known_device(app: &App, tx: &Tx, source: &Source, user: Option<UserId>) -> Result<Option<String>, Error> {
    let (Some(token), Some(user)) = (&source.device, user) else {
        return Ok(None);
    };
    let hash = app.vault().token_hash("device", token);
    let known = tx.devices().find(user, &hash).await?.is_some();
    Ok(known.then(|| hex::encode(&hash)))
}

/// Gives a try back after a success, so that a whole office behind one address can sign in.
pub(super) async fn give_back(tx: &Tx, counted: &Counted) -> Result<(), Error> {
    for (budget, subject, window) in &counted.0 {
        tx.budgets().give_back(budget, subject, *window).await?;
    }
    Ok(())
}

/// Counts a mail that a stranger asks for; false when the account had enough of them today, which is not told.
///
/// # Errors
/// [`Error::TooMany`] for the source.
pub(super) async fn count_asked_mail(app: &App, tx: &Tx, source: &Source, to: &str) -> Result<bool, Error> {
    let now = app.clock().now();
    if let Some(address) = source.address.as_deref().map(subject) {
        let hour = TimeDelta::hours(1);
        let window = now.duration_trunc(hour).map_err(Error::internal)?;
        if tx.budgets().count("asked_mail", &address, window).await? > MAILS_PER_SOURCE {
            return Err(too_many(window + hour, now));
        }
    }
    let window = now.duration_trunc(TimeDelta::days(1)).map_err(Error::internal)?;
    let subject = hashed(app, to);
    Ok(tx.budgets().count("asked_mail_account", &subject, window).await? <= MAILS_PER_ACCOUNT)
}

/// Counts a mail to an address.
///
/// # Errors
/// [`Error::TooMany`] above the limit.
pub(crate) async fn count_mail(app: &App, tx: &Tx, to: &str) -> Result<(), Error> {
    let now = app.clock().now();
    let hour = TimeDelta::hours(1);
    let window = now.duration_trunc(hour).map_err(Error::internal)?;
    if tx.budgets().count("mail", &hashed(app, to), window).await? > MAILS_PER_ADDRESS {
        return Err(too_many(window + hour, now));
    }
    Ok(())
}

/// A source as the subject of a budget: of IPv6 the network of 64 bits, all of which one customer has.
fn subject(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let network = address.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
        _ => address.to_owned(),
    }
}

/// An address as the subject of a budget: no table of limits holds addresses of strangers.
fn hashed(app: &App, address: &str) -> String {
    hex::encode(app.vault().keyed("budget", address.as_bytes()))
}

fn too_many(end: DateTime<Utc>, now: DateTime<Utc>) -> Error {
    Error::TooMany {
        retry_after_s: u64::try_from((end - now).num_seconds()).unwrap_or(60).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn s_52_of_ipv6_a_network_of_64_bits_is_one_source() {
        assert_eq!(subject("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(subject("2001:db8:1:2::9"), subject("2001:db8:1:2:ffff::1"));
        assert_ne!(subject("2001:db8:1:2::9"), subject("2001:db8:1:3::9"));
        assert_eq!(subject("203.0.113.9"), "203.0.113.9");
    }
}
